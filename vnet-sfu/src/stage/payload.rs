//! What a forwarded payload tells of its picture: whether a decoder can begin with it, how large it
//! is, and the counters that have to go on without a gap when the source changes.
//!
//! Only descriptors and the first bytes of a picture are looked at, so that payloads may be encrypted
//! behind them one day.

mod av1;
mod h264;
mod vp8;
mod vp9;

use std::sync::Arc;

use str0m::format::Codec;
use str0m::rtp::{Vp8Descriptor, Vp8Patch};

/// The counters in front of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    /// The picture's number and how many bits it has.
    pub(super) picture: Option<(u16, u8)>,
    /// The number of the base layer's picture that this depends on.
    pub(super) base: Option<u8>,
    /// VP8: the number of the key frame that this depends on (five bits).
    pub(super) key: Option<u8>,
}

/// What is known of a payload.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Payload {
    /// A decoder that has seen nothing yet can begin here.
    pub(super) begins: bool,
    /// The width of the picture, where a key frame tells it.
    pub(super) width: Option<u32>,
    pub(super) counters: Counters,
    form: Form,
}

#[derive(Clone, Copy, Debug, Default)]
enum Form {
    #[default]
    Opaque,
    Vp8(Vp8Descriptor),
    Vp9(vp9::Descriptor),
}

/// How a payload is sent.
#[derive(Debug)]
pub(super) enum Patched {
    /// As it came.
    Same,
    /// With these bytes changed on the way out.
    Vp8(Vp8Patch),
    /// As a changed copy.
    Copy(Arc<[u8]>),
}

impl Payload {
    /// Looks at the payload of a packet. What cannot be read is opaque: no decoder begins with it.
    pub(super) fn look(codec: Codec, bytes: &[u8]) -> Self {
        match codec {
            Codec::Vp8 => vp8::look(bytes),
            Codec::Vp9 => vp9::look(bytes),
            Codec::H264 => h264::look(bytes),
            Codec::Av1 => av1::look(bytes),
            // Every packet of sound stands for itself.
            _ => Self {
                begins: true,
                ..Self::default()
            },
        }
    }

    /// The payload with other counters. Those that it does not have are not added.
    pub(super) fn patch(&self, bytes: &[u8], to: &Counters) -> Patched {
        if *to == self.counters {
            return Patched::Same;
        }
        match &self.form {
            Form::Opaque => Patched::Same,
            Form::Vp8(descriptor) => vp8::patch(descriptor, to),
            Form::Vp9(descriptor) => Patched::Copy(descriptor.patch(bytes, to)),
        }
    }
}
