//! The schema and its history.
//!
//! Migrations are numbered, only go forward, and run once each in a transaction of their own. The
//! number of the last one stands in `user_version`; `application_id` says whose file it is.

use std::collections::HashMap;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Result};

/// `VNET` in ASCII, in the header of every database of ours.
pub(crate) const APPLICATION_ID: i64 = 0x564E_4554;

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_meetings_by_start.sql"),
];

/// The version this program reads and writes.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Looks whose database this is, without changing it: ours and not newer, or still empty.
pub(crate) fn recognise(connection: &Connection) -> Result<()> {
    let application: i64 = read(connection, "PRAGMA application_id")?;
    let found: i64 = read(connection, "PRAGMA user_version")?;
    let objects: i64 = read(connection, "SELECT count(*) FROM sqlite_schema")?;
    let empty = application == 0 && found == 0 && objects == 0;
    if application != APPLICATION_ID && !empty {
        return Err(Error::OtherApplication {
            found: application,
            ours: APPLICATION_ID,
        });
    }
    if found > VERSION {
        return Err(Error::Newer {
            found,
            known: VERSION,
        });
    }
    Ok(())
}

/// Brings the schema to [`VERSION`].
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    migrate_with(connection, MIGRATIONS)
}

fn migrate_with(connection: &mut Connection, migrations: &[&str]) -> Result<()> {
    loop {
        let current: i64 = read(connection, "PRAGMA user_version")?;
        if usize::try_from(current).is_ok_and(|done| done >= migrations.len()) {
            return Ok(());
        }
        // Read again inside: another process may have migrated while this one waited for the lock.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let current: i64 = read(&transaction, "PRAGMA user_version")?;
        let next = usize::try_from(current).ok();
        if let Some(migration) = next.and_then(|done| migrations.get(done)) {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", current + 1)?;
            transaction.commit()?;
            tracing::info!(version = current + 1, "migrated the database");
        } else if next.is_none() {
            return Err(Error::Damaged("its version is negative".into()));
        }
    }
}

/// Compares every table and index with what the migrations make. Others may stand beside them.
pub(crate) fn verify(connection: &Connection) -> Result<()> {
    let mut model = Connection::open_in_memory()?;
    migrate_quietly(&mut model)?;
    let found = objects(connection)?;
    for (name, sql) in objects(&model)? {
        if found.get(&name) != Some(&sql) {
            let reason = format!("{name} is not as the migrations made it");
            return Err(Error::Damaged(reason.into()));
        }
    }
    Ok(())
}

fn migrate_quietly(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction()?;
    for migration in MIGRATIONS {
        transaction.execute_batch(migration)?;
    }
    Ok(transaction.commit()?)
}

/// Name and definition of everything in the schema but what SQLite makes by itself.
fn objects(connection: &Connection) -> Result<HashMap<String, String>> {
    let mut statement =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(connection: &Connection, sql: &str) -> Result<i64> {
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_go_forward_once_each() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [
            "CREATE TABLE a (x) STRICT;".replace("x", "x ANY"),
            "DROP TABLE a;".into(),
        ];
        let steps = steps.each_ref().map(String::as_str);
        migrate_with(&mut connection, &steps[..1]).unwrap();
        assert_eq!(read(&connection, "PRAGMA user_version").unwrap(), 1);
        assert_eq!(read(&connection, "SELECT count(*) FROM a").unwrap(), 0);
        migrate_with(&mut connection, &steps).unwrap();
        migrate_with(&mut connection, &steps).unwrap();
        assert_eq!(read(&connection, "PRAGMA user_version").unwrap(), 2);
        assert_eq!(
            read(&connection, "PRAGMA application_id").unwrap(),
            APPLICATION_ID
        );
        assert_eq!(
            read(&connection, "SELECT count(*) FROM sqlite_schema").unwrap(),
            0
        );
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = [
            "CREATE TABLE a (x ANY) STRICT;",
            "CREATE TABLE b (x ANY); NONSENSE;",
        ];
        assert!(migrate_with(&mut connection, &steps).is_err());
        assert_eq!(read(&connection, "PRAGMA user_version").unwrap(), 1);
        assert_eq!(
            read(&connection, "SELECT count(*) FROM sqlite_schema").unwrap(),
            1
        );
    }

    #[test]
    fn the_schema_is_compared_object_by_object() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        verify(&connection).unwrap();
        connection
            .execute_batch("CREATE TABLE somebody_elses (x)")
            .unwrap();
        verify(&connection).unwrap();
        connection
            .execute_batch("DROP INDEX users_email_key")
            .unwrap();
        let error = verify(&connection).unwrap_err().to_string();
        assert!(error.contains("users_email_key"), "{error}");
    }
}
