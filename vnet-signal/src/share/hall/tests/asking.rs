use super::*;

#[test]
fn people_of_one_meeting_in_one_network_see_each_other() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    stage.viewer("screen");
    let elsewhere = ShareDevice {
        network: network(2),
        ..person("carl")
    };
    let other_meeting = ShareDevice {
        meeting: Some("zzzzzzzzzz".parse().unwrap()),
        ..person("dora")
    };
    let carl = stage.enter(elsewhere).unwrap();
    stage.enter(other_meeting).unwrap();
    assert_eq!(stage.nearby(ada), (vec!["bob".into()], vec![]));
    assert_eq!(stage.nearby(carl), (vec![], vec![]));
    stage.open(bob);
    assert_eq!(stage.nearby(ada), (vec!["bob".into()], vec!["bob".into()]));
    stage.leave(bob);
    assert_eq!(stage.nearby(ada), (vec![], vec![]));
}

#[test]
fn who_comes_from_nowhere_is_near_to_nobody() {
    let mut stage = Stage::new();
    let nowhere = |name| ShareDevice {
        network: NetworkGroup::unknown(),
        ..person(name)
    };
    let ada = stage.enter(nowhere("ada")).unwrap();
    let bob = stage.enter(nowhere("bob")).unwrap();
    assert_eq!(stage.nearby(ada), (vec![], vec![]));
    let invited = stage.say(ada, ShareAction::Invite { device: bob });
    assert_eq!(invited, Err(ShareErrorCode::NoSuchDevice));
}

#[test]
fn the_sharer_is_asked_and_answers() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    let (share, code) = stage.open(ada);
    stage.say(bob, by_code(code)).unwrap();
    let asked = ShareEvent::Asked {
        device: bob,
        name: "bob".into(),
        by: AskedBy::Code,
        viewer: false,
    };
    assert_eq!(stage.heard(ada), [asked]);
    assert_eq!(stage.heard(bob), []);
    assert_eq!(stage.up(bob), None, "nobody gets a link unasked");
    stage.say(bob, by_code(code)).unwrap();
    assert_eq!(stage.heard(ada), [], "one question is asked once");
    stage.say(ada, ShareAction::Refuse { device: bob }).unwrap();
    assert_eq!(stage.heard(ada), [ShareEvent::AskedOff { device: bob }]);
    assert_eq!(stage.heard(bob), ended(EndedReason::Refused));
    stage.say(bob, by_share(share)).unwrap();
    stage.say(ada, ShareAction::Admit { device: bob }).unwrap();
    let admitted = ShareEvent::Admitted {
        share,
        device: ada,
        name: "ada".into(),
    };
    assert_eq!(stage.heard(bob), [admitted]);
    assert_eq!(stage.up(bob).unwrap().0, ada);
    let again = stage.say(ada, ShareAction::Admit { device: bob });
    assert_eq!(again, Err(ShareErrorCode::NoSuchDevice));
}

#[test]
fn who_was_let_in_once_or_invited_is_not_asked_about() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    stage.say(ada, ShareAction::Invite { device: bob }).unwrap();
    let heard = stage.heard(bob);
    let [ShareEvent::Invited { share, .. }] = heard.as_slice() else {
        panic!("{heard:?}");
    };
    let share = *share;
    stage.say(ada, ShareAction::Invite { device: bob }).unwrap();
    assert_eq!(stage.heard(bob), [], "one is invited once");
    stage.say(bob, by_share(share)).unwrap();
    assert!(stage.up(bob).is_some());
    stage.say(bob, ShareAction::Leave).unwrap();
    stage.say(bob, by_share(share)).unwrap();
    assert!(stage.up(bob).is_some(), "the account is known");
    stage.say(ada, ShareAction::PutOut { device: bob }).unwrap();
    stage.heard(bob);
    stage.heard(ada);
    stage.say(bob, by_share(share)).unwrap();
    assert_eq!(stage.up(bob), None, "no longer");
    assert_eq!(stage.heard(ada).len(), 1, "the sharer is asked anew");
}

