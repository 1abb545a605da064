use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const ROOT: DeviceId = DeviceId(0);
const MINUTE: Duration = Duration::from_secs(60);

fn bounds(depth: u32) -> Bounds {
    Bounds {
        depth,
        receivers: 40,
        relinks: 3,
        relinks_within: MINUTE,
    }
}

/// A tree and the numbers of its links.
struct Grown {
    tree: Tree,
    links: LinkNumbers,
    now: Instant,
}

/// Who has which parent over which link, in no order.
type Ups = BTreeMap<DeviceId, (DeviceId, LinkId)>;

impl Grown {
    fn new(room: usize, depth: u32) -> Self {
        Self {
            tree: Tree::new(ROOT, room, bounds(depth)),
            links: LinkNumbers::default(),
            now: Instant::now(),
        }
    }

    fn join(&mut self, device: u32, room: usize) -> bool {
        self.tree.join(DeviceId(device), room, &mut self.links)
    }

    fn remove(&mut self, device: u32) -> Vec<DeviceId> {
        self.tree.remove(DeviceId(device), &mut self.links)
    }

    fn set_room(&mut self, device: u32, room: usize) -> Vec<DeviceId> {
        self.tree.set_room(DeviceId(device), room, &mut self.links)
    }

    fn relink(&mut self, device: u32) -> Relinked {
        let link = self.tree.up(DeviceId(device)).unwrap().1;
        self.tree
            .relink(DeviceId(device), link, self.now, &mut self.links)
    }

    fn parent(&self, device: u32) -> u32 {
        self.tree.up(DeviceId(device)).unwrap().0.0
    }

    fn ups(&self) -> Ups {
        let devices = self.tree.devices().into_iter();
        devices
            .filter_map(|device| Some((device, self.tree.up(device)?)))
            .collect()
    }

    /// Those whose place is another one than before.
    fn moved(&self, before: &Ups) -> BTreeSet<DeviceId> {
        let now = self.ups();
        let moved = before.iter().filter(|(device, up)| {
            let up_now = now.get(device);
            up_now.is_some_and(|now| now != *up)
        });
        moved.map(|(device, _)| *device).collect()
    }

    fn below(&self, device: DeviceId) -> BTreeSet<DeviceId> {
        let ups = self.ups();
        let mut below = BTreeSet::from([device]);
        loop {
            let more: Vec<_> = ups
                .iter()
                .filter(|(child, (parent, _))| below.contains(parent) && !below.contains(child))
                .map(|(child, _)| *child)
                .collect();
            if more.is_empty() {
                return below;
            }
            below.extend(more);
        }
    }

    /// Everything that is always so.
    fn check(&self) {
        let ups = self.ups();
        let links: BTreeSet<_> = ups.values().map(|(_, link)| *link).collect();
        assert_eq!(links.len(), ups.len(), "two links have one number");
        for device in self.tree.devices() {
            let node = &self.tree.nodes[&device];
            assert!(node.children.len() <= node.room, "{device}: {node:?}");
            let depth = self.tree.depth(device).expect("a way to the sharer");
            assert!(depth <= self.tree.bounds.depth, "{device} is at {depth}");
            assert_eq!(device == ROOT, !ups.contains_key(&device));
            for child in &node.children {
                assert_eq!(ups.get(child).map(|(parent, _)| *parent), Some(device));
            }
        }
        let children = self.tree.nodes.values().map(|node| node.children.len());
        assert_eq!(children.sum::<usize>(), ups.len());
        assert!(self.tree.receivers() <= self.tree.bounds.receivers);
    }
}

