use super::*;

/// A sharer with a receiver; who is the sharer, and the receiver's device.
fn sharing() -> (Stage, ShareDevice, DeviceId, DeviceId) {
    let mut stage = Stage::new();
    let who = person("ada");
    let ada = stage.enter(who.clone()).unwrap();
    let bob = stage.person("bob");
    let (_, code) = stage.open(ada);
    stage.receive(ada, code, bob);
    stage.heard(bob);
    (stage, who, ada, bob)
}

/// Whether a device that asks for a share is let in at once.
fn is_let_in(stage: &mut Stage, device: DeviceId, share: ShareId) -> bool {
    stage.say(device, by_share(share)).unwrap();
    let heard = stage.heard(device);
    let admitted = |event: &ShareEvent| matches!(event, ShareEvent::Admitted { .. });
    heard.iter().any(admitted)
}

#[test]
fn consent_outlives_a_broken_connection_for_a_while() {
    for (late, kept) in [(59, true), (60, false)] {
        let (mut stage, who, ada, bob) = sharing();
        stage.leave(ada);
        stage.now += Duration::from_secs(late);
        let again = stage.enter(who).unwrap();
        let (share, _) = stage.open(again);
        assert_eq!(is_let_in(&mut stage, bob, share), kept, "after {late} s");
    }
}

#[test]
fn consent_ends_with_a_share_that_was_ended_and_with_the_session() {
    for closes in [true, false] {
        let (mut stage, who, ada, bob) = sharing();
        if closes {
            stage.say(ada, ShareAction::Close).unwrap();
            stage.leave(ada);
        } else {
            let ended = EndedReason::SessionEnded;
            stage.hall.leave(ada, ended, stage.now);
            stage.collect();
        }
        let again = stage.enter(who).unwrap();
        let (share, _) = stage.open(again);
        assert!(!is_let_in(&mut stage, bob, share));
    }
}

#[test]
fn consent_is_for_one_meeting_and_used_once() {
    let (mut stage, who, ada, bob) = sharing();
    stage.leave(ada);
    let elsewhere = ShareDevice {
        meeting: Some("zzzzzzzzzz".parse().unwrap()),
        ..who.clone()
    };
    let other = stage.enter(elsewhere).unwrap();
    stage.open(other);
    assert!(
        stage
            .hall
            .shares
            .values()
            .all(|share| share.known.is_empty())
    );
    let again = stage.enter(who).unwrap();
    let (share, _) = stage.open(again);
    assert!(is_let_in(&mut stage, bob, share));
    stage.say(again, ShareAction::Close).unwrap();
    let (share, _) = stage.open(again);
    assert!(!is_let_in(&mut stage, bob, share), "it was closed since");
}

#[test]
fn a_sharer_who_is_back_before_its_old_connection_ends_knows_them_too() {
    let (mut stage, who, ada, bob) = sharing();
    let again = stage.enter(who).unwrap();
    let (share, _) = stage.open(again);
    stage.leave(ada);
    let told = stage.hall.nearby(bob);
    let known = matches!(told, Some(ShareEvent::Nearby { shares, .. }) if shares[0].known);
    assert!(known, "the receiver hears that asking is enough");
    assert!(is_let_in(&mut stage, bob, share));
}

#[test]
fn taking_an_invitation_back_takes_back_that_one_is_known() {
    let (mut stage, _, ada, bob) = sharing();
    stage.say(bob, ShareAction::Leave).unwrap();
    stage.say(ada, ShareAction::Invite { device: bob }).unwrap();
    let known = |stage: &Stage| {
        let heard = stage.heard[&bob].iter().rev();
        let mut lists = heard.filter_map(|event| match event {
            ShareEvent::Nearby { shares, .. } => Some(shares[0].known),
            _ => None,
        });
        lists.next()
    };
    assert_eq!(known(&stage), Some(true));
    stage.say(ada, ShareAction::PutOut { device: bob }).unwrap();
    assert_eq!(known(&stage), Some(false));
}

#[test]
fn what_nobody_came_back_for_is_forgotten() {
    let (mut stage, _, ada, _) = sharing();
    stage.leave(ada);
    stage.now += Duration::from_secs(60);
    let (dora, eve) = (stage.person("dora"), stage.person("eve"));
    let (_, code) = stage.open(dora);
    stage.receive(dora, code, eve);
    stage.leave(dora);
    assert_eq!(stage.hall.consents.len(), 1);
}

#[test]
fn who_is_put_out_stays_out_when_an_older_connection_ends() {
    let (mut stage, who, ada, bob) = sharing();
    let again = stage.enter(who).unwrap();
    let (share, code) = stage.open(again);
    stage.say(bob, ShareAction::Leave).unwrap();
    stage.receive(again, code, bob);
    stage
        .say(again, ShareAction::PutOut { device: bob })
        .unwrap();
    stage.heard(bob);
    stage.leave(ada);
    assert!(!is_let_in(&mut stage, bob, share));
}
