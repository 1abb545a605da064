//! Whose packet is this? By the address it came from, or by the ICE user name it shows: two look-ups
//! in tables, never a search.

use std::collections::{HashMap, VecDeque};

use str0m::ice::StunMessage;

use crate::ids::ParticipantId;
use crate::media::Route;

/// Addresses remembered for one peer; beyond that the oldest is forgotten. A browser checks a few pairs and
/// settles on one; after a change of network it comes from others.
const ROUTES_PER_PEER: usize = 16;

/// Somebody in a room of this shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer {
    /// The room, as this shard counts them.
    pub(super) room: u64,
    /// Who in it.
    pub(super) participant: ParticipantId,
}

/// What leads to one peer.
#[derive(Debug, Default)]
struct Known {
    ufrag: String,
    /// Oldest first.
    routes: VecDeque<Route>,
}

/// Who is behind which address and which user name.
///
/// Its size is bounded by the people on the shard: each has one user name and a few addresses.
#[derive(Debug, Default)]
pub(super) struct Demux {
    by_route: HashMap<Route, Peer>,
    by_ufrag: HashMap<String, Peer>,
    peers: HashMap<Peer, Known>,
}

/// The beginning of a packet tells its protocol.
///
/// # Source
/// RFC 7983, section 7.
fn is_stun(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| *first < 4)
}

/// Our part of the user name in a STUN binding request.
///
/// # Source
/// RFC 8445, section 7.2.2: `<receiver's fragment>:<sender's fragment>`.
fn our_ufrag<'a>(message: &'a StunMessage<'_>) -> Option<&'a str> {
    if !message.is_binding_request() {
        return None;
    }
    message.split_username().map(|(ours, _theirs)| ours)
}

impl Demux {
    /// Whose packet this is; `None` for strangers, who get no answer.
    pub(super) fn find(&self, route: &Route, contents: &[u8]) -> Option<Peer> {
        let known = self.by_route.get(route).copied();
        if !is_stun(contents) {
            return known;
        }
        // A check names whom it is for. The address decides for all others: answers to our own checks, and
        // checks that cannot be read, which are the peer's to refuse.
        let Ok(message) = StunMessage::parse(contents) else {
            return known;
        };
        match our_ufrag(&message) {
            Some(ufrag) => self.by_ufrag.get(ufrag).copied(),
            None => known,
        }
    }

    /// From now on checks with `ufrag` are for `peer`; those with its older one are not.
    pub(super) fn name(&mut self, peer: Peer, ufrag: String) {
        let known = self.peers.entry(peer).or_default();
        if known.ufrag == ufrag {
            return;
        }
        if self.by_ufrag.get(&known.ufrag) == Some(&peer) {
            self.by_ufrag.remove(&known.ufrag);
        }
        known.ufrag.clone_from(&ufrag);
        self.by_ufrag.insert(ufrag, peer);
    }

    /// Whatever comes from `route` is `peer`'s, who has proved to be there.
    pub(super) fn remember(&mut self, route: Route, peer: Peer) {
        let before = self.by_route.insert(route, peer);
        if before == Some(peer) {
            return;
        }
        // Two browsers behind one address translation, one after the other, or one that joined anew.
        if let Some(known) = before.and_then(|before| self.peers.get_mut(&before)) {
            known.routes.retain(|other| *other != route);
        }
        let known = self.peers.entry(peer).or_default();
        known.routes.push_back(route);
        if known.routes.len() > ROUTES_PER_PEER
            && let Some(oldest) = known.routes.pop_front()
        {
            self.by_route.remove(&oldest);
        }
    }

    /// `route` is no more: a TCP connection was closed.
    pub(super) fn forget_route(&mut self, route: &Route) {
        let peer = self.by_route.remove(route);
        if let Some(known) = peer.and_then(|peer| self.peers.get_mut(&peer)) {
            known.routes.retain(|other| other != route);
        }
    }

    /// `peer` is gone; returns the addresses that led to it.
    pub(super) fn forget(&mut self, peer: Peer) -> impl Iterator<Item = Route> + use<> {
        let known = self.peers.remove(&peer).unwrap_or_default();
        if self.by_ufrag.get(&known.ufrag) == Some(&peer) {
            self.by_ufrag.remove(&known.ufrag);
        }
        for route in &known.routes {
            self.by_route.remove(route);
        }
        known.routes.into_iter()
    }

    /// Everybody of a room is gone; returns the addresses that led to them.
    pub(super) fn forget_room(&mut self, room: u64) -> Vec<Route> {
        let peers = self.peers.keys().filter(|peer| peer.room == room);
        let peers = peers.copied().collect::<Vec<_>>();
        let routes = peers.into_iter().flat_map(|peer| self.forget(peer));
        routes.collect()
    }

    /// Addresses in the table.
    #[cfg(test)]
    pub(super) fn routes(&self) -> usize {
        self.by_route.len()
    }

    /// Peers in the table.
    pub(super) fn peers(&self) -> usize {
        self.peers.len()
    }
}

#[cfg(test)]
pub(super) mod tests;
