//! `contains_folded(needle, text, …)`: search in any case, for all of Unicode.
//!
//! `LIKE` and `lower()` of SQLite know ASCII only. This function follows `str::to_lowercase`, so a
//! search finds exactly what the other stores find, and no lower-cased copy is kept.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// Makes the function known to `connection`.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(c"contains_folded", -1, flags, call)
}

fn call(context: &Context<'_>) -> Result<bool> {
    let text = |index: usize| match context.get_raw(index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => "",
    };
    if context.is_empty() {
        return Ok(false);
    }
    let needle = text(0);
    Ok((1..context.len()).any(|index| contains(text(index), needle)))
}

/// Whether `text` in lower case contains `needle`, which is in lower case already.
pub(crate) fn contains(text: &str, needle: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    needle.is_empty()
        || text.windows(needle.len()).any(|window| {
            window
                .iter()
                .zip(needle)
                .all(|(byte, wanted)| byte.to_ascii_lowercase() == *wanted)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_to_lowercase_says(text in "[aAbBéÉßΣİK ]{0,8}", needle in "[aAbBéÉßΣİK ]{0,3}") {
            let needle = needle.to_lowercase();
            prop_assert_eq!(contains(&text, &needle), text.to_lowercase().contains(&needle));
        }
    }

    #[test]
    fn sql_sees_any_of_the_texts() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let ask = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, bool>(0));
        assert!(ask("SELECT contains_folded('grüß', 'x', 'Die GRÜßE')").unwrap());
        assert!(!ask("SELECT contains_folded('grüß', 'gruss', NULL)").unwrap());
        assert!(!ask("SELECT contains_folded()").unwrap());
    }
}
