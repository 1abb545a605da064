//! Rules about codes, questions and invitations.

use std::sync::Arc;

use super::seat::{
    Seat, by_code, by_share, elsewhere, from_nowhere, of_another_meeting, open, person, viewer,
};
use crate::share::{
    AskedBy, EndedReason, ShareAction, ShareBroker, ShareCode, ShareErrorCode, ShareEvent,
};

/// Wrong codes that are looked at.
const TRIES: usize = 5;

/// From a meeting a code opens shares of that meeting, wherever its sharer is, and no others.
pub async fn a_code_is_good_in_its_own_meeting(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let (_, code) = open(&mut ada).await;
    let mut stranger = Seat::enter(&*broker, of_another_meeting("stranger")).await;
    let refused = stranger.asks(by_code(code)).await;
    assert_eq!(refused, Err(ShareErrorCode::UnknownCode));
    let mut bob = Seat::enter(&*broker, elsewhere("bob")).await;
    bob.asks(by_code(code)).await.unwrap();
    let asked = ShareEvent::Asked {
        device: bob.device,
        name: "bob".into(),
        by: AskedBy::Code,
        viewer: false,
    };
    assert_eq!(ada.next().await, asked, "and nobody before");
}

/// A viewer is in no meeting, so that any code is good.
pub async fn a_viewers_code_is_good_in_any_meeting(broker: Arc<dyn ShareBroker>) {
    for who in [person("ada"), of_another_meeting("bob")] {
        let mut sharer = Seat::enter(&*broker, who).await;
        let (_, code) = open(&mut sharer).await;
        let mut screen = Seat::enter(&*broker, viewer("screen")).await;
        screen.asks(by_code(code)).await.unwrap();
        let asked = ShareEvent::Asked {
            device: screen.device,
            name: "screen".into(),
            by: AskedBy::Code,
            viewer: true,
        };
        assert_eq!(sharer.next().await, asked);
    }
}

/// Another code takes the place of the old one.
pub async fn a_renewed_code_is_the_only_one(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (_, old) = open(&mut ada).await;
    ada.asks(ShareAction::RenewCode).await.unwrap();
    let renewed = ada.next().await;
    let ShareEvent::Code { code, expires_in } = renewed else {
        panic!("another code: {renewed:?}");
    };
    assert!(code != old && expires_in > 0);
    assert_eq!(
        bob.asks(by_code(old)).await,
        Err(ShareErrorCode::UnknownCode)
    );
    ada.let_in(&mut bob, code).await;
}

/// After a few wrong codes none from that network is looked at for a while, good or not; other networks,
/// and those inside, do not notice.
pub async fn wrong_codes_are_counted_by_network(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let (share, code) = open(&mut ada).await;
    let mut guess = Seat::enter(&*broker, person("guess")).await;
    let mut guesses = (0..).filter_map(ShareCode::from_number);
    for wrong in guesses.by_ref().filter(|wrong| *wrong != code).take(TRIES) {
        let refused = guess.asks(by_code(wrong)).await;
        assert_eq!(refused, Err(ShareErrorCode::UnknownCode));
    }
    let mut screen = Seat::enter(&*broker, viewer("screen")).await;
    for seat in [&mut guess, &mut screen] {
        let refused = seat.asks(by_code(code)).await;
        assert_eq!(refused, Err(ShareErrorCode::TooManyTries));
    }
    assert_eq!(ada.heard(), []);
    let mut nowhere = Seat::enter(&*broker, from_nowhere("nowhere")).await;
    ada.let_in(&mut nowhere, code).await;
    guess.asks(by_share(share)).await.unwrap();
}

