//! Rooms with two sockets in each, entered and tried out.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::PATIENCE;
use crate::candidate::{Expected, Outgoing};
use crate::server::Rival;
use crate::sockets::{Event, Sockets};

/// Rooms that are entered at the same time.
const AT_ONCE: usize = 16;
/// Codes go round; a room is long empty when its code comes again.
const CODES: usize = 1_000_000;

/// Rooms of two.
#[derive(Debug)]
pub struct Rooms {
    pub(super) sockets: Sockets,
    pub(super) rooms: Vec<Room>,
    expected: [Expected; 2],
    /// The room and the seat of each socket.
    places: Vec<(usize, usize)>,
    outgoing: Outgoing,
    frames: Vec<u8>,
}

/// What is known of one room.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    ids: [usize; 2],
    /// Messages sent into it.
    pub(super) sent: u64,
    /// Messages that came out of it at each of its sockets.
    seen: [u64; 2],
}

impl Room {
    /// Messages that both sockets have.
    pub(super) fn delivered(&self) -> u64 {
        self.seen[0].min(self.seen[1])
    }
}

/// The path of the room with this code.
#[must_use]
pub(super) fn path(code: usize) -> String {
    format!("/vnet/ps/{:06}/", code % CODES)
}

/// Whether a text is the server's own and tells that a room has both its peers; `None` when it is
/// a relayed message.
pub(super) fn is_complete(text: &[u8]) -> Result<Option<bool>> {
    if !text.starts_with(b"{\"type\":\"signal_") {
        return Ok(None);
    }
    let notice: serde_json::Value = serde_json::from_slice(text)?;
    Ok(Some(
        notice["type"] == "signal_connected" && notice["peers_count"] == 2,
    ))
}

impl Rooms {
    /// Enters `count` rooms, from code `first` on, with both sockets, and sends message 0 from each
    /// side to see that it arrives at both.
    ///
    /// # Errors
    /// When a socket is refused or a message does not arrive as it should.
    pub fn enter(rival: &Rival, count: usize, first: usize) -> Result<Self> {
        Entering::new(rival, first)?.run(count)
    }

    /// How many rooms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rooms.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rooms.is_empty()
    }

    /// Begins to count from 0 again, after the last message has arrived.
    pub(super) fn restart(&mut self) -> Result<()> {
        for room in &mut self.rooms {
            ensure!(room.seen == [room.sent; 2], "a message is still under way");
            (room.sent, room.seen) = (0, [0; 2]);
        }
        Ok(())
    }

    /// The socket in a seat of a room.
    pub(super) fn id(&self, room: usize, seat: usize) -> usize {
        self.rooms[room].ids[seat]
    }

    /// The room of a socket.
    pub(super) fn room_of(&self, id: usize) -> usize {
        self.places[id].0
    }

    /// Sends the next `count` messages of a room from one of its seats, in one write.
    pub(super) fn send(&mut self, room: usize, seat: usize, count: u64) -> Result<()> {
        self.frames.clear();
        for _ in 0..count {
            let number = self.rooms[room].sent;
            self.frames
                .extend_from_slice(self.outgoing.numbered(number));
            self.rooms[room].sent += 1;
        }
        self.sockets.send(self.rooms[room].ids[seat], &self.frames)
    }

    /// Takes in what came to a socket; `sender` tells from which seat a message of a room came.
    /// Returns how many messages are delivered to both sockets by that.
    pub(super) fn receive(
        &mut self,
        id: usize,
        sender: impl Fn(usize, u64) -> usize,
    ) -> Result<u64> {
        let (room, seat) = self.places[id];
        let before = self.rooms[room].delivered();
        while let Some(event) = self.sockets.next(id)? {
            let Event::Text(text) = event else {
                bail!("a socket ended: {event:?}")
            };
            let number = self.rooms[room].seen[seat];
            if !self.expected[sender(room, number)].is(text, number) {
                bail!(
                    "room {room} waits for {number}, got {}",
                    String::from_utf8_lossy(text)
                );
            }
            self.rooms[room].seen[seat] += 1;
        }
        Ok(self.rooms[room].delivered() - before)
    }
}

