//! VP8.
//!
//! # Source
//! RFC 7741, sections 4.2 and 4.3; RFC 6386, section 9.1.

use str0m::rtp::Vp8Descriptor;

use super::{Counters, Form, Patched, Payload};

/// What every key frame has behind its three bytes of frame tag.
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

pub(super) fn look(bytes: &[u8]) -> Payload {
    let Ok(descriptor) = Vp8Descriptor::parse(bytes) else {
        return Payload::default();
    };
    let begins = descriptor.starts_keyframe(bytes);
    Payload {
        begins,
        width: if begins { width(bytes) } else { None },
        counters: Counters {
            picture: descriptor.picture_id().map(|id| (id, picture_bits(bytes))),
            base: descriptor.tl0_pic_idx(),
            key: descriptor.key_idx(),
        },
        form: Form::Vp8(descriptor),
    }
}

/// The descriptor has parsed, so a picture id follows the two bytes of flags.
fn picture_bits(bytes: &[u8]) -> u8 {
    if bytes.get(2).is_some_and(|first| first & 0x80 != 0) {
        15
    } else {
        7
    }
}

fn width(bytes: &[u8]) -> Option<u32> {
    // The descriptor has at most six bytes, the frame tag three.
    let head = &bytes[..bytes.len().min(16)];
    let at = head.windows(3).position(|window| window == START_CODE)?;
    let low = *bytes.get(at + 3)?;
    let high = *bytes.get(at + 4)? & 0x3f;
    Some(u32::from(low) | u32::from(high) << 8).filter(|width| *width > 0)
}

pub(super) fn patch(descriptor: &Vp8Descriptor, to: &Counters) -> Patched {
    let mut patch = descriptor.patch();
    if let Some((id, _)) = to.picture {
        patch = patch.picture_id(id);
    }
    if let Some(base) = to.base {
        patch = patch.tl0_pic_idx(base);
    }
    if let Some(key) = to.key {
        patch = patch.key_idx(key);
    }
    patch.build().map_or(Patched::Same, Patched::Vp8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Extended descriptor with a 15-bit picture id, TL0PICIDX and TID/KEYIDX, then a key frame.
    const KEY: [u8; 16] = [
        0x90, 0xf0, 0x81, 0x02, 0x07, 0x63, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01,
    ];

    #[test]
    fn tells_key_frames_sizes_and_counters() {
        let payload = look(&KEY);
        assert!(payload.begins);
        assert_eq!(payload.width, Some(640));
        let expected = Counters {
            picture: Some((0x102, 15)),
            base: Some(7),
            key: Some(3),
        };
        assert_eq!(payload.counters, expected);
    }

    #[test]
    fn a_later_packet_and_rubbish_begin_nothing() {
        let mut later = KEY;
        later[0] = 0x80;
        assert!(!look(&later).begins);
        for length in 0..8 {
            assert!(!look(&[0xff; 8][..length]).begins);
        }
    }

    #[test]
    fn counters_are_changed_in_place() {
        let payload = look(&KEY);
        let to = Counters {
            picture: Some((5, 15)),
            base: Some(9),
            key: Some(1),
        };
        assert!(matches!(payload.patch(&KEY, &to), Patched::Vp8(_)));
        assert!(matches!(
            payload.patch(&KEY, &payload.counters),
            Patched::Same
        ));
    }
}