#[test]
fn inviting_who_asks_lets_it_in() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    let (share, _) = stage.open(ada);
    stage.say(bob, by_share(share)).unwrap();
    stage.say(ada, ShareAction::Invite { device: bob }).unwrap();
    assert!(stage.up(bob).is_some());
}

#[test]
fn invitations_end() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    let (share, _) = stage.open(ada);
    let invite = ShareAction::Invite { device: bob };
    stage.say(ada, invite.clone()).unwrap();
    stage.say(bob, ShareAction::Decline { share }).unwrap();
    let declined = ShareEvent::Declined {
        device: bob,
        name: "bob".into(),
    };
    assert_eq!(stage.heard(ada), [declined]);
    let again = stage.say(bob, ShareAction::Decline { share });
    assert_eq!(again, Err(ShareErrorCode::UnknownShare));
    stage.heard(bob);
    for end in [ShareAction::PutOut { device: bob }, ShareAction::Close] {
        stage.say(ada, invite.clone()).unwrap();
        stage.heard(ada);
        let [ShareEvent::Invited { share, .. }] = stage.heard(bob)[..] else {
            panic!("invited anew");
        };
        stage.say(ada, end).unwrap();
        assert_eq!(stage.heard(bob), [ShareEvent::InviteOff { share }]);
    }
}

#[test]
fn a_code_opens_its_own_meeting_only_but_for_viewers_all() {
    let mut stage = Stage::new();
    let (ada, screen) = (stage.person("ada"), stage.viewer("screen"));
    let (share, code) = stage.open(ada);
    let stranger = ShareDevice {
        meeting: Some("zzzzzzzzzz".parse().unwrap()),
        ..person("dora")
    };
    let dora = stage.enter(stranger).unwrap();
    assert_eq!(
        stage.say(dora, by_code(code)),
        Err(ShareErrorCode::UnknownCode)
    );
    assert_eq!(
        stage.say(dora, by_share(share)),
        Err(ShareErrorCode::UnknownShare)
    );
    assert_eq!(
        stage.say(screen, by_share(share)),
        Err(ShareErrorCode::UnknownShare)
    );
    stage.say(screen, by_code(code)).unwrap();
    let asked = stage.heard(ada);
    assert!(
        matches!(asked[..], [ShareEvent::Asked { viewer: true, .. }]),
        "{asked:?}"
    );
    assert_eq!(
        stage.say(screen, ShareAction::Open),
        Err(ShareErrorCode::Already)
    );
    stage.say(screen, ShareAction::Leave).unwrap();
    assert_eq!(
        stage.say(screen, ShareAction::Open),
        Err(ShareErrorCode::WrongState)
    );
}

#[test]
fn codes_expire_and_are_renewed() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    let (_, first) = stage.open(ada);
    let due = stage.hall.code_due(ada).unwrap();
    assert_eq!(due, stage.now + Duration::from_secs(120));
    stage.now = due;
    assert_eq!(
        stage.say(bob, by_code(first)),
        Err(ShareErrorCode::UnknownCode)
    );
    stage.hall.renew_if_due(ada, stage.now);
    stage.collect();
    let [
        ShareEvent::Code {
            code: second,
            expires_in: 120,
        },
    ] = stage.heard(ada)[..]
    else {
        panic!("another code");
    };
    assert_eq!(
        stage.say(bob, by_code(first)),
        Err(ShareErrorCode::UnknownCode)
    );
    stage.say(bob, by_code(second)).unwrap();
    stage.say(bob, ShareAction::Leave).unwrap();
    stage.say(ada, ShareAction::RenewCode).unwrap();
    assert_eq!(
        stage.say(bob, by_code(second)),
        Err(ShareErrorCode::UnknownCode)
    );
    stage.hall.renew_if_due(ada, stage.now);
    assert_eq!(stage.hall.poll(), None, "it is not due");
    stage.say(ada, ShareAction::Close).unwrap();
    assert_eq!(stage.hall.code_due(ada), None);
    assert_eq!(stage.hall.codes.find(second), None);
}

