//! What this machine is called on its networks.

/// The names and addresses under which browsers may look for this machine: `localhost`, the
/// loopback addresses, the host name (also with `.local`, for multicast DNS), and every address of
/// its network interfaces that is not link-local. Sorted, each once.
#[must_use]
pub fn local_names() -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    if let Ok(host) = gethostname::gethostname().into_string()
        && is_host_name(&host)
    {
        if !host.contains('.') {
            names.push(format!("{host}.local"));
        }
        names.push(host);
    }
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let addresses = interfaces
        .iter()
        .filter(|interface| !interface.is_link_local());
    names.extend(addresses.map(|interface| interface.ip().to_string()));
    names.sort();
    names.dedup();
    names
}

fn is_host_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_among_them_and_nothing_twice() {
        let names = local_names();
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(
                names.iter().filter(|known| *known == name).count(),
                1,
                "{name}"
            );
        }
    }
}