#[test]
fn the_nearest_parent_with_the_fewest_children_is_taken() {
    let mut grown = Grown::new(2, 2);
    assert!(grown.join(1, 3) && grown.join(2, 3));
    assert_eq!((grown.parent(1), grown.parent(2)), (0, 0));
    for (device, parent) in [(3, 1), (4, 2), (5, 1), (6, 2), (7, 1), (8, 2)] {
        assert!(grown.join(device, 3));
        assert_eq!(grown.parent(device), parent, "{device}");
    }
    assert!(!grown.join(9, 3), "all are full, and others too deep");
    assert_eq!(grown.tree.receivers(), 8);
    assert!(!grown.join(1, 3), "it is in already");
}

#[test]
fn who_cannot_relay_gets_no_children() {
    let mut grown = Grown::new(1, 2);
    assert!(grown.join(1, 0));
    assert!(!grown.join(2, 0));
    assert!(grown.set_room(1, 1).is_empty());
    assert!(grown.join(2, 0));
    assert_eq!(grown.parent(2), 1);
}

#[test]
fn the_children_of_who_leaves_get_other_parents_or_are_out() {
    let mut grown = Grown::new(2, 2);
    for device in 1..=6 {
        assert!(grown.join(device, 2));
    }
    let before = grown.ups();
    // 3 and 5 hang on 1: one of them takes its place, the other finds none.
    assert_eq!(grown.remove(1), []);
    assert_eq!(grown.parent(3), 0);
    assert_eq!(grown.parent(5), 3);
    assert_eq!(grown.moved(&before), [3, 5].map(DeviceId).into());
    grown.check();
    grown.set_room(2, 2);
    grown.set_room(3, 0);
    grown.check();
}

#[test]
fn with_less_room_the_newest_is_moved_and_without_any_it_is_out() {
    let mut grown = Grown::new(3, 2);
    for device in 1..=3 {
        assert!(grown.join(device, 1));
    }
    assert_eq!(grown.set_room(0, 2), []);
    assert_eq!(grown.parent(3), 1);
    assert_eq!(grown.set_room(1, 0), []);
    assert_eq!(grown.parent(3), 2);
    assert_eq!(grown.set_room(2, 0), [DeviceId(3)]);
    grown.check();
    assert_eq!(grown.set_room(7, 3), [], "nobody by that number");
}

#[test]
fn another_parent_is_better_than_one_that_failed() {
    let mut grown = Grown::new(2, 2);
    for device in 1..=3 {
        assert!(grown.join(device, 2));
    }
    assert_eq!(grown.parent(3), 1);
    assert_eq!(grown.relink(3), Relinked::Moved);
    assert_eq!(grown.parent(3), 2, "the other relay");
    let link = grown.tree.up(DeviceId(3)).unwrap().1;
    assert_eq!(grown.relink(3), Relinked::Moved);
    let up = grown.tree.up(DeviceId(3)).unwrap();
    assert_ne!(up.1, link, "a new number in any case");
    assert_eq!(grown.relink(3), Relinked::Moved);
    assert_eq!(grown.relink(3), Relinked::Hopeless);
    grown.now += MINUTE;
    assert_eq!(grown.relink(3), Relinked::Moved);
    let old = grown
        .tree
        .relink(DeviceId(3), link, grown.now, &mut grown.links);
    assert_eq!(old, Relinked::Old);
    grown.check();
}

#[test]
fn links_stand_between_parent_and_child_only() {
    let mut grown = Grown::new(2, 2);
    assert!(grown.join(1, 2) && grown.join(2, 2) && grown.join(3, 0));
    let tree = &grown.tree;
    let (parent, link) = tree.up(DeviceId(3)).unwrap();
    assert!(tree.is_linked(parent, DeviceId(3), link));
    assert!(tree.is_linked(DeviceId(3), parent, link));
    assert!(!tree.is_linked(ROOT, DeviceId(3), link));
    assert!(!tree.is_linked(DeviceId(2), DeviceId(3), link));
    assert!(!tree.is_linked(parent, DeviceId(3), LinkId(link.0 + 1)));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Join(u32, usize),
    Remove(u32),
    Room(u32, usize),
    Relink(u32),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let device = 1_u32..14;
    prop_oneof![
        4 => (device.clone(), 0_usize..4).prop_map(|(device, room)| Step::Join(device, room)),
        2 => device.clone().prop_map(Step::Remove),
        2 => (0_u32..14, 0_usize..4).prop_map(|(device, room)| Step::Room(device, room)),
        2 => device.prop_map(Step::Relink),
        1 => (0_u64..90).prop_map(Step::Pass),
    ]
}

