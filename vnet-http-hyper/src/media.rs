//! Profile pictures.

use vnet_core::user::User;

/// The address of the picture of those who have none.
pub(crate) const DEFAULT_PICTURE: &str = "/media/profile/images/def/pc.jpg";

/// The address of a user's profile picture on this host.
pub(crate) fn picture_path(prefix: &str, user: &User) -> String {
    match &user.avatar {
        Some(id) => format!("{prefix}/media/profiles/images/pc/{id}.jpg"),
        None => format!("{prefix}{DEFAULT_PICTURE}"),
    }
}
