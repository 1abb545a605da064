//! The fields of a meeting as clients send them.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use vnet_core::meetings::MeetingDraft;
use vnet_core::{Error, FieldError};

use crate::api::data::{Data, type_name};
use crate::api::datetime;

const REQUIRED: &str = "This field is required.";
const NOT_NULL: &str = "This field may not be null.";

/// What was sent about a meeting; `None` is what was left out.
#[derive(Debug, Default)]
pub(super) struct MeetingForm {
    title: Option<String>,
    notes: Option<String>,
    start_time: Option<OffsetDateTime>,
    end_time: Option<Option<OffsetDateTime>>,
    errors: Vec<FieldError>,
}

impl MeetingForm {
    /// Reads what was sent; what is wrong with it is told by [`draft`](Self::draft) and
    /// [`change`](Self::change), with all fields at once.
    ///
    /// # Errors
    /// `InvalidInput` when it has no fields at all.
    pub(super) fn read(data: &Data) -> Result<Self, Error> {
        let Value::Object(fields) = &data.value else {
            let message = format!(
                "Invalid data. Expected a dictionary, but got {}.",
                type_name(&data.value)
            );
            return Err(Error::invalid(vec![FieldError::new(
                "non_field_errors",
                message,
            )]));
        };
        let mut form = Self::default();
        form.title = form.text(fields, "title");
        form.notes = form.text(fields, "notes");
        form.start_time = form.time(fields, "start_time");
        form.end_time = match fields.get("end_time") {
            None => None,
            Some(Value::Null) => Some(None),
            // A form has no other way to say that there is none.
            Some(Value::String(text)) if text.is_empty() && data.is_form => Some(None),
            Some(_) => form.time(fields, "end_time").map(Some),
        };
        Ok(form)
    }

    fn text(&mut self, fields: &Map<String, Value>, name: &'static str) -> Option<String> {
        match fields.get(name)? {
            Value::String(text) => return Some(text.clone()),
            Value::Number(number) => return Some(number.to_string()),
            Value::Null => self.fail(name, NOT_NULL),
            _ => self.fail(name, "Not a valid string."),
        }
        None
    }

    fn time(&mut self, fields: &Map<String, Value>, name: &'static str) -> Option<OffsetDateTime> {
        match fields.get(name)? {
            Value::String(text) => match datetime::parse(text) {
                Ok(time) => return Some(time),
                Err(message) => self.fail(name, message),
            },
            Value::Null => self.fail(name, NOT_NULL),
            _ => self.fail(name, datetime::WRONG_FORMAT),
        }
        None
    }

    fn fail(&mut self, field: &'static str, message: &'static str) {
        self.errors.push(FieldError::new(field, message));
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// A new meeting of this.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong or missing field.
    pub(super) fn draft(mut self) -> Result<MeetingDraft, Error> {
        let missing = [
            ("title", self.title.is_none()),
            ("notes", self.notes.is_none()),
            ("start_time", self.start_time.is_none()),
        ];
        for (field, is_missing) in missing {
            if is_missing && !self.is_wrong(field) {
                self.fail(field, REQUIRED);
            }
        }
        let blank = MeetingDraft {
            title: String::new(),
            notes: String::new(),
            start_time: OffsetDateTime::UNIX_EPOCH,
            end_time: None,
        };
        self.change(blank)
    }

    /// A meeting with what was sent in the place of what it was.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field.
    pub(super) fn change(mut self, was: MeetingDraft) -> Result<MeetingDraft, Error> {
        let draft = MeetingDraft {
            title: self.title.take().unwrap_or(was.title),
            notes: self.notes.take().unwrap_or(was.notes),
            start_time: self.start_time.unwrap_or(was.start_time),
            end_time: self.end_time.unwrap_or(was.end_time),
        };
        match draft.check() {
            Ok(draft) if self.errors.is_empty() => Ok(draft),
            Ok(_draft) => Err(self.all_errors(Vec::new())),
            Err(more) => Err(self.all_errors(more)),
        }
    }

    /// One error per field, in the order of the form; what could not be read comes before what the
    /// rules say about its stand-in.
    fn all_errors(mut self, more: Vec<FieldError>) -> Error {
        for error in more {
            if !self.is_wrong(error.field) {
                self.errors.push(error);
            }
        }
        let order = ["title", "notes", "start_time", "end_time"];
        self.errors
            .sort_by_key(|error| order.iter().position(|name| *name == error.field));
        Error::invalid(self.errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;

    fn draft(value: Value) -> Result<MeetingDraft, Value> {
        let data = Data {
            value,
            is_form: false,
        };
        MeetingForm::read(&data)
            .and_then(MeetingForm::draft)
            .map_err(|error| crate::error::HttpError::from(error).json())
    }

    #[test]
    fn a_good_form_is_a_draft() {
        let sent =
            json!({"title": 7, "notes": " n ", "start_time": "2026-12-01T10:00", "join-now": "on"});
        let draft = draft(sent).unwrap();
        assert_eq!((draft.title.as_str(), draft.notes.as_str()), ("7", "n"));
        assert_eq!(draft.start_time, datetime!(2026-12-01 10:00 UTC));
        assert_eq!(draft.end_time, None);
    }

    #[test]
    fn all_fields_are_told_at_once() {
        assert_eq!(
            draft(json!({})).unwrap_err(),
            json!({"title": [REQUIRED], "notes": [REQUIRED], "start_time": [REQUIRED]})
        );
        let sent = json!({"title": null, "notes": true, "start_time": 5, "end_time": ""});
        assert_eq!(
            draft(sent).unwrap_err(),
            json!({
                "title": [NOT_NULL],
                "notes": ["Not a valid string."],
                "start_time": [datetime::WRONG_FORMAT],
                "end_time": [datetime::WRONG_FORMAT],
            })
        );
        let sent = json!({"title": "x".repeat(101), "notes": " ", "start_time": "2026-12-01T10:00",
            "end_time": "2026-12-01T10:00"});
        assert_eq!(
            draft(sent).unwrap_err(),
            json!({
                "title": ["Ensure this field has no more than 100 characters."],
                "notes": ["This field may not be blank."],
                "end_time": ["The end must be after the start."],
            })
        );
    }

    #[test]
    fn what_is_no_object_is_named() {
        for (sent, name) in [(json!([]), "list"), (json!("x"), "str"), (json!(1), "int")] {
            let message = format!("Invalid data. Expected a dictionary, but got {name}.");
            assert_eq!(
                draft(sent).unwrap_err(),
                json!({"non_field_errors": [message]})
            );
        }
    }

    #[test]
    fn a_change_keeps_what_was_left_out() {
        let was = draft(
            json!({"title": "t", "notes": "n", "start_time": "2026-12-01T10:00",
            "end_time": "2026-12-01T11:00"}),
        )
        .unwrap();
        let data = Data {
            value: json!({"title": "u", "end_time": null}),
            is_form: false,
        };
        let now = MeetingForm::read(&data)
            .unwrap()
            .change(was.clone())
            .unwrap();
        assert_eq!((now.title.as_str(), now.end_time), ("u", None));
        assert_eq!((now.notes, now.start_time), (was.notes, was.start_time));
    }
}