/// Nobody gets a link before the sharer says so.
pub async fn the_sharer_is_asked_before_anybody_is_linked(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (share, _) = open(&mut ada).await;
    bob.asks(by_share(share)).await.unwrap();
    let asked = ShareEvent::Asked {
        device: bob.device,
        name: "bob".into(),
        by: AskedBy::Nearby,
        viewer: false,
    };
    assert_eq!(ada.next().await, asked);
    // Asking again is not asking twice.
    bob.asks(by_share(share)).await.unwrap();
    assert_eq!(bob.heard(), [], "it waits");
    assert!(bob.members.is_empty());
    let device = bob.device;
    ada.asks(ShareAction::Admit { device }).await.unwrap();
    assert_eq!(ada.next().await, ShareEvent::AskedOff { device });
    let admitted = ShareEvent::Admitted {
        share,
        device: ada.device,
        name: "ada".into(),
    };
    assert_eq!(bob.next().await, admitted);
    bob.until_members(2).await;
    ada.until_members(2).await;
    assert_eq!(bob.members, ada.members, "all are told the same");
    let (parent, _) = bob.up(bob.device).expect("a link");
    assert_eq!(parent, ada.device);
    let sharer = &bob.members[0];
    assert_eq!((sharer.device, sharer.depth), (ada.device, 0));
    assert_eq!((sharer.parent, sharer.link), (None, None));
}

/// Who is refused hears that, and gets no link.
pub async fn who_is_refused_hears_it(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (share, _) = open(&mut ada).await;
    for _ in 0..2 {
        bob.asks(by_share(share)).await.unwrap();
        assert!(matches!(ada.next().await, ShareEvent::Asked { .. }));
        let device = bob.device;
        ada.asks(ShareAction::Refuse { device }).await.unwrap();
        assert_eq!(ada.next().await, ShareEvent::AskedOff { device });
        let reason = EndedReason::Refused;
        assert_eq!(bob.next().await, ShareEvent::Ended { reason });
    }
    assert!(bob.members.is_empty());
}

/// Who asks may leave; the sharer hears that there is nothing to answer.
pub async fn a_question_can_be_taken_back(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let (share, _) = open(&mut ada).await;
    for goes in [false, true] {
        let mut bob = Seat::enter(&*broker, person("bob")).await;
        bob.asks(by_share(share)).await.unwrap();
        assert!(matches!(ada.next().await, ShareEvent::Asked { .. }));
        let device = bob.device;
        let mut kept = None;
        if goes {
            drop(bob);
        } else {
            bob.asks(ShareAction::Leave).await.unwrap();
            kept = Some(bob);
        }
        assert_eq!(ada.next().await, ShareEvent::AskedOff { device });
        let admitted = ada.asks(ShareAction::Admit { device }).await;
        assert_eq!(admitted, Err(ShareErrorCode::NoSuchDevice));
        drop(kept);
    }
}

/// An invitation is consent; it opens the share.
pub async fn who_is_invited_is_let_in_at_once(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let device = bob.device;
    ada.asks(ShareAction::Invite { device }).await.unwrap();
    let opened = ada.next().await;
    let ShareEvent::Opened { share, .. } = opened else {
        panic!("the share is open: {opened:?}");
    };
    let invited = ShareEvent::Invited {
        share,
        device: ada.device,
        name: "ada".into(),
    };
    assert_eq!(bob.next().await, invited);
    bob.asks(by_share(share)).await.unwrap();
    assert!(matches!(bob.next().await, ShareEvent::Admitted { .. }));
    bob.until_members(2).await;
    assert_eq!(ada.heard(), [], "nobody asks the sharer");
}

/// Who does not want to says so, and is asked about like anybody else afterwards.
pub async fn an_invitation_can_be_declined(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (share, _) = open(&mut ada).await;
    let device = bob.device;
    ada.asks(ShareAction::Invite { device }).await.unwrap();
    assert!(matches!(bob.next().await, ShareEvent::Invited { .. }));
    bob.asks(ShareAction::Decline { share }).await.unwrap();
    let name = "bob".into();
    assert_eq!(ada.next().await, ShareEvent::Declined { device, name });
    bob.asks(by_share(share)).await.unwrap();
    assert!(matches!(ada.next().await, ShareEvent::Asked { .. }));
}

