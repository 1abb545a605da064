//! The table of addresses.

use crate::page;

/// Where an address leads. Addresses match exactly and as a whole, without decoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// JSON.
    Api(Api<'a>),
    /// A signalling room: its code.
    Socket(&'a str),
    /// The socket of a meeting: its code as it stands in the address.
    MeetingSocket(&'a str),
    /// The socket of a share in a meeting: the meeting's code as it stands in the address.
    ShareSocket(&'a str),
    /// The socket of second screens.
    WatchSocket,
    /// The document of the API.
    ApiDocument,
    /// Whether the process lives.
    Health,
    /// Whether it can do its work.
    Ready,
    /// A profile picture: its file name.
    Picture(&'a str),
    /// The picture of those who have none.
    DefaultPicture,
    /// A file that comes with the program: its name.
    Static(&'a str),
    /// A page.
    Page,
    /// A known address but for the slash at its end.
    WithoutSlash,
    /// Nothing, in the realm of the API.
    UnknownApi,
}

/// An address of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api<'a> {
    Login,
    Details,
    SignInError,
    AcsToken,
    Meetings,
    /// The code as it stands in the address.
    Meeting(&'a str),
    Join(&'a str),
    NewMeeting,
}

impl Target<'_> {
    /// The address without what is particular, for the log: codes are secrets.
    pub(crate) const fn template(self) -> &'static str {
        match self {
            Self::Api(Api::Login) => "/account/p-login/",
            Self::Api(Api::Details) => "/account/get/user-details/",
            Self::Api(Api::SignInError) => "/account/error/",
            Self::Api(Api::AcsToken) => "/account/acs-token/",
            Self::Api(Api::Meetings) => "/meeting/meetings/",
            Self::Api(Api::Meeting(_)) => "/meeting/meetings/{code}/",
            Self::Api(Api::Join(_)) => "/meeting/meetings/{code}/join/",
            Self::Api(Api::NewMeeting) => "/meeting/new/",
            Self::Socket(_) => "/vnet/ps/{code}/",
            Self::MeetingSocket(_) => "/vnet/sfu/{code}/",
            Self::ShareSocket(_) => "/vnet/share/{code}/",
            Self::WatchSocket => "/vnet/watch/",
            Self::ApiDocument => "/openapi.json",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Picture(_) | Self::DefaultPicture => "/media/{file}",
            Self::Static(_) => "/static/{file}",
            Self::Page => "page",
            Self::WithoutSlash => "without slash",
            Self::UnknownApi => "unknown",
        }
    }

    /// Whether programs ask here: errors are JSON.
    pub(crate) const fn is_for_programs(self) -> bool {
        matches!(
            self,
            Self::Api(_)
                | Self::Socket(_)
                | Self::MeetingSocket(_)
                | Self::ShareSocket(_)
                | Self::WatchSocket
                | Self::UnknownApi
                | Self::ApiDocument
                | Self::Health
                | Self::Ready
        )
    }
}

/// Where `path` leads.
pub(crate) fn find(path: &str) -> Target<'_> {
    if let Some(target) = exact(path) {
        return target;
    }
    if !path.ends_with('/') {
        let slashed = format!("{path}/");
        let known = exact(&slashed).is_some_and(|target| target != Target::Page)
            || page::is_address(&slashed);
        if known && !slashed.contains("//") {
            return Target::WithoutSlash;
        }
    }
    match path.starts_with("/meeting/") || path.starts_with("/vnet/") {
        true => Target::UnknownApi,
        false => Target::Page,
    }
}

fn exact(path: &str) -> Option<Target<'_>> {
    let api = match path {
        "/account/get/user-details/" => Api::Details,
        "/account/p-login/" => Api::Login,
        "/account/error/" => Api::SignInError,
        "/account/acs-token/" => Api::AcsToken,
        "/meeting/meetings/" => Api::Meetings,
        "/meeting/new/" => Api::NewMeeting,
        "/vnet/watch/" => return Some(Target::WatchSocket),
        "/openapi.json" => return Some(Target::ApiDocument),
        "/healthz" | "/healthz/" => return Some(Target::Health),
        "/readyz" | "/readyz/" => return Some(Target::Ready),
        crate::media::DEFAULT_PICTURE => return Some(Target::DefaultPicture),
        _ => return exact_with_part(path),
    };
    Some(Target::Api(api))
}

fn exact_with_part(path: &str) -> Option<Target<'_>> {
    if let Some(rest) = path.strip_prefix("/meeting/meetings/") {
        let rest = rest.strip_suffix('/')?;
        let api = match rest.split_once('/') {
            None => Api::Meeting(rest),
            Some((code, "join")) => Api::Join(code),
            Some(_) => return None,
        };
        return (!rest.is_empty()).then_some(Target::Api(api));
    }
    if let Some(rest) = path.strip_prefix("/vnet/ps/") {
        let code = rest.strip_suffix('/')?;
        return (!code.contains('/')).then_some(Target::Socket(code));
    }
    if let Some(rest) = path.strip_prefix("/vnet/sfu/") {
        let code = rest.strip_suffix('/')?;
        return (!code.contains('/')).then_some(Target::MeetingSocket(code));
    }
    if let Some(rest) = path.strip_prefix("/vnet/share/") {
        let code = rest.strip_suffix('/')?;
        return (!code.contains('/')).then_some(Target::ShareSocket(code));
    }
    if let Some(file) = path.strip_prefix("/media/profiles/images/pc/") {
        return (!file.ends_with('/')).then_some(Target::Picture(file));
    }
    if let Some(file) = path.strip_prefix("/static/") {
        return (!file.ends_with('/')).then_some(Target::Static(file));
    }
    (path == "/" || (path.ends_with('/') && page::is_address(path))).then_some(Target::Page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_match_as_a_whole() {
        assert_eq!(
            find("/meeting/meetings/abc/"),
            Target::Api(Api::Meeting("abc"))
        );
        assert_eq!(
            find("/meeting/meetings/abc/join/"),
            Target::Api(Api::Join("abc"))
        );
        assert_eq!(find("/vnet/ps/123456/"), Target::Socket("123456"));
        assert_eq!(
            find("/vnet/sfu/abcdefghjk/"),
            Target::MeetingSocket("abcdefghjk")
        );
        assert_eq!(
            find("/vnet/share/abcdefghjk/"),
            Target::ShareSocket("abcdefghjk")
        );
        assert_eq!(find("/vnet/watch/"), Target::WatchSocket);
        assert_eq!(find("/static/vnet.css"), Target::Static("vnet.css"));
        assert_eq!(find("/"), Target::Page);
        for unknown in [
            "/foo/vnet/ps/123456/",
            "/xxvnet/ps/123456/",
            "//vnet/ps/123456/",
            "/xmeeting/new/",
        ] {
            assert_eq!(find(unknown), Target::Page, "{unknown}");
        }
        for unknown in [
            "/vnet/ps/123456/bar/baz",
            "/vnet/ps/123456/bar/",
            "/vnet/sfu/abcdefghjk/bar/",
            "/vnet/share/abcdefghjk/bar/",
            "/vnet/watch/123456/",
            "/meeting/",
            "/meeting/meetings//",
            "/meeting/meetings/a/b/c/",
            "/meeting/new/x",
        ] {
            assert_eq!(find(unknown), Target::UnknownApi, "{unknown}");
        }
    }

    #[test]
    fn the_last_slash_is_missed_at_known_addresses_only() {
        for known in [
            "/account",
            "/meeting/new",
            "/meeting/meetings/abc",
            "/meet/conf/a",
            "/vnet/watch",
            "/help",
        ] {
            assert_eq!(find(known), Target::WithoutSlash, "{known}");
        }
        for unknown in ["/nope", "//evil.example/account", "/help//x", "/accounts"] {
            assert_eq!(find(unknown), Target::Page, "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn any_path_leads_somewhere(path in "/(meeting/meetings/|vnet/ps/|static/|account/)?\\PC{0,20}") {
            let target = find(&path);
            if target == Target::WithoutSlash {
                prop_assert!(!path.ends_with('/') && !path.starts_with("//"));
            }
        }
    }
}
