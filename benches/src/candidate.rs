//! The message that the relays carry: an ICE candidate in a JSON text of 300 bytes with a number.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::frame;

/// The length of the whole text that a client sends.
pub const BYTES: usize = 300;
/// Digits of the number that tells the messages of a room apart.
const DIGITS: usize = 10;
const PLACE: &str = "0000000000";
const NAME: &str = "Ada";

fn content(number: u64, filler: usize) -> Value {
    json!({
        "candidate": format!(
            "candidate:{number:010} 1 udp 2122260223 192.0.2.17 54321 typ host generation 0 \
             ufrag {} network-id 1 network-cost 10",
            "x".repeat(filler)
        ),
        "sdpMid": "0",
        "sdpMLineIndex": 0,
        "usernameFragment": "xxxx",
    })
}

/// The text of message `number`.
#[must_use]
pub fn text(number: u64) -> String {
    let with = |filler| {
        json!({"type": "candidate", "content": content(number, filler), "name": NAME}).to_string()
    };
    let bare = with(0).len();
    with(BYTES - bare)
}

/// A masked frame that carries any message after its number is written into it.
#[derive(Clone, Debug)]
pub struct Outgoing {
    bytes: Vec<u8>,
    payload: usize,
    digits: usize,
}

impl Outgoing {
    /// A frame with number 0.
    ///
    /// # Panics
    /// Never: the text has its place for the number.
    #[must_use]
    pub fn new() -> Self {
        let text = text(0);
        let digits = text.find(PLACE).expect("the text has ten digits");
        let mut bytes = Vec::new();
        let payload = frame::put_text(&mut bytes, text.as_bytes());
        Self {
            bytes,
            payload,
            digits,
        }
    }

    /// The frame of message `number`.
    pub fn numbered(&mut self, mut number: u64) -> &[u8] {
        for offset in (self.digits..self.digits + DIGITS).rev() {
            let digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
            self.bytes[self.payload + offset] = frame::mask(offset, digit);
            number /= 10;
        }
        &self.bytes
    }
}

impl Default for Outgoing {
    fn default() -> Self {
        Self::new()
    }
}

/// What a relay makes of a message, told by its first one and held against all others.
#[derive(Clone, Debug)]
pub struct Expected {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Expected {
    /// Learns from the relayed form of message 0, which is checked: either the very text that was
    /// sent (`sender` is `None`), or the contract's renamed form with the sender's username.
    ///
    /// # Errors
    /// When it is neither.
    pub fn learn(relayed: &[u8], sender: Option<&str>) -> Result<Self> {
        let relayed = std::str::from_utf8(relayed)?;
        match sender {
            None => ensure!(relayed == text(0), "not the text that was sent: {relayed}"),
            Some(sender) => {
                let sent: Value = serde_json::from_str(&text(0))?;
                let wanted = json!({
                    "type": "candidate",
                    "candidates": sent["content"],
                    "sent_by": NAME,
                    "sender": sender,
                });
                let got: Value = serde_json::from_str(relayed)?;
                ensure!(got == wanted, "not the message that was sent: {relayed}");
            }
        }
        let (before, after) = relayed.split_once(PLACE).context("the number is gone")?;
        Ok(Self {
            before: before.into(),
            after: after.into(),
        })
    }

    /// Learns from message 0 if `expected` knows nothing yet, else checks message 0.
    ///
    /// # Errors
    /// When it is not what was sent.
    pub fn check_first(
        expected: &mut Option<Self>,
        relayed: &[u8],
        sender: Option<&str>,
    ) -> Result<()> {
        match expected {
            Some(expected) => ensure!(expected.is(relayed, 0), "not the message that was sent"),
            None => *expected = Some(Self::learn(relayed, sender)?),
        }
        Ok(())
    }

    /// Whether `payload` is message `number`, byte for byte.
    #[must_use]
    pub fn is(&self, payload: &[u8], number: u64) -> bool {
        let Some(rest) = payload.strip_prefix(self.before.as_slice()) else {
            return false;
        };
        let Some((digits, rest)) = rest.split_first_chunk::<DIGITS>() else {
            return false;
        };
        let value = digits.iter().try_fold(0, |value, &digit| {
            digit
                .is_ascii_digit()
                .then(|| value * 10 + u64::from(digit - b'0'))
        });
        value == Some(number) && rest == self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_the_size_that_is_compared() {
        for number in [0, 7, 9_999_999_999] {
            assert_eq!(text(number).len(), BYTES);
        }
    }

    #[test]
    fn a_numbered_frame_is_the_frame_of_that_text() {
        let mut outgoing = Outgoing::new();
        for number in [0, 42, 1_234_567_890] {
            let mut plain = Vec::new();
            frame::put_text(&mut plain, text(number).as_bytes());
            assert_eq!(outgoing.numbered(number), plain);
        }
    }

    #[test]
    fn a_verbatim_relay_is_recognised() {
        let expected = Expected::learn(text(0).as_bytes(), None).unwrap();
        assert!(expected.is(text(5).as_bytes(), 5));
        assert!(!expected.is(text(5).as_bytes(), 6));
        assert!(!expected.is(&text(5).as_bytes()[1..], 5));
        assert!(Expected::learn(text(1).as_bytes(), None).is_err());
    }

    #[test]
    fn the_contract_s_form_is_recognised_in_any_order_of_its_keys() {
        let sent: Value = serde_json::from_str(&text(0)).unwrap();
        let relayed = format!(
            r#"{{"sender":"ada","candidates":{},"sent_by":"Ada","type":"candidate"}}"#,
            sent["content"]
        );
        let expected = Expected::learn(relayed.as_bytes(), Some("ada")).unwrap();
        assert!(expected.is(relayed.replace(PLACE, "0000000031").as_bytes(), 31));
        assert!(Expected::learn(relayed.as_bytes(), Some("eve")).is_err());
        assert!(Expected::learn(relayed.as_bytes(), None).is_err());
    }
}
