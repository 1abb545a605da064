//! Where to go after signing in.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What may not stand in an address as it is (RFC 3986); `%` may, since it encodes.
const ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'^');

/// Longer ones are not believed.
const MAX_BYTES: usize = 2000;

/// The `next` of an address, if it is a path of this host and of nothing else.
///
/// Browsers take `//host` and `/\host` for other hosts, and drop tabs and line breaks before they
/// look; so all of these are refused, not repaired.
pub(crate) fn safe(next: &str) -> Option<String> {
    let local = next.starts_with('/') && !next.starts_with("//");
    let plain = !next.contains('\\') && !next.chars().any(char::is_control);
    (local && plain && next.len() <= MAX_BYTES)
        .then(|| utf8_percent_encode(next, ADDRESS).to_string())
}

/// `/account/sign-in/?next=…` for a page at `path`, both with the prefix where there is one.
pub(crate) fn sign_in(prefix: &str, path: &str) -> String {
    // `/` may stand in a query as it is, and reads better.
    const QUERY: &AsciiSet = &ADDRESS
        .add(b'&')
        .add(b'+')
        .add(b'#')
        .add(b'%')
        .add(b'=')
        .add(b'\'');
    let next = utf8_percent_encode(path, QUERY);
    format!("{prefix}/account/sign-in/?next={next}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_of_this_host_are_kept() {
        assert_eq!(
            safe("/meet/conf/abc/?x=1&y=2#z").as_deref(),
            Some("/meet/conf/abc/?x=1&y=2#z")
        );
        assert_eq!(safe("/").as_deref(), Some("/"));
        assert_eq!(safe("/help/?q=ä b").as_deref(), Some("/help/?q=%C3%A4%20b"));
        assert_eq!(safe("/a%2fb").as_deref(), Some("/a%2fb"));
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "x",
            "account/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nSet-Cookie: a=b",
            "\t//evil.example",
            " //evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "?next=/",
            "/a\\b",
            "/\u{7f}",
            "/\0",
        ] {
            assert_eq!(safe(bad), None, "{bad:?}");
        }
        assert_eq!(safe(&format!("/{}", "a".repeat(MAX_BYTES))), None);
    }

    #[test]
    fn the_way_back_survives_signing_in() {
        assert_eq!(sign_in("", "/account/"), "/account/sign-in/?next=/account/");
        assert_eq!(
            sign_in("/app", "/app/help/?q=a&t=b%20c"),
            "/app/account/sign-in/?next=/app/help/?q%3Da%26t%3Db%2520c"
        );
    }

    proptest! {
        #[test]
        fn what_is_kept_leads_nowhere_else(next in "[/\\\\a:.@?#\t\n %]{0,12}") {
            if let Some(next) = safe(&next) {
                let here = url::Url::parse("https://here.example/x/").unwrap();
                prop_assert_eq!(here.join(&next).unwrap().origin(), here.origin());
                prop_assert!(http::HeaderValue::from_str(&next).is_ok());
            }
        }
    }
}