#[test]
fn who_types_wrong_codes_has_to_wait() {
    let mut stage = Stage::new();
    let (ada, bob, screen) = (
        stage.person("ada"),
        stage.person("bob"),
        stage.viewer("screen"),
    );
    let (_, code) = stage.open(ada);
    let wrong = ShareCode::from_number(999_999).unwrap();
    for _ in 0..5 {
        assert_eq!(
            stage.say(bob, by_code(wrong)),
            Err(ShareErrorCode::UnknownCode)
        );
    }
    for who in [bob, screen] {
        assert_eq!(
            stage.say(who, by_code(code)),
            Err(ShareErrorCode::TooManyTries)
        );
    }
    assert_eq!(stage.heard(ada), [], "the sharer notices nothing");
    let elsewhere = ShareDevice {
        network: network(2),
        ..person("carl")
    };
    let carl = stage.enter(elsewhere).unwrap();
    stage.say(carl, by_code(code)).unwrap();
    stage.now += Duration::from_secs(59);
    stage.hall.say(bob, by_code(code).into(), stage.now);
    stage.collect();
    let heard = stage.heard(bob);
    let last = heard.last();
    assert!(
        matches!(
            last,
            Some(ShareEvent::Error {
                retry_after: Some(1),
                ..
            })
        ),
        "{last:?}"
    );
    stage.now += Duration::from_secs(1);
    stage.say(bob, by_code(code)).unwrap();
}

#[test]
fn one_asks_one_sharer_at_a_time_and_few_ask() {
    let mut limits = Limits::default();
    limits.share_asking = 2;
    let mut stage = Stage::with(limits);
    let (ada, bob, carl) = (
        stage.person("ada"),
        stage.person("bob"),
        stage.person("carl"),
    );
    let (first, _) = stage.open(ada);
    let (second, _) = stage.open(bob);
    stage.say(carl, by_share(first)).unwrap();
    stage.heard(ada);
    stage.say(carl, by_share(second)).unwrap();
    assert_eq!(stage.heard(ada), [ShareEvent::AskedOff { device: carl }]);
    let late = [stage.person("dora"), stage.person("eve")];
    stage.say(late[0], by_share(second)).unwrap();
    assert_eq!(
        stage.say(late[1], by_share(second)),
        Err(ShareErrorCode::ShareFull)
    );
    stage.leave(carl);
    stage.say(late[1], by_share(second)).unwrap();
    assert_eq!(
        stage.say(ada, by_share(second)),
        Err(ShareErrorCode::Already)
    );
}

#[test]
fn devices_and_shares_are_bounded() {
    let mut limits = Limits::default();
    (limits.share_devices, limits.shares) = (2, 1);
    let mut stage = Stage::with(limits);
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    assert_eq!(stage.enter(person("carl")), Err(ShareErrorCode::ServerFull));
    stage.viewer("one");
    stage.viewer("two");
    let elsewhere = ShareDevice {
        meeting: None,
        user: None,
        network: network(2),
        name: "three".into(),
    };
    stage.enter(elsewhere).unwrap();
    stage.open(ada);
    assert_eq!(
        stage.say(bob, ShareAction::Open),
        Err(ShareErrorCode::ServerFull)
    );
    stage.leave(ada);
    stage.open(bob);
    assert_eq!(stage.hall.devices_count(), 4);
    assert_eq!(stage.hall.shares_count(), 1);
}

#[test]
fn a_share_without_random_bytes_is_found_by_nobody() {
    let mut codes = [1_u32].into_iter();
    let draw = move || codes.next().and_then(ShareCode::from_number);
    let mut stage = Stage::new();
    stage.hall = Hall::new(Arc::new(Limits::default()), Box::new(draw));
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    let (_, code) = stage.open(ada);
    assert_eq!(
        stage.say(bob, ShareAction::Open),
        Err(ShareErrorCode::ServerFull)
    );
    assert!(stage.is_free(bob));
    let renewed = stage.say(ada, ShareAction::RenewCode);
    assert_eq!(renewed, Err(ShareErrorCode::ServerFull));
    assert_eq!(
        stage.say(bob, by_code(code)),
        Err(ShareErrorCode::UnknownCode)
    );
    stage.leave(ada);
    assert_eq!(stage.hall.shares_count(), 0);
}
