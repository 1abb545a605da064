//! Who is near whom.

use std::collections::HashMap;

use vnet_core::meeting::MeetingId;
use vnet_core::share::{
    DeviceId, NearbyDevice, NearbyShare, NetworkGroup, ShareDevice, ShareEvent,
};

use super::{Hall, Output, Place};

/// Devices by where they are.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    /// Those of one meeting on one network, in the order in which they came.
    near: HashMap<(MeetingId, NetworkGroup), Vec<DeviceId>>,
    in_meeting: HashMap<MeetingId, usize>,
    /// Viewers on one network.
    viewers: HashMap<NetworkGroup, usize>,
}

impl Neighbours {
    /// How many there are that count together with `who`: of its meeting, or viewers of its network.
    pub(super) fn count(&self, who: &ShareDevice) -> usize {
        let count = match &who.meeting {
            Some(meeting) => self.in_meeting.get(meeting),
            None => self.viewers.get(&who.network),
        };
        count.copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, device: DeviceId, who: &ShareDevice) {
        match &who.meeting {
            Some(meeting) => {
                *self.in_meeting.entry(meeting.clone()).or_default() += 1;
                // Who comes from nowhere is not near to anybody, not even to itself.
                if who.network.is_near(&who.network) {
                    let here = (meeting.clone(), who.network);
                    self.near.entry(here).or_default().push(device);
                }
            }
            None => *self.viewers.entry(who.network).or_default() += 1,
        }
    }

    pub(super) fn remove(&mut self, device: DeviceId, who: &ShareDevice) {
        match &who.meeting {
            Some(meeting) => {
                lower(&mut self.in_meeting, meeting);
                let here = (meeting.clone(), who.network);
                if let Some(near) = self.near.get_mut(&here) {
                    near.retain(|other| *other != device);
                    if near.is_empty() {
                        self.near.remove(&here);
                    }
                }
            }
            None => lower(&mut self.viewers, &who.network),
        }
    }

    /// Those near `who`, itself included.
    fn near(&self, who: &ShareDevice) -> &[DeviceId] {
        let here = who.meeting.clone().map(|meeting| (meeting, who.network));
        let near = here.and_then(|here| self.near.get(&here));
        near.map_or(&[], Vec::as_slice)
    }
}

/// One fewer; none is no entry.
fn lower<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl Hall {
    /// Who is near a device now; `None` for viewers, and for who is gone.
    pub(in crate::share) fn nearby(&self, device: DeviceId) -> Option<ShareEvent> {
        let who = &self.devices.get(&device)?.who;
        if who.is_viewer() {
            return None;
        }
        let (mut devices, mut shares) = (Vec::new(), Vec::new());
        let others = self.neighbours.near(who).iter();
        for other in others.filter(|other| **other != device) {
            let name = self.name(*other);
            if let Place::Sharing(number) = self.place(*other)
                && let Some(share) = self.shares.get(&number)
            {
                shares.push(NearbyShare {
                    share: number,
                    device: *other,
                    name: name.clone(),
                    receivers: u32::try_from(share.tree.receivers()).unwrap_or(u32::MAX),
                    known: who.user.is_some_and(|user| share.known.contains(&user)),
                });
            }
            devices.push(NearbyDevice {
                device: *other,
                name,
            });
        }
        Some(ShareEvent::Nearby { devices, shares })
    }

    /// Something about a device has changed that those near it see.
    pub(super) fn nearby_changed(&mut self, device: DeviceId) {
        let Some(known) = self.devices.get(&device) else {
            return;
        };
        let others = self.neighbours.near(&known.who).iter();
        let others = others.filter(|other| **other != device);
        self.outputs
            .extend(others.map(|other| Output::Nearby(*other)));
    }

    /// Whether the two are near each other.
    pub(super) fn is_near(&self, one: DeviceId, other: DeviceId) -> bool {
        let (Some(one), Some(other)) = (self.devices.get(&one), self.devices.get(&other)) else {
            return false;
        };
        let same_meeting = one.who.meeting.is_some() && one.who.meeting == other.who.meeting;
        same_meeting && one.who.network.is_near(&other.who.network)
    }
}
