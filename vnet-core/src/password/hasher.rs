//! Hashing without standing in anybody's way.

use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::Params;
use tokio::sync::{OnceCell, oneshot};
use tokio::time::timeout;

use super::PasswordHash;
use super::argon::Furnace;
use super::crew::{Crew, Plan};
use super::priority::Priority;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// How long hashing in the background may stand still before other threads help.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a thread that has nothing to hash keeps its memory.
const LINGER: Duration = Duration::from_secs(1);

/// Hashes and checks passwords on a bounded number of threads of its own.
///
/// There are as many as cores but one, at least one, and they stand back for every other thread where
/// the system knows such a thing, so that many sign-ins at once do not stop the pages. When others take
/// all processor time, so that no hash is done for a second, as many threads of the usual priority help.
///
/// A thread takes 19 MiB while it hashes and for a second afterwards; traces of passwords are wiped
/// from it as soon as nobody waits.
#[derive(Clone, Debug)]
pub struct Hasher {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    decoy: OnceCell<PasswordHash>,
}

/// Where hashing is done.
enum Place {
    Threads {
        background: Crew,
        helpers: Crew,
        patience: Duration,
    },
    /// Where it is asked for.
    #[cfg(any(test, feature = "testkit"))]
    Here(Params),
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

impl Hasher {
    /// A hasher with OWASP's parameters (argon2id, 19 MiB, 2 passes, 1 lane); `waiting` checks may
    /// queue before further ones are refused.
    ///
    /// # Source
    /// OWASP Password Storage Cheat Sheet; RFC 9106.
    #[must_use]
    pub fn new(waiting: usize) -> Self {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let plan = Plan {
            name: "vnet-hash",
            priority: Priority::Background,
            threads: cores.saturating_sub(1).max(1),
            waiting,
            linger: LINGER,
            params: Params::new(19 * 1024, 2, 1, None).unwrap_or_default(),
        };
        Self::on_threads(plan, PATIENCE)
    }

    /// A hasher so weak that tests are quick; it hashes on the thread that asks, so that a paused clock
    /// stands still meanwhile. Never for real accounts.
    #[cfg(any(test, feature = "testkit"))]
    #[must_use]
    pub fn weak_for_tests() -> Self {
        Self::at(Place::Here(Params::new(8, 1, 1, None).unwrap_or_default()))
    }

    fn on_threads(background: Plan, patience: Duration) -> Self {
        let helpers = Plan {
            name: "vnet-hash-help",
            priority: Priority::Usual,
            ..background.clone()
        };
        Self::at(Place::Threads {
            background: Crew::new(background),
            helpers: Crew::new(helpers),
            patience,
        })
    }

    fn at(place: Place) -> Self {
        Self {
            inner: Arc::new(Inner {
                place,
                decoy: OnceCell::new(),
            }),
        }
    }

    /// Hashes a new password with a random salt.
    ///
    /// # Errors
    /// `Unavailable`: too many are waiting. `Internal`: hashing failed.
    pub async fn hash(&self, password: Secret) -> Result<PasswordHash> {
        self.run(move |furnace| furnace.hash(password.expose().as_bytes()))
            .await
    }

    /// Whether `password` is the one that was hashed. Without a `hash` (nobody of that name) it
    /// takes the same time and is never right.
    ///
    /// # Errors
    /// `Unavailable`: too many are waiting. `Internal`: hashing failed.
    pub async fn verify(&self, password: Secret, hash: Option<PasswordHash>) -> Result<bool> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.decoy().await?,
        };
        let matches = self
            .run(move |furnace| furnace.verify(password.expose().as_bytes(), &hash))
            .await?;
        Ok(matches && known)
    }

    /// Makes what [`verify`](Self::verify) compares unknown users with, before the first one comes.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    pub async fn warm_up(&self) -> Result<()> {
        self.decoy().await.map(drop)
    }

    async fn decoy(&self) -> Result<PasswordHash> {
        let make = || self.hash(Secret::new("a password of nobody"));
        self.inner.decoy.get_or_try_init(make).await.cloned()
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Furnace) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let (background, helpers, patience) = match &self.inner.place {
            Place::Threads {
                background,
                helpers,
                patience,
            } => (background, helpers, *patience),
            #[cfg(any(test, feature = "testkit"))]
            Place::Here(params) => return work(&mut Furnace::new(params.clone())),
        };
        let mut first = background.submit(work.clone())?;
        loop {
            match timeout(patience, &mut first).await {
                Ok(answer) => return told(answer),
                Err(_elapsed) if background.stuck_for() >= patience => break,
                Err(_elapsed) => {}
            }
        }
        tracing::debug!("password hashes get no processor time: helping");
        match helpers.submit(work) {
            Ok(second) => tokio::select! {
                answer = first => told(answer),
                answer = second => told(answer),
            },
            Err(_helpers_are_busy_too) => told(first.await),
        }
    }
}

fn told<T>(answer: std::result::Result<Result<T>, oneshot::error::RecvError>) -> Result<T> {
    answer.map_err(|source| Error::internal("the hashing thread ended early", source))?
}

#[cfg(test)]
mod tests;
