use super::*;

/// A sharer, its share's code, and so many receivers.
fn full(limits: Limits, receivers: usize) -> (Stage, DeviceId, ShareCode, Vec<DeviceId>) {
    let mut stage = Stage::with(limits);
    let sharer = stage.person("sharer");
    let (_, code) = stage.open(sharer);
    let receivers: Vec<_> = (0..receivers)
        .map(|number| {
            let device = stage.person(&format!("r{number}"));
            stage.receive(sharer, code, device);
            device
        })
        .collect();
    for device in &receivers {
        stage.heard(*device);
    }
    stage.heard(sharer);
    (stage, sharer, code, receivers)
}

fn few(children: u32) -> Limits {
    let mut limits = Limits::default();
    (limits.share_children, limits.share_relay_children) = (children, 1);
    limits
}

#[test]
fn everybody_hears_who_is_in() {
    let (mut stage, sharer, _, receivers) = full(few(1), 2);
    let Place::Sharing(share) = stage.hall.place(sharer) else {
        panic!("it shares");
    };
    let [near, far] = receivers[..] else {
        panic!("two");
    };
    let told = stage.hall.members(far, share).unwrap();
    assert_eq!(stage.hall.members(sharer, share), Some(told.clone()));
    let ShareEvent::Members { members } = told else {
        panic!("members");
    };
    let of = |index: usize| {
        let member: &ShareMember = &members[index];
        (member.device, member.parent, member.depth)
    };
    assert_eq!(of(0), (sharer, None, 0));
    assert_eq!(of(1), (near, Some(sharer), 1));
    assert_eq!(of(2), (far, Some(near), 2));
    assert_eq!(members[0].link, None);
    assert_eq!(members[2].link, stage.up(far).map(|(_, link)| link));
    assert_eq!(members[1].encoded, ["vp8"]);
    let stranger = stage.person("stranger");
    assert_eq!(stage.hall.members(stranger, share), None);
}

#[test]
fn a_full_share_says_so_and_who_asks_goes_on_asking() {
    let (mut stage, sharer, code, _) = full(few(1), 2);
    let late = stage.person("late");
    stage.say(late, by_code(code)).unwrap();
    let admit = ShareAction::Admit { device: late };
    assert_eq!(stage.say(sharer, admit), Err(ShareErrorCode::ShareFull));
    assert_eq!(stage.heard(late), []);
    let invited = stage.person("invited");
    stage
        .say(sharer, ShareAction::Invite { device: invited })
        .unwrap();
    let asked = stage.say(invited, by_code(code));
    assert_eq!(asked, Err(ShareErrorCode::ShareFull));
    assert!(stage.is_free(invited));
}

#[test]
fn a_parent_that_leaves_gives_its_children_to_others() {
    let (mut stage, sharer, _, receivers) = full(few(2), 4);
    let [one, _, child, _] = receivers[..] else {
        panic!("four");
    };
    let before = stage.up(child).unwrap();
    assert_eq!(before.0, one);
    stage.leave(one);
    let now = stage.up(child).unwrap();
    assert_eq!(now.0, sharer);
    assert_ne!(now.1, before.1);
    assert_eq!(stage.heard(child), []);
}

#[test]
fn with_less_capacity_those_without_a_place_are_out() {
    let (mut stage, sharer, _, receivers) = full(few(2), 4);
    stage
        .say(sharer, ShareAction::Capacity { children: 99 })
        .unwrap();
    assert_eq!(stage.heard(receivers[3]), []);
    stage
        .say(sharer, ShareAction::Capacity { children: 0 })
        .unwrap();
    for device in &receivers {
        assert_eq!(stage.heard(*device), ended(EndedReason::Full));
        assert!(stage.is_free(*device));
    }
}

#[test]
fn capacity_counts_from_before_the_share() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    stage
        .say(ada, ShareAction::Capacity { children: 0 })
        .unwrap();
    let (_, code) = stage.open(ada);
    stage.say(bob, by_code(code)).unwrap();
    let admit = ShareAction::Admit { device: bob };
    assert_eq!(stage.say(ada, admit), Err(ShareErrorCode::ShareFull));
}

