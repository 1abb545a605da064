//! Whatever four devices say to a broker of shares, everybody hears JSON of the protocol, its own welcome
//! first, one answer to each numbered request, and signals only along a link that it was told of.
//!
//! Each line of the input is one thing that happens: a digit picks the device, a letter what it does (`m` says
//! the rest of the line, `l` leaves and comes anew). Devices 0 and 1 are people near each other, 2 is one of
//! another network, 3 is a viewer.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use libfuzzer_sys::fuzz_target;
use vnet_core::Limits;
use vnet_core::id::UserId;
use vnet_core::share::{
    DeviceId, Hello, NetworkGroup, ShareBroker as _, ShareDevice, ShareEvent, ShareMember,
    ShareMembership, ShareRequest,
};
use vnet_signal::InProcessShares;

static LIMITS: LazyLock<Limits> = LazyLock::new(|| {
    let mut limits = Limits::default();
    (limits.share_children, limits.share_relay_children) = (1, 1);
    (limits.share_asking, limits.share_tries) = (2, usize::MAX);
    limits
});

/// What wakes codes that expire; nothing here waits so long.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().expect("a runtime")
});

struct Device {
    member: ShareMembership,
    number: DeviceId,
    members: Arc<Vec<ShareMember>>,
}

fn device(who: usize) -> ShareDevice {
    let meeting = "abcdefghjk".parse().expect("a code");
    let network = [192, 0, 2, if who == 2 { 2 } else { 1 }];
    ShareDevice {
        meeting: (who != 3).then_some(meeting),
        user: (who != 3).then(UserId::generate),
        name: format!("device {who}"),
        network: NetworkGroup::of(network.into(), &[]),
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a broker in process waits for nothing"),
    }
}

impl Device {
    fn enter(shares: &InProcessShares, who: usize) -> Self {
        let hello = Hello {
            version: 2,
            name: None,
            code: None,
            can_relay: who != 2,
            encoded: Vec::new(),
        };
        let entered = now(shares.enter(device(who), hello));
        let mut entered = Self {
            member: entered.expect("there is room for four"),
            number: DeviceId(0),
            members: Arc::default(),
        };
        match entered.next() {
            Some(ShareEvent::Welcome { device, .. }) => entered.number = device,
            other => panic!("the welcome comes first: {other:?}"),
        }
        entered
    }

    fn next(&mut self) -> Option<ShareEvent> {
        let polled = self
            .member
            .poll_recv(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(event) => Some(event.expect("it reads all the time")),
            Poll::Pending => None,
        }
    }

    /// Takes in what there is to hear; how many answers there were.
    fn hear(&mut self) -> usize {
        let mut answers = 0;
        while let Some(event) = self.next() {
            let text = event.to_text();
            let read: ShareEvent = serde_json::from_slice(&text).expect("of the protocol");
            match read {
                ShareEvent::Members { members } => self.members = members,
                ShareEvent::Ok { .. } | ShareEvent::Error { .. } => answers += 1,
                ShareEvent::Signal { from, link, .. } => {
                    let stands = |one: DeviceId, other| {
                        let mut members = self.members.iter();
                        let member = members.find(|member| member.device == one);
                        member.is_some_and(|member| {
                            (member.parent, member.link) == (Some(other), Some(link))
                        })
                    };
                    assert!(
                        stands(from, self.number) || stands(self.number, from),
                        "a signal without a link"
                    );
                }
                ShareEvent::Welcome { .. } => panic!("welcome again"),
                _ => {}
            }
        }
        answers
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _inside = RUNTIME.enter();
    let shares = InProcessShares::new(&LIMITS);
    let mut devices: Vec<_> = (0..4).map(|who| Device::enter(&shares, who)).collect();
    for line in bytes.split(|byte| *byte == b'\n') {
        match line {
            [who @ b'0'..=b'3', b'm', text @ ..] => {
                let speaker = usize::from(who - b'0');
                let Ok(request) = ShareRequest::read(text) else {
                    continue;
                };
                let is_numbered = request.id.is_some();
                let said = devices[speaker].member.say(request);
                said.expect("it reads all the time");
                for (who, device) in devices.iter_mut().enumerate() {
                    let answers = device.hear();
                    assert!(answers <= 1 && (who == speaker || answers == 0));
                    assert!(who != speaker || !is_numbered || answers == 1);
                }
            }
            [who @ b'0'..=b'3', b'l', ..] => {
                let who = usize::from(who - b'0');
                // Another comes first, then the old one goes.
                devices[who] = Device::enter(&shares, who);
                devices.iter_mut().for_each(|device| {
                    device.hear();
                });
            }
            _ => {}
        }
    }
    drop(devices);
    assert_eq!((shares.devices_count(), shares.shares_count()), (0, 0));
});
