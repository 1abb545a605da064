//! The contract of [`HelpStore`].

use std::sync::Arc;

use time::Duration;

use super::samples::{self, NOW};
use super::{assert_kind, at_once};
use crate::error::ErrorKind;
use crate::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use crate::id::Revision;
use crate::store::HelpStore;

async fn insert(store: &dyn HelpStore, draft: &ArticleDraft) -> Article {
    let article = store.insert_article(draft, NOW).await;
    article.expect("an article can be inserted")
}

async fn get(store: &dyn HelpStore, id: ArticleId) -> Option<Article> {
    store.get_article(id).await.expect("articles can be read")
}

async fn titles(store: &dyn HelpStore, text: Option<&str>, tag: Option<&str>) -> Vec<String> {
    let query = HelpQuery {
        text: text.map(str::to_owned),
        tag: tag.map(str::to_owned),
    };
    let found = store
        .search_articles(&query)
        .await
        .expect("articles can be searched");
    assert!(found.is_sorted_by_key(|article| article.id), "by number");
    found
        .into_iter()
        .map(|article| article.draft.title)
        .collect()
}

/// The articles of the product come in order, with their text and tags.
pub async fn seeded_articles_are_there_in_order(store: Arc<dyn HelpStore>) {
    let drafts = ["one", "two", "three"].map(samples::article);
    assert!(store.seed_articles(&drafts, NOW).await.unwrap());
    let found = store.search_articles(&HelpQuery::default()).await.unwrap();
    assert_eq!(found.len(), 3);
    for (article, draft) in found.iter().zip(drafts) {
        let (id, revision) = (article.id, Revision(0));
        let wanted = Article {
            id,
            draft,
            updated_at: NOW,
            revision,
        };
        assert_eq!(article, &wanted);
        assert_eq!(get(&store, id).await, Some(wanted));
    }
}

/// Seeding happens once in the life of the store, whatever became of the articles.
pub async fn seeding_happens_once_even_if_everything_was_removed(store: Arc<dyn HelpStore>) {
    let drafts = [samples::article("one"), samples::article("two")];
    assert!(store.seed_articles(&drafts, NOW).await.unwrap());
    assert!(!store.seed_articles(&drafts, NOW).await.unwrap());
    for article in store.search_articles(&HelpQuery::default()).await.unwrap() {
        assert!(store.remove_article(article.id).await.unwrap());
    }
    assert!(!store.seed_articles(&drafts, NOW).await.unwrap());
    assert_eq!(titles(&store, None, None).await, Vec::<String>::new());
}

/// Articles that somebody wrote before do not stop the seeding, nor does it touch them.
pub async fn seeding_leaves_written_articles_alone(store: Arc<dyn HelpStore>) {
    let own = insert(&store, &samples::article("own")).await;
    assert!(
        store
            .seed_articles(&[samples::article("seed")], NOW)
            .await
            .unwrap()
    );
    assert_eq!(get(&store, own.id).await, Some(own));
    assert_eq!(titles(&store, None, None).await, ["own", "seed"]);
}

/// Several processes may start at once.
pub async fn of_many_seedings_at_once_exactly_one_is_done(store: Arc<dyn HelpStore>) {
    let attempts = (0..8).map(|_| {
        let store = Arc::clone(&store);
        let drafts = [samples::article("one"), samples::article("two")];
        async move { store.seed_articles(&drafts, NOW).await }
    });
    let results = at_once(attempts).await;
    let done = results.into_iter().filter(|done| *done.as_ref().unwrap());
    assert_eq!(done.count(), 1, "exactly one is done");
    assert_eq!(titles(&store, None, None).await, ["one", "two"]);
}

/// A new article is there at once, as it was given.
pub async fn what_was_inserted_is_found(store: Arc<dyn HelpStore>) {
    let tags = "Erste Schritte, R&D, 'quoted'";
    let draft = ArticleDraft::parse("Ω 🦀 -- %_\\", "Text\n\n# Titel\n", tags).unwrap();
    let article = insert(&store, &draft).await;
    let (updated_at, revision) = (NOW, Revision(0));
    let wanted = Article {
        id: article.id,
        draft,
        updated_at,
        revision,
    };
    assert_eq!(article, wanted);
    assert_eq!(get(&store, article.id).await, Some(wanted));
}

