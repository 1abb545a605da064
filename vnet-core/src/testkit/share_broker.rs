//! The contract of [`ShareBroker`].

use std::sync::Arc;

use crate::share::{EndedReason, ShareAction, ShareBroker, ShareErrorCode, ShareEvent};

mod asking;
mod queues;
pub(in crate::testkit) mod seat;
mod tree;

pub use asking::*;
pub use queues::*;
pub use tree::*;

use seat::{Seat, by_code, by_share, open, person, viewer};

/// The first event is the welcome, and then comes who is near.
pub async fn the_first_events_are_the_welcome_and_who_is_near(broker: Arc<dyn ShareBroker>) {
    let entered = broker.enter(person("ada"), seat::hello(true)).await;
    let mut ada = entered.expect("a broker takes a device");
    let first = ada.recv().await;
    let Some(ShareEvent::Welcome {
        version, limits, ..
    }) = first
    else {
        panic!("the welcome comes first: {first:?}");
    };
    assert_eq!(version, 2);
    assert!(limits.children >= 2 && limits.relay_children >= 1 && limits.depth == 2);
    let second = ada.recv().await;
    assert!(
        matches!(&second, Some(ShareEvent::Nearby { devices, shares }) if devices.is_empty() && shares.is_empty()),
        "then who is near: {second:?}"
    );
    let screen = Seat::enter(&*broker, viewer("screen")).await;
    assert_ne!(
        screen.device,
        Seat::enter(&*broker, person("bob")).await.device
    );
}

/// People of one meeting in one network hear of each other, of what they share, and when they go.
pub async fn people_near_each_other_hear_of_each_other(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    ada.until_near(&["bob"], &[]).await;
    bob.until_near(&["ada"], &[]).await;
    let (_, code) = open(&mut ada).await;
    bob.until_near(&["ada"], &[("ada", 0)]).await;
    let mut carl = Seat::enter(&*broker, person("carl")).await;
    carl.until_near(&["ada", "bob"], &[("ada", 0)]).await;
    ada.let_in(&mut carl, code).await;
    bob.until_near(&["ada", "carl"], &[("ada", 1)]).await;
    drop(ada);
    bob.until_near(&["carl"], &[]).await;
}

/// Those of another meeting, of another network, of an unknown one, and viewers are not near.
pub async fn nobody_elsewhere_is_near(broker: Arc<dyn ShareBroker>) {
    let mut others = Vec::new();
    for other in [
        seat::elsewhere("network"),
        seat::of_another_meeting("meeting"),
        seat::from_nowhere("nowhere"),
        viewer("screen"),
    ] {
        others.push(Seat::enter(&*broker, other).await);
    }
    let mut nowhere = Seat::enter(&*broker, seat::from_nowhere("nowhere too")).await;
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    bob.until_near(&["ada"], &[]).await;
    ada.until_near(&["bob"], &[]).await;
    let numbers: Vec<_> = others.iter().map(|other| other.device).collect();
    for device in numbers.iter().copied() {
        let invited = ada.asks(ShareAction::Invite { device }).await;
        assert_eq!(invited, Err(ShareErrorCode::NoSuchDevice));
    }
    let itself = ShareAction::Invite { device: ada.device };
    assert_eq!(ada.asks(itself).await, Err(ShareErrorCode::NoSuchDevice));
    let device = numbers[2];
    let invited = nowhere.asks(ShareAction::Invite { device }).await;
    assert_eq!(invited, Err(ShareErrorCode::NoSuchDevice));
}

/// Opening is once, however often it is said, and codes are six digits, one share's each.
pub async fn a_code_is_one_shares_only(broker: Arc<dyn ShareBroker>) {
    let (mut sharers, mut codes) = (Vec::new(), std::collections::HashSet::new());
    for number in 0..20 {
        let mut ada = Seat::enter(&*broker, person(&format!("ada_{number}"))).await;
        let first = open(&mut ada).await;
        assert_eq!(open(&mut ada).await, first, "it is open already");
        assert!(
            codes.insert(first.1.to_string()),
            "two shares have one code"
        );
        sharers.push(ada);
    }
    assert!(codes.iter().all(|code| code.len() == 6));
}

