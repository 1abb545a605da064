//! Help articles.

mod shipped;

use std::str::FromStr;

use serde::Serialize;
use time::OffsetDateTime;

use crate::error::FieldError;
use crate::id::Revision;
use crate::user::one_line;

pub use shipped::shipped;

/// The longest title: characters.
pub const MAX_ARTICLE_TITLE_CHARS: usize = 200;
/// The longest text: characters.
pub const MAX_ARTICLE_CHARS: usize = 100_000;
/// The longest tag: characters.
pub const MAX_TAG_CHARS: usize = 50;
/// Tags of one article at most.
pub const MAX_TAGS: usize = 10;

/// The number of an article, as in `/help/article/<number>/`: 1 to 2^53 − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ArticleId(u64);

impl ArticleId {
    /// The id with this number, if it is in range.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number >= 1 && number < 1 << 53 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl FromStr for ArticleId {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok().and_then(Self::new))
            .flatten()
            .ok_or_else(|| FieldError::new("article", "not the number of an article"))
    }
}

impl std::fmt::Display for ArticleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An article to be written or changed, already checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleDraft {
    /// One line.
    pub title: String,
    /// Markdown (`CommonMark`).
    pub content: String,
    /// Trimmed, in order, each once.
    pub tags: Vec<String>,
}

impl ArticleDraft {
    /// Checks what a person typed; `tags` is one line, separated by commas.
    ///
    /// # Errors
    /// One [`FieldError`] per wrong field.
    pub fn parse(title: &str, content: &str, tags: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let title = one_line("title", title, MAX_ARTICLE_TITLE_CHARS)
            .map_err(|error| errors.push(error))
            .unwrap_or_default();
        let chars = content.chars().count();
        if content.trim().is_empty() {
            errors.push(FieldError::new("content", "This field is required."));
        } else if chars > MAX_ARTICLE_CHARS {
            let message = format!(
                "Ensure this value has at most {MAX_ARTICLE_CHARS} characters (it has {chars})."
            );
            errors.push(FieldError::new("content", message));
        } else if content.contains('\0') {
            errors.push(FieldError::new(
                "content",
                "Null characters are not allowed.",
            ));
        }
        let tags = parse_tags(tags)
            .map_err(|error| errors.push(error))
            .unwrap_or_default();
        if errors.is_empty() {
            Ok(Self {
                title,
                content: content.replace("\r\n", "\n"),
                tags,
            })
        } else {
            Err(errors)
        }
    }
}

fn parse_tags(line: &str) -> Result<Vec<String>, FieldError> {
    let mut tags: Vec<String> = Vec::new();
    for tag in line.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = one_line("tags", tag, MAX_TAG_CHARS)?;
        if !tags
            .iter()
            .any(|known| known.to_lowercase() == tag.to_lowercase())
        {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(FieldError::new(
            "tags",
            format!("An article has at most {MAX_TAGS} tags."),
        ));
    }
    Ok(tags)
}

/// A help article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its number.
    pub id: ArticleId,
    /// Title, text and tags.
    pub draft: ArticleDraft,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
    /// How often it was changed.
    pub revision: Revision,
}

/// Which articles a list holds: those that match every part that is set, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HelpQuery {
    /// Title or text contains this, in any case (all of Unicode).
    pub text: Option<String>,
    /// One of the tags is this one, in any case.
    pub tag: Option<String>,
}

impl HelpQuery {
    /// Whether `article` is asked for: the rule every store keeps.
    #[must_use]
    pub fn matches(&self, article: &ArticleDraft) -> bool {
        let text = self.text.as_ref().is_none_or(|text| {
            let text = text.to_lowercase();
            article.title.to_lowercase().contains(&text)
                || article.content.to_lowercase().contains(&text)
        });
        let tag = self.tag.as_ref().is_none_or(|tag| {
            let tag = tag.to_lowercase();
            article.tags.iter().any(|own| own.to_lowercase() == tag)
        });
        text && tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_articles_are_plain_digits_in_range() {
        assert_eq!("17".parse::<ArticleId>().map(ArticleId::get), Ok(17));
        for bad in [
            "",
            "0",
            "-1",
            "+1",
            "1a",
            "٣",
            "99999999999999999999",
            "9007199254740992",
        ] {
            assert!(bad.parse::<ArticleId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tags_are_trimmed_and_each_stands_once() {
        let draft = ArticleDraft::parse("T", "text", " Start , R&D,, start ").unwrap();
        assert_eq!(draft.tags, ["Start", "R&D"]);
    }

    #[test]
    fn a_tag_is_matched_whole_and_text_anywhere() {
        let draft = ArticleDraft::parse("First steps", "Über die Kamera", "Start").unwrap();
        let query = |text: &str, tag: &str| HelpQuery {
            text: (!text.is_empty()).then(|| text.to_owned()),
            tag: (!tag.is_empty()).then(|| tag.to_owned()),
        };
        assert!(query("FIRST", "start").matches(&draft));
        assert!(query("über", "").matches(&draft));
        assert!(!query("", "Sta").matches(&draft));
        assert!(!query("zzz", "Start").matches(&draft));
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let errors = ArticleDraft::parse(" ", "", &"x".repeat(51)).unwrap_err();
        assert_eq!(
            errors.iter().map(|e| e.field).collect::<Vec<_>>(),
            ["title", "content", "tags"]
        );
    }
}
