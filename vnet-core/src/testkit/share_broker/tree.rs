//! Rules about who sends to whom.

use std::sync::Arc;

use super::seat::{Seat, by_code, by_share, hello, open, person, signal, viewer};
use crate::share::{
    DeviceId, EndedReason, LinkId, RelinkReason, ShareAction, ShareBroker, ShareCode,
    ShareErrorCode, ShareEvent, ShareId,
};

/// A sharer that sends to `children` devices, and its share.
async fn sharer(broker: &dyn ShareBroker, children: u32) -> (Seat, ShareId, ShareCode) {
    let mut ada = Seat::enter(broker, person("ada")).await;
    ada.asks(ShareAction::Capacity { children }).await.unwrap();
    let (share, code) = open(&mut ada).await;
    (ada, share, code)
}

/// A receiver that sends on to `children` devices.
async fn receiver(
    broker: &dyn ShareBroker,
    ada: &mut Seat,
    code: ShareCode,
    children: u32,
) -> Seat {
    let mut seat = Seat::enter(broker, viewer("screen")).await;
    seat.asks(ShareAction::Capacity { children }).await.unwrap();
    ada.let_in(&mut seat, code).await;
    seat
}

fn up(seat: &Seat) -> (DeviceId, LinkId) {
    seat.up(seat.device).expect("a receiver has a parent")
}

/// The sharer as long as it has room, then whoever has fewest children.
pub async fn the_nearest_parent_with_the_fewest_children_is_taken(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 2).await;
    let mut seats = Vec::new();
    for _ in 0..6 {
        seats.push(receiver(&*broker, &mut ada, code, 2).await);
    }
    let parents: Vec<_> = seats.iter().map(|seat| up(seat).0).collect();
    let (one, two) = (seats[0].device, seats[1].device);
    assert_eq!(parents, [ada.device, ada.device, one, two, one, two]);
    ada.until_members(7).await;
    let depths: Vec<_> = ada.members.iter().map(|member| member.depth).collect();
    assert_eq!(depths, [0, 1, 1, 2, 2, 2, 2]);
}

/// A device that cannot relay has no children, and one that says so neither.
pub async fn who_can_not_relay_gets_no_children(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 2).await;
    let mut unable = Seat::enter_with(&*broker, viewer("unable"), hello(false)).await;
    ada.let_in(&mut unable, code).await;
    let unwilling = receiver(&*broker, &mut ada, code, 0).await;
    let mut late = Seat::enter(&*broker, viewer("late")).await;
    late.asks(by_code(code)).await.unwrap();
    let device = late.device;
    let refused = ada.asks(ShareAction::Admit { device }).await;
    assert_eq!(refused, Err(ShareErrorCode::ShareFull));
    drop((unable, unwilling));
}

/// Nobody is farther from the sharer than two links.
pub async fn nobody_is_too_far_from_the_sharer(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 1).await;
    let one = receiver(&*broker, &mut ada, code, 1).await;
    let two = receiver(&*broker, &mut ada, code, 1).await;
    assert_eq!(up(&two).0, one.device);
    let mut late = Seat::enter(&*broker, viewer("late")).await;
    late.asks(by_code(code)).await.unwrap();
    let device = late.device;
    let refused = ada.asks(ShareAction::Admit { device }).await;
    assert_eq!(refused, Err(ShareErrorCode::ShareFull));
}

/// Who comes and goes elsewhere in the tree moves nobody.
pub async fn nobody_is_moved_without_need(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 2).await;
    let one = receiver(&*broker, &mut ada, code, 1).await;
    let two = receiver(&*broker, &mut ada, code, 1).await;
    let three = receiver(&*broker, &mut ada, code, 1).await;
    let before: Vec<_> = [&one, &two, &three].map(up).into();
    let four = receiver(&*broker, &mut ada, code, 0).await;
    ada.until_members(5).await;
    drop(four);
    ada.until_members(4).await;
    ada.asks(ShareAction::Capacity { children: 3 })
        .await
        .unwrap();
    let five = receiver(&*broker, &mut ada, code, 0).await;
    assert_eq!(up(&five).0, ada.device);
    let after: Vec<_> = [&one, &two, &three]
        .map(|seat| ada.up(seat.device).expect("a member"))
        .into();
    assert_eq!(before, after);
}

/// Without room the sharer hears it, and who asks may go on asking; the invited hears it itself.
pub async fn a_full_share_says_so(broker: Arc<dyn ShareBroker>) {
    let (mut ada, share, code) = sharer(&*broker, 0).await;
    let mut bob = Seat::enter(&*broker, viewer("bob")).await;
    bob.asks(by_code(code)).await.unwrap();
    assert!(matches!(ada.next().await, ShareEvent::Asked { .. }));
    let device = bob.device;
    let refused = ada.asks(ShareAction::Admit { device }).await;
    assert_eq!(refused, Err(ShareErrorCode::ShareFull));
    let mut carl = Seat::enter(&*broker, person("carl")).await;
    let invite = ShareAction::Invite {
        device: carl.device,
    };
    ada.asks(invite).await.unwrap();
    assert!(matches!(carl.next().await, ShareEvent::Invited { .. }));
    let refused = carl.asks(by_share(share)).await;
    assert_eq!(refused, Err(ShareErrorCode::ShareFull));
    ada.asks(ShareAction::Capacity { children: 2 })
        .await
        .unwrap();
    ada.asks(ShareAction::Admit { device }).await.unwrap();
    assert!(matches!(bob.next().await, ShareEvent::Admitted { .. }));
    carl.asks(by_share(share)).await.unwrap();
    assert!(matches!(carl.next().await, ShareEvent::Admitted { .. }));
}

