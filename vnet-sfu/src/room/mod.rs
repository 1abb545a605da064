//! Who is in a meeting and what they may do: pure, with the media behind a trait.

mod io;

pub use io::{Moment, RoomInput, RoomOutput, RoomStatistics};
