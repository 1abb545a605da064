//! Scheduling meetings and entering them.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::clock::Clock;
use crate::conference::{ConferenceProvider, JoinTicket, Participant, Role};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::{Page, Revision};
use crate::identities::Identities;
use crate::meeting::{GroupId, MAX_NOTES_CHARS, MAX_TITLE_CHARS, Meeting, MeetingId, MeetingQuery};
use crate::store::Store;
use crate::user::User;

/// What a host says about a meeting; [`MeetingDraft::check`] before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingDraft {
    /// One line, 1 to 100 characters.
    pub title: String,
    /// 1 to 10,000 characters.
    pub notes: String,
    /// When it begins; the past is fine.
    pub start_time: OffsetDateTime,
    /// When it ends, after the start.
    pub end_time: Option<OffsetDateTime>,
}

impl MeetingDraft {
    /// Checks and trims.
    ///
    /// # Errors
    /// One message per wrong field, in the words of the wire contract.
    pub fn check(mut self) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        for (field, text, max) in [
            ("title", &mut self.title, MAX_TITLE_CHARS),
            ("notes", &mut self.notes, MAX_NOTES_CHARS),
        ] {
            *text = text.trim().to_owned();
            if let Some(message) = text_error(text, max, field == "title") {
                errors.push(FieldError::new(field, message));
            }
        }
        let in_range = |time: OffsetDateTime| (1970..=9998).contains(&time.year());
        if !in_range(self.start_time) {
            errors.push(FieldError::new(
                "start_time",
                "Datetime value out of range.",
            ));
        }
        if let Some(end) = self.end_time {
            if !in_range(end) {
                errors.push(FieldError::new("end_time", "Datetime value out of range."));
            } else if end <= self.start_time {
                errors.push(FieldError::new(
                    "end_time",
                    "The end must be after the start.",
                ));
            }
        }
        if errors.is_empty() {
            Ok(self)
        } else {
            Err(errors)
        }
    }
}

fn text_error(text: &str, max: usize, one_line: bool) -> Option<String> {
    if text.is_empty() {
        Some("This field may not be blank.".into())
    } else if text.chars().count() > max {
        Some(format!(
            "Ensure this field has no more than {max} characters."
        ))
    } else if text.contains('\0') {
        Some("Null characters are not allowed.".into())
    } else if one_line && text.chars().any(char::is_control) {
        Some("Control characters are not allowed.".into())
    } else {
        None
    }
}

/// The meetings of an installation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Meetings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) identities: Identities,
    pub(crate) conference: Option<Arc<dyn ConferenceProvider>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Meetings {
    /// Schedules a meeting of `host` under a new random code.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field. `NotFound`: the host is gone. `Unavailable`: the store.
    pub async fn create(&self, host: &User, draft: MeetingDraft) -> Result<Meeting> {
        let draft = draft.check().map_err(Error::invalid)?;
        loop {
            let meeting = Meeting {
                id: MeetingId::generate()?,
                group_id: GroupId::generate(),
                host_id: host.id,
                title: draft.title.clone(),
                notes: draft.notes.clone(),
                start_time: draft.start_time,
                end_time: draft.end_time,
                created_at: self.clock.now(),
                revision: Revision(0),
            };
            match self.store.insert_meeting(&meeting).await {
                // One in 10^14; then another code is drawn.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                done => return done,
            }
        }
    }

    /// The meeting with this code, for anybody who knows it.
    ///
    /// # Errors
    /// `NotFound`: none. `Unavailable`: the store.
    pub async fn get(&self, id: &MeetingId) -> Result<Meeting> {
        self.store
            .get_meeting(id)
            .await?
            .ok_or_else(|| Error::not_found("meeting"))
    }

    /// A page of meetings.
    ///
    /// # Errors
    /// `Unavailable`: the store.
    pub async fn list(&self, query: &MeetingQuery) -> Result<Page<Meeting>> {
        self.store.list_meetings(query).await
    }

    /// Changes a meeting of `actor`'s own; `change` makes a draft of what it was. Group and code stay.
    ///
    /// # Errors
    /// `NotFound`: none. `PermissionDenied` with code `not_host`. `InvalidInput` with every wrong
    /// field. `Conflict`: changed meanwhile.
    pub async fn edit(
        &self,
        actor: &User,
        id: &MeetingId,
        change: impl FnOnce(MeetingDraft) -> Result<MeetingDraft> + Send,
    ) -> Result<Meeting> {
        let mut meeting = self.own(actor, id).await?;
        let draft = change(MeetingDraft {
            title: meeting.title,
            notes: meeting.notes,
            start_time: meeting.start_time,
            end_time: meeting.end_time,
        })?;
        let draft = draft.check().map_err(Error::invalid)?;
        meeting.title = draft.title;
        meeting.notes = draft.notes;
        meeting.start_time = draft.start_time;
        meeting.end_time = draft.end_time;
        self.store.update_meeting(&meeting).await
    }

    /// Deletes a meeting of `actor`'s own.
    ///
    /// # Errors
    /// `NotFound`: none. `PermissionDenied` with code `not_host`. `Unavailable`: the store.
    pub async fn delete(&self, actor: &User, id: &MeetingId) -> Result<()> {
        self.own(actor, id).await?;
        if self.store.remove_meeting(id).await? {
            Ok(())
        } else {
            Err(Error::not_found("meeting"))
        }
    }

    async fn own(&self, actor: &User, id: &MeetingId) -> Result<Meeting> {
        let meeting = self.get(id).await?;
        if meeting.host_id == actor.id {
            Ok(meeting)
        } else {
            let message = "only the host may change or delete a meeting";
            Err(Error::new(ErrorKind::PermissionDenied, "not_host", message))
        }
    }

    /// Everything `user`'s browser needs to enter a meeting now.
    ///
    /// # Errors
    /// `NotFound`: no such meeting. `Unsupported` with code `no_conference`: this installation has no
    /// conference provider. Else what the provider says.
    pub async fn join(&self, user: &User, id: &MeetingId) -> Result<JoinTicket> {
        let meeting = self.get(id).await?;
        let Some(conference) = &self.conference else {
            let message = "this server has no conference provider: configure Azure Communication \
                           Services with a connection string";
            return Err(Error::new(ErrorKind::Unsupported, "no_conference", message));
        };
        let access = match conference.needs_access() {
            true => Some(self.identities.access(&user.id).await?),
            false => None,
        };
        let participant = Participant {
            user_id: user.id,
            display_name: user.meeting_name.clone(),
            role: if meeting.host_id == user.id {
                Role::Host
            } else {
                Role::Guest
            },
            access,
        };
        let ticket = conference.join(&meeting, &participant).await;
        ticket.map_err(|error| {
            error
                .with_context("meeting.id", id)
                .with_context("user.id", user.id)
        })
    }
}
