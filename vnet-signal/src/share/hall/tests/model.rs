//! Whatever devices say, the hall stays whole.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Person(u8),
    Viewer,
    Leave(usize),
    Say(usize, Saying),
    Pass(u64),
}

/// What is said about the device at the other end of the list.
#[derive(Clone, Copy, Debug)]
enum Saying {
    Open,
    RenewCode,
    Close,
    Invite(usize),
    Decline(u32),
    AskShare(u32),
    AskCode(u32),
    Admit(usize),
    AdmitFirst,
    Refuse(usize),
    PutOut(usize),
    Leave,
    Capacity(u32),
    Relink,
    Signal(usize, u32),
}

fn saying() -> impl Strategy<Value = Saying> {
    let device = 0_usize..12;
    let small = 0_u32..12;
    prop_oneof![
        3 => Just(Saying::Open),
        1 => Just(Saying::RenewCode),
        1 => Just(Saying::Close),
        3 => device.clone().prop_map(Saying::Invite),
        1 => small.clone().prop_map(Saying::Decline),
        4 => small.clone().prop_map(Saying::AskShare),
        3 => small.clone().prop_map(Saying::AskCode),
        2 => device.clone().prop_map(Saying::Admit),
        5 => Just(Saying::AdmitFirst),
        1 => device.clone().prop_map(Saying::Refuse),
        1 => device.clone().prop_map(Saying::PutOut),
        1 => Just(Saying::Leave),
        2 => (0_u32..4).prop_map(Saying::Capacity),
        2 => Just(Saying::Relink),
        2 => (device, small).prop_map(|(to, link)| Saying::Signal(to, link)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_u8..3).prop_map(Step::Person),
        1 => Just(Step::Viewer),
        1 => (0_usize..12).prop_map(Step::Leave),
        12 => (0_usize..12, saying()).prop_map(|(who, what)| Step::Say(who, what)),
        1 => (0_u64..90).prop_map(Step::Pass),
    ]
}

impl Stage {
    fn take(&mut self, here: &mut Vec<DeviceId>, step: Step) {
        match step {
            Step::Person(last) => {
                let who = ShareDevice {
                    network: network(last),
                    ..person("somebody")
                };
                here.extend(self.enter(who));
            }
            Step::Viewer => here.push(self.viewer("screen")),
            Step::Leave(at) => {
                if at < here.len() {
                    let gone = here.remove(at);
                    self.leave(gone);
                    self.heard.remove(&gone);
                }
            }
            Step::Say(who, what) => {
                if let Some(from) = here.get(who).copied()
                    && let Some(action) = self.action(here, from, what)
                {
                    // Exactly one answer, which `say` sees to.
                    let _carried_out = self.say(from, action);
                }
            }
            Step::Pass(seconds) => {
                self.now += Duration::from_secs(seconds);
                for device in here.iter() {
                    self.hall.renew_if_due(*device, self.now);
                }
                self.collect();
            }
        }
    }

    fn action(&self, here: &[DeviceId], from: DeviceId, what: Saying) -> Option<ShareAction> {
        let device = |at: usize| here.get(at).copied();
        Some(match what {
            Saying::Open => ShareAction::Open,
            Saying::RenewCode => ShareAction::RenewCode,
            Saying::Close => ShareAction::Close,
            Saying::Invite(at) => ShareAction::Invite {
                device: device(at)?,
            },
            Saying::Decline(share) => ShareAction::Decline {
                share: ShareId(share),
            },
            Saying::AskShare(share) => by_share(ShareId(share)),
            Saying::AskCode(code) => by_code(ShareCode::from_number(code)?),
            Saying::Admit(at) => ShareAction::Admit {
                device: device(at)?,
            },
            Saying::AdmitFirst => {
                let share = self.hall.own_share(from).ok()?;
                let asking = &self.hall.shares[&share].asking;
                ShareAction::Admit {
                    device: asking.first()?.0,
                }
            }
            Saying::Refuse(at) => ShareAction::Refuse {
                device: device(at)?,
            },
            Saying::PutOut(at) => ShareAction::PutOut {
                device: device(at)?,
            },
            Saying::Leave => ShareAction::Leave,
            Saying::Capacity(children) => ShareAction::Capacity { children },
            Saying::Relink => {
                let Place::Receiving(share) = self.hall.place(from) else {
                    return None;
                };
                relink(self.hall.shares[&share].tree.up(from)?.1)
            }
            Saying::Signal(to, link) => signal(device(to)?, LinkId(link)),
        })
    }

    fn check(&mut self, here: &[DeviceId]) {
        let hall = &self.hall;
        assert_eq!(hall.devices.len(), here.len());
        for (device, known) in &hall.devices {
            match known.place {
                Place::Free => {}
                Place::Sharing(share) => assert_eq!(hall.shares[&share].sharer, *device),
                Place::Receiving(share) => assert!(hall.shares[&share].tree.receives(*device)),
                Place::Asking(share) => {
                    let asking = hall.shares[&share].asking.iter();
                    assert_eq!(asking.filter(|(asks, _)| asks == device).count(), 1);
                }
            }
            for share in &known.invited {
                assert!(hall.shares[share].invited.contains(device));
            }
        }
        for (number, share) in &hall.shares {
            assert_eq!(hall.place(share.sharer), Place::Sharing(*number));
            for device in share.tree.devices().iter().skip(1) {
                assert_eq!(hall.place(*device), Place::Receiving(*number));
            }
            for (device, _) in &share.asking {
                assert_eq!(hall.place(*device), Place::Asking(*number));
            }
            for device in &share.invited {
                assert!(hall.devices[device].invited.contains(number));
            }
            assert_eq!(hall.codes.find(share.code), Some(*number));
        }
        // Nobody who is gone is told anything.
        for device in self.heard.keys() {
            assert!(here.contains(device), "{device} is gone");
        }
    }
}

proptest! {
    #[test]
    fn whatever_devices_say_the_hall_stays_whole(
        steps in proptest::collection::vec(step(), 0..120),
    ) {
        let mut limits = Limits::default();
        (limits.share_children, limits.share_relay_children) = (2, 1);
        limits.share_asking = 2;
        let (mut stage, mut here) = (Stage::with(limits), Vec::new());
        for step in steps {
            stage.take(&mut here, step);
            stage.check(&here);
        }
        for device in std::mem::take(&mut here) {
            stage.leave(device);
            stage.heard.remove(&device);
        }
        stage.check(&[]);
        prop_assert_eq!(stage.hall.shares_count(), 0);
        let everything = format!("{:?}", stage.hall.neighbours);
        prop_assert!(!everything.contains("DeviceId"), "{}", everything);
    }
}