/// What is not there is `None` or `false`.
pub async fn a_miss_is_no_error(store: Arc<dyn HelpStore>) {
    let id = ArticleId::new((1 << 53) - 1).unwrap();
    assert_eq!(get(&store, id).await, None);
    assert!(!store.remove_article(id).await.unwrap());
    assert_eq!(titles(&store, None, None).await, Vec::<String>::new());
}

/// A link to an article never leads to another one later.
pub async fn a_number_is_never_given_again(store: Arc<dyn HelpStore>) {
    let first = insert(&store, &samples::article("first")).await;
    let second = insert(&store, &samples::article("second")).await;
    assert!(second.id > first.id);
    assert!(store.remove_article(second.id).await.unwrap());
    let third = insert(&store, &samples::article("third")).await;
    assert!(third.id > second.id, "{} after {}", third.id, second.id);
    assert_eq!(get(&store, second.id).await, None);
}

/// Articles written at once get a number each.
pub async fn inserts_at_the_same_time_are_all_kept(store: Arc<dyn HelpStore>) {
    let attempts = (0..16).map(|i| {
        let store = Arc::clone(&store);
        async move {
            store
                .insert_article(&samples::article(&format!("title {i}")), NOW)
                .await
        }
    });
    for result in at_once(attempts).await {
        let article = result.expect("articles do not disturb each other");
        assert_eq!(get(&store, article.id).await, Some(article));
    }
    assert_eq!(titles(&store, None, None).await.len(), 16);
}

/// An update changes the whole draft and the time, and nothing else.
pub async fn an_update_changes_one_article(store: Arc<dyn HelpStore>) {
    let other = insert(&store, &samples::article("other")).await;
    let before = insert(&store, &samples::article("before")).await;
    let draft = ArticleDraft::parse("after", "new text", "new").unwrap();
    let later = NOW + Duration::DAY;
    let updated = store
        .update_article(before.id, &draft, before.revision, later)
        .await
        .unwrap();
    let wanted = Article {
        id: before.id,
        draft,
        updated_at: later,
        revision: Revision(1),
    };
    assert_eq!(updated, wanted);
    assert_eq!(get(&store, before.id).await, Some(wanted));
    assert_eq!(get(&store, other.id).await, Some(other));
    assert_eq!(
        titles(&store, None, Some("test")).await,
        ["other"],
        "former tags are gone"
    );
    assert_eq!(titles(&store, None, Some("new")).await, ["after"]);
    assert_eq!(
        titles(&store, Some("before"), None).await,
        Vec::<String>::new()
    );
}

/// Whoever read an older state has to read again.
pub async fn a_stale_update_is_a_conflict_and_changes_nothing(store: Arc<dyn HelpStore>) {
    let read = insert(&store, &samples::article("read")).await;
    let first = samples::article("first");
    let first = store
        .update_article(read.id, &first, read.revision, NOW)
        .await
        .unwrap();
    let second = samples::article("second");
    let stale = store
        .update_article(read.id, &second, read.revision, NOW)
        .await;
    assert_kind(stale, ErrorKind::Conflict, "an older revision");
    assert_eq!(get(&store, read.id).await, Some(first));
}

/// Nobody's change is overwritten unseen.
pub async fn of_many_updates_of_one_revision_exactly_one_wins(store: Arc<dyn HelpStore>) {
    let read = insert(&store, &samples::article("read")).await;
    let attempts = (0..8).map(|i| {
        let (store, draft) = (Arc::clone(&store), samples::article(&format!("title {i}")));
        let (id, revision) = (read.id, read.revision);
        async move { store.update_article(id, &draft, revision, NOW).await }
    });
    let mut won = Vec::new();
    for result in at_once(attempts).await {
        match result {
            Ok(article) => won.push(article),
            lost => drop(assert_kind(lost, ErrorKind::Conflict, "a lost race")),
        }
    }
    assert_eq!(won.len(), 1, "exactly one wins");
    assert_eq!(get(&store, read.id).await, won.pop());
}

