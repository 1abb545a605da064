//! Random meetings: nothing panics, and every browser knows what the room knows.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use vnet_core::conference::{Gone, Role};

use super::replica::Replica;
use super::support::{Hall, join};
use crate::ids::ConnId;
use crate::limits::SfuLimits;
use crate::media::MediaOutput;
use crate::room::RoomInput;
use crate::wire::{Quality, ServerMessage};

/// What happens; `who` picks one of the browsers that there are.
#[derive(Clone, Debug)]
enum Step {
    Join {
        user: u128,
        is_host: bool,
        publish: bool,
        bad: bool,
    },
    Say {
        who: usize,
        what: Value,
    },
    /// The browser notices that its connection is lost; does the server, too?
    Lose {
        who: usize,
        noticed: bool,
    },
    Resume {
        who: usize,
    },
    SignOut {
        who: usize,
    },
    Pass {
        seconds: u64,
    },
    Fails {
        who: u32,
    },
}

fn message() -> impl Strategy<Value = Value> {
    let number = 0..8_u32;
    prop_oneof![
        3 => ("[a-z]{0,6}", prop::option::of(number.clone()))
            .prop_map(|(text, to)| json!({"type": "chat", "text": text, "to": to})),
        2 => any::<bool>().prop_map(|raised| json!({"type": "hand", "raised": raised})),
        1 => number.clone().prop_map(|p| json!({"type": "hand", "raised": false, "participant": p})),
        1 => Just(json!({"type": "react", "emoji": "👍"})),
        2 => prop::sample::select(vec!["camera", "microphone", "screen"])
            .prop_map(|source| json!({"type": "publish", "source": source, "mid": source})),
        2 => number.clone().prop_map(|track| json!({"type": "unpublish", "track": track})),
        2 => (number.clone(), any::<bool>())
            .prop_map(|(track, muted)| json!({"type": "mute", "track": track, "muted": muted})),
        1 => number.clone().prop_map(|track| json!({"type": "mute_track", "track": track})),
        1 => number.clone().prop_map(|p| json!({"type": "remove", "participant": p})),
        1 => any::<bool>().prop_map(|locked| json!({"type": "lock", "locked": locked})),
        2 => any::<bool>().prop_map(|enabled| json!({"type": "lobby", "enabled": enabled})),
        2 => number.clone().prop_map(|p| json!({"type": "admit", "participant": p})),
        1 => number.clone().prop_map(|p| json!({"type": "deny", "participant": p})),
        1 => number.prop_map(|p| json!({"type": "hand_over", "participant": p})),
        1 => Just(json!({"type": "offer", "offer": "again"})),
        1 => Just(json!({"type": "leave"})),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..6_usize;
    prop_oneof![
        4 => (0..5_u128, any::<bool>(), any::<bool>(), prop::bool::weighted(0.1)).prop_map(
            |(user, is_host, publish, bad)| Step::Join { user, is_host, publish, bad }),
        12 => (who.clone(), message()).prop_map(|(who, what)| Step::Say { who, what }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, noticed)| Step::Lose { who, noticed }),
        3 => who.clone().prop_map(|who| Step::Resume { who }),
        1 => who.prop_map(|who| Step::SignOut { who }),
        1 => (0..20_u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => (0..8_u32).prop_map(|who| Step::Fails { who }),
    ]
}

#[derive(Debug)]
struct Browser {
    conn: ConnId,
    /// The connection of the `join`, which names the session.
    first: ConnId,
    /// Texts are lost on a dead connection.
    is_deaf: bool,
    replica: Option<Replica>,
}

struct Meeting {
    hall: Hall,
    browsers: BTreeMap<ConnId, Browser>,
}

impl Meeting {
    fn new(event_log: usize) -> Self {
        let hall = Hall::with(SfuLimits {
            event_log,
            chat_history: 5,
            people_per_meeting: 4,
            waiting_per_meeting: 2,
            publishers_per_meeting: 3,
            tracks_per_meeting: 5,
            message_burst: 10_000,
            ..SfuLimits::default()
        });
        let browsers = BTreeMap::new();
        Self { hall, browsers }
    }

    fn pick(&self, who: usize) -> Option<ConnId> {
        let keys: Vec<_> = self.browsers.keys().copied().collect();
        (!keys.is_empty()).then(|| keys[who % keys.len()])
    }

    fn happen(&mut self, step: Step) {
        match step {
            Step::Join {
                user,
                is_host,
                publish,
                bad,
            } => {
                let mut join = join(if publish { &["camera"] } else { &[] });
                if bad {
                    join.offer = "bad".into();
                }
                let role = if is_host { Role::Host } else { Role::Guest };
                let conn = self.hall.knock(user, role, join);
                let (first, is_deaf, replica) = (conn, false, None);
                self.browsers.insert(
                    conn,
                    Browser {
                        conn,
                        first,
                        is_deaf,
                        replica,
                    },
                );
            }
            Step::Say { who, what } => {
                let Some(key) = self.pick(who) else { return };
                let browser = &self.browsers[&key];
                if !browser.is_deaf {
                    self.hall.say(browser.conn, what);
                }
            }
            Step::Lose { who, noticed } => {
                let Some(key) = self.pick(who) else { return };
                let browser = self.browsers.get_mut(&key).unwrap();
                browser.is_deaf = true;
                let conn = browser.conn;
                if noticed {
                    self.hall.lose(conn);
                }
            }
            Step::Resume { who } => self.resume(who),
            Step::SignOut { who } => {
                let Some(key) = self.pick(who) else { return };
                let conn = self.browsers.remove(&key).unwrap().conn;
                self.hall.handle(RoomInput::Gone {
                    conn,
                    why: Gone::SessionEnded,
                });
            }
            Step::Pass { seconds } => self.hall.pass(Duration::from_secs(seconds)),
            Step::Fails { who } => {
                let id = crate::ids::ParticipantId(who);
                self.hall
                    .media_says(MediaOutput::Quality(id, Quality::Poor));
                self.hall.media_says(MediaOutput::Failed(id));
            }
        }
    }

    fn resume(&mut self, who: usize) {
        let Some(key) = self.pick(who) else { return };
        let browser = self.browsers.get_mut(&key).unwrap();
        let Some(replica) = &browser.replica else {
            return;
        };
        browser.conn = self.hall.resume(browser.first, replica.event);
        browser.is_deaf = false;
    }

    /// Everybody reads; then all who can hear know what the room knows.
    fn catch_up(&mut self) {
        let Self { hall, browsers } = self;
        for browser in browsers.values_mut() {
            for text in hall.inbox(browser.conn) {
                if browser.is_deaf {
                    continue;
                }
                let message: ServerMessage = serde_json::from_value(text).unwrap();
                match (&mut browser.replica, message) {
                    (replica, ServerMessage::Welcome(welcome)) => {
                        *replica = Some(Replica::new(welcome.you, welcome.snapshot));
                    }
                    (Some(replica), message) => replica.hear(message),
                    (None, _) => {}
                }
            }
        }
        browsers.retain(|_, browser| !hall.closed.contains_key(&browser.conn));
        for browser in browsers.values().filter(|one| !one.is_deaf) {
            if let Some(replica) = &browser.replica {
                replica.check(&hall.room.snapshot(replica.you));
            }
        }
        let room = &hall.room;
        assert_eq!(room.media.connected, room.people.keys().copied().collect());
        let tracks = room.tracks.values();
        let tracks: BTreeMap<_, _> = tracks.map(|t| (t.id, (t.participant, t.muted))).collect();
        assert_eq!(
            room.media.tracks, tracks,
            "media carries what the room knows"
        );
        assert!(room.people.len() <= 4 && room.waiting.len() <= 2 && room.tracks.len() <= 5);
        assert_eq!(hall.ended, room.people.is_empty());
    }
}

fn run(steps: Vec<Step>, event_log: usize) {
    let mut meeting = Meeting::new(event_log);
    // Somebody must be first.
    meeting.happen(Step::Join {
        user: 99,
        is_host: true,
        publish: true,
        bad: false,
    });
    meeting.catch_up();
    for step in steps {
        if meeting.hall.ended {
            break;
        }
        meeting.happen(step);
        meeting.catch_up();
    }
    for who in 0..meeting.browsers.len() {
        if !meeting.hall.ended {
            meeting.happen(Step::Resume { who });
            meeting.catch_up();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_browser_knows_what_the_room_knows(
        steps in prop::collection::vec(step(), 0..60),
        event_log in prop::sample::select(vec![0, 1, 4, 500]),
    ) {
        run(steps, event_log);
    }
}
