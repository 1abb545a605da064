//! A device of a test, and what it has heard.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::id::UserId;
use crate::share::{
    Ask, DeviceId, Hello, LinkId, NearbyDevice, NearbyShare, NetworkGroup, ShareAction,
    ShareBroker, ShareCode, ShareDevice, ShareErrorCode, ShareEvent, ShareId, ShareMember,
    ShareMembership, ShareRequest,
};

/// How long an event may be on its way.
const PATIENCE: Duration = Duration::from_secs(20);

/// A device that is in.
pub(in crate::testkit) struct Seat {
    pub(in crate::testkit) member: ShareMembership,
    pub(in crate::testkit) device: DeviceId,
    last_request: u32,
    heard: VecDeque<ShareEvent>,
    near: (Vec<NearbyDevice>, Vec<NearbyShare>),
    pub(in crate::testkit) members: Arc<Vec<ShareMember>>,
}

pub(in crate::testkit) fn hello(can_relay: bool) -> Hello {
    Hello {
        version: 2,
        name: None,
        code: None,
        can_relay,
        encoded: vec!["vp8".into()],
    }
}

/// Somebody of the meeting, in the office.
pub(in crate::testkit) fn person(name: &str) -> ShareDevice {
    ShareDevice {
        meeting: Some("abcdefghjk".parse().expect("a meeting's code")),
        user: Some(UserId::generate()),
        name: name.into(),
        network: NetworkGroup::of([192, 0, 2, 7].into(), &[]),
    }
}

pub(in crate::testkit) fn viewer(name: &str) -> ShareDevice {
    ShareDevice {
        meeting: None,
        user: None,
        ..person(name)
    }
}

pub(in crate::testkit) fn elsewhere(name: &str) -> ShareDevice {
    ShareDevice {
        network: NetworkGroup::of([192, 0, 2, 8].into(), &[]),
        ..person(name)
    }
}

pub(in crate::testkit) fn from_nowhere(name: &str) -> ShareDevice {
    ShareDevice {
        network: NetworkGroup::unknown(),
        ..person(name)
    }
}

pub(in crate::testkit) fn of_another_meeting(name: &str) -> ShareDevice {
    ShareDevice {
        meeting: Some("zzzzzzzzzz".parse().expect("a meeting's code")),
        ..person(name)
    }
}

pub(in crate::testkit) fn by_code(code: ShareCode) -> ShareAction {
    ShareAction::Ask(Ask {
        share: None,
        code: Some(code),
    })
}

pub(in crate::testkit) fn by_share(share: ShareId) -> ShareAction {
    ShareAction::Ask(Ask {
        share: Some(share),
        code: None,
    })
}

/// A signal whose data is this number.
pub(in crate::testkit) fn signal(to: DeviceId, link: LinkId, number: usize) -> ShareAction {
    let raw = RawValue::from_string(number.to_string()).expect("JSON");
    let data = (&*raw).into();
    ShareAction::Signal { to, link, data }
}

/// Opens a share.
pub(in crate::testkit) async fn open(seat: &mut Seat) -> (ShareId, ShareCode) {
    seat.asks(ShareAction::Open).await.unwrap();
    let opened = seat.next().await;
    let ShareEvent::Opened { share, code, .. } = opened else {
        panic!("what was opened: {opened:?}");
    };
    (share, code)
}

impl Seat {
    pub(in crate::testkit) async fn enter(broker: &dyn ShareBroker, who: ShareDevice) -> Self {
        Self::enter_with(broker, who, hello(true)).await
    }

    pub(in crate::testkit) async fn enter_with(
        broker: &dyn ShareBroker,
        who: ShareDevice,
        hello: Hello,
    ) -> Self {
        let entered = broker.enter(who, hello).await;
        let mut seat = Self {
            member: entered.expect("a broker takes a device"),
            device: DeviceId(0),
            last_request: 0,
            heard: VecDeque::new(),
            near: (Vec::new(), Vec::new()),
            members: Arc::default(),
        };
        let welcome = seat.recv().await;
        let Some(ShareEvent::Welcome { device, .. }) = welcome else {
            panic!("the welcome comes first: {welcome:?}");
        };
        seat.device = device;
        seat
    }