/// Rooms on the way to two tried-out sockets each.
struct Entering<'a> {
    rival: &'a Rival,
    first: usize,
    sockets: Sockets,
    rooms: Vec<Room>,
    stages: Vec<Stage>,
    places: Vec<(usize, usize)>,
    expected: [Option<Expected>; 2],
    frame: Vec<u8>,
    ready: usize,
}

/// How far a room is.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Sockets wait for their handshake, then for the notice where there is one.
    Joining { opened: bool, complete: [bool; 2] },
    /// A message is under way from this seat.
    Trying { seat: usize, seen: [bool; 2] },
}

impl<'a> Entering<'a> {
    fn new(rival: &'a Rival, first: usize) -> Result<Self> {
        Ok(Self {
            rival,
            first,
            sockets: Sockets::new()?,
            rooms: Vec::new(),
            stages: Vec::new(),
            places: Vec::new(),
            expected: [None, None],
            frame: Outgoing::new().numbered(0).to_vec(),
            ready: 0,
        })
    }

    fn run(mut self, count: usize) -> Result<Rooms> {
        let mut progress = Instant::now();
        while self.ready < count {
            while self.rooms.len() < count && self.rooms.len() < self.ready + AT_ONCE {
                let complete = [self.rival.accounts.is_none(); 2];
                self.stages.push(Stage::Joining {
                    opened: false,
                    complete,
                });
                self.rooms.push(Room::default());
                self.connect(self.rooms.len() - 1, 0)?;
            }
            let ready = self.sockets.wait(Duration::from_secs(1))?;
            if !ready.is_empty() {
                progress = Instant::now();
            }
            ensure!(
                progress.elapsed() < PATIENCE,
                "{} of {count} rooms entered",
                self.ready
            );
            for &id in &ready {
                self.on_ready(id)?;
            }
            self.sockets.done(ready);
        }
        let [Some(first), Some(second)] = self.expected else {
            bail!("no message was seen")
        };
        Ok(Rooms {
            sockets: self.sockets,
            rooms: self.rooms,
            expected: [first, second],
            places: self.places,
            outgoing: Outgoing::new(),
            frames: Vec::new(),
        })
    }

    fn connect(&mut self, room: usize, seat: usize) -> Result<()> {
        let address = self.rival.process().address();
        let path = path(self.first + room);
        let id = self.sockets.open(address, &path, self.rival.cookie(seat))?;
        self.rooms[room].ids[seat] = id;
        self.places.resize(self.places.len().max(id + 1), (0, 0));
        self.places[id] = (room, seat);
        Ok(())
    }

    fn on_ready(&mut self, id: usize) -> Result<()> {
        let (room, seat) = self.places[id];
        loop {
            let mut connect_second = false;
            match (self.sockets.next(id)?, &mut self.stages[room]) {
                (None, _) => return Ok(()),
                (Some(Event::Opened), Stage::Joining { opened, .. }) => {
                    *opened = seat == 1;
                    connect_second = seat == 0;
                }
                (Some(Event::Text(text)), stage) => match (is_complete(text)?, stage) {
                    (Some(true), Stage::Joining { complete, .. }) => complete[seat] = true,
                    (Some(false), Stage::Joining { .. }) => {}
                    (None, Stage::Trying { seat: sender, seen }) => {
                        let name = self.rival.sender(*sender);
                        Expected::check_first(&mut self.expected[*sender], text, name)?;
                        ensure!(!seen[seat], "a message came twice");
                        seen[seat] = true;
                    }
                    _ => bail!("unexpected: {}", String::from_utf8_lossy(text)),
                },
                (Some(event), stage) => bail!("{event:?} in {stage:?}"),
            }
            if connect_second {
                self.connect(room, 1)?;
            }
            self.advance(room)?;
        }
    }

    /// Goes on to the next stage of a room if this one is over.
    fn advance(&mut self, room: usize) -> Result<()> {
        let next = match self.stages[room] {
            Stage::Joining {
                opened: true,
                complete: [true, true],
            } => 0,
            Stage::Trying {
                seat: 0,
                seen: [true, true],
            } => 1,
            Stage::Trying {
                seat: 1,
                seen: [true, true],
            } => {
                // Nothing more comes to this room, so it does not count twice.
                self.ready += 1;
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.stages[room] = Stage::Trying {
            seat: next,
            seen: [false; 2],
        };
        self.sockets.send(self.rooms[room].ids[next], &self.frame)
    }
}
