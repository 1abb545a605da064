//! AV1.
//!
//! # Source
//! "RTP Payload Format For AV1" of the Alliance for Open Media, section 4.4.

use super::Payload;

pub(super) fn look(bytes: &[u8]) -> Payload {
    Payload {
        // N: the first packet of a coded video sequence, which begins with a key frame. Z would make
        // it the rest of an earlier packet.
        begins: bytes
            .first()
            .is_some_and(|header| header & 0x08 != 0 && header & 0x80 == 0),
        ..Payload::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_a_coded_sequence() {
        assert!(look(&[0x18, 0]).begins);
        assert!(!look(&[0x10, 0]).begins);
        assert!(!look(&[0x88, 0]).begins);
        assert!(!look(&[]).begins);
    }
}
