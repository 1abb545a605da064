//! Scheduling, changing and entering meetings.

mod support;

use std::sync::{Arc, Mutex};

use support::{house, house_with};
use time::OffsetDateTime;
use time::macros::datetime;
use vnet_core::conference::{JoinTicket, Role};
use vnet_core::id::Page;
use vnet_core::meeting::{MeetingId, MeetingQuery};
use vnet_core::meetings::MeetingDraft;
use vnet_core::testkit::mocks::MockConferenceProvider;
use vnet_core::{Error, ErrorKind};

fn draft() -> MeetingDraft {
    MeetingDraft {
        title: " Standup ".into(),
        notes: "Daily".into(),
        start_time: datetime!(2026-12-01 10:00 UTC),
        end_time: Some(datetime!(2026-12-01 10:30 UTC)),
    }
}

fn wrong(draft: MeetingDraft) -> Vec<(&'static str, String)> {
    let errors = draft.check().expect_err("a draft with mistakes");
    errors
        .into_iter()
        .map(|error| (error.field, error.message.into_owned()))
        .collect()
}

#[test]
fn a_draft_is_trimmed_and_every_wrong_field_named() {
    assert_eq!(draft().check().unwrap().title, "Standup");
    let wrong_all = wrong(MeetingDraft {
        title: "x".repeat(101),
        notes: " \n".into(),
        start_time: OffsetDateTime::new_utc(time::Date::MIN, time::Time::MIDNIGHT),
        end_time: None,
    });
    assert_eq!(
        wrong_all,
        [
            (
                "title",
                "Ensure this field has no more than 100 characters.".into()
            ),
            ("notes", "This field may not be blank.".into()),
            ("start_time", "Datetime value out of range.".into()),
        ]
    );
    for end in [draft().start_time, datetime!(2026-12-01 09:59 UTC)] {
        let wrong = wrong(MeetingDraft {
            end_time: Some(end),
            ..draft()
        });
        assert_eq!(
            wrong,
            [("end_time", "The end must be after the start.".into())]
        );
    }
    assert!(
        MeetingDraft {
            start_time: datetime!(1999-01-01 0:00 UTC),
            ..draft()
        }
        .check()
        .is_ok()
    );
    assert_eq!(
        wrong(MeetingDraft {
            title: "a\nb".into(),
            ..draft()
        })[0]
            .0,
        "title"
    );
    assert!(
        MeetingDraft {
            notes: "a\nb".into(),
            ..draft()
        }
        .check()
        .is_ok()
    );
}

#[tokio::test]
async fn the_host_alone_changes_and_deletes_and_code_and_group_stay() {
    let house = house();
    let (ada, eve) = (house.user("ada").await, house.user("eve").await);
    let meetings = house.vnet.meetings();
    let meeting = meetings.create(&ada, draft()).await.unwrap();
    let rename = |mut draft: MeetingDraft| {
        draft.title = "Review".into();
        Ok(draft)
    };
    assert_eq!(
        meetings
            .edit(&eve, &meeting.id, rename)
            .await
            .unwrap_err()
            .code(),
        "not_host"
    );
    assert_eq!(
        meetings.delete(&eve, &meeting.id).await.unwrap_err().code(),
        "not_host"
    );
    let edited = meetings.edit(&ada, &meeting.id, rename).await.unwrap();
    assert_eq!(
        (edited.title.as_str(), edited.id, edited.group_id),
        ("Review", meeting.id.clone(), meeting.group_id)
    );
    meetings.delete(&ada, &meeting.id).await.unwrap();
    assert_eq!(
        meetings.get(&meeting.id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let all = MeetingQuery {
        limit: 10,
        ..MeetingQuery::default()
    };
    assert_eq!(meetings.list(&all).await.unwrap(), Page::default());
}

#[tokio::test]
async fn entering_needs_a_meeting_and_a_conference() {
    let house = house();
    let ada = house.user("ada").await;
    let meetings = house.vnet.meetings();
    let unknown = MeetingId::generate().unwrap();
    assert_eq!(
        meetings.join(&ada, &unknown).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let meeting = meetings.create(&ada, draft()).await.unwrap();
    let error = meetings.join(&ada, &meeting.id).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unsupported, "no_conference")
    );
}

#[tokio::test]
async fn the_provider_is_told_who_comes_with_which_role_and_a_fresh_token() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut conference = MockConferenceProvider::new();
    conference.expect_needs_access().return_const(true);
    conference
        .expect_join()
        .times(2)
        .returning(move |meeting, participant| {
            log.lock()
                .unwrap()
                .push((participant.display_name.clone(), participant.role));
            let (user_id, token) = participant
                .access
                .clone()
                .ok_or_else(|| Error::not_found("access"))?;
            Ok(JoinTicket::Acs {
                group_id: meeting.group_id,
                user_id,
                expires_on: token.expires_at,
                token: token.token,
                display_name: participant.display_name.clone(),
                role: participant.role,
            })
        });
    let house = house_with(|builder| builder.with_conference(conference));
    let (ada, eve) = (house.user("ada").await, house.user("eve").await);
    let meeting = house.vnet.meetings().create(&ada, draft()).await.unwrap();
    let ticket = house.vnet.meetings().join(&ada, &meeting.id).await.unwrap();
    house.vnet.meetings().join(&eve, &meeting.id).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [("ada".into(), Role::Host), ("eve".into(), Role::Guest)]
    );
    let json = serde_json::to_value(&ticket).unwrap();
    assert_eq!(json["provider"], "acs");
    assert_eq!(json["group_id"], meeting.group_id.to_string());
    assert!(!json["token"].as_str().unwrap().is_empty());
    assert!(!format!("{ticket:?}").contains(json["token"].as_str().unwrap()));
}
