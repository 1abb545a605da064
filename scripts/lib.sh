# What the scripts beside this one share. Sourced, not run.

have() { command -v "$1" >/dev/null 2>&1; }
fail() { printf 'scripts/%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Installs Debian packages, as root or through sudo; "what" says what for.
install_packages() {
  local what=$1 as_root=()
  shift
  have apt-get || fail "$what is missing and this is no Debian: install $* by hand"
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || fail "$what is missing: apt-get install $*"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# What tests need besides Rust: installed where it is missing.
need_browsers_and_node() {
  have chromium || have chromium-browser || have google-chrome || install_packages "a browser" chromium fonts-dejavu-core
  have node || install_packages "Node" nodejs
  have npm || install_packages "npm" npm
}
need_firefox() { have firefox-esr || have firefox || install_packages "a second browser" firefox-esr; }
need_python() { python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages "Python with venv" python3 python3-venv; }
need_iproute() {
  { PATH=$PATH:/usr/sbin:/sbin have ip && PATH=$PATH:/usr/sbin:/sbin have tc; } || install_packages "ip and tc" iproute2
}

need_nft() { PATH=$PATH:/usr/sbin:/sbin have nft || install_packages "nft" nftables; }

# Namespaces of one's own: nothing outside is seen or changed, and when the first process there ends all others do.
own_namespaces=(unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc)
need_namespaces() {
  local why
  why=$("${own_namespaces[@]}" tests/peers/world true 2>&1) && return
  echo "$why" >&2
  fail "this machine makes no network namespaces for its users (see the sysctls user.max_user_namespaces,
kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns): $1"
}

# Runs a program in the network of tests/peers/world, for so many seconds at most; ends with it, whatever ends this script.
in_world() {
  local seconds=$1
  shift
  world_files=$(mktemp -d) world_process=
  end_world() {
    if [ -n "$world_process" ]; then kill -KILL "$world_process" 2>/dev/null || true; fi
    rm -rf "$world_files"
  }
  trap end_world EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # Firefox wants a home that is its user's; nothing may come between the peers.
  export HOME=$world_files TMPDIR=$world_files NO_PROXY='*' no_proxy='*'
  "${own_namespaces[@]}" tests/peers/world timeout --kill-after=10 "$seconds" "$@" &
  world_process=$!
  wait "$world_process"
}

# Builds the server that is tested; VNET_SERVER can name one that is built already.
build_server() {
  target=${CARGO_TARGET_DIR:-target}
  mkdir -p "$target"
  target=$(realpath "$target")
  if [ -n "${VNET_SERVER:-}" ]; then return; fi
  cargo build --example server --locked
  export VNET_SERVER=$target/debug/examples/server
}

# The packages of folders, as their lock files name them.
install_node_modules() {
  local folder
  for folder in "$@"; do
    if [ ! -d "$folder/node_modules" ] || [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
      (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
    fi
  done
}