/// What is gone cannot be changed, nor brought back.
pub async fn a_removed_article_is_gone(store: Arc<dyn HelpStore>) {
    let article = insert(&store, &samples::article("gone")).await;
    let kept = insert(&store, &samples::article("kept")).await;
    assert!(store.remove_article(article.id).await.unwrap());
    assert!(
        !store.remove_article(article.id).await.unwrap(),
        "gone only once"
    );
    let updated = store
        .update_article(article.id, &article.draft, article.revision, NOW)
        .await;
    assert_kind(updated, ErrorKind::NotFound, "a removed article");
    assert_eq!(get(&store, article.id).await, None);
    assert_eq!(titles(&store, None, None).await, ["kept"]);
    assert_eq!(get(&store, kept.id).await, Some(kept));
}

/// The search is the one of [`HelpQuery::matches`], whatever is searched for.
pub async fn a_search_finds_what_the_query_matches(store: Arc<dyn HelpStore>) {
    let drafts = [
        ("First steps", "Über die Kamera", "Start, Käse"),
        ("Camera 100%_", "First light", "media"),
        ("Other", "nothing to see", "start here"),
        ("Käse", "back\\slash 'quote'", ""),
    ]
    .map(|(title, text, tags)| ArticleDraft::parse(title, text, tags).unwrap());
    assert!(store.seed_articles(&drafts, NOW).await.unwrap());
    let texts = [
        "first", "ÜBER", "über", "käse", "KÄSE", "%", "_", "0%_", "\\s", "'", "zzz", "", "%e%", "*",
    ];
    let tags = [
        "start",
        "START",
        "Sta",
        "käse",
        "KÄSE",
        "media",
        "start here",
        "",
        "%",
        "*",
    ];
    let some = |text: &'static str| Some(text.to_owned());
    let mut queries: Vec<_> = vec![
        (some("FIRST"), some("start")),
        (some("first"), some("none")),
    ];
    queries.extend(texts.map(|text| (some(text), None)));
    queries.extend(tags.map(|tag| (None, some(tag))));
    for (text, tag) in queries {
        let query = HelpQuery { text, tag };
        let wanted = drafts.iter().filter(|draft| query.matches(draft));
        let wanted: Vec<_> = wanted.map(|draft| draft.title.clone()).collect();
        let found = titles(&store, query.text.as_deref(), query.tag.as_deref()).await;
        assert_eq!(found, wanted, "{query:?}");
    }
}

/// Finer times are rounded towards the past.
pub async fn times_are_kept_to_the_microsecond(store: Arc<dyn HelpStore>) {
    let fine = NOW + Duration::nanoseconds(1_999);
    let kept = NOW + Duration::microseconds(1);
    assert!(
        store
            .seed_articles(&[samples::article("seed")], fine)
            .await
            .unwrap()
    );
    let seeded = store.search_articles(&HelpQuery::default()).await.unwrap();
    assert_eq!(seeded[0].updated_at, kept);
    let draft = samples::article("own");
    let article = store.insert_article(&draft, fine).await.unwrap();
    assert_eq!(article.updated_at, kept);
    let later = fine + Duration::DAY;
    let updated = store
        .update_article(article.id, &draft, article.revision, later)
        .await
        .unwrap();
    assert_eq!(updated.updated_at, kept + Duration::DAY);
    assert_eq!(get(&store, article.id).await, Some(updated));
}

/// The contract of [`HelpStore`](crate::store::HelpStore) as tests.
///
/// `$new` names an `async fn` without arguments that returns a new, empty store.
#[macro_export]
macro_rules! help_store_contract {
    ($new:ident) => {
        $crate::__contract!(
            help_store,
            dyn $crate::store::HelpStore,
            $new,
            [
                seeded_articles_are_there_in_order,
                seeding_happens_once_even_if_everything_was_removed,
                seeding_leaves_written_articles_alone,
                of_many_seedings_at_once_exactly_one_is_done,
                what_was_inserted_is_found,
                a_miss_is_no_error,
                a_number_is_never_given_again,
                inserts_at_the_same_time_are_all_kept,
                an_update_changes_one_article,
                a_stale_update_is_a_conflict_and_changes_nothing,
                of_many_updates_of_one_revision_exactly_one_wins,
                a_removed_article_is_gone,
                a_search_finds_what_the_query_matches,
                times_are_kept_to_the_microsecond,
            ]
        );
    };
}
