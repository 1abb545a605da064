//! Who sends to whom: a tree with the sharer as its root. Pure.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use vnet_core::share::{DeviceId, LinkId};

/// What all trees keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Links between the root and a receiver.
    pub(super) depth: u32,
    /// Receivers.
    pub(super) receivers: usize,
    /// Other parents that a receiver may ask for in `relinks_within`.
    pub(super) relinks: usize,
    pub(super) relinks_within: Duration,
}

/// The numbers of links: each is given once.
#[derive(Debug, Default)]
pub(super) struct LinkNumbers(u32);

impl LinkNumbers {
    /// How many were given: whether it changed says whether somebody was moved.
    pub(super) fn given(&self) -> u32 {
        self.0
    }

    fn next(&mut self) -> LinkId {
        self.0 = self.0.wrapping_add(1);
        LinkId(self.0)
    }
}

/// A device in the tree.
#[derive(Debug)]
struct Node {
    /// `None`: the root, or, within a method, one that has lost its place.
    up: Option<(DeviceId, LinkId)>,
    children: Vec<DeviceId>,
    /// How many children it takes.
    room: usize,
    /// The how-many-th it came.
    came: u64,
    /// Links that did not work, and to whom they led.
    failed: VecDeque<(Instant, DeviceId)>,
}

/// What became of the wish for another link.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Relinked {
    /// It has another link already.
    Old,
    /// It has another link.
    Moved,
    /// It has tried often enough.
    Hopeless,
}

/// One sharer and its receivers.
#[derive(Debug)]
pub(super) struct Tree {
    root: DeviceId,
    bounds: Bounds,
    nodes: BTreeMap<DeviceId, Node>,
    came: u64,
}

impl Tree {
    /// A sharer without receivers, with room for so many children.
    pub(super) fn new(root: DeviceId, room: usize, bounds: Bounds) -> Self {
        let mut tree = Self {
            root,
            bounds,
            nodes: BTreeMap::new(),
            came: 0,
        };
        tree.add(root, room);
        tree
    }

    fn add(&mut self, device: DeviceId, room: usize) {
        self.came += 1;
        let node = Node {
            up: None,
            children: Vec::new(),
            room,
            came: self.came,
            failed: VecDeque::new(),
        };
        self.nodes.insert(device, node);
    }

    pub(super) fn receivers(&self) -> usize {
        self.nodes.len() - 1
    }

    /// Whether it receives.
    #[cfg(test)]
    pub(super) fn receives(&self, device: DeviceId) -> bool {
        device != self.root && self.nodes.contains_key(&device)
    }

    /// The sharer, then the receivers in the order in which they came.
    pub(super) fn devices(&self) -> Vec<DeviceId> {
        let mut devices: Vec<_> = self.nodes.keys().copied().collect();
        devices.sort_by_key(|device| self.nodes[device].came);
        devices
    }

    /// The parent of a receiver and the link to it.
    pub(super) fn up(&self, device: DeviceId) -> Option<(DeviceId, LinkId)> {
        self.nodes.get(&device)?.up
    }

    /// Links between it and the sharer; `None` while it has no place.
    pub(super) fn depth(&self, device: DeviceId) -> Option<u32> {
        let (mut at, mut depth) = (device, 0);
        while at != self.root {
            at = self.up(at)?.0;
            depth += 1;
        }
        Some(depth)
    }

    /// Whether this link stands between the two.
    pub(super) fn is_linked(&self, one: DeviceId, other: DeviceId, link: LinkId) -> bool {
        self.up(one) == Some((other, link)) || self.up(other) == Some((one, link))
    }

    /// Gives a newcomer a parent; `false`: there is no room. Nobody else is moved.
    pub(super) fn join(&mut self, device: DeviceId, room: usize, links: &mut LinkNumbers) -> bool {
        if self.nodes.contains_key(&device) || self.receivers() >= self.bounds.receivers {
            return false;
        }
        self.add(device, room);
        let placed = self.place(device, links);
        if !placed {
            self.nodes.remove(&device);
        }
        placed
    }

    /// Takes a receiver out and finds other parents for its children. Those without one are out as well:
    /// they are returned.
    pub(super) fn remove(&mut self, device: DeviceId, links: &mut LinkNumbers) -> Vec<DeviceId> {
        let orphans = self.take_out(device);
        self.settle(orphans, links)
    }

