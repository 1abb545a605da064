//! Packets on a stream: each after its length.
//!
//! # Source
//! RFC 4571, section 2: a length of 16 bits, in network order, then the packet.

use bytes::{Buf as _, Bytes, BytesMut};

/// The largest packet taken: more than any path carries, and than media sends.
pub(super) const MAX_PACKET: usize = 2048;

/// Bytes of the length.
const LENGTH: usize = 2;

/// The other side sends what is no packet of media: the stream is hopeless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packet of {0} bytes was announced; at most {MAX_PACKET} are taken")]
pub(super) struct TooLarge(usize);

/// Takes a stream apart.
#[derive(Debug, Default)]
pub(super) struct Deframer {
    /// What arrived and is not a whole packet yet; never more than one read and one packet.
    buffer: BytesMut,
}

impl Deframer {
    /// More of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole packet. Empty ones, which some send to keep a connection open, are skipped.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, TooLarge> {
        loop {
            let Some(length) = self.buffer.first_chunk::<LENGTH>() else {
                return Ok(None);
            };
            let length = usize::from(u16::from_be_bytes(*length));
            if length > MAX_PACKET {
                return Err(TooLarge(length));
            }
            if self.buffer.len() < LENGTH + length {
                return Ok(None);
            }
            self.buffer.advance(LENGTH);
            let packet = self.buffer.split_to(length).freeze();
            if !packet.is_empty() {
                return Ok(Some(packet));
            }
        }
    }
}

/// The length that goes before a packet; `None` if it is too large for a stream.
pub(super) fn header(packet: &[u8]) -> Option<[u8; LENGTH]> {
    u16::try_from(packet.len()).ok().map(u16::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(packets: &[Vec<u8>]) -> Vec<u8> {
        let mut stream = Vec::new();
        for packet in packets {
            stream.extend_from_slice(&header(packet).unwrap());
            stream.extend_from_slice(packet);
        }
        stream
    }

    #[test]
    fn too_large_a_packet_is_refused_before_it_is_kept() {
        let mut deframer = Deframer::default();
        deframer.push(&[0x08, 0x01]);
        assert_eq!(deframer.next(), Err(TooLarge(2049)));
        assert_eq!(header(&[0; 65_536]), None);
    }

    proptest! {
        #[test]
        fn packets_come_out_whole_however_the_stream_is_cut(
            packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..20),
            cut in 1_usize..500,
        ) {
            let mut deframer = Deframer::default();
            let mut found = Vec::new();
            for part in framed(&packets).chunks(cut) {
                deframer.push(part);
                while let Some(packet) = deframer.next().unwrap() {
                    found.push(packet.to_vec());
                }
                prop_assert!(deframer.buffer.len() <= LENGTH + MAX_PACKET);
            }
            let expected = packets.into_iter().filter(|packet| !packet.is_empty());
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
        }
    }
}
