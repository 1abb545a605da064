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
