//! Where browsers can reach this server.

use std::net::IpAddr;

/// One address of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Local {
    /// The interface's name, such as `eth0`.
    pub(super) interface: String,
    /// The address.
    pub(super) ip: IpAddr,
}

/// Why there is no address to listen on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// The system does not tell.
    #[error("cannot list the addresses of this machine")]
    System(#[source] std::io::Error),
    /// No address of that interface.
    #[error("there is no interface `{0}` with an address; there are: {1}")]
    NoSuchInterface(String, String),
    /// An address that is not this machine's.
    #[error("{0} is no address of this machine; there are: {1}")]
    NotOurs(IpAddr, String),
}

/// All addresses of this machine.
pub(super) fn all() -> Result<Vec<Local>, AddressError> {
    let interfaces = if_addrs::get_if_addrs().map_err(AddressError::System)?;
    let locals = interfaces.into_iter().map(|interface| Local {
        ip: interface.ip(),
        interface: interface.name,
    });
    Ok(locals.collect())
}

/// The addresses to listen on: those asked for, or all that other machines can reach, or loopback
/// when there are no others.
pub(super) fn choose(
    all: &[Local],
    interfaces: &[String],
    addresses: &[IpAddr],
) -> Result<Vec<IpAddr>, AddressError> {
    let mut chosen = Vec::new();
    for name in interfaces {
        let of_it = all.iter().filter(|local| local.interface == *name);
        let before = chosen.len();
        chosen.extend(of_it.map(|local| local.ip).filter(is_usable));
        if chosen.len() == before {
            let names = listed(all.iter().map(|local| local.interface.as_str()));
            return Err(AddressError::NoSuchInterface(name.clone(), names));
        }
    }
    for address in addresses {
        // Any address of 127.0.0.0/8 is this machine's, though only one is listed.
        if !address.is_loopback() && !all.iter().any(|local| local.ip == *address) {
            let ours = all.iter().map(|local| local.ip.to_string());
            return Err(AddressError::NotOurs(*address, listed(ours)));
        }
        chosen.push(*address);
    }
    if chosen.is_empty() {
        let usable = all.iter().map(|local| local.ip).filter(is_usable);
        let (loopback, others): (Vec<_>, Vec<_>) = usable.partition(IpAddr::is_loopback);
        chosen = if others.is_empty() { loopback } else { others };
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

fn listed<S: AsRef<str>>(names: impl Iterator<Item = S>) -> String {
    let mut names = names
        .map(|name| name.as_ref().to_owned())
        .collect::<Vec<_>>();
    names.sort();
    names.dedup();
    names.join(", ")
}

/// Link-local addresses need a scope that a candidate cannot carry.
fn is_usable(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_link_local() && !ip.is_multicast(),
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_unicast_link_local() && !ip.is_multicast(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locals() -> Vec<Local> {
        let local = |interface: &str, ip: &str| Local {
            interface: interface.to_owned(),
            ip: ip.parse().unwrap(),
        };
        vec![
            local("lo", "127.0.0.1"),
            local("lo", "::1"),
            local("eth0", "192.0.2.2"),
            local("eth0", "2001:db8::2"),
            local("eth0", "fe80::2"),
            local("wg0", "10.9.0.1"),
            local("wg0", "169.254.3.4"),
        ]
    }

    fn chosen(interfaces: &[&str], addresses: &[&str]) -> Result<Vec<String>, String> {
        let interfaces = interfaces.iter().map(|name| (*name).to_owned());
        let addresses = addresses.iter().map(|ip| ip.parse().unwrap());
        choose(
            &locals(),
            &interfaces.collect::<Vec<_>>(),
            &addresses.collect::<Vec<_>>(),
        )
        .map(|ips| ips.iter().map(ToString::to_string).collect())
        .map_err(|error| error.to_string())
    }

    #[test]
    fn by_default_what_other_machines_can_reach() {
        assert_eq!(
            chosen(&[], &[]).unwrap(),
            ["10.9.0.1", "192.0.2.2", "2001:db8::2"]
        );
        let only_loopback = &locals()[..2];
        let ips = choose(only_loopback, &[], &[]).unwrap();
        assert_eq!(ips.len(), 2, "when there is nothing else: {ips:?}");
    }

    #[test]
    fn what_is_asked_for_is_taken_and_nothing_else() {
        assert_eq!(chosen(&["wg0"], &[]).unwrap(), ["10.9.0.1"]);
        assert_eq!(
            chosen(&["wg0"], &["127.0.0.1", "192.0.2.2"]).unwrap(),
            ["10.9.0.1", "127.0.0.1", "192.0.2.2"]
        );
        assert_eq!(chosen(&[], &["127.0.0.9"]).unwrap(), ["127.0.0.9"]);
    }

    #[test]
    fn what_is_not_there_is_refused_with_what_is() {
        let error = chosen(&["eth7"], &[]).unwrap_err();
        assert!(
            error.contains("`eth7`") && error.contains("eth0, lo, wg0"),
            "{error}"
        );
        let error = chosen(&[], &["203.0.113.1"]).unwrap_err();
        assert!(
            error.contains("203.0.113.1") && error.contains("192.0.2.2"),
            "{error}"
        );
    }

    #[test]
    fn this_machine_has_addresses() {
        let all = all().unwrap();
        assert!(all.iter().any(|local| local.ip.is_loopback()), "{all:?}");
        assert!(!choose(&all, &[], &[]).unwrap().is_empty());
    }
}
