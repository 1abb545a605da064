//! Everything about shares but locks and sockets: what devices say and time in, events out. Pure.
//!
//! Whoever drives it takes all of [`Hall::poll`] after each call.

mod asking;
mod consents;
mod members;
mod nearby;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use vnet_core::Limits;
use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_core::share::{
    AskedBy, DeviceId, EndedReason, Hello, ShareAction, ShareBounds, ShareCode, ShareDevice,
    ShareErrorCode, ShareEvent, ShareId, ShareMember, ShareRequest, VERSION,
};

use self::consents::Consents;
use self::nearby::Neighbours;
use super::codes::{Codes, Draw, Tries};
use super::tree::{Bounds, LinkNumbers, Tree};

/// What comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// A device is told something.
    Tell(DeviceId, ShareEvent),
    /// A device is told who is near: [`Hall::nearby`], as late as possible.
    Nearby(DeviceId),
    /// A device is told who is in a share: [`Hall::members`], as late as possible.
    Members(DeviceId, ShareId),
}

/// Why something is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fault {
    code: ShareErrorCode,
    retry_after: Option<u32>,
}

impl From<ShareErrorCode> for Fault {
    fn from(code: ShareErrorCode) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}

type Done = Result<(), Fault>;

/// A device and what it does.
#[derive(Debug)]
struct Device {
    who: ShareDevice,
    can_relay: bool,
    encoded: Vec<String>,
    /// To how many devices it says that it can send.
    capacity: u32,
    place: Place,
    /// Shares that it is invited to.
    invited: BTreeSet<ShareId>,
}

/// What a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Free,
    Asking(ShareId),
    Sharing(ShareId),
    Receiving(ShareId),
}

#[derive(Debug)]
struct Share {
    sharer: DeviceId,
    meeting: MeetingId,
    code: ShareCode,
    code_until: Instant,
    tree: Tree,
    /// Who asks, in order.
    asking: Vec<(DeviceId, AskedBy)>,
    invited: BTreeSet<DeviceId>,
    /// Accounts that the sharer let in.
    known: HashSet<UserId>,
    /// What was told last, as long as it is true.
    members: Option<Arc<Vec<ShareMember>>>,
}

/// All devices and shares of a server.
#[derive(Debug)]
pub(super) struct Hall {
    limits: Arc<Limits>,
    devices: HashMap<DeviceId, Device>,
    shares: BTreeMap<ShareId, Share>,
    codes: Codes,
    tries: Tries,
    neighbours: Neighbours,
    consents: Consents,
    links: LinkNumbers,
    last_device: u32,
    last_share: u32,
    outputs: VecDeque<Output>,
}

impl Hall {
    pub(super) fn new(limits: Arc<Limits>, draw: Draw) -> Self {
        Self {
            devices: HashMap::new(),
            shares: BTreeMap::new(),
            codes: Codes::new(draw),
            tries: Tries::new(limits.share_tries, limits.share_tries_within),
            neighbours: Neighbours::default(),
            consents: Consents::new(limits.share_return),
            links: LinkNumbers::default(),
            last_device: 0,
            last_share: 0,
            outputs: VecDeque::new(),
            limits,
        }
    }