    /// Sets how many children a device takes, and finds other parents for those that are too many. Those
    /// without one are out: they are returned.
    pub(super) fn set_room(
        &mut self,
        device: DeviceId,
        room: usize,
        links: &mut LinkNumbers,
    ) -> Vec<DeviceId> {
        let Some(node) = self.nodes.get_mut(&device) else {
            return Vec::new();
        };
        node.room = room;
        let mut children = node.children.clone();
        // Who came first stays, but for whom others hang on: fewer have to build connections anew.
        children.sort_by_key(|child| (u32::MAX - self.height(*child), self.nodes[child].came));
        let surplus = children.split_off(room.min(children.len()));
        for child in &surplus {
            self.cut(*child);
        }
        self.settle(surplus, links)
    }

    /// Gives a receiver whose link does not work another parent; the same, under a new number, if there is
    /// no other.
    pub(super) fn relink(
        &mut self,
        device: DeviceId,
        link: LinkId,
        now: Instant,
        links: &mut LinkNumbers,
    ) -> Relinked {
        let Some((parent, current)) = self.up(device) else {
            return Relinked::Old;
        };
        if current != link {
            return Relinked::Old;
        }
        let bounds = self.bounds;
        let node = self.node(device);
        let is_old = |at: Instant| now.saturating_duration_since(at) >= bounds.relinks_within;
        while node.failed.front().is_some_and(|(at, _)| is_old(*at)) {
            node.failed.pop_front();
        }
        if node.failed.len() >= bounds.relinks {
            return Relinked::Hopeless;
        }
        node.failed.push_back((now, parent));
        self.cut(device);
        if !self.place(device, links) {
            // There was room for it a moment ago.
            self.attach(device, parent, links);
        }
        Relinked::Moved
    }

    /// Takes a device out of the tree; its children have no place then.
    fn take_out(&mut self, device: DeviceId) -> Vec<DeviceId> {
        if device == self.root {
            return Vec::new();
        }
        self.cut(device);
        let children = self.nodes.remove(&device).map(|node| node.children);
        let children = children.unwrap_or_default();
        for child in &children {
            self.node(*child).up = None;
        }
        children
    }

    /// Finds places for those who have none: for who has room for others first, then who came first. Who gets
    /// none is out.
    fn settle(&mut self, mut homeless: Vec<DeviceId>, links: &mut LinkNumbers) -> Vec<DeviceId> {
        let mut out = Vec::new();
        while !homeless.is_empty() {
            homeless.sort_by_key(|device| {
                let node = &self.nodes[device];
                (node.room == 0, node.came)
            });
            let device = homeless.remove(0);
            if self.place(device, links) {
                continue;
            }
            // Perhaps alone it is not too deep.
            let children = std::mem::take(&mut self.node(device).children);
            for child in &children {
                self.node(*child).up = None;
            }
            homeless.extend(children);
            if !self.place(device, links) {
                self.nodes.remove(&device);
                out.push(device);
            }
        }
        out
    }

    /// Gives a device and those below it the best place: with a parent that has not failed it lately, then
    /// the nearest to the sharer, then that with the fewest children, then the oldest.
    fn place(&mut self, device: DeviceId, links: &mut LinkNumbers) -> bool {
        let height = self.height(device);
        let failed = &self.nodes[&device].failed;
        let candidates = self.nodes.iter().filter_map(|(parent, node)| {
            // Neither the device nor who hangs on it has one now.
            let depth = self.depth(*parent)?;
            let fits = node.children.len() < node.room && depth + 1 + height <= self.bounds.depth;
            let has_failed = failed.iter().any(|(_, failed)| failed == parent);
            let order = (has_failed, depth, node.children.len(), node.came);
            fits.then_some((order, *parent))
        });
        let Some((_, parent)) = candidates.min() else {
            return false;
        };
        self.attach(device, parent, links);
        true
    }

    fn attach(&mut self, device: DeviceId, parent: DeviceId, links: &mut LinkNumbers) {
        self.node(parent).children.push(device);
        self.node(device).up = Some((parent, links.next()));
    }

    /// Takes a device from its parent.
    fn cut(&mut self, device: DeviceId) {
        let up = self.nodes.get_mut(&device).and_then(|node| node.up.take());
        if let Some((parent, _)) = up {
            self.node(parent).children.retain(|child| *child != device);
        }
    }

    /// Links between a device and the deepest below it.
    fn height(&self, device: DeviceId) -> u32 {
        let children = self.nodes[&device].children.iter();
        let deepest = children.map(|child| self.height(*child) + 1).max();
        deepest.unwrap_or(0)
    }

    fn node(&mut self, device: DeviceId) -> &mut Node {
        let node = self.nodes.get_mut(&device);
        node.expect("children, parents and who is placed are in the tree")
    }
}

#[cfg(test)]
mod tests;