    pub(in crate::testkit) async fn recv(&mut self) -> Option<ShareEvent> {
        let begun = tokio::time::Instant::now();
        let event = tokio::time::timeout(PATIENCE, self.member.recv()).await;
        // The end of patience looks once more: what it finds then was there, but woke nobody.
        assert!(
            begun.elapsed() < PATIENCE,
            "an event must come, and wake who waits"
        );
        event.expect("an event must come")
    }

    /// Takes in one event.
    async fn listen(&mut self) {
        match self.recv().await.expect("nobody has put it out") {
            ShareEvent::Nearby { devices, shares } => self.near = (devices, shares),
            ShareEvent::Members { members } => self.members = members,
            event => self.heard.push_back(event),
        }
    }

    /// Says something and waits for the answer.
    pub(in crate::testkit) async fn asks(
        &mut self,
        action: ShareAction,
    ) -> Result<(), ShareErrorCode> {
        self.last_request += 1;
        let number = self.last_request;
        let said = self.member.say(ShareRequest::new(number, action));
        said.expect("nobody has put it out");
        loop {
            let answer = self.heard.iter().position(|event| match event {
                ShareEvent::Ok { id } => *id == number,
                ShareEvent::Error { id, .. } => *id == Some(number),
                _ => false,
            });
            match answer.and_then(|at| self.heard.remove(at)) {
                Some(ShareEvent::Error { code, .. }) => return Err(code),
                Some(_ok) => return Ok(()),
                None => self.listen().await,
            }
        }
    }

    /// The next event that is no list.
    pub(in crate::testkit) async fn next(&mut self) -> ShareEvent {
        loop {
            if let Some(event) = self.heard.pop_front() {
                return event;
            }
            self.listen().await;
        }
    }

    /// What has come and was not asked for yet, without lists.
    pub(in crate::testkit) fn heard(&mut self) -> Vec<ShareEvent> {
        self.heard.drain(..).collect()
    }

    /// Waits until these are near, and these of them share with so many receivers.
    pub(in crate::testkit) async fn until_near(
        &mut self,
        devices: &[&str],
        shares: &[(&str, u32)],
    ) {
        loop {
            let (near, shared) = &self.near;
            let mut names: Vec<_> = near.iter().map(|near| near.name.as_str()).collect();
            names.sort_unstable();
            let shared = shared
                .iter()
                .map(|share| (share.name.as_str(), share.receivers));
            if names == devices && shared.eq(shares.iter().copied()) {
                return;
            }
            self.listen().await;
        }
    }

    /// Whether somebody near who shares has let one in before, as far as this one was told.
    pub(in crate::testkit) fn knows_one(&self, sharer: &str) -> bool {
        let mut shares = self.near.1.iter();
        shares.any(|share| share.name == sharer && share.known)
    }

    /// Waits until the share has so many members, the sharer included.
    pub(in crate::testkit) async fn until_members(&mut self, count: usize) {
        while self.members.len() != count {
            self.listen().await;
        }
    }

    /// Waits until a member has another parent and link than `old`.
    pub(in crate::testkit) async fn until_moved(
        &mut self,
        device: DeviceId,
        old: (DeviceId, LinkId),
    ) {
        while self.up(device).is_none_or(|up| up == old) {
            self.listen().await;
        }
    }

    /// The parent and link of a member, as far as this one knows.
    pub(in crate::testkit) fn up(&self, device: DeviceId) -> Option<(DeviceId, LinkId)> {
        let mut members = self.members.iter();
        let member = members.find(|member| member.device == device)?;
        member.parent.zip(member.link)
    }

    /// The receiver asks by code, and this sharer lets it in.
    pub(in crate::testkit) async fn let_in(&mut self, receiver: &mut Self, code: ShareCode) {
        receiver.asks(by_code(code)).await.unwrap();
        let asked = self.next().await;
        let ShareEvent::Asked { device, .. } = asked else {
            panic!("the sharer is asked: {asked:?}");
        };
        assert_eq!(device, receiver.device);
        self.asks(ShareAction::Admit { device }).await.unwrap();
        assert_eq!(self.next().await, ShareEvent::AskedOff { device });
        let admitted = receiver.next().await;
        assert!(
            matches!(admitted, ShareEvent::Admitted { .. }),
            "{admitted:?}"
        );
        while receiver.up(receiver.device).is_none() {
            receiver.listen().await;
        }
        while self.up(device).is_none() {
            self.listen().await;
        }
    }
}
