//! What happens inside a share: who comes and goes, links, signals, reports.

use std::sync::Arc;
use std::time::Instant;

use vnet_core::share::{
    DeviceId, EndedReason, LinkId, ShareErrorCode, ShareEvent, ShareId, ShareMember, ShareReport,
    SignalData,
};

use super::{Done, Hall, Output, Place, Share};
use crate::share::tree::Relinked;

impl Hall {
    /// Makes a device a receiver.
    pub(super) fn take_in(&mut self, number: ShareId, device: DeviceId) -> Done {
        let room = self.room_of_relay(device);
        let user = self.devices.get(&device).and_then(|known| known.who.user);
        let Some(share) = self.shares.get_mut(&number) else {
            return Err(ShareErrorCode::UnknownShare.into());
        };
        if !share.tree.join(device, room, &mut self.links) {
            return Err(ShareErrorCode::ShareFull.into());
        }
        share.known.extend(user);
        let sharer = share.sharer;
        self.take_invitation(number, device);
        self.take_question_back(device);
        self.set_place(device, Place::Receiving(number));
        let admitted = ShareEvent::Admitted {
            share: number,
            device: sharer,
            name: self.name(sharer),
        };
        self.tell(device, admitted);
        self.members_changed(number);
        Ok(())
    }

    /// Takes a receiver out of its share; it hears nothing, others who lose their place by it do.
    fn take_out(&mut self, number: ShareId, device: DeviceId) {
        self.set_place(device, Place::Free);
        if let Some(share) = self.shares.get_mut(&number) {
            let out = share.tree.remove(device, &mut self.links);
            self.lost_their_place(&out);
            self.members_changed(number);
        }
    }

    fn lost_their_place(&mut self, devices: &[DeviceId]) {
        for device in devices {
            self.set_place(*device, Place::Free);
            let reason = EndedReason::Full;
            self.tell(*device, ShareEvent::Ended { reason });
        }
    }

    pub(super) fn put_out(&mut self, from: DeviceId, device: DeviceId) -> Done {
        let number = self.own_share(from)?;
        let user = self.devices.get(&device).and_then(|known| known.who.user);
        let is_invited = self.take_invitation(number, device);
        if !is_invited && self.place(device) != Place::Receiving(number) {
            return Err(ShareErrorCode::NoSuchDevice.into());
        }
        if let Some(user) = user {
            self.withdraw_consent(from, &user);
        }
        if is_invited {
            self.tell(device, ShareEvent::InviteOff { share: number });
            // Its sharer does not know this account any more.
            self.nearby_changed(from);
            return Ok(());
        }
        let reason = EndedReason::PutOut;
        self.tell(device, ShareEvent::Ended { reason });
        self.take_out(number, device);
        Ok(())
    }

    /// A device stops receiving or asking; that it does neither already is fine.
    pub(super) fn stop(&mut self, from: DeviceId) -> Done {
        match self.place(from) {
            Place::Sharing(_) => Err(ShareErrorCode::WrongState.into()),
            _ => {
                self.leave_place(from, EndedReason::Left);
                Ok(())
            }
        }
    }

    /// Ends whatever a device does; `why` is what those hear who receive from it.
    pub(super) fn leave_place(&mut self, device: DeviceId, why: EndedReason) {
        match self.place(device) {
            Place::Free => {}
            Place::Asking(_) => self.take_question_back(device),
            Place::Sharing(number) => self.end(number, why),
            Place::Receiving(number) => self.take_out(number, device),
        }
    }

    pub(super) fn set_capacity(&mut self, from: DeviceId, children: u32) -> Done {
        if let Some(device) = self.devices.get_mut(&from) {
            device.capacity = children;
        }
        let (number, room) = match self.place(from) {
            Place::Sharing(number) => (number, self.room_of_sharer(from)),
            Place::Receiving(number) => (number, self.room_of_relay(from)),
            Place::Free | Place::Asking(_) => return Ok(()),
        };
        if let Some(share) = self.shares.get_mut(&number) {
            let links = self.links.given();
            let out = share.tree.set_room(from, room, &mut self.links);
            let moved = links != self.links.given() || !out.is_empty();
            self.lost_their_place(&out);
            if moved {
                self.members_changed(number);
            }
        }
        Ok(())
    }

