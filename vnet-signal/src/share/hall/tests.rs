use std::time::Duration;

use serde_json::value::RawValue;
use vnet_core::share::{Ask, LinkId, NetworkGroup, RelinkReason};

use super::*;

mod asking;
mod consents;
mod model;
mod tree;

const MEETING: &str = "abcdefghjk";

/// A hall, its devices' events, and a clock.
struct Stage {
    hall: Hall,
    now: Instant,
    heard: HashMap<DeviceId, Vec<ShareEvent>>,
}

impl Stage {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    /// Codes are 000001, 000002, and so on.
    fn with(limits: Limits) -> Self {
        let mut number = 0;
        let draw = move || {
            number += 1;
            ShareCode::from_number(number)
        };
        Self {
            hall: Hall::new(Arc::new(limits), Box::new(draw)),
            now: Instant::now(),
            heard: HashMap::new(),
        }
    }

    fn enter(&mut self, who: ShareDevice) -> Result<DeviceId, ShareErrorCode> {
        let hello = Hello {
            version: VERSION,
            name: None,
            code: None,
            can_relay: true,
            encoded: vec!["vp8".into()],
        };
        let entered = self.hall.enter(who, hello);
        self.collect();
        entered
    }

    /// Somebody of the meeting, in the office.
    fn person(&mut self, name: &str) -> DeviceId {
        self.enter(person(name)).unwrap()
    }

    fn viewer(&mut self, name: &str) -> DeviceId {
        let viewer = ShareDevice {
            meeting: None,
            user: None,
            ..person(name)
        };
        self.enter(viewer).unwrap()
    }

    fn leave(&mut self, device: DeviceId) {
        self.hall.leave(device, EndedReason::Left, self.now);
        self.collect();
    }

    /// Says something and returns what came of it.
    fn say(&mut self, from: DeviceId, action: ShareAction) -> Result<(), ShareErrorCode> {
        self.hall.say(from, ShareRequest::new(7, action), self.now);
        self.collect();
        let heard = self.heard.entry(from).or_default();
        let is_answer = |event: &ShareEvent| {
            matches!(
                event,
                ShareEvent::Ok { id: 7 } | ShareEvent::Error { id: Some(7), .. }
            )
        };
        let answers: Vec<_> = heard.extract_if(.., |event| is_answer(event)).collect();
        match answers.as_slice() {
            [ShareEvent::Ok { .. }] => Ok(()),
            [ShareEvent::Error { code, .. }] => Err(*code),
            other => panic!("one answer to each request: {other:?}"),
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.hall.poll() {
            let (device, event) = match output {
                Output::Tell(device, event) => (device, Some(event)),
                Output::Nearby(device) => (device, self.hall.nearby(device)),
                Output::Members(device, share) => (device, self.hall.members(device, share)),
            };
            self.heard.entry(device).or_default().extend(event);
        }
    }

    /// What a device has heard since it was asked last, without lists.
    fn heard(&mut self, device: DeviceId) -> Vec<ShareEvent> {
        let mut heard = self.heard.remove(&device).unwrap_or_default();
        heard.retain(|event| {
            !matches!(
                event,
                ShareEvent::Nearby { .. } | ShareEvent::Members { .. } | ShareEvent::Welcome { .. }
            )
        });
        heard
    }

    /// What a device was told last of who is near: names, and names of who shares.
    fn nearby(&self, device: DeviceId) -> (Vec<String>, Vec<String>) {
        let heard = self.heard[&device].iter().rev();
        let lists = heard.filter_map(|event| match event {
            ShareEvent::Nearby { devices, shares } => Some((
                devices.iter().map(|device| device.name.clone()).collect(),
                shares.iter().map(|share| share.name.clone()).collect(),
            )),
            _ => None,
        });
        lists.into_iter().next().expect("a list of who is near")
    }

    /// Opens a share; its number and code.
    fn open(&mut self, device: DeviceId) -> (ShareId, ShareCode) {
        self.say(device, ShareAction::Open).unwrap();
        let heard = self.heard(device);
        match heard.last() {
            Some(ShareEvent::Opened { share, code, .. }) => (*share, *code),
            other => panic!("{other:?}"),
        }
    }

    /// Asks by code and is let in.
    fn receive(&mut self, sharer: DeviceId, code: ShareCode, device: DeviceId) {
        self.say(device, by_code(code)).unwrap();
        self.say(sharer, ShareAction::Admit { device }).unwrap();
    }

    /// The parent of a receiver and its link to it.
    fn up(&mut self, device: DeviceId) -> Option<(DeviceId, LinkId)> {
        let Place::Receiving(share) = self.hall.place(device) else {
            return None;
        };
        self.hall.shares[&share].tree.up(device)
    }

    fn is_free(&self, device: DeviceId) -> bool {
        self.hall.place(device) == Place::Free
    }
}

fn network(last: u8) -> NetworkGroup {
    NetworkGroup::of([192, 0, 2, last].into(), &[])
}

fn person(name: &str) -> ShareDevice {
    ShareDevice {
        meeting: Some(MEETING.parse().unwrap()),
        user: Some(UserId::generate()),
        name: name.into(),
        network: network(1),
    }
}

fn by_code(code: ShareCode) -> ShareAction {
    ShareAction::Ask(Ask {
        share: None,
        code: Some(code),
    })
}

fn by_share(share: ShareId) -> ShareAction {
    ShareAction::Ask(Ask {
        share: Some(share),
        code: None,
    })
}

fn signal(to: DeviceId, link: LinkId) -> ShareAction {
    let raw = RawValue::from_string("{}".into()).unwrap();
    ShareAction::Signal {
        to,
        link,
        data: (&*raw).into(),
    }
}

fn relink(link: LinkId) -> ShareAction {
    ShareAction::Relink {
        link,
        reason: RelinkReason::Failed,
    }
}

fn ended(reason: EndedReason) -> Vec<ShareEvent> {
    vec![ShareEvent::Ended { reason }]
}
