//! The wrapper and its defects.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use vnet_core::id::UserId;
use vnet_core::room::EndReason;
use vnet_core::share::{
    DeviceId, Hello, LinkId, NetworkGroup, ShareAction, ShareBroker, ShareCode, ShareDevice,
    ShareErrorCode, ShareEvent, ShareLink, ShareMember, ShareMembership, ShareRequest,
};
use vnet_core::{Limits, Result, async_trait};
use vnet_signal::InProcessShares;

/// What is wrong with a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    None,
    HidesTheWelcome,
    ForgetsToLeave,
    MixesNetworks,
    MixesMeetings,
    ViewersAreOfAMeeting,
    OneCode,
    KeepsOldCodes,
    CountsNoTries,
    AdmitsByItself,
    ForgetsAccounts,
    ForgetsWhoShared,
    BelievesNames,
    DeclinesInvitations,
    HidesWhoDeclined,
    HidesTheEnd,
    ForgetsTheSession,
    LeavesForAnother,
    HidesRefusals,
    LosesReports,
    AnswersTwice,
    AnswersNever,
    AnswersEarly,
    IgnoresCapacity,
    EverybodyRelays,
    DeepTrees,
    NewLinksAllTheTime,
    IgnoresRelinks,
    RelinksForEver,
    LosesSignals,
    Reorders,
    PassesOnEverything,
    NeverBounds,
    WakesNobody,
}

#[derive(Clone, Debug)]
pub(super) struct Broken {
    shares: InProcessShares,
    defect: Defect,
    /// What is passed on without a link.
    astray: Arc<Mutex<HashMap<DeviceId, VecDeque<ShareEvent>>>>,
}

pub(super) fn broken(defect: Defect) -> Broken {
    let mut limits = Limits::default();
    limits.share_code_life = Duration::from_secs(1_000_000);
    match defect {
        Defect::ForgetsWhoShared => limits.share_return = Duration::ZERO,
        Defect::CountsNoTries => limits.share_tries = usize::MAX,
        Defect::DeepTrees => limits.share_depth = 9,
        Defect::RelinksForEver => limits.share_relinks = usize::MAX,
        Defect::NeverBounds => {
            (limits.share_queue, limits.share_queue_bytes) = (usize::MAX, usize::MAX);
        }
        _ => {}
    }
    Broken {
        shares: InProcessShares::new(&limits),
        defect,
        astray: Arc::default(),
    }
}

#[async_trait]
impl ShareBroker for Broken {
    async fn enter(&self, mut device: ShareDevice, mut hello: Hello) -> Result<ShareMembership> {
        let one_meeting = || "abcdefghjk".parse().ok();
        match self.defect {
            Defect::MixesNetworks => device.network = NetworkGroup::of([10, 0, 0, 1].into(), &[]),
            Defect::MixesMeetings if !device.is_viewer() => device.meeting = one_meeting(),
            Defect::ViewersAreOfAMeeting if device.is_viewer() => device.meeting = one_meeting(),
            Defect::ForgetsAccounts => device.user = None,
            Defect::BelievesNames => device.user = Some(account_of(&device.name)),
            Defect::EverybodyRelays => hello.can_relay = true,
            _ => {}
        }
        let inner = self.shares.enter(device, hello).await?;
        Ok(ShareMembership::new(Link {
            inner: Some(inner),
            broker: self.clone(),
            device: DeviceId(0),
            ready: VecDeque::new(),
            held: Vec::new(),
            told: 0,
        }))
    }
}

#[derive(Debug)]
struct Link {
    inner: Option<ShareMembership>,
    broker: Broken,
    device: DeviceId,
    /// What comes before what the broker has to say.
    ready: VecDeque<ShareEvent>,
    held: Vec<ShareEvent>,
    /// Lists of members so far.
    told: u32,
}

/// An account that anybody has who is called so.
fn account_of(name: &str) -> UserId {
    let number = name
        .bytes()
        .fold(0_u128, |all, byte| all << 8 | u128::from(byte));
    format!("{number:032x}").parse().unwrap()
}

/// How large numbers of links are that do not stay.
const ANOTHER: u32 = 1_000;

impl Link {
    fn inner(&mut self) -> &mut ShareMembership {
        self.inner.as_mut().expect("only dropping takes it")
    }

    fn has(&self, defect: Defect) -> bool {
        self.broker.defect == defect
    }