    pub(super) fn relink(&mut self, from: DeviceId, link: LinkId, now: Instant) -> Done {
        let Place::Receiving(number) = self.place(from) else {
            return Err(ShareErrorCode::WrongState.into());
        };
        let Some(share) = self.shares.get_mut(&number) else {
            return Ok(());
        };
        match share.tree.relink(from, link, now, &mut self.links) {
            Relinked::Old => {}
            Relinked::Moved => self.members_changed(number),
            Relinked::Hopeless => {
                let reason = EndedReason::Unreachable;
                self.tell(from, ShareEvent::Ended { reason });
                self.take_out(number, from);
            }
        }
        Ok(())
    }

    /// Passes something on if the link stands; that it does not is no fault: it may just have been taken away.
    pub(super) fn signal(
        &mut self,
        from: DeviceId,
        to: DeviceId,
        link: LinkId,
        data: SignalData,
    ) -> Done {
        let (Place::Sharing(number) | Place::Receiving(number)) = self.place(from) else {
            return Ok(());
        };
        let share = self.shares.get(&number);
        if share.is_some_and(|share| share.tree.is_linked(from, to, link)) {
            self.tell(to, ShareEvent::Signal { from, link, data });
        }
        Ok(())
    }

    pub(super) fn report(&mut self, from: DeviceId, report: ShareReport) -> Done {
        let Place::Receiving(number) = self.place(from) else {
            return Err(ShareErrorCode::WrongState.into());
        };
        if let Some(sharer) = self.shares.get(&number).map(|share| share.sharer) {
            let device = from;
            self.tell(sharer, ShareEvent::Reported { device, report });
        }
        Ok(())
    }

    /// Everybody in a share, for a device in it; `None` if it is not.
    pub(in crate::share) fn members(
        &mut self,
        device: DeviceId,
        number: ShareId,
    ) -> Option<ShareEvent> {
        let (Place::Sharing(own) | Place::Receiving(own)) = self.place(device) else {
            return None;
        };
        let share = self.shares.get(&number).filter(|_| own == number)?;
        let members = match &share.members {
            Some(members) => Arc::clone(members),
            None => {
                let devices = share.tree.devices().into_iter();
                let members = devices.filter_map(|device| self.member(share, device));
                let members = Arc::new(members.collect::<Vec<_>>());
                let told = Arc::clone(&members);
                self.shares.get_mut(&number)?.members = Some(told);
                members
            }
        };
        Some(ShareEvent::Members { members })
    }

    fn member(&self, share: &Share, device: DeviceId) -> Option<ShareMember> {
        let known = self.devices.get(&device)?;
        let (parent, link) = share.tree.up(device).unzip();
        Some(ShareMember {
            device,
            name: known.who.name.clone(),
            viewer: known.who.is_viewer(),
            parent,
            link,
            depth: share.tree.depth(device)?,
            can_relay: known.can_relay,
            encoded: known.encoded.clone(),
        })
    }

    fn members_changed(&mut self, number: ShareId) {
        let Some(share) = self.shares.get_mut(&number) else {
            return;
        };
        share.members = None;
        let devices = share.tree.devices().into_iter();
        self.outputs
            .extend(devices.map(|device| Output::Members(device, number)));
        let sharer = share.sharer;
        self.nearby_changed(sharer);
    }

    /// To how many devices one that shares can send.
    pub(super) fn room_of_sharer(&self, device: DeviceId) -> usize {
        let known = self.devices.get(&device);
        let capacity = known.map_or(0, |known| known.capacity);
        capacity.min(self.limits.share_children) as usize
    }

    /// To how many devices one that receives can send on.
    fn room_of_relay(&self, device: DeviceId) -> usize {
        let known = self.devices.get(&device).filter(|known| known.can_relay);
        let capacity = known.map_or(0, |known| known.capacity);
        capacity.min(self.limits.share_relay_children) as usize
    }
}