    /// What came of the last call, one after the other.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(super) fn devices_count(&self) -> usize {
        self.devices.len()
    }

    pub(super) fn shares_count(&self) -> usize {
        self.shares.len()
    }

    /// A device comes.
    ///
    /// # Errors
    /// `ServerFull`.
    pub(super) fn enter(
        &mut self,
        who: ShareDevice,
        hello: Hello,
    ) -> Result<DeviceId, ShareErrorCode> {
        if self.neighbours.count(&who) >= self.limits.share_devices {
            return Err(ShareErrorCode::ServerFull);
        }
        let device = self.new_device();
        self.neighbours.add(device, &who);
        let can_nearby = !who.is_viewer();
        let entered = Device {
            who,
            can_relay: hello.can_relay,
            encoded: hello.encoded,
            capacity: u32::MAX,
            place: Place::Free,
            invited: BTreeSet::new(),
        };
        self.devices.insert(device, entered);
        let welcome = ShareEvent::Welcome {
            version: VERSION,
            device,
            limits: self.bounds(),
        };
        self.tell(device, welcome);
        if can_nearby {
            self.outputs.push_back(Output::Nearby(device));
            self.nearby_changed(device);
        }
        Ok(device)
    }

    /// A device is gone; `why` is what those who receive from it hear.
    pub(super) fn leave(&mut self, device: DeviceId, why: EndedReason, now: Instant) {
        if !self.devices.contains_key(&device) {
            return;
        }
        if why == EndedReason::Left {
            self.keep_consent(device, now);
        }
        self.leave_place(device, why);
        self.nearby_changed(device);
        if let Some(gone) = self.devices.remove(&device) {
            for share in &gone.invited {
                if let Some(share) = self.shares.get_mut(share) {
                    share.invited.remove(&device);
                }
            }
            self.neighbours.remove(device, &gone.who);
        }
    }

    /// A device says something.
    pub(super) fn say(&mut self, from: DeviceId, request: ShareRequest, now: Instant) {
        if !self.devices.contains_key(&from) {
            return;
        }
        let ShareRequest { id, action } = request;
        match self.act(from, action, now) {
            Ok(()) => {
                if let Some(id) = id {
                    self.tell(from, ShareEvent::Ok { id });
                }
            }
            Err(Fault { code, retry_after }) => {
                let error = ShareEvent::Error {
                    id,
                    code,
                    message: code.about().into(),
                    retry_after,
                };
                self.tell(from, error);
            }
        }
    }

    fn act(&mut self, from: DeviceId, action: ShareAction, now: Instant) -> Done {
        match action {
            ShareAction::Hello(_) => Err(ShareErrorCode::WrongState.into()),
            ShareAction::Open => self.open(from, now),
            ShareAction::RenewCode => self.renew_code(from, now),
            ShareAction::Close => self.close(from),
            ShareAction::Invite { device } => self.invite(from, device, now),
            ShareAction::Decline { share } => self.decline(from, share),
            ShareAction::Ask(ask) => self.ask(from, &ask, now),
            ShareAction::Admit { device } => self.admit(from, device),
            ShareAction::Refuse { device } => self.refuse(from, device),
            ShareAction::PutOut { device } => self.put_out(from, device),
            ShareAction::Leave => self.stop(from),
            ShareAction::Capacity { children } => self.set_capacity(from, children),
            ShareAction::Relink { link, .. } => self.relink(from, link, now),
            ShareAction::Signal { to, link, data } => self.signal(from, to, link, data),
            ShareAction::Report(report) => self.report(from, report),
        }
    }

    /// When the code of a device's share expires.
    pub(super) fn code_due(&self, device: DeviceId) -> Option<Instant> {
        let share = self.own_share(device).ok()?;
        self.shares.get(&share).map(|share| share.code_until)
    }

    /// Gives the share of a device another code if its own has expired.
    pub(super) fn renew_if_due(&mut self, device: DeviceId, now: Instant) {
        if self.code_due(device).is_some_and(|due| due <= now) {
            // Without random bytes the share stays, and nobody finds it until there are some.
            let _renewed = self.renew_code(device, now);
        }
    }

    fn bounds(&self) -> ShareBounds {
        let limits = &self.limits;
        let seconds = limits.share_code_life.as_secs();
        ShareBounds {
            children: limits.share_children,
            relay_children: limits.share_relay_children,
            depth: limits.share_depth,
            code_seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        }
    }

    fn tree_bounds(&self) -> Bounds {
        Bounds {
            depth: self.limits.share_depth,
            receivers: self.limits.share_receivers,
            relinks: self.limits.share_relinks,
            relinks_within: self.limits.share_relinks_within,
        }
    }

    fn new_device(&mut self) -> DeviceId {
        loop {
            self.last_device = self.last_device.wrapping_add(1);
            let device = DeviceId(self.last_device);
            if !self.devices.contains_key(&device) {
                return device;
            }
        }
    }

    fn tell(&mut self, device: DeviceId, event: ShareEvent) {
        self.outputs.push_back(Output::Tell(device, event));
    }

    fn place(&self, device: DeviceId) -> Place {
        let device = self.devices.get(&device);
        device.map_or(Place::Free, |device| device.place)
    }

    fn set_place(&mut self, device: DeviceId, place: Place) {
        if let Some(device) = self.devices.get_mut(&device) {
            device.place = place;
        }
    }

    fn name(&self, device: DeviceId) -> String {
        let device = self.devices.get(&device);
        device.map_or_else(String::new, |device| device.who.name.clone())
    }

    /// The share of a device that shares.
    fn own_share(&self, device: DeviceId) -> Result<ShareId, Fault> {
        match self.place(device) {
            Place::Sharing(share) => Ok(share),
            _ => Err(ShareErrorCode::NotSharer.into()),
        }
    }
}

#[cfg(test)]
mod tests;