    fn answer(&mut self, request: &ShareRequest) {
        let id = request.id;
        self.ready.extend(id.map(|id| ShareEvent::Ok { id }));
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>> {
        if self.has(Defect::WakesNobody) {
            let deaf = &mut Context::from_waker(Waker::noop());
            return self.inner().poll_recv(deaf);
        }
        self.inner().poll_recv(cx)
    }

    /// Signals, until the second one of a device comes.
    fn holds_back(&self, event: &ShareEvent) -> bool {
        let from = |event: &ShareEvent| match event {
            ShareEvent::Signal { from, .. } => Some(*from),
            _ => None,
        };
        from(event).is_some() && self.held.iter().all(|held| from(held) != from(event))
    }

    /// Members whose links all have another number than before.
    fn renumber(&mut self, mut members: Vec<ShareMember>) -> ShareEvent {
        self.told += 1;
        for member in &mut members {
            let link = member.link.map(|link| link.0 + self.told * ANOTHER);
            member.link = link.map(LinkId);
        }
        let members = Arc::new(members);
        ShareEvent::Members { members }
    }

    /// What the device is told in the place of an event; nothing: it is hidden.
    fn spoil(&mut self, event: ShareEvent) -> Option<ShareEvent> {
        use Defect as D;
        match (self.broker.defect, event) {
            (D::HidesTheWelcome, ShareEvent::Welcome { .. })
            | (D::HidesTheEnd, ShareEvent::Ended { .. })
            | (D::HidesWhoDeclined, ShareEvent::Declined { .. })
            | (D::LosesReports, ShareEvent::Reported { .. })
            | (D::AnswersNever, ShareEvent::Ok { .. }) => None,
            (D::AnswersTwice, ShareEvent::Ok { id }) => {
                self.ready.push_back(ShareEvent::Ok { id });
                Some(ShareEvent::Ok { id })
            }
            (
                D::HidesRefusals,
                ShareEvent::Error {
                    id,
                    code: ShareErrorCode::NotSharer | ShareErrorCode::ShareFull,
                    ..
                },
            ) => id.map(|id| ShareEvent::Ok { id }),
            (D::LosesSignals, ShareEvent::Signal { data, .. }) if data.as_str() == "7" => None,
            (D::AdmitsByItself, ShareEvent::Asked { device, .. }) => {
                let admit = ShareAction::Admit { device };
                self.inner().say(admit).unwrap();
                None
            }
            (
                D::DeclinesInvitations,
                ShareEvent::Invited {
                    share,
                    device,
                    name,
                },
            ) => {
                self.inner().say(ShareAction::Decline { share }).unwrap();
                Some(ShareEvent::Invited {
                    share,
                    device,
                    name,
                })
            }
            (
                D::OneCode,
                ShareEvent::Opened {
                    share, expires_in, ..
                },
            ) => {
                let code = ShareCode::from_number(1).unwrap();
                Some(ShareEvent::Opened {
                    share,
                    code,
                    expires_in,
                })
            }
            (D::NewLinksAllTheTime, ShareEvent::Members { members }) => {
                Some(self.renumber(members.to_vec()))
            }
            (_, event) => Some(event),
        }
    }
}

impl ShareLink for Link {
    fn say(&mut self, mut request: ShareRequest) -> Result<()> {
        match (self.broker.defect, &mut request.action) {
            (Defect::IgnoresCapacity, ShareAction::Capacity { .. })
            | (Defect::IgnoresRelinks, ShareAction::Relink { .. }) => {
                self.answer(&request);
                return Ok(());
            }
            (Defect::KeepsOldCodes, ShareAction::RenewCode) => {
                let code = ShareCode::from_number(0).unwrap();
                let expires_in = 120;
                self.ready.push_back(ShareEvent::Code { code, expires_in });
                self.answer(&request);
                return Ok(());
            }
            (Defect::LeavesForAnother, ShareAction::Ask(_)) => {
                self.inner().say(ShareAction::Leave)?;
            }
            (Defect::AnswersEarly, ShareAction::Open) => {
                self.answer(&request);
                request.id = None;
            }
            (Defect::PassesOnEverything, ShareAction::Signal { to, link, data }) => {
                let event = ShareEvent::Signal {
                    from: self.device,
                    link: *link,
                    data: data.clone(),
                };
                let mut astray = self.broker.astray.lock().unwrap();
                astray.entry(*to).or_default().push_back(event);
            }
            _ => {}
        }
        self.inner().say(request)
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<ShareEvent>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(event));
            }
            let astray = self.broker.astray.lock().unwrap();
            let event = { astray }
                .get_mut(&self.device)
                .and_then(VecDeque::pop_front);
            if event.is_some() {
                return Poll::Ready(event);
            }
            let polled = self.poll_inner(cx);
            let Poll::Ready(Some(event)) = polled else {
                self.ready.extend(self.held.drain(..));
                if !self.ready.is_empty() {
                    continue;
                }
                return polled;
            };
            if let ShareEvent::Welcome { device, .. } = &event {
                self.device = *device;
            }
            if self.has(Defect::Reorders) && self.holds_back(&event) {
                self.held.push(event);
                continue;
            }
            if let Some(event) = self.spoil(event) {
                self.ready.push_front(event);
                self.ready.extend(self.held.drain(..));
            }
        }
    }

    fn session_ended(&mut self) {
        let inner = self.inner.take().expect("only dropping takes it");
        if self.has(Defect::ForgetsTheSession) {
            drop(inner);
        } else {
            inner.session_ended();
        }
    }

    fn end_reason(&self) -> EndReason {
        let inner = self.inner.as_ref();
        inner.map_or(EndReason::BrokerEnded, ShareMembership::end_reason)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.has(Defect::ForgetsToLeave) {
            std::mem::forget(self.inner.take());
        }
    }
}