/// A viewer has nothing to share.
pub async fn a_viewer_can_not_share(broker: Arc<dyn ShareBroker>) {
    let mut screen = Seat::enter(&*broker, viewer("screen")).await;
    let opened = screen.asks(ShareAction::Open).await;
    assert_eq!(opened, Err(ShareErrorCode::WrongState));
}

/// Who shares or receives does nothing else.
pub async fn a_device_is_in_one_share_at_a_time(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let mut carl = Seat::enter(&*broker, person("carl")).await;
    let (first, _) = open(&mut ada).await;
    let (second, code) = open(&mut bob).await;
    bob.let_in(&mut carl, code).await;
    for action in [
        by_share(first),
        by_share(second),
        by_code(code),
        ShareAction::Open,
    ] {
        let refused = carl.asks(action.clone()).await;
        assert_eq!(refused, Err(ShareErrorCode::Already), "{action:?}");
    }
    assert_eq!(
        ada.asks(by_share(second)).await,
        Err(ShareErrorCode::Already)
    );
    let device = carl.device;
    let invited = ada.asks(ShareAction::Invite { device }).await;
    assert_eq!(invited, Err(ShareErrorCode::Already));
    bob.asks(ShareAction::Capacity { children: 1 })
        .await
        .unwrap();
    assert_eq!(carl.heard(), [], "it goes on receiving");
}

/// What is the sharer's to say others cannot.
pub async fn only_the_sharer_decides(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let mut carl = Seat::enter(&*broker, person("carl")).await;
    let (share, code) = open(&mut ada).await;
    ada.let_in(&mut bob, code).await;
    carl.asks(by_share(share)).await.unwrap();
    let device = carl.device;
    for action in [
        ShareAction::Admit { device },
        ShareAction::Refuse { device },
        ShareAction::PutOut { device: bob.device },
        ShareAction::RenewCode,
        ShareAction::Close,
    ] {
        for other in [&mut bob, &mut carl] {
            let refused = other.asks(action.clone()).await;
            assert_eq!(refused, Err(ShareErrorCode::NotSharer), "{action:?}");
        }
    }
    let nobody = ShareAction::Admit { device: bob.device };
    assert_eq!(ada.asks(nobody).await, Err(ShareErrorCode::NoSuchDevice));
    assert_eq!(carl.heard(), [], "it still asks");
}

/// What a receiver reports comes to the sharer, and to nobody else.
pub async fn reports_reach_the_sharer(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (_, code) = open(&mut ada).await;
    let report = crate::share::ShareReport {
        way: crate::share::Way::Transcoded,
        streams: 4,
        bytes: 1 << 40,
    };
    let early = bob.asks(ShareAction::Report(report)).await;
    assert_eq!(early, Err(ShareErrorCode::WrongState));
    ada.let_in(&mut bob, code).await;
    bob.asks(ShareAction::Report(report)).await.unwrap();
    let device = bob.device;
    assert_eq!(ada.next().await, ShareEvent::Reported { device, report });
    assert_eq!(bob.heard(), []);
}

/// A share ends with its sharer, for who receives, who asks and who is invited.
pub async fn a_share_ends_with_its_sharer(broker: Arc<dyn ShareBroker>) {
    for closes in [true, false] {
        let mut ada = Seat::enter(&*broker, person("ada")).await;
        let mut bob = Seat::enter(&*broker, person("bob")).await;
        let mut carl = Seat::enter(&*broker, person("carl")).await;
        let mut screen = Seat::enter(&*broker, viewer("screen")).await;
        let (share, code) = open(&mut ada).await;
        ada.let_in(&mut bob, code).await;
        screen.asks(by_code(code)).await.unwrap();
        let device = carl.device;
        ada.asks(ShareAction::Invite { device }).await.unwrap();
        assert!(matches!(carl.next().await, ShareEvent::Invited { .. }));
        let reason = if closes {
            ada.asks(ShareAction::Close).await.unwrap();
            EndedReason::Closed
        } else {
            drop(ada);
            EndedReason::Left
        };
        for seat in [&mut bob, &mut screen] {
            assert_eq!(seat.next().await, ShareEvent::Ended { reason });
        }
        assert_eq!(carl.next().await, ShareEvent::InviteOff { share });
        let gone = carl.asks(by_share(share)).await;
        assert_eq!(gone, Err(ShareErrorCode::UnknownShare));
        let gone = screen.asks(by_code(code)).await;
        assert_eq!(gone, Err(ShareErrorCode::UnknownCode));
        open(&mut bob).await;
    }
}

