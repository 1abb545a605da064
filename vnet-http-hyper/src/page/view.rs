//! What templates are told about users, sessions, meetings and articles. Nothing secret is in
//! here: no hash, no token, no session key.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use time::{OffsetDateTime, UtcOffset};
use vnet_core::FieldError;
use vnet_core::help::Article;
use vnet_core::id::SessionId;
use vnet_core::meeting::Meeting;
use vnet_core::session::Session;
use vnet_core::user::User;

use crate::page::when::{self, When};
use crate::page::{device, markdown};

/// Who looks at the page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Viewer {
    pub(crate) username: String,
    pub(crate) first_name: String,
    pub(crate) full_name: String,
    pub(crate) email: String,
    pub(crate) meeting_name: String,
    /// The address of the picture.
    pub(crate) picture: String,
    pub(crate) is_staff: bool,
}

impl Viewer {
    pub(crate) fn new(user: &User, picture: String) -> Self {
        Self {
            username: user.username.to_string(),
            first_name: user.first_name.clone(),
            full_name: user.full_name(),
            email: user.email.as_str().to_owned(),
            meeting_name: user.meeting_name.clone(),
            picture,
            is_staff: user.is_staff,
        }
    }
}

/// A form: what was typed, and what is wrong with it. Passwords are never among the values.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct FormView {
    /// What the ids of its controls begin with.
    pub(crate) id: &'static str,
    pub(crate) values: BTreeMap<&'static str, String>,
    pub(crate) errors: BTreeMap<&'static str, Vec<String>>,
    /// What is wrong with the whole.
    pub(crate) message: Option<String>,
}

impl FormView {
    pub(crate) fn new(id: &'static str) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    pub(crate) fn with_value(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(field, value.into());
        self
    }

    pub(crate) fn with_errors(mut self, errors: &[FieldError]) -> Self {
        for error in errors {
            let messages = self.errors.entry(error.field).or_default();
            messages.push(error.message.as_ref().to_owned());
        }
        self
    }

    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// A signed-in browser in a list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SessionView {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) user_agent: String,
    pub(crate) address: String,
    pub(crate) seen: When,
    pub(crate) since: When,
    /// Whether it is the one that looks at the list.
    pub(crate) current: bool,
}

impl SessionView {
    pub(crate) fn new(session: &Session, current: Option<SessionId>, offset: UtcOffset) -> Self {
        Self {
            id: session.id.to_string(),
            device: device::name(&session.user_agent),
            user_agent: session.user_agent.clone(),
            address: session.address.clone(),
            seen: when::moment(session.last_seen_at, offset),
            since: when::moment(session.created_at, offset),
            current: current == Some(session.id),
        }
    }
}

/// A meeting.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MeetingView {
    pub(crate) title: String,
    pub(crate) notes: String,
    /// The code as it stands in addresses.
    pub(crate) code: String,
    /// The code as it is read aloud.
    pub(crate) spelled: String,
    pub(crate) start: When,
    pub(crate) end: Option<When>,
    /// The offset of `start` and `end`.
    pub(crate) zone: String,
}

impl MeetingView {
    pub(crate) fn new(meeting: &Meeting, offset: UtcOffset) -> Self {
        Self {
            title: meeting.title.clone(),
            notes: meeting.notes.clone(),
            code: meeting.id.to_string(),
            spelled: meeting.id.spelled(),
            start: when::clock(meeting.start_time, offset),
            end: meeting
                .end_time
                .map(|end| when::end_of(meeting.start_time, end, offset)),
            zone: when::label(offset),
        }
    }
}

/// Whether a meeting is ahead, goes on, or is over.
pub(crate) fn when_word(meeting: &Meeting, now: OffsetDateTime) -> &'static str {
    match meeting.end_time {
        _ if now < meeting.start_time => "Coming up",
        Some(end) if now >= end => "Over",
        _ => "Going on",
    }
}

/// A tag and the address of the articles that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TagView {
    pub(crate) name: String,
    pub(crate) href: String,
    /// Whether the page shows just these.
    pub(crate) current: bool,
}

impl TagView {
    pub(crate) fn new(name: &str, prefix: &str, current: bool) -> Self {
        Self {
            name: name.to_owned(),
            href: format!("{prefix}/help/?t={}", query_value(name)),
            current,
        }
    }
}

/// `text` as the value of a query: everything that could mean something is escaped.
pub(crate) fn query_value(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// An article in a list, or by itself with its text.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ArticleView {
    pub(crate) number: u64,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) excerpt: String,
    /// The sanitised text; empty in lists.
    pub(crate) html: String,
    pub(crate) tags: Vec<TagView>,
    pub(crate) updated: When,
}

impl ArticleView {
    /// For a list.
    pub(crate) fn brief(article: &Article, prefix: &str, offset: UtcOffset) -> Self {
        let mut tags = article.draft.tags.clone();
        tags.sort_unstable_by_key(|tag| tag.to_lowercase());
        Self {
            number: article.id.get(),
            href: format!("{prefix}/help/article/{}/", article.id),
            title: article.draft.title.clone(),
            excerpt: markdown::excerpt(&article.draft.content),
            html: String::new(),
            tags: tags
                .iter()
                .map(|tag| TagView::new(tag, prefix, false))
                .collect(),
            updated: when::moment(article.updated_at, offset),
        }
    }

    /// With its text.
    pub(crate) fn whole(article: &Article, prefix: &str, offset: UtcOffset) -> Self {
        let mut view = Self::brief(article, prefix, offset);
        view.html = markdown::to_html(&article.draft.content, prefix);
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_escaped_in_addresses() {
        let tag = TagView::new("R&D ä", "/app", false);
        assert_eq!(tag.href, "/app/help/?t=R%26D%20%C3%A4");
    }
}
