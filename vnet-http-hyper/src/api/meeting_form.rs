//! The fields of a meeting as clients send them.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use vnet_core::meetings::MeetingDraft;
use vnet_core::{Error, FieldError};

use crate::api::data::{Data, type_name};
use crate::api::datetime;

const REQUIRED: &str = "This field is required.";
const NOT_NULL: &str = "This field may not be null.";

/// What a new meeting must have.
const NEEDED: [&str; 3] = ["title", "notes", "start_time"];

/// What was sent for one field. Reading it never fails, since what is wrong is told of all fields at once.
#[derive(Debug, Default)]
enum Field<T> {
    #[default]
    Missing,
    Good(T),
    Wrong(&'static str),
}

impl<T> Field<T> {
    /// What was sent, if it is good; why not goes into `errors`.
    fn take(self, name: &'static str, errors: &mut Vec<FieldError>) -> Option<T> {
        match self {
            Self::Missing => None,
            Self::Good(value) => Some(value),
            Self::Wrong(message) => {
                errors.push(FieldError::new(name, message));
                None
            }
        }
    }
}

/// What changes about a meeting; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MeetingChange)]
pub(crate) struct MeetingForm {
    /// One line.
    #[serde(default, deserialize_with = "text")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    title: Field<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "text")]
    #[schema(value_type = String, min_length = 1, max_length = 10_000)]
    notes: Field<String>,
    /// When it begins. Without an offset UTC is meant.
    #[serde(default, deserialize_with = "moment")]
    #[schema(value_type = String, format = DateTime)]
    start_time: Field<OffsetDateTime>,
    /// When it ends, after the start; `null`: open.
    #[serde(default, deserialize_with = "moment_or_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    end_time: Field<Option<OffsetDateTime>>,
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Field<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Field::Good(text),
        Value::Number(number) => Field::Good(number.to_string()),
        Value::Null => Field::Wrong(NOT_NULL),
        _ => Field::Wrong("Not a valid string."),
    })
}

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Field<OffsetDateTime>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => match datetime::parse(&text) {
            Ok(time) => Field::Good(time),
            Err(message) => Field::Wrong(message),
        },
        Value::Null => Field::Wrong(NOT_NULL),
        _ => Field::Wrong(datetime::WRONG_FORMAT),
    })
}

fn moment_or_none<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Field<Option<OffsetDateTime>>, D::Error> {
    let sent = Value::deserialize(from)?;
    if sent.is_null() {
        return Ok(Field::Good(None));
    }
    Ok(match moment(sent).map_err(serde::de::Error::custom)? {
        Field::Missing => Field::Missing,
        Field::Good(time) => Field::Good(Some(time)),
        Field::Wrong(message) => Field::Wrong(message),
    })
}

/// A new meeting: the same fields, of which some are needed.
pub(crate) struct NewMeeting;

impl PartialSchema for NewMeeting {
    fn schema() -> RefOr<Schema> {
        let mut schema = MeetingForm::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("A new meeting.".to_owned());
            object.required = NEEDED.map(str::to_owned).to_vec();
        }
        schema
    }
}

impl ToSchema for NewMeeting {
    fn name() -> Cow<'static, str> {
        "NewMeeting".into()
    }
}

impl MeetingForm {
    /// Reads what was sent; what is wrong with it is told by [`draft`](Self::draft) and
    /// [`change`](Self::change), with all fields at once.
    ///
    /// # Errors
    /// `InvalidInput` when it has no fields at all.
    pub(super) fn read(data: Data) -> Result<Self, Error> {
        let Value::Object(mut fields) = data.value else {
            return Err(no_fields(&data.value));
        };
        // A form has no other way to say that there is none.
        if let Some(end) = fields.get_mut("end_time")
            && data.is_form
            && end == ""
        {
            *end = Value::Null;
        }
        serde_json::from_value(Value::Object(fields))
            .map_err(|error| Error::internal("the fields of a meeting take anything", error))
    }

    fn is_missing(&self, name: &str) -> bool {
        match name {
            "title" => matches!(self.title, Field::Missing),
            "notes" => matches!(self.notes, Field::Missing),
            "start_time" => matches!(self.start_time, Field::Missing),
            _ => matches!(self.end_time, Field::Missing),
        }
    }

    /// A new meeting of this.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong or missing field.
    pub(super) fn draft(self) -> Result<MeetingDraft, Error> {
        let missing = NEEDED.into_iter().filter(|name| self.is_missing(name));
        let missing = missing
            .map(|name| FieldError::new(name, REQUIRED))
            .collect();
        let blank = MeetingDraft {
            title: String::new(),
            notes: String::new(),
            start_time: OffsetDateTime::UNIX_EPOCH,
            end_time: None,
        };
        self.apply(blank, missing)
    }

    /// A meeting with what was sent in the place of what it was.
    ///
    /// # Errors
    /// `InvalidInput` with every wrong field.
    pub(super) fn change(self, was: MeetingDraft) -> Result<MeetingDraft, Error> {
        self.apply(was, Vec::new())
    }

    fn apply(self, was: MeetingDraft, mut errors: Vec<FieldError>) -> Result<MeetingDraft, Error> {
        let title = self.title.take("title", &mut errors);
        let notes = self.notes.take("notes", &mut errors);
        let start_time = self.start_time.take("start_time", &mut errors);
        let end_time = self.end_time.take("end_time", &mut errors);
        let draft = MeetingDraft {
            title: title.unwrap_or(was.title),
            notes: notes.unwrap_or(was.notes),
            start_time: start_time.unwrap_or(was.start_time),
            end_time: end_time.unwrap_or(was.end_time),
        };
        match draft.check() {
            Ok(draft) if errors.is_empty() => Ok(draft),
            Ok(_draft) => Err(all_errors(errors, Vec::new())),
            Err(more) => Err(all_errors(errors, more)),
        }
    }
}

fn no_fields(sent: &Value) -> Error {
    let message = format!(
        "Invalid data. Expected a dictionary, but got {}.",
        type_name(sent)
    );
    Error::invalid(vec![FieldError::new("non_field_errors", message)])
}

/// One error per field, in the order of the form; what could not be read comes before what the rules
/// say about its stand-in.
fn all_errors(mut errors: Vec<FieldError>, more: Vec<FieldError>) -> Error {
    for error in more {
        if errors.iter().all(|known| known.field != error.field) {
            errors.push(error);
        }
    }
    let order = ["title", "notes", "start_time", "end_time"];
    errors.sort_by_key(|error| order.iter().position(|name| *name == error.field));
    Error::invalid(errors)
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
        MeetingForm::read(data)
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
        let now = MeetingForm::read(data)
            .unwrap()
            .change(was.clone())
            .unwrap();
        assert_eq!((now.title.as_str(), now.end_time), ("u", None));
        assert_eq!((now.notes, now.start_time), (was.notes, was.start_time));
    }
}
