//! Whom sharers had let in until their connection broke.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use vnet_core::id::UserId;
use vnet_core::meeting::MeetingId;
use vnet_core::share::{DeviceId, ShareId};

use super::{Hall, Place};

/// Who shared, and where: consent is given by one account, and for one meeting.
type Sharer = (MeetingId, UserId);

/// What was agreed in shares that broke off, for as long as their sharers may come back.
#[derive(Debug)]
pub(super) struct Consents {
    kept: HashMap<Sharer, (HashSet<UserId>, Instant)>,
    life: Duration,
}

impl Consents {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            kept: HashMap::new(),
            life,
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    fn keep(&mut self, sharer: Sharer, known: HashSet<UserId>, now: Instant) {
        self.kept.retain(|_, (_, until)| now < *until);
        let until = now + self.life;
        let kept = self.kept.entry(sharer).or_insert((HashSet::new(), until));
        kept.0.extend(known);
        kept.1 = until;
    }

    fn take(&mut self, sharer: &Sharer, now: Instant) -> HashSet<UserId> {
        let kept = self.kept.remove(sharer);
        kept.filter(|(_, until)| now < *until)
            .map_or_else(HashSet::new, |(known, _)| known)
    }
}

impl Hall {
    /// A device is about to go without having ended its share: whom it had let in stays known.
    pub(super) fn keep_consent(&mut self, device: DeviceId, now: Instant) {
        let Place::Sharing(number) = self.place(device) else {
            return;
        };
        let Some(share) = self.shares.get_mut(&number) else {
            return;
        };
        let known = std::mem::take(&mut share.known);
        let Some(account) = self.account(device).filter(|_| !known.is_empty()) else {
            return;
        };
        match self.other_share(device, &account) {
            // It has come back already: the server was the last to notice that the old connection is dead.
            Some(newer) => {
                if let Some(share) = self.shares.get_mut(&newer) {
                    share.known.extend(known);
                    let sharer = share.sharer;
                    self.nearby_changed(sharer);
                }
            }
            None => self.consents.keep(account, known, now),
        }
    }

    /// Whom a device that begins to share had let in until its connection broke.
    pub(super) fn kept_consent(&mut self, device: DeviceId, now: Instant) -> HashSet<UserId> {
        let account = self.account(device);
        account.map_or_else(HashSet::new, |account| self.consents.take(&account, now))
    }

    /// A sharer's account does not know `user` any more, in none of its shares: an older one, whose connection is dead already,
    /// would bring it back.
    pub(super) fn withdraw_consent(&mut self, sharer: DeviceId, user: &UserId) {
        let account = self.account(sharer);
        let devices = &self.devices;
        for share in self.shares.values_mut() {
            let who = devices.get(&share.sharer).map(|device| &device.who);
            let own = who.and_then(|who| who.meeting.clone().zip(who.user));
            if share.sharer == sharer || (own.is_some() && own == account) {
                share.known.remove(user);
            }
        }
    }

    fn account(&self, device: DeviceId) -> Option<Sharer> {
        let who = &self.devices.get(&device)?.who;
        who.meeting.clone().zip(who.user)
    }

    /// What another device of this account shares, in the same meeting; the newest.
    fn other_share(&self, device: DeviceId, account: &Sharer) -> Option<ShareId> {
        let of_account = |sharer| self.account(sharer).as_ref() == Some(account);
        let mut shares = self.shares.iter().rev();
        shares
            .find(|(_, share)| share.sharer != device && of_account(share.sharer))
            .map(|(number, _)| *number)
    }
}