/// A parent that leaves is nobody's any more: its children get others under new links, or hear that there
/// is no room.
pub async fn the_children_of_who_leaves_get_other_parents(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 1).await;
    let one = receiver(&*broker, &mut ada, code, 2).await;
    let mut two = receiver(&*broker, &mut ada, code, 0).await;
    let mut three = receiver(&*broker, &mut ada, code, 0).await;
    let old = up(&two);
    assert_eq!((old.0, up(&three).0), (one.device, one.device));
    drop(one);
    two.until_moved(two.device, old).await;
    assert_eq!(up(&two).0, ada.device);
    let reason = EndedReason::Full;
    assert_eq!(three.next().await, ShareEvent::Ended { reason });
    ada.until_members(2).await;
}

/// Lowering the capacity moves those who are too many, and puts out who finds no place.
pub async fn with_less_capacity_those_without_a_place_are_out(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 3).await;
    let one = receiver(&*broker, &mut ada, code, 1).await;
    let mut two = receiver(&*broker, &mut ada, code, 0).await;
    let mut three = receiver(&*broker, &mut ada, code, 0).await;
    let (stays, old) = (up(&two), up(&three));
    ada.asks(ShareAction::Capacity { children: 2 })
        .await
        .unwrap();
    three.until_moved(three.device, old).await;
    assert_eq!(up(&three).0, one.device);
    assert_eq!(ada.up(two.device), Some(stays), "who came first stays");
    ada.asks(ShareAction::Capacity { children: 0 })
        .await
        .unwrap();
    let reason = EndedReason::Full;
    assert_eq!(two.next().await, ShareEvent::Ended { reason });
    assert_eq!(three.next().await, ShareEvent::Ended { reason });
    ada.until_members(1).await;
}

/// A link that does not work is replaced, by one to another parent if there is one; after a few times that
/// is enough.
pub async fn a_link_that_fails_is_changed_but_not_for_ever(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 2).await;
    let one = receiver(&*broker, &mut ada, code, 1).await;
    let mut two = receiver(&*broker, &mut ada, code, 1).await;
    let mut old = up(&two);
    let relink = |link| ShareAction::Relink {
        link,
        reason: RelinkReason::Blocked,
    };
    for parent in [Some(one.device), Some(ada.device), None] {
        two.asks(relink(old.1)).await.unwrap();
        two.until_moved(two.device, old).await;
        let new = up(&two);
        assert_ne!(new.1, old.1, "a new number");
        if let Some(parent) = parent {
            assert_eq!(new.0, parent);
        }
        // Of a link that is gone already nobody wants to hear.
        two.asks(relink(old.1)).await.unwrap();
        old = new;
    }
    two.asks(relink(old.1)).await.unwrap();
    let reason = EndedReason::Unreachable;
    assert_eq!(two.next().await, ShareEvent::Ended { reason });
    ada.until_members(2).await;
}

/// What is sent along a link arrives at its other end, as it was and in order.
pub async fn signals_reach_the_other_end_of_a_link_in_order(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 1).await;
    let mut one = receiver(&*broker, &mut ada, code, 1).await;
    let mut two = receiver(&*broker, &mut ada, code, 1).await;
    let (near, far) = (up(&one).1, up(&two).1);
    for number in 0..20 {
        ada.member.say(signal(one.device, near, number)).unwrap();
        two.member.say(signal(one.device, far, number)).unwrap();
    }
    let mut heard = [0, 0];
    while heard != [20, 20] {
        let event = one.next().await;
        let ShareEvent::Signal { from, link, data } = event else {
            panic!("a signal: {event:?}");
        };
        let is_far = from == two.device;
        assert_eq!(link, if is_far { far } else { near });
        let next = &mut heard[usize::from(is_far)];
        assert_eq!(data.as_str(), next.to_string());
        *next += 1;
    }
}

/// Without a link between the two nothing is passed on, and nobody is told.
pub async fn signals_reach_nobody_else(broker: Arc<dyn ShareBroker>) {
    let (mut ada, _, code) = sharer(&*broker, 1).await;
    let mut one = receiver(&*broker, &mut ada, code, 1).await;
    let mut two = receiver(&*broker, &mut ada, code, 1).await;
    let mut stranger = Seat::enter(&*broker, person("stranger")).await;
    let (near, far) = (up(&one).1, up(&two).1);
    for wrong in [
        signal(two.device, far, 1),
        signal(two.device, near, 1),
        signal(one.device, far, 1),
        signal(stranger.device, near, 1),
    ] {
        ada.asks(wrong).await.unwrap();
    }
    stranger.asks(signal(one.device, near, 1)).await.unwrap();
    stranger.asks(signal(two.device, far, 1)).await.unwrap();
    two.asks(signal(ada.device, near, 1)).await.unwrap();
    ada.asks(signal(one.device, near, 2)).await.unwrap();
    one.asks(signal(two.device, far, 3)).await.unwrap();
    for (seat, number) in [(&mut one, "2"), (&mut two, "3")] {
        let event = seat.next().await;
        let ShareEvent::Signal { data, .. } = &event else {
            panic!("the only signal: {event:?}");
        };
        assert_eq!(data.as_str(), number, "nothing came before");
    }
    one.asks(ShareAction::Leave).await.unwrap();
    assert_eq!((ada.heard(), stranger.heard()), (vec![], vec![]));
}