#[test]
fn a_link_that_does_not_work_is_changed_three_times() {
    let (mut stage, _, _, receivers) = full(Limits::default(), 2);
    let child = receivers[1];
    for _ in 0..3 {
        let link = stage.up(child).unwrap().1;
        stage.say(child, relink(link)).unwrap();
        assert_ne!(stage.up(child).unwrap().1, link);
        stage.say(child, relink(link)).unwrap();
    }
    let link = stage.up(child).unwrap().1;
    stage.say(child, relink(link)).unwrap();
    assert_eq!(stage.heard(child), ended(EndedReason::Unreachable));
    assert_eq!(
        stage.say(child, relink(link)),
        Err(ShareErrorCode::WrongState)
    );
}

#[test]
fn signals_go_along_links_only() {
    let (mut stage, sharer, _, receivers) = full(few(1), 2);
    let [near, far] = receivers[..] else {
        panic!("two");
    };
    let stranger = stage.person("stranger");
    let (near_link, far_link) = (stage.up(near).unwrap().1, stage.up(far).unwrap().1);
    for (from, to, link, arrives) in [
        (sharer, near, near_link, true),
        (near, sharer, near_link, true),
        (near, far, far_link, true),
        (sharer, far, far_link, false),
        (sharer, far, near_link, false),
        (near, far, near_link, false),
        (stranger, near, near_link, false),
        (near, stranger, near_link, false),
        (near, near, near_link, false),
    ] {
        stage.say(from, signal(to, link)).unwrap();
        let heard = stage.heard(to);
        assert_eq!(
            heard.len(),
            usize::from(arrives),
            "{from} {to} {link}: {heard:?}"
        );
    }
    stage.say(far, ShareAction::Leave).unwrap();
    stage.say(near, signal(far, far_link)).unwrap();
    assert_eq!(stage.heard(far), []);
}

#[test]
fn a_share_ends_with_its_sharer() {
    for (end, why) in [
        (EndedReason::Left, EndedReason::Left),
        (EndedReason::SessionEnded, EndedReason::SessionEnded),
        (EndedReason::Closed, EndedReason::Closed),
    ] {
        let (mut stage, sharer, code, receivers) = full(few(1), 2);
        let asks = stage.viewer("asks");
        stage.say(asks, by_code(code)).unwrap();
        if end == EndedReason::Closed {
            stage.say(sharer, ShareAction::Close).unwrap();
        } else {
            stage.hall.leave(sharer, end, stage.now);
            stage.collect();
        }
        for device in receivers.into_iter().chain([asks]) {
            assert_eq!(stage.heard(device), ended(why));
            assert!(stage.is_free(device));
        }
        assert_eq!(stage.hall.shares_count(), 0);
        let code = stage.say(asks, by_code(code));
        assert_eq!(code, Err(ShareErrorCode::UnknownCode));
    }
}

#[test]
fn what_only_a_sharer_or_a_receiver_may_do_others_may_not() {
    let mut stage = Stage::new();
    let (ada, bob) = (stage.person("ada"), stage.person("bob"));
    for action in [
        ShareAction::RenewCode,
        ShareAction::Close,
        ShareAction::Admit { device: bob },
        ShareAction::Refuse { device: bob },
        ShareAction::PutOut { device: bob },
    ] {
        let refused = stage.say(ada, action.clone());
        assert_eq!(refused, Err(ShareErrorCode::NotSharer), "{action:?}");
    }
    let report = vnet_core::share::ShareReport {
        way: vnet_core::share::Way::Encoded,
        streams: 3,
        bytes: 1 << 40,
    };
    let refused = stage.say(ada, ShareAction::Report(report));
    assert_eq!(refused, Err(ShareErrorCode::WrongState));
    stage.say(ada, ShareAction::Leave).unwrap();
    let (_, code) = stage.open(ada);
    assert_eq!(
        stage.say(ada, ShareAction::Leave),
        Err(ShareErrorCode::WrongState)
    );
    stage.receive(ada, code, bob);
    assert_eq!(
        stage.say(bob, ShareAction::Open),
        Err(ShareErrorCode::Already)
    );
    assert_eq!(stage.say(bob, by_code(code)), Err(ShareErrorCode::Already));
    stage.heard(ada);
    stage.say(bob, ShareAction::Report(report)).unwrap();
    let device = bob;
    assert_eq!(stage.heard(ada), [ShareEvent::Reported { device, report }]);
}
