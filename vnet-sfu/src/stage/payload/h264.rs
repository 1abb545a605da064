//! H.264.
//!
//! # Source
//! RFC 6184, sections 5.2 to 5.8.

use super::Payload;

const PARAMETERS: u8 = 7;
const AGGREGATE: u8 = 24;
const FRAGMENT: u8 = 28;

pub(super) fn look(bytes: &[u8]) -> Payload {
    Payload {
        begins: begins(bytes).unwrap_or(false),
        ..Payload::default()
    }
}

/// A decoder begins at the sequence parameters; browsers send them in front of every key frame. A key
/// frame alone, without them, is not enough.
fn begins(bytes: &[u8]) -> Option<bool> {
    let unit = bytes.first()? & 0x1f;
    match unit {
        PARAMETERS => Some(true),
        AGGREGATE => {
            let mut at = 1;
            while at + 2 < bytes.len() {
                if bytes[at + 2] & 0x1f == PARAMETERS {
                    return Some(true);
                }
                at += 2 + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
            }
            Some(false)
        }
        FRAGMENT => {
            let header = bytes.get(1)?;
            Some(header & 0x80 != 0 && header & 0x1f == PARAMETERS)
        }
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_at_sequence_parameters_only() {
        assert!(look(&[0x67, 1, 2, 3]).begins);
        assert!(look(&[0x78, 0, 2, 0x68, 9, 0, 2, 0x67, 1]).begins);
        assert!(!look(&[0x78, 0, 2, 0x68, 9]).begins);
        assert!(!look(&[0x65, 1]).begins);
        assert!(!look(&[0x7c, 0x85, 1]).begins);
        assert!(look(&[0x7c, 0x87, 1]).begins);
    }

    #[test]
    fn rubbish_begins_nothing() {
        for bytes in [
            &[][..],
            &[0x78],
            &[0x78, 0xff],
            &[0x78, 0xff, 0xff],
            &[0x7c],
        ] {
            assert!(!look(bytes).begins);
        }
    }
}
