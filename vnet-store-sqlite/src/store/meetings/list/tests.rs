//! How SQLite goes about the lists of a host: by an index that has their order, from where the page begins.

use rusqlite::{Connection, params_from_iter};
use time::OffsetDateTime;
use vnet_core::id::{Cursor, UserId};
use vnet_core::meeting::{MeetingOrder, MeetingQuery};

use super::List;
use crate::schema::migrate;

fn plan(query: &MeetingQuery) -> String {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection).unwrap();
    let (sql, values) = List::new(query, 21).walk(Some(1));
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3));
    let steps: Vec<_> = steps.unwrap().map(Result::unwrap).collect();
    steps.join("\n")
}

#[test]
fn a_page_of_a_host_is_read_in_order_from_where_it_begins() {
    let now = OffsetDateTime::UNIX_EPOCH;
    for order in [
        MeetingOrder::OldestFirst,
        MeetingOrder::NewestFirst,
        MeetingOrder::SoonestFirst,
        MeetingOrder::LatestFirst,
    ] {
        for (cursor, over_at) in [
            (None, None),
            (None, Some(now)),
            (Some(Cursor::keyed(7, 9)), None),
            (Some(Cursor::keyed(7, 9)), Some(now)),
        ] {
            let plan = plan(&MeetingQuery {
                host_id: Some(UserId::generate()),
                order,
                cursor,
                over_at,
                ..MeetingQuery::default()
            });
            let index = match order.is_by_start() {
                true => "meetings_host_start",
                false => "meetings_host_age",
            };
            assert!(plan.contains(index), "{order:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "sorted, {order:?}: {plan}");
            assert!(!plan.contains("SCAN"), "read whole, {order:?}: {plan}");
            // From the far end of the future nothing is passed over that has not begun.
            let begins_inside =
                cursor.is_some() || (over_at.is_some() && order == MeetingOrder::LatestFirst);
            assert_eq!(
                plan.contains("(host_id=? AND "),
                begins_inside,
                "{order:?} {cursor:?}: {plan}"
            );
        }
    }
}
