//! The articles that come with the product.

use crate::help::ArticleDraft;

/// Title, tags and text (Markdown) of each article, in the order of their numbers.
const ARTICLES: [(&str, &[&str], &str); 8] = [
    (
        "Getting started",
        &["Start"],
        include_str!("../../help/getting-started.md"),
    ),
    (
        "Scheduling meetings",
        &["Start", "Meetings"],
        include_str!("../../help/scheduling.md"),
    ),
    (
        "Joining a meeting",
        &["Start", "Meetings"],
        include_str!("../../help/joining.md"),
    ),
    (
        "Sharing streams on the local network",
        &["LAN sharing", "Network"],
        include_str!("../../help/lan-sharing.md"),
    ),
    (
        "Privacy: what is kept, and who sees it",
        &["Privacy", "Account"],
        include_str!("../../help/privacy.md"),
    ),
    (
        "When camera or sound do not work",
        &["Troubleshooting"],
        include_str!("../../help/troubleshooting.md"),
    ),
    (
        "Running a VNET server",
        &["Administration"],
        include_str!("../../help/self-hosting.md"),
    ),
    (
        "When sharing on the network does not connect",
        &["LAN sharing", "Troubleshooting"],
        include_str!("../../help/lan-connecting.md"),
    ),
];

/// The articles that come with the product, for
/// [`seed_articles`](crate::store::HelpStore::seed_articles).
#[must_use]
pub fn shipped() -> Vec<ArticleDraft> {
    let draft = |(title, tags, content): (&str, &[&str], &str)| ArticleDraft {
        title: title.to_owned(),
        content: content.to_owned(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
    };
    ARTICLES.into_iter().map(draft).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help::HelpQuery;

    #[test]
    fn every_article_keeps_the_rules_of_articles() {
        for article in shipped() {
            let again =
                ArticleDraft::parse(&article.title, &article.content, &article.tags.join(", "));
            assert_eq!(again.as_ref(), Ok(&article));
        }
    }

    #[test]
    fn every_article_is_worth_opening_and_none_is_a_book() {
        for article in shipped() {
            let words = article.content.split_whitespace().count();
            assert!((250..=620).contains(&words), "{}: {words}", article.title);
        }
    }

    #[test]
    fn the_tag_that_the_home_page_links_to_has_articles() {
        let start = HelpQuery {
            text: None,
            tag: Some("Start".into()),
        };
        let found = shipped().iter().filter(|a| start.matches(a)).count();
        assert_eq!(found, 3);
    }

    #[test]
    fn articles_name_other_articles_by_titles_that_exist() {
        let titles: Vec<String> = shipped().into_iter().map(|a| a.title).collect();
        for article in shipped() {
            for (place, _) in article.content.match_indices("*Sharing streams") {
                let rest = &article.content[place + 1..];
                let named = rest.split('*').next().unwrap_or_default();
                assert!(titles.iter().any(|title| title == named), "{named}");
            }
        }
    }
}