impl Grown {
    /// The order in which parents are tried by somebody who comes new, and the best of them.
    fn best(&self) -> Option<DeviceId> {
        let free = self.tree.nodes.iter().filter_map(|(device, node)| {
            let depth = self.tree.depth(*device)?;
            let fits = node.children.len() < node.room && depth < self.tree.bounds.depth;
            fits.then_some(((depth, node.children.len(), node.came), *device))
        });
        free.min().map(|(_, device)| device)
    }

    fn take(&mut self, step: Step) {
        let before = self.ups();
        match step {
            Step::Join(device, room) => {
                let was_in = self.tree.receives(DeviceId(device));
                let best = self.best();
                let joined = self.join(device, room);
                assert_eq!(joined, best.is_some() && !was_in);
                if joined {
                    assert_eq!(Some(DeviceId(self.parent(device))), best);
                }
                assert!(self.moved(&before).is_empty(), "somebody was moved");
            }
            Step::Remove(device) if self.tree.receives(DeviceId(device)) => {
                let below = self.below(DeviceId(device));
                let out = self.remove(device);
                assert!(!self.tree.receives(DeviceId(device)));
                assert!(self.moved(&before).is_subset(&below), "others were moved");
                assert!(out.iter().all(|device| below.contains(device)));
                // All children have to go somewhere.
                let children = before.iter().filter(|(_, up)| up.0 == DeviceId(device));
                for (child, up) in children {
                    let up_now = self.tree.up(*child);
                    assert!(up_now.is_some_and(|now| now != *up) || out.contains(child));
                }
                self.check_out(&out);
            }
            Step::Room(device, room) => {
                let of = DeviceId(device);
                let children = before.values().filter(|(parent, _)| *parent == of).count();
                let below = self.below(of);
                let out = self.set_room(device, room);
                let moved = self.moved(&before);
                assert!(moved.is_subset(&below) && !moved.contains(&of));
                if children <= room {
                    assert!(moved.is_empty() && out.is_empty(), "there was no need");
                } else {
                    let kept = before
                        .iter()
                        .filter(|(child, up)| up.0 == of && self.tree.up(**child) == Some(**up));
                    assert_eq!(kept.count(), room, "as many as there is room for stay");
                }
                self.check_out(&out);
            }
            Step::Relink(device) if self.tree.receives(DeviceId(device)) => {
                let relinked = self.relink(device);
                let moved = self.moved(&before);
                match relinked {
                    Relinked::Moved => assert_eq!(moved, [DeviceId(device)].into()),
                    Relinked::Old | Relinked::Hopeless => assert!(moved.is_empty()),
                }
            }
            Step::Pass(seconds) => self.now += Duration::from_secs(seconds),
            Step::Remove(_) | Step::Relink(_) => {}
        }
        self.check();
    }

    /// Whoever is out is gone, and has found no room.
    fn check_out(&self, out: &[DeviceId]) {
        assert!(out.iter().all(|device| !self.tree.receives(*device)));
        assert!(out.is_empty() || self.best().is_none(), "there was room");
    }
}

proptest! {
    #[test]
    fn whatever_happens_it_is_a_tree_and_nobody_is_moved_without_need(
        room in 0_usize..4,
        depth in 1_u32..4,
        steps in proptest::collection::vec(step(), 0..60),
    ) {
        let mut grown = Grown::new(room, depth);
        for step in steps {
            grown.take(step);
        }
    }
}
