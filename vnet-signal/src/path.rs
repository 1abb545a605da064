//! The address of a room.

use vnet_core::room::RoomCode;

/// What the address of a signalling connection asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The room.
    pub room: RoomCode,
    /// Whether the peer wants to hear its own messages: yes, unless the query says `echo=off`.
    pub echo: bool,
}

/// Reads `/vnet/ps/{code}/`, with or without a query: exactly that path, and six ASCII digits that
/// are not percent-encoded. `None` for everything else; answer that with 404.
///
/// # Examples
/// ```
/// let target = vnet_signal::path::parse("/vnet/ps/907308/?echo=off").unwrap();
/// assert_eq!(target.room.to_string(), "907308");
/// assert!(!target.echo);
/// assert_eq!(vnet_signal::path::parse("/foo/vnet/ps/907308/"), None);
/// ```
#[must_use]
pub fn parse(path_and_query: &str) -> Option<Target> {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, query),
        None => (path_and_query, ""),
    };
    let code = path.strip_prefix("/vnet/ps/")?.strip_suffix('/')?;
    Some(Target {
        room: RoomCode::parse(code).ok()?,
        echo: wants_echo(query),
    })
}

/// Whether the query of a signalling address leaves the echo on.
#[must_use]
pub fn wants_echo(query: &str) -> bool {
    query.split('&').all(|pair| pair != "echo=off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_exact_path_opens_a_room() {
        for good in [
            "/vnet/ps/123456/",
            "/vnet/ps/000000/?",
            "/vnet/ps/123456/?a=b",
        ] {
            assert!(parse(good).is_some_and(|target| target.echo), "{good}");
        }
        for bad in [
            "",
            "/",
            "/vnet/ps/123456",
            "/vnet/ps/12345/",
            "/vnet/ps/1234567/",
            "/vnet/ps/abcdef/",
            "/vnet/ps//",
            "//vnet/ps/123456/",
            "/foo/vnet/ps/123456/",
            "/vnet/ps/123456/bar/baz",
            "/vnet/ps/123456//",
            "/xxvnet/ps/123456/",
            "/vnet/ps/%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6/",
            "/vnet/ps/١٢٣٤٥٦/",
            "/VNET/ps/123456/",
            "/vnet/ps/12345%36/",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_echo_can_be_switched_off() {
        assert!(!parse("/vnet/ps/123456/?a=b&echo=off").unwrap().echo);
        assert!(parse("/vnet/ps/123456/?echo=on").unwrap().echo);
        assert!(parse("/vnet/ps/123456/?echo=offf").unwrap().echo);
    }

    proptest! {
        #[test]
        fn no_address_panics_and_codes_stay_themselves(text in "(/vnet/ps/)?[0-9]{4,7}/?\\PC{0,8}") {
            if let Some(target) = parse(&text) {
                let path = format!("/vnet/ps/{}/", target.room);
                prop_assert!(text.starts_with(&path));
            }
        }
    }
}
