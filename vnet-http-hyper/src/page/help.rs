//! `/help/`

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Serialize;
use vnet_core::help::{Article, ArticleId, HelpQuery};

use crate::error::HttpError;
use crate::page::view::{ArticleView, TagView};
use crate::page::visit::Visit;
use crate::reply::Response;

/// Longer searches are cut: characters.
const MAX_QUERY_CHARS: usize = 200;

#[derive(Serialize)]
struct List {
    q: String,
    heading: Option<String>,
    clear: bool,
    tags: Vec<TagView>,
    articles: Vec<ArticleView>,
}

#[derive(Serialize)]
struct One {
    article: ArticleView,
}

/// GET of the list, with `q` and `t`.
pub(super) async fn list(visit: &Visit<'_>) -> Result<Response, HttpError> {
    visit.only_read()?;
    let asked = |name| {
        let text: String = visit
            .query(name)?
            .trim()
            .chars()
            .take(MAX_QUERY_CHARS)
            .collect();
        (!text.is_empty()).then_some(text)
    };
    let query = HelpQuery {
        text: asked("q"),
        tag: asked("t"),
    };
    let found = visit.vnet().search_help(&query).await?;
    let view = List {
        heading: heading(&query, found.is_empty()),
        clear: query.tag.is_some() || (found.is_empty() && query.text.is_some()),
        tags: tags(&found, query.tag.as_deref(), visit.prefix()),
        articles: found
            .iter()
            .map(|article| ArticleView::brief(article, visit.prefix(), visit.offset()))
            .collect(),
        q: query.text.unwrap_or_default(),
    };
    visit.indexed_page(StatusCode::OK, "help.html", "help", &view)
}

fn heading(query: &HelpQuery, none: bool) -> Option<String> {
    let text = query.text.as_deref();
    let tag = query.tag.as_deref();
    Some(match (text, tag, none) {
        (None, None, false) => return None,
        (None, None, true) => "No article available".to_owned(),
        (Some(text), None, false) => format!("Results for \"{text}\""),
        (Some(text), Some(tag), false) => format!("Results for \"{text}\" tagged \"{tag}\""),
        (None, Some(tag), false) => format!("Articles tagged \"{tag}\""),
        (Some(text), None, true) => format!("No article available for \"{text}\""),
        (Some(text), Some(tag), true) => {
            format!("No article available for \"{text}\" tagged \"{tag}\"")
        }
        (None, Some(tag), true) => format!("No article available tagged \"{tag}\""),
    })
}

/// The tags of the articles shown, each once, sorted.
fn tags(articles: &[Article], current: Option<&str>, prefix: &str) -> Vec<TagView> {
    let current = current.map(str::to_lowercase);
    let mut tags = BTreeMap::new();
    for tag in articles.iter().flat_map(|article| &article.draft.tags) {
        tags.entry(tag.to_lowercase()).or_insert(tag);
    }
    tags.into_iter()
        .map(|(key, tag)| TagView::new(tag, prefix, current.as_ref() == Some(&key)))
        .collect()
}

/// GET of one article. A number that cannot be one is not found either.
pub(super) async fn article(visit: &Visit<'_>, number: &str) -> Result<Response, HttpError> {
    visit.only_read()?;
    let id: ArticleId = number
        .parse()
        .map_err(|_no_number| HttpError::not_found())?;
    let article = visit.vnet().help_article(id).await?;
    let view = One {
        article: ArticleView::whole(&article, visit.prefix(), visit.offset()),
    };
    visit.indexed_page(StatusCode::OK, "article.html", "help", &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_what_was_asked() {
        for (q, t, none, expected) in [
            ("", "", false, None),
            ("first", "", false, Some("Results for \"first\"")),
            (
                "oracle",
                "Start",
                false,
                Some("Results for \"oracle\" tagged \"Start\""),
            ),
            ("", "Start", false, Some("Articles tagged \"Start\"")),
            ("zzz", "", true, Some("No article available for \"zzz\"")),
            ("", "zzz", true, Some("No article available tagged \"zzz\"")),
            (
                "y",
                "z",
                true,
                Some("No article available for \"y\" tagged \"z\""),
            ),
            ("", "", true, Some("No article available")),
        ] {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let query = HelpQuery {
                text: text(q),
                tag: text(t),
            };
            assert_eq!(heading(&query, none).as_deref(), expected);
        }
    }
}
