//! Which devices are near each other, as far as a server can tell.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use crate::error::{Error, ErrorKind, Result};

/// Bits of an IPv6 address that all devices of one household or office have in common.
///
/// # Source
/// RFC 4291, section 2.5.1: an interface identifier has 64 bits.
const IPV6_PREFIX: u8 = 64;

/// The network that a device appears from: one IPv4 address, which a router gives to all behind it; a
/// `/64` of IPv6; or a subnet that the operator says is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkGroup(Option<IpNet>);

impl NetworkGroup {
    /// The group of `address`. Addresses in one of `subnets` are one group, the smallest of them.
    #[must_use]
    pub fn of(address: IpAddr, subnets: &[LanSubnet]) -> Self {
        let address = address.to_canonical();
        if address.is_unspecified() {
            return Self::unknown();
        }
        let named = subnets.iter().filter(|subnet| subnet.contains(address));
        let smallest = named.max_by_key(|subnet| subnet.0.prefix_len());
        let whole = IpNet::from(address);
        let network = smallest.map_or_else(
            || match address {
                IpAddr::V4(_) => whole,
                IpAddr::V6(_) => IpNet::new(address, IPV6_PREFIX).unwrap_or(whole),
            },
            |subnet| subnet.0,
        );
        Self(Some(network.trunc()))
    }

    /// Of a device whose address is not known: near to nobody.
    #[must_use]
    pub const fn unknown() -> Self {
        Self(None)
    }

    /// Whether both are known and the same.
    #[must_use]
    pub fn is_near(&self, other: &Self) -> bool {
        self.0.is_some() && self == other
    }
}

/// Addresses of people stay out of logs.
impl fmt::Debug for NetworkGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NetworkGroup(..)")
    }
}

/// A network whose addresses are near each other although they differ: the server's own LAN, or one whose
/// router gives several addresses. Written `192.168.0.0/16`, `2001:db8:1::/48` or, for one address,
/// `192.0.2.7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanSubnet(IpNet);

impl LanSubnet {
    fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for LanSubnet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let network = text.parse::<IpNet>();
        let network = network.or_else(|error| match text.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address)),
            Err(_no_address) => Err(error),
        });
        network
            .map(|network| Self(network.trunc()))
            .map_err(|_detail| {
                let message = format!(
                    "`{text}` is no subnet: write it like `192.168.0.0/16` or `2001:db8:1::/48`"
                );
                Error::new(ErrorKind::InvalidInput, "bad_lan_subnet", message)
            })
    }
}

impl fmt::Display for LanSubnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(one: &str, other: &str, subnets: &[&str]) -> bool {
        let subnets: Vec<_> = subnets.iter().map(|text| text.parse().unwrap()).collect();
        let group = |text: &str| NetworkGroup::of(text.parse().unwrap(), &subnets);
        group(one).is_near(&group(other))
    }

    #[test]
    fn one_ipv4_address_and_one_ipv6_network_are_near() {
        assert!(near("192.0.2.7", "192.0.2.7", &[]));
        assert!(near("192.0.2.7", "::ffff:192.0.2.7", &[]));
        assert!(!near("192.0.2.7", "192.0.2.8", &[]));
        assert!(near("2001:db8::1", "2001:db8::2:3", &[]));
        assert!(!near("2001:db8::1", "2001:db8:0:1::1", &[]));
    }

    #[test]
    fn addresses_of_a_named_subnet_are_near() {
        let named = ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/48"];
        assert!(near("10.2.0.1", "10.3.0.1", &named));
        assert!(near("10.1.0.1", "10.1.9.9", &named));
        assert!(
            !near("10.1.0.1", "10.2.0.1", &named),
            "the smaller one counts"
        );
        assert!(near("2001:db8:0:1::1", "2001:db8:0:2::1", &named));
        assert!(!near("11.0.0.1", "11.0.0.2", &named));
    }

    #[test]
    fn who_comes_from_nowhere_is_near_to_nobody() {
        assert!(!near("0.0.0.0", "0.0.0.0", &["0.0.0.0/0"]));
        assert!(!near("::", "::", &[]));
    }

    #[test]
    fn subnets_are_networks_or_addresses() {
        let subnet: LanSubnet = "192.168.7.9/16".parse().unwrap();
        assert_eq!(subnet.to_string(), "192.168.0.0/16");
        assert!("::1".parse::<LanSubnet>().is_ok());
        for bad in ["", "lan", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/"] {
            let error = bad.parse::<LanSubnet>().unwrap_err();
            assert_eq!(error.code(), "bad_lan_subnet", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn near_goes_both_ways(one in any::<IpAddr>(), other in any::<IpAddr>()) {
            let subnets = ["128.0.0.0/1".parse().unwrap()];
            let (one, other) = (NetworkGroup::of(one, &subnets), NetworkGroup::of(other, &subnets));
            prop_assert_eq!(one.is_near(&other), other.is_near(&one));
        }
    }
}
