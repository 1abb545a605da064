//! Pages and searches.

use std::sync::Arc;

use time::Duration;

use super::{insert, list};
use crate::store::{UserQuery, UserStore};
use crate::testkit::samples::{self, NOW};

/// Whatever the size of the pages, each user stands on one, oldest first.
pub async fn every_user_stands_on_exactly_one_page(store: Arc<dyn UserStore>) {
    let mut names = Vec::new();
    for i in 0..7 {
        let mut new = samples::new_user(&format!("user_{}", 9 - i));
        new.user.date_joined = NOW + Duration::minutes(i);
        names.push(store.insert_user(new).await.unwrap().username.to_string());
    }
    for limit in [1, 2, 3, 6, 7, 8, 1000] {
        assert_eq!(list(&store, None, limit).await, names, "pages of {limit}");
    }
}

/// Who joins while somebody pages moves nobody.
pub async fn paging_skips_and_repeats_nobody_while_others_join(store: Arc<dyn UserStore>) {
    for i in 0..4 {
        insert(&store, &format!("old_{i}")).await;
    }
    let mut query = UserQuery {
        search: None,
        cursor: None,
        limit: 2,
    };
    let first = store.list_users(&query).await.unwrap();
    insert(&store, "newcomer").await;
    store.remove_user(&first.items[0].id, NOW).await.unwrap();
    query.cursor = first.next;
    query.limit = 10;
    let rest = store.list_users(&query).await.unwrap();
    let names: Vec<_> = first
        .items
        .iter()
        .chain(&rest.items)
        .map(|u| u.username.as_str())
        .collect();
    assert_eq!(names, ["old_0", "old_1", "old_2", "old_3", "newcomer"]);
    assert_eq!(rest.next, None);
}

/// The search looks into all names and the address, at any place, in any case.
pub async fn a_search_finds_part_of_any_name_in_any_case(store: Arc<dyn UserStore>) {
    insert(&store, "plain").await;
    let mut new = samples::new_user("Ada_1");
    (new.user.first_name, new.user.last_name) = ("Åsa".into(), "Ørsted".into());
    new.user.email = "write_me@example.com".parse().unwrap();
    new.user.meeting_name = "The 100% Countess".into();
    store.insert_user(new).await.unwrap();
    for part in [
        "aDA", "åSA", "ÅSA", "øRST", "WRITE_me", "countess", "100%", "_1", "%",
    ] {
        assert_eq!(
            list(&store, Some(part), 10).await,
            ["Ada_1"],
            "search for {part}"
        );
    }
    for part in ["zzz", "a_a", "%a%", "*", "'"] {
        assert_eq!(
            list(&store, Some(part), 10).await,
            Vec::<String>::new(),
            "search for {part}"
        );
    }
    assert_eq!(
        list(&store, Some("EXAMPLE"), 1).await,
        ["plain", "Ada_1"],
        "paged"
    );
}
