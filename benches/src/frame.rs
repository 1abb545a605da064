//! The client's half of WebSocket frames, as little as a load generator needs.
//!
//! # Source
//! RFC 6455, sections 5.2 (framing) and 5.3 (masking).

use anyhow::{Result, bail, ensure};

/// The mask of every frame. A browser draws a new one for each; the server's work is the same.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// A whole frame from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A text message.
    Text(&'a [u8]),
    /// The server wants a [`pong`] with the same bytes.
    Ping(&'a [u8]),
    /// The server ends the connection; the code is 1005 if it gave none.
    Close(u16),
}

/// Appends a masked text frame to `out` and says where in `out` its payload begins.
pub fn put_text(out: &mut Vec<u8>, payload: &[u8]) -> usize {
    put(out, TEXT, payload)
}

/// A pong that answers a ping.
#[must_use]
pub fn pong(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, PONG, payload);
    out
}

/// A close frame with code 1000.
#[must_use]
pub fn close() -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, CLOSE, &1000_u16.to_be_bytes());
    out
}

/// The byte that stands for `byte` at `offset` of a masked payload.
#[must_use]
pub fn mask(offset: usize, byte: u8) -> u8 {
    byte ^ MASK[offset % MASK.len()]
}

fn put(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) -> usize {
    out.push(FIN | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ ..=125), _) => out.push(MASKED | length),
        (_, Ok(length)) => {
            out.push(MASKED | 126);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(MASKED | 127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    let begin = out.len();
    out.extend(
        payload
            .iter()
            .enumerate()
            .map(|(offset, &byte)| mask(offset, byte)),
    );
    begin
}

/// The first frame in `bytes` and its length on the wire; `None` while it is not whole.
///
/// # Errors
/// When it is not a frame that a server may send unasked: fragments, extensions, masks, binary.
pub fn read(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>> {
    let [first, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    ensure!(second & MASKED == 0, "the server masked a frame");
    let (length, rest) = match second & !MASKED {
        126 => match rest.split_first_chunk() {
            Some((length, rest)) => (usize::from(u16::from_be_bytes(*length)), rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk() {
            Some((length, rest)) => (usize::try_from(u64::from_be_bytes(*length))?, rest),
            None => return Ok(None),
        },
        short => (usize::from(short), rest),
    };
    let Some(payload) = rest.get(..length) else {
        return Ok(None);
    };
    let size = bytes.len() - rest.len() + length;
    let frame = match first ^ FIN {
        TEXT => Frame::Text(payload),
        PING => Frame::Ping(payload),
        CLOSE => Frame::Close(
            payload
                .first_chunk()
                .map_or(1005, |code| u16::from_be_bytes(*code)),
        ),
        _ => bail!("an unexpected frame begins with {first:#04x}"),
    };
    Ok(Some((frame, size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_masked_as_the_standard_shows() {
        let mut out = vec![0];
        assert_eq!(put_text(&mut out, b"Hello"), 7);
        let shown = [
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ];
        assert_eq!(out[1..], shown);
    }

    #[test]
    fn lengths_take_the_shortest_form() {
        for (length, head) in [(125, 6), (126, 8), (65_535, 8), (65_536, 14)] {
            assert_eq!(put_text(&mut Vec::new(), &vec![b'x'; length]), head);
        }
    }

    #[test]
    fn frames_are_read_one_by_one_and_only_whole() {
        let bytes = b"\x81\x05Hello\x89\x01!\x88\x02\x03\xe8";
        for end in 0..7 {
            assert_eq!(read(&bytes[..end]).unwrap(), None);
        }
        assert_eq!(read(bytes).unwrap(), Some((Frame::Text(b"Hello"), 7)));
        assert_eq!(read(&bytes[7..]).unwrap(), Some((Frame::Ping(b"!"), 3)));
        assert_eq!(read(&bytes[10..]).unwrap(), Some((Frame::Close(1000), 4)));
    }

    #[test]
    fn long_frames_are_read() {
        let mut bytes = vec![0x81, 126, 0x01, 0x2c];
        bytes.resize(304, b'x');
        assert_eq!(
            read(&bytes).unwrap(),
            Some((Frame::Text(&[b'x'; 300]), 304))
        );
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        for bad in [b"\x01\x00", b"\x82\x00", b"\xc1\x00", b"\x81\x80"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
