//! From an open share to somebody who is let in: codes, invitations, questions and answers.

use std::collections::BTreeSet;
use std::time::Instant;

use vnet_core::share::{
    Ask, AskedBy, DeviceId, EndedReason, ShareCode, ShareDevice, ShareErrorCode, ShareEvent,
    ShareId,
};

use super::{Done, Fault, Hall, Place, Share};
use crate::share::tree::Tree;

impl Hall {
    pub(super) fn open(&mut self, from: DeviceId, now: Instant) -> Done {
        let number = match self.place(from) {
            Place::Sharing(number) => number,
            Place::Free => self.begin(from, now)?,
            Place::Asking(_) | Place::Receiving(_) => {
                return Err(ShareErrorCode::Already.into());
            }
        };
        self.renew_if_due(from, now);
        let Some(share) = self.shares.get(&number) else {
            return Ok(());
        };
        let opened = ShareEvent::Opened {
            share: number,
            code: share.code,
            expires_in: seconds_until(share.code_until, now),
        };
        self.tell(from, opened);
        Ok(())
    }

    fn begin(&mut self, from: DeviceId, now: Instant) -> Result<ShareId, Fault> {
        let known = self.devices.get(&from);
        // A viewer has no meeting, and nothing to share.
        let Some(meeting) = known.and_then(|device| device.who.meeting.clone()) else {
            return Err(ShareErrorCode::WrongState.into());
        };
        if self.shares.len() >= self.limits.shares {
            return Err(ShareErrorCode::ServerFull.into());
        }
        let number = self.new_share();
        let code = self.codes.assign(number);
        let code = code.ok_or(ShareErrorCode::ServerFull)?;
        let room = self.room_of_sharer(from);
        let known = self.kept_consent(from, now);
        let share = Share {
            sharer: from,
            meeting,
            code,
            code_until: now + self.limits.share_code_life,
            tree: Tree::new(from, room, self.tree_bounds()),
            asking: Vec::new(),
            invited: BTreeSet::new(),
            known,
            members: None,
        };
        self.shares.insert(number, share);
        self.set_place(from, Place::Sharing(number));
        self.nearby_changed(from);
        Ok(number)
    }

    fn new_share(&mut self) -> ShareId {
        loop {
            self.last_share = self.last_share.wrapping_add(1);
            let share = ShareId(self.last_share);
            if !self.shares.contains_key(&share) {
                return share;
            }
        }
    }

    pub(super) fn renew_code(&mut self, from: DeviceId, now: Instant) -> Done {
        let number = self.own_share(from)?;
        let code = self.codes.assign(number);
        let life = self.limits.share_code_life;
        let Some(share) = self.shares.get_mut(&number) else {
            return Ok(());
        };
        share.code_until = now + life;
        // The old one is void also if there is no new one.
        self.codes.release(share.code, number);
        let code = code.ok_or(ShareErrorCode::ServerFull)?;
        share.code = code;
        let event = ShareEvent::Code {
            code,
            expires_in: seconds_until(share.code_until, now),
        };
        self.tell(from, event);
        Ok(())
    }

    pub(super) fn close(&mut self, from: DeviceId) -> Done {
        let number = self.own_share(from)?;
        self.end(number, EndedReason::Closed);
        Ok(())
    }

    /// Ends a share: for who receives, who asks, and who is invited.
    pub(super) fn end(&mut self, number: ShareId, why: EndedReason) {
        let Some(share) = self.shares.remove(&number) else {
            return;
        };
        self.codes.release(share.code, number);
        self.set_place(share.sharer, Place::Free);
        let receivers = share.tree.devices().into_iter().skip(1);
        let asking = share.asking.into_iter().map(|(device, _)| device);
        for device in receivers.chain(asking) {
            self.set_place(device, Place::Free);
            self.tell(device, ShareEvent::Ended { reason: why });
        }
        for device in share.invited {
            if let Some(invited) = self.devices.get_mut(&device) {
                invited.invited.remove(&number);
            }
            self.tell(device, ShareEvent::InviteOff { share: number });
        }
        self.nearby_changed(share.sharer);
    }

    pub(super) fn invite(&mut self, from: DeviceId, device: DeviceId, now: Instant) -> Done {
        if from == device || !self.is_near(from, device) {
            return Err(ShareErrorCode::NoSuchDevice.into());
        }
        match (self.place(from), self.place(device)) {
            (Place::Asking(_) | Place::Receiving(_), _)
            | (_, Place::Sharing(_) | Place::Receiving(_)) => {
                return Err(ShareErrorCode::Already.into());
            }
            // It is what the other wants.
            (Place::Sharing(own), Place::Asking(theirs)) if own == theirs => {
                return self.admit(from, device);
            }
            (Place::Sharing(_), _) => {}
            (Place::Free, _) => self.open(from, now)?,
        }
        let number = self.own_share(from)?;
        let name = self.name(from);
        let is_new = self
            .shares
            .get_mut(&number)
            .is_some_and(|share| share.invited.insert(device));
        if is_new {
            if let Some(invited) = self.devices.get_mut(&device) {
                invited.invited.insert(number);
            }
            let share = number;
            let invited = ShareEvent::Invited {
                share,
                device: from,
                name,
            };
            self.tell(device, invited);
        }
        Ok(())
    }