/// The sharer's consent holds for the account, for as long as the share is.
pub async fn who_was_admitted_before_is_let_in_at_once(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let who = person("bob");
    let mut bob = Seat::enter(&*broker, who.clone()).await;
    let (share, code) = open(&mut ada).await;
    ada.let_in(&mut bob, code).await;
    drop(bob);
    let mut again = Seat::enter(&*broker, who.clone()).await;
    again.asks(by_share(share)).await.unwrap();
    assert!(matches!(again.next().await, ShareEvent::Admitted { .. }));
    ada.asks(ShareAction::Close).await.unwrap();
    assert!(matches!(again.next().await, ShareEvent::Ended { .. }));
    let (share, _) = open(&mut ada).await;
    again.asks(by_share(share)).await.unwrap();
    let asked = ada.next().await;
    assert!(matches!(asked, ShareEvent::Asked { .. }), "{asked:?}");
}

/// A sharer whose connection broke is not asked again about accounts that it had let in; about others with their
/// names it is, and nobody with its own name takes its place.
pub async fn a_sharer_who_comes_back_knows_whom_it_let_in(broker: Arc<dyn ShareBroker>) {
    let who = person("ada");
    let mut ada = Seat::enter(&*broker, who.clone()).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (_, code) = open(&mut ada).await;
    bob.until_near(&["ada"], &[("ada", 0)]).await;
    assert!(!bob.knows_one("ada"), "it has not let anybody in");
    ada.let_in(&mut bob, code).await;
    drop(ada);
    let reason = EndedReason::Left;
    assert_eq!(bob.next().await, ShareEvent::Ended { reason });
    bob.until_near(&[], &[]).await;

    let mut impostor = Seat::enter(&*broker, person("ada")).await;
    let (share, _) = open(&mut impostor).await;
    bob.until_near(&["ada"], &[("ada", 0)]).await;
    assert!(!bob.knows_one("ada"), "the name is not the account");
    bob.asks(by_share(share)).await.unwrap();
    let asked = impostor.next().await;
    assert!(matches!(asked, ShareEvent::Asked { .. }), "{asked:?}");
    drop(impostor);
    assert_eq!(bob.next().await, ShareEvent::Ended { reason });
    bob.until_near(&[], &[]).await;

    let mut ada = Seat::enter(&*broker, who).await;
    let (share, _) = open(&mut ada).await;
    bob.until_near(&["ada"], &[("ada", 0)]).await;
    assert!(bob.knows_one("ada"), "the same account shares again");
    bob.asks(by_share(share)).await.unwrap();
    let admitted = bob.next().await;
    assert!(
        matches!(admitted, ShareEvent::Admitted { .. }),
        "{admitted:?}"
    );
    let mut other = Seat::enter(&*broker, person("bob")).await;
    other.asks(by_share(share)).await.unwrap();
    let asked = ada.next().await;
    assert!(matches!(asked, ShareEvent::Asked { .. }), "{asked:?}");
}

/// Putting somebody out takes the consent back.
pub async fn who_was_put_out_is_asked_about_anew(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let mut bob = Seat::enter(&*broker, person("bob")).await;
    let (share, code) = open(&mut ada).await;
    ada.let_in(&mut bob, code).await;
    let device = bob.device;
    ada.asks(ShareAction::PutOut { device }).await.unwrap();
    let reason = EndedReason::PutOut;
    assert_eq!(bob.next().await, ShareEvent::Ended { reason });
    ada.until_members(1).await;
    bob.asks(by_share(share)).await.unwrap();
    let asked = ada.next().await;
    assert!(matches!(asked, ShareEvent::Asked { .. }), "{asked:?}");
    assert_eq!(bob.heard(), [], "it waits");
}

/// By number one finds what is shared nearby, or what one was invited to.
pub async fn a_share_out_of_sight_is_unknown(broker: Arc<dyn ShareBroker>) {
    let mut ada = Seat::enter(&*broker, person("ada")).await;
    let (share, _) = open(&mut ada).await;
    for other in [
        elsewhere("network"),
        of_another_meeting("meeting"),
        from_nowhere("nowhere"),
        viewer("screen"),
    ] {
        let mut other = Seat::enter(&*broker, other).await;
        let refused = other.asks(by_share(share)).await;
        assert_eq!(refused, Err(ShareErrorCode::UnknownShare));
    }
    ada.asks(ShareAction::Capacity { children: 1 })
        .await
        .unwrap();
    assert_eq!(ada.heard(), []);
}