/// Who leaves because its session ended says so.
pub async fn the_end_of_a_session_is_told(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut screen = Seat::enter(&*broker, viewer("screen")).await;
    let (_, code) = open(&mut ada).await;
    ada.let_in(&mut screen, code).await;
    ada.member.session_ended();
    let reason = EndedReason::SessionEnded;
    assert_eq!(screen.next().await, ShareEvent::Ended { reason });
}

/// What has a number is answered once, after what it brought; what has none is not.
pub async fn a_numbered_request_is_answered_once(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    ada.member.say(ShareAction::Leave).unwrap();
    ada.member.say(ShareAction::Close).unwrap();
    let error = ada.next().await;
    assert!(
        matches!(error, ShareEvent::Error { id: None, .. }),
        "{error:?}"
    );
    for _ in 0..2 {
        ada.asks(ShareAction::Open).await.unwrap();
        let brought = ada.heard();
        assert!(
            matches!(brought[..], [ShareEvent::Opened { .. }]),
            "{brought:?}"
        );
    }
    let hello = ShareAction::Hello(seat::hello(true));
    assert_eq!(ada.asks(hello).await, Err(ShareErrorCode::WrongState));
    assert_eq!(ada.heard(), []);
}

/// The contract of [`ShareBroker`](crate::share::ShareBroker) as tests.
///
/// `$new` names an `async fn` without arguments that returns a broker without devices, with the default
/// [`Limits`](crate::Limits) as far as shares are concerned; queues may be shorter, down to 64 events.
#[macro_export]
macro_rules! share_broker_contract {
    ($new:ident) => {
        $crate::__contract!(
            share_broker,
            dyn $crate::share::ShareBroker,
            $new,
            [
                the_first_events_are_the_welcome_and_who_is_near,
                people_near_each_other_hear_of_each_other,
                nobody_elsewhere_is_near,
                a_code_is_one_shares_only,
                a_viewer_can_not_share,
                a_device_is_in_one_share_at_a_time,
                only_the_sharer_decides,
                reports_reach_the_sharer,
                a_share_ends_with_its_sharer,
                the_end_of_a_session_is_told,
                a_numbered_request_is_answered_once,
                a_code_is_good_in_its_own_meeting,
                a_viewers_code_is_good_in_any_meeting,
                a_renewed_code_is_the_only_one,
                wrong_codes_are_counted_by_network,
                the_sharer_is_asked_before_anybody_is_linked,
                who_is_refused_hears_it,
                a_question_can_be_taken_back,
                who_is_invited_is_let_in_at_once,
                an_invitation_can_be_declined,
                who_was_admitted_before_is_let_in_at_once,
                a_sharer_who_comes_back_knows_whom_it_let_in,
                who_was_put_out_is_asked_about_anew,
                a_share_out_of_sight_is_unknown,
                the_nearest_parent_with_the_fewest_children_is_taken,
                who_can_not_relay_gets_no_children,
                nobody_is_too_far_from_the_sharer,
                nobody_is_moved_without_need,
                a_full_share_says_so,
                the_children_of_who_leaves_get_other_parents,
                with_less_capacity_those_without_a_place_are_out,
                a_link_that_fails_is_changed_but_not_for_ever,
                signals_reach_the_other_end_of_a_link_in_order,
                signals_reach_nobody_else,
                a_device_that_does_not_read_is_put_out,
                a_dropped_wait_loses_no_event,
                a_waiting_device_is_woken,
            ]
        );
    };
}