    /// Takes an invitation from a share and a device, if there is one.
    pub(super) fn take_invitation(&mut self, number: ShareId, device: DeviceId) -> bool {
        if let Some(invited) = self.devices.get_mut(&device) {
            invited.invited.remove(&number);
        }
        let share = self.shares.get_mut(&number);
        share.is_some_and(|share| share.invited.remove(&device))
    }

    pub(super) fn decline(&mut self, from: DeviceId, number: ShareId) -> Done {
        if !self.take_invitation(number, from) {
            return Err(ShareErrorCode::UnknownShare.into());
        }
        let name = self.name(from);
        if let Some(sharer) = self.shares.get(&number).map(|share| share.sharer) {
            self.tell(sharer, ShareEvent::Declined { device: from, name });
        }
        Ok(())
    }

    pub(super) fn ask(&mut self, from: DeviceId, ask: &Ask, now: Instant) -> Done {
        match self.place(from) {
            Place::Sharing(_) | Place::Receiving(_) => {
                return Err(ShareErrorCode::Already.into());
            }
            Place::Free | Place::Asking(_) => {}
        }
        let (number, by) = match (ask.share, ask.code) {
            (Some(number), None) => (self.share_in_sight(from, number)?, AskedBy::Nearby),
            (None, Some(code)) => (self.share_by_code(from, code, now)?, AskedBy::Code),
            _ => return Err(ShareErrorCode::BadMessage.into()),
        };
        if self.place(from) == Place::Asking(number) {
            return Ok(());
        }
        let who = self.devices.get(&from).map(|device| &device.who);
        let user = who.and_then(|who| who.user);
        let viewer = who.is_some_and(ShareDevice::is_viewer);
        let Some(share) = self.shares.get(&number) else {
            return Err(ShareErrorCode::UnknownShare.into());
        };
        let is_known = user.is_some_and(|user| share.known.contains(&user));
        if is_known || share.invited.contains(&from) {
            return self.take_in(number, from);
        }
        if share.asking.len() >= self.limits.share_asking {
            return Err(ShareErrorCode::ShareFull.into());
        }
        // Only one question at a time.
        self.take_question_back(from);
        self.set_place(from, Place::Asking(number));
        let name = self.name(from);
        let Some(share) = self.shares.get_mut(&number) else {
            return Ok(());
        };
        share.asking.push((from, by));
        let sharer = share.sharer;
        let asked = ShareEvent::Asked {
            device: from,
            name,
            by,
            viewer,
        };
        self.tell(sharer, asked);
        Ok(())
    }

    /// A share that the device sees nearby or was invited to.
    fn share_in_sight(&self, from: DeviceId, number: ShareId) -> Result<ShareId, Fault> {
        let share = self.shares.get(&number);
        let in_sight = share
            .is_some_and(|share| share.invited.contains(&from) || self.is_near(from, share.sharer));
        match in_sight {
            true => Ok(number),
            false => Err(ShareErrorCode::UnknownShare.into()),
        }
    }

    fn share_by_code(
        &mut self,
        from: DeviceId,
        code: ShareCode,
        now: Instant,
    ) -> Result<ShareId, Fault> {
        let Some(asks) = self.devices.get(&from).map(|device| &device.who) else {
            return Err(ShareErrorCode::UnknownCode.into());
        };
        if let Some(wait) = self.tries.wait(asks.network, now) {
            return Err(Fault {
                code: ShareErrorCode::TooManyTries,
                retry_after: Some(whole_seconds(wait)),
            });
        }
        let found = self.codes.find(code).filter(|number| {
            self.shares.get(number).is_some_and(|share| {
                let here = asks.meeting.as_ref();
                here.is_none_or(|here| *here == share.meeting) && now < share.code_until
            })
        });
        found.ok_or_else(|| {
            self.tries.count(asks.network, now);
            ShareErrorCode::UnknownCode.into()
        })
    }

    /// The sharer's answer takes the question away.
    fn take_question(&mut self, from: DeviceId, device: DeviceId) -> Result<ShareId, Fault> {
        let number = self.own_share(from)?;
        match self.place(device) {
            Place::Asking(asked) if asked == number => Ok(number),
            _ => Err(ShareErrorCode::NoSuchDevice.into()),
        }
    }

    pub(super) fn admit(&mut self, from: DeviceId, device: DeviceId) -> Done {
        let number = self.take_question(from, device)?;
        self.take_in(number, device)
    }

    pub(super) fn refuse(&mut self, from: DeviceId, device: DeviceId) -> Done {
        self.take_question(from, device)?;
        self.take_question_back(device);
        let reason = EndedReason::Refused;
        self.tell(device, ShareEvent::Ended { reason });
        Ok(())
    }

    /// Who asks does so no longer; the sharer hears it.
    pub(super) fn take_question_back(&mut self, device: DeviceId) {
        let Place::Asking(number) = self.place(device) else {
            return;
        };
        self.set_place(device, Place::Free);
        if let Some(share) = self.shares.get_mut(&number) {
            share.asking.retain(|(asks, _)| *asks != device);
            let sharer = share.sharer;
            self.tell(sharer, ShareEvent::AskedOff { device });
        }
    }
}

fn seconds_until(at: Instant, now: Instant) -> u32 {
    whole_seconds(at.saturating_duration_since(now))
}

/// Rounded up: whoever waits so long has waited long enough.
fn whole_seconds(time: std::time::Duration) -> u32 {
    let seconds = time.as_millis().div_ceil(1_000);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}
