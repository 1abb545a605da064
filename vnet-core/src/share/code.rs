//! The code that a share is found by.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// Six ASCII digits that the sharer tells to whom it wants to have with it. Drawn by the server.
///
/// Whoever has it may ask, no more: the sharer is asked before anybody gets anything.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShareCode(u32);

impl ShareCode {
    /// How many there are.
    pub const COUNT: u32 = 1_000_000;

    /// A random one, from the system's generator; all are equally likely.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self> {
        // The largest multiple of the count: what is above would favour small numbers.
        const FAIR: u32 = u32::MAX - u32::MAX % ShareCode::COUNT;
        loop {
            let number = getrandom::u32()
                .map_err(|source| Error::internal("no random bytes from the system", source))?;
            if number < FAIR {
                return Ok(Self(number % Self::COUNT));
            }
        }
    }

    /// The code that this number is written as; `None` if it has more than six digits.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number))
    }
}

impl FromStr for ShareCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or_else(|| {
            let message = "a share's code is six digits";
            Error::new(ErrorKind::InvalidInput, "bad_share_code", message)
        })
    }
}

impl fmt::Display for ShareCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// Logs show no more than that there is one.
impl fmt::Debug for ShareCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareCode(..)")
    }
}

impl Serialize for ShareCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ShareCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(from)?;
        // The text itself is kept out of the complaint.
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ShareCode {
    fn schema_name() -> Cow<'static, str> {
        "ShareCode".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Six ASCII digits.",
            "type": "string",
            "pattern": "^[0-9]{6}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert_eq!("000042".parse::<ShareCode>().unwrap().to_string(), "000042");
        for bad in ["", "12345", "1234567", "abcdef", "١٢٣", "+12345", " 12345"] {
            let error = bad.parse::<ShareCode>().unwrap_err();
            assert_eq!(error.code(), "bad_share_code", "{bad}");
        }
        assert!(serde_json::from_str::<ShareCode>("123456").is_err());
    }

    #[test]
    fn codes_are_drawn_from_all_there_are() {
        let drawn: Vec<u32> = (0..4_000)
            .map(|_| ShareCode::generate().unwrap().0)
            .collect();
        for tenth in 0..10 {
            let here = drawn.iter().filter(|code| **code / 100_000 == tenth);
            // 400 are expected; less than half of them is ten standard deviations away.
            assert!(here.count() > 200, "few codes begin with {tenth}");
        }
    }

    #[test]
    fn no_code_is_shown_by_debug() {
        let code: ShareCode = "907308".parse().unwrap();
        assert!(!format!("{code:?}").contains("907308"));
        let error = serde_json::from_str::<ShareCode>("\"907308x\"").unwrap_err();
        assert!(!error.to_string().contains("907308"), "{error}");
    }

    proptest! {
        #[test]
        fn codes_go_through_text(number in 0..ShareCode::COUNT) {
            let code = ShareCode::from_number(number).unwrap();
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(json.len(), 8);
            prop_assert_eq!(serde_json::from_str::<ShareCode>(&json).unwrap(), code);
        }
    }
}
