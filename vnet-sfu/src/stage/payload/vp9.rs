//! VP9.
//!
//! # Source
//! RFC 9628, section 4.2.

use std::sync::Arc;

use super::{Counters, Form, Payload};

/// Where the counters stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptor {
    picture: Option<(usize, u8)>,
    base: Option<usize>,
}

pub(super) fn look(bytes: &[u8]) -> Payload {
    parse(bytes).unwrap_or_default()
}

fn parse(bytes: &[u8]) -> Option<Payload> {
    let flags = *bytes.first()?;
    let has = |bit: u8| flags & bit != 0;
    let (has_picture, predicted, has_layers) = (has(0x80), has(0x40), has(0x20));
    let (flexible, starts, has_structure) = (has(0x10), has(0x08), has(0x02));
    let mut at = 1;
    let mut counters = Counters::default();
    let mut descriptor = Descriptor {
        picture: None,
        base: None,
    };
    if has_picture {
        let first = *bytes.get(at)?;
        if first & 0x80 == 0 {
            counters.picture = Some((u16::from(first), 7));
            descriptor.picture = Some((at, 7));
            at += 1;
        } else {
            let second = *bytes.get(at + 1)?;
            counters.picture = Some((u16::from(first & 0x7f) << 8 | u16::from(second), 15));
            descriptor.picture = Some((at, 15));
            at += 2;
        }
    }
    let mut spatial = 0;
    if has_layers {
        spatial = *bytes.get(at)? >> 1 & 0x07;
        at += 1;
        if !flexible {
            counters.base = Some(*bytes.get(at)?);
            descriptor.base = Some(at);
            at += 1;
        }
    }
    if flexible && predicted && has_picture {
        // Up to three references; the last has no N bit.
        for _ in 0..3 {
            let reference = *bytes.get(at)?;
            at += 1;
            if reference & 1 == 0 {
                break;
            }
        }
    }
    Some(Payload {
        begins: starts && !predicted && spatial == 0,
        width: if has_structure {
            width(bytes, at)
        } else {
            None
        },
        counters,
        form: Form::Vp9(descriptor),
    })
}

/// The largest width that the scalability structure names.
fn width(bytes: &[u8], at: usize) -> Option<u32> {
    let header = *bytes.get(at)?;
    if header & 0x10 == 0 {
        return None;
    }
    let layers = usize::from(header >> 5) + 1;
    (0..layers)
        .filter_map(|layer| {
            let at = at + 1 + layer * 4;
            let pair = bytes.get(at..at + 2)?;
            Some(u32::from(pair[0]) << 8 | u32::from(pair[1]))
        })
        .max()
        .filter(|width| *width > 0)
}

impl Descriptor {
    /// A copy with other counters; the engine changes bytes on the way out for VP8 only.
    pub(super) fn patch(&self, bytes: &[u8], to: &Counters) -> Arc<[u8]> {
        let mut copy: Arc<[u8]> = Arc::from(bytes);
        let Some(bytes) = Arc::get_mut(&mut copy) else {
            return copy;
        };
        if let (Some((at, bits)), Some((id, _))) = (self.picture, to.picture) {
            if bits == 7 {
                bytes[at] = id.to_be_bytes()[1] & 0x7f;
            } else {
                let [high, low] = id.to_be_bytes();
                bytes[at] = 0x80 | high;
                bytes[at + 1] = low;
            }
        }
        if let (Some(at), Some(base)) = (self.base, to.base) {
            bytes[at] = base;
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::super::Patched;
    use super::*;

    /// I, L, B, V; 15-bit id; layer byte; TL0PICIDX; structure with one layer of 640×360.
    const KEY: [u8; 12] = [
        0xaa, 0x81, 0x02, 0x00, 0x07, 0x10, 0x02, 0x80, 0x01, 0x68, 1, 2,
    ];

    #[test]
    fn tells_key_frames_sizes_and_counters() {
        let payload = look(&KEY);
        assert!(payload.begins);
        assert_eq!(payload.width, Some(640));
        assert_eq!(payload.counters.picture, Some((0x102, 15)));
        assert_eq!(payload.counters.base, Some(7));
    }

    #[test]
    fn predicted_pictures_upper_layers_and_rubbish_begin_nothing() {
        let mut predicted = KEY;
        predicted[0] |= 0x40;
        assert!(!look(&predicted).begins);
        let mut upper = KEY;
        upper[3] = 0x02;
        assert!(!look(&upper).begins);
        for length in 0..6 {
            look(&[0xff; 6][..length]);
        }
    }

    #[test]
    fn a_copy_has_the_other_counters_and_the_same_picture() {
        let payload = look(&KEY);
        let to = Counters {
            picture: Some((0x7ffe, 15)),
            base: Some(200),
            key: None,
        };
        let Patched::Copy(copy) = payload.patch(&KEY, &to) else {
            panic!("a changed VP9 payload is a copy");
        };
        assert_eq!(look(&copy).counters, to);
        assert_eq!(copy[5..], KEY[5..]);
    }
}
