//! Ready-made users, sessions, meetings and so on, for tests.
//!
//! What is made here is valid and each time new; change the fields that a test is about.

use serde_json::value::RawValue;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::conference::{Participant, Role};
use crate::help::ArticleDraft;
use crate::id::{AvatarId, PeerId, Revision, SessionId, UserId};
use crate::identity::{AccessToken, Identity, IdentityRecord};
use crate::meeting::{GroupId, Meeting, MeetingId};
use crate::password::PasswordHash;
use crate::room::Peer;
use crate::secret::Secret;
use crate::session::{Session, SessionKey};
use crate::signal::Signal;
use crate::user::{Avatar, NewUser, User};

/// The moment at which the samples are made.
pub const NOW: OffsetDateTime = datetime!(2030-01-01 12:00 UTC);

/// The hash that samples have; no password is known for it.
#[must_use]
pub fn password_hash() -> PasswordHash {
    PasswordHash::from_phc("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA")
        .expect("a hash in PHC form")
}

/// Another hash than [`password_hash`].
#[must_use]
pub fn other_password_hash() -> PasswordHash {
    PasswordHash::from_phc("$argon2id$v=19$m=8,t=1,p=1$cGVwcGVycGVwcGVy$aGFzaGhhc2hoYXNoaGFzaA")
        .expect("a hash in PHC form")
}

/// An active account called `name`, with the address `name@example.org`, joined at [`NOW`].
#[must_use]
pub fn user(name: &str) -> User {
    User {
        id: UserId::generate(),
        username: name.parse().expect("a valid username"),
        first_name: "Augusta".into(),
        last_name: "King".into(),
        email: format!("{name}@example.org")
            .parse()
            .expect("a valid address"),
        meeting_name: name.into(),
        avatar: None,
        is_staff: false,
        is_active: true,
        date_joined: NOW,
        last_login: None,
        sessions_epoch: 0,
        revision: Revision(0),
    }
}

/// [`user`], to be inserted, with [`password_hash`].
#[must_use]
pub fn new_user(name: &str) -> NewUser {
    NewUser {
        user: user(name),
        password_hash: password_hash(),
    }
}

/// A small picture; the bytes are no real PNG.
#[must_use]
pub fn avatar() -> Avatar {
    let id = AvatarId::generate();
    Avatar {
        id,
        mime: "image/png".into(),
        bytes: id.as_uuid().as_bytes().to_vec(),
    }
}

/// A session of `user` that began at [`NOW`] and lasts an hour.
#[must_use]
pub fn session(user: UserId) -> Session {
    Session {
        id: SessionId::generate(),
        user_id: user,
        hash: SessionKey::generate().expect("random bytes").hash(),
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: NOW + Duration::HOUR,
        user_agent: "Test/1.0".into(),
        address: "127.0.0.1".into(),
    }
}

/// A new identity, `8:test:<random>`.
#[must_use]
pub fn identity() -> Identity {
    Identity::new(format!("8:test:{}", GroupId::generate())).expect("printable and short")
}

/// A new token that ends at `expires_at`.
#[must_use]
pub fn token(expires_at: OffsetDateTime) -> AccessToken {
    AccessToken {
        token: Secret::new(format!("token-{}", GroupId::generate())),
        expires_at,
    }
}

/// A new identity of `user` with a token that lives 24 hours from [`NOW`].
#[must_use]
pub fn identity_record(user: UserId) -> IdentityRecord {
    IdentityRecord {
        user_id: user,
        identity: identity(),
        token: Some(token(NOW + Duration::DAY)),
    }
}

/// A meeting hosted by `host`: begins an hour after [`NOW`], lasts an hour.
#[must_use]
pub fn meeting(host: UserId) -> Meeting {
    Meeting {
        id: MeetingId::generate().expect("random bytes"),
        group_id: GroupId::generate(),
        host_id: host,
        title: "Weekly".into(),
        notes: "Bring figures".into(),
        start_time: NOW + Duration::HOUR,
        end_time: Some(NOW + Duration::hours(2)),
        created_at: NOW,
        revision: Revision(0),
    }
}

/// Somebody called `name` about to enter a meeting, with identity and token.
#[must_use]
pub fn participant(name: &str) -> Participant {
    Participant {
        user_id: UserId::generate(),
        display_name: name.into(),
        role: Role::Guest,
        access: Some((identity(), token(NOW + Duration::DAY))),
    }
}

/// An article with this title, some text, and the tag `test`.
#[must_use]
pub fn article(title: &str) -> ArticleDraft {
    ArticleDraft::parse(title, "Some *text*.", "test").expect("a valid article")
}

/// A new peer of the account `sender` that hears its own messages.
#[must_use]
pub fn peer(sender: &str) -> Peer {
    Peer {
        id: PeerId::generate(),
        sender: sender.into(),
        echo: true,
    }
}

/// A message of type `candidate` whose content is `{"n":number}`.
#[must_use]
pub fn signal(number: usize) -> Signal {
    let content = RawValue::from_string(format!(r#"{{"n":{number}}}"#)).expect("JSON");
    Signal::new("candidate", &content, Some("Ada")).expect("a valid message")
}
