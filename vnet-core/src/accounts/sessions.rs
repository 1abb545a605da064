//! Sessions of browsers.

use std::sync::Arc;

use crate::accounts::Accounts;
use crate::error::Result;
use crate::id::{SessionId, UserId};
use crate::live::{Moment, SessionWatch};
use crate::session::{Session, SessionKey, SignedIn};
use crate::user::User;

/// What is known of a browser that signs in.
#[derive(Clone, Debug, Default)]
pub struct SessionMeta {
    /// What it calls itself; cut to 200 characters.
    pub user_agent: String,
    /// Where it comes from; cut to 64 characters.
    pub address: String,
}

/// A browser that has shown a good session key.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Its session and account.
    pub signed_in: SignedIn,
    /// Whether the session's life was extended just now, so that the cookie should be, too.
    pub renewed: bool,
    /// Before the session was looked up.
    seen: Moment,
}

impl Accounts {
    /// Begins a session of `user`. The oldest one gives way when there are too many.
    ///
    /// # Errors
    /// `NotFound`: the account is gone. `Unavailable`: the store.
    pub async fn start_session(
        &self,
        user: &User,
        meta: &SessionMeta,
    ) -> Result<(SessionKey, Session)> {
        let now = self.clock.now();
        let key = SessionKey::generate()?;
        let session = Session {
            id: SessionId::generate(),
            user_id: user.id,
            hash: key.hash(),
            created_at: now,
            last_seen_at: now,
            expires_at: now + self.limits.session_lifetime,
            user_agent: meta.user_agent.chars().take(200).collect(),
            address: meta.address.chars().take(64).collect(),
        };
        let open = self.store.list_sessions(&user.id, now).await?;
        for oldest in open
            .iter()
            .skip(self.limits.sessions_per_user.saturating_sub(1))
        {
            self.end_session(&oldest.id).await?;
        }
        self.store.insert_session(&session).await?;
        self.store.record_login(&user.id, now).await?;
        self.identities.wake();
        Ok((key, session))
    }

    /// Who holds this session key. The session's life slides along with its use.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn authenticate(&self, key: &SessionKey) -> Result<Option<Authenticated>> {
        let (seen, now) = (self.live.moment(), self.clock.now());
        let Some(mut signed_in) = self.store.find_session(&key.hash(), now).await? else {
            return Ok(None);
        };
        let session = &mut signed_in.session;
        let renewed = now - session.last_seen_at >= self.limits.session_touch_interval;
        if renewed {
            session.last_seen_at = now;
            session.expires_at = now + self.limits.session_lifetime;
            let touched = self
                .store
                .touch_session(&session.id, now, session.expires_at)
                .await;
            match touched {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                // Reading went well: a request is not lost because a time cannot be written.
                Err(error) => {
                    tracing::warn!(session.id = %session.id, %error, "cannot extend a session")
                }
            }
        }
        Ok(Some(Authenticated {
            signed_in,
            renewed,
            seen,
        }))
    }

    /// Tells a socket when the session it is opened under ends, also if it has ended meanwhile.
    #[must_use]
    pub fn watch_session(&self, opened_under: &Authenticated) -> SessionWatch {
        self.live.watch(
            opened_under.signed_in.session.id,
            opened_under.seen,
            Arc::clone(&self.store),
            Arc::clone(&self.clock),
            self.limits.session_check_interval,
        )
    }

    /// The open sessions of a user, newest first.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn sessions(&self, user: &UserId) -> Result<Vec<Session>> {
        self.store.list_sessions(user, self.clock.now()).await
    }

    /// Ends a session, its sockets with it. `false` if it was over.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn end_session(&self, id: &SessionId) -> Result<bool> {
        let removed = self.store.remove_session(id).await?;
        self.live.end([*id]);
        Ok(removed)
    }

    /// Ends one of `user`'s own sessions; `false` if it is over or somebody else's.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn end_own_session(&self, user: &UserId, id: &SessionId) -> Result<bool> {
        let own = self
            .sessions(user)
            .await?
            .iter()
            .any(|session| session.id == *id);
        if own {
            self.end_session(id).await
        } else {
            Ok(false)
        }
    }

    /// Ends all sessions of a user but `keep`, their sockets with them, all bearer tokens, and
    /// the access tokens at the provider as far as it can be reached.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn end_all_sessions(&self, user: &UserId, keep: Option<SessionId>) -> Result<usize> {
        self.raise_epoch(user).await?;
        let ended = self.store.remove_sessions(user, keep).await?;
        let count = ended.len();
        self.live.end(ended);
        self.identities.revoke_soon(*user);
        Ok(count)
    }

    /// Makes every bearer token of the user invalid; tries again when the account is being changed.
    async fn raise_epoch(&self, id: &UserId) -> Result<()> {
        loop {
            let Some(mut user) = self.store.get_user(id).await? else {
                return Ok(());
            };
            user.sessions_epoch += 1;
            match self.store.update_user(&user).await {
                Ok(_changed) => return Ok(()),
                Err(error) if error.code() == "stale" => {}
                Err(error) => return Err(error),
            }
        }
    }
}
