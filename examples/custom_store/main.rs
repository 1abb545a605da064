//! A store of one's own: everything in one JSON file.
//!
//! ```sh
//! cargo run --example custom_store -- accounts.json     # makes an account in that file, again and again
//! cargo test --example custom_store                     # the contract of a store, rule by rule
//! ```
//!
//! The idea fits in three sentences, and the traits' rules about atomicity follow from it:
//!
//! 1. Everything is one value, [`Tables`], which serde reads and writes.
//! 2. A write changes a copy; the copy is written to a new file that then takes the old one's name.
//! 3. Only after that does the copy take the place of what readers see.
//!
//! So a write that failed has changed nothing, one that returned is on disk, and nobody ever sees
//! half of one. That each write writes everything is fine for a club of fifty, and a bad idea for a
//! company: `vnet::sqlite` is for that.

mod documents;
mod help;
mod identities;
mod meetings;
mod sessions;
mod users;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{env, fmt, fs};

use serde::{Deserialize, Serialize};
use vnet::core::accounts::SignUp;
use vnet::core::memory::MemoryRooms;
use vnet::core::store::UserQuery;
use vnet::core::token::SigningKey;
use vnet::{Error, Result, Secret, Vnet};

use documents::{
    ArticleDocument, AvatarDocument, DeletionDocument, IdentityDocument, MeetingDocument,
    SessionDocument, UserDocument,
};

/// A store in one JSON file. Clones share it.
#[derive(Clone)]
struct JsonStore(Arc<Shared>);

struct Shared {
    path: PathBuf,
    // One lock, since facts change together; a write holds it until the file is on disk.
    tables: Mutex<Tables>,
}

/// Everything that is kept. The numbers of users and meetings are their places in lists.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Tables {
    last_number: i64,
    users: BTreeMap<i64, UserDocument>,
    avatars: Vec<AvatarDocument>,
    sessions: Vec<SessionDocument>,
    identities: Vec<IdentityDocument>,
    deletions: Vec<DeletionDocument>,
    meetings: BTreeMap<i64, MeetingDocument>,
    last_article: u64,
    articles: BTreeMap<u64, ArticleDocument>,
    articles_seeded: bool,
}

impl JsonStore {
    /// Opens the file, or begins with nothing if there is none yet.
    fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let tables = match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json)
                .map_err(|source| Error::internal("the file is no store", source))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Tables::default(),
            Err(error) => return Err(Error::internal("cannot read the file", error)),
        };
        let tables = Mutex::new(tables);
        Ok(Self(Arc::new(Shared { path, tables })))
    }

    fn read<T>(&self, look: impl FnOnce(&Tables) -> T) -> T {
        look(&self.0.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the tables altogether or not at all.
    fn write<T>(&self, change: impl FnOnce(&mut Tables) -> Result<T>) -> Result<T> {
        let mut tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = tables.clone();
        let result = change(&mut changed)?;
        save(&self.0.path, &changed)
            .map_err(|source| Error::internal("cannot write the file", source))?;
        *tables = changed;
        Ok(result)
    }
}

/// Puts the tables into a new file, waits until it is on disk, and gives it the old one's name.
fn save(path: &Path, tables: &Tables) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _none => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(io::BufWriter::new(&mut file), tables)?;
    file.flush()?;
    file.as_file().sync_data()?;
    file.persist(path)?;
    Ok(())
}

/// Where it is and how much there is; the rest is personal.
impl fmt::Debug for JsonStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonStore")
            .field("path", &self.0.path)
            .field("users", &self.read(|tables| tables.users.len()))
            .finish_non_exhaustive()
    }
}

impl Tables {
    /// The next place in a list.
    fn next_number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }
}

/// Makes an account in the file that is named, and counts those that are there.
#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that talks to a person")]
async fn main() -> Result<()> {
    let path = env::args_os()
        .nth(1)
        .unwrap_or_else(|| "accounts.json".into());
    let store = JsonStore::open(&path)?;
    let vnet = Vnet::builder(store, MemoryRooms::default(), SigningKey::generate()?).build();
    let everybody = UserQuery {
        limit: 1000,
        ..UserQuery::default()
    };
    let number = vnet.store().list_users(&everybody).await?.items.len() + 1;
    let password = Secret::from("correct horse battery staple");
    let form = SignUp {
        username: format!("user_{number}"),
        email: format!("user_{number}@example.org"),
        first_name: "Somebody".into(),
        last_name: "New".into(),
        password: password.clone(),
        password_2: password,
    };
    let user = vnet.accounts().sign_up(&form).await?;
    println!(
        "{} is account number {number} in {}",
        user.username,
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests;
