//! What a device says.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::share::{DeviceId, LinkId, ShareCode, ShareId};

/// A message and the number its answer is to carry.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ShareRequest {
    /// Chosen by the device; `ok` and `error` repeat it. Without it there is no `ok`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// What is said.
    #[serde(flatten)]
    pub action: ShareAction,
}

impl ShareRequest {
    /// A request whose answer carries `id`.
    #[must_use]
    pub const fn new(id: u32, action: ShareAction) -> Self {
        let id = Some(id);
        Self { id, action }
    }
}

impl From<ShareAction> for ShareRequest {
    fn from(action: ShareAction) -> Self {
        Self { id: None, action }
    }
}

/// The first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// The version of this protocol that the device speaks: 2.
    pub version: u32,
    /// The name of a viewer: 1 to 60 characters. Of others the server knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A viewer may ask at once: as if `ask` with this code followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ShareCode>,
    /// Whether the device can send on what it receives.
    pub can_relay: bool,
    /// The codecs that it can take and send on as they come, without encoding anew, such as `vp8`; at most
    /// 16 of at most 32 bytes. Told to the others, and of no meaning to the server.
    pub encoded: Vec<String>,
}

/// Asks a sharer to receive; exactly one of the two is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ask {
    /// A share of a person nearby, or one that one was invited to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareId>,
    /// The code that the sharer told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ShareCode>,
}

/// Why a receiver cannot use its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RelinkReason {
    /// No connection came about: the network keeps the two apart.
    Blocked,
    /// Nothing arrives any more.
    Stalled,
    /// The connection failed.
    Failed,
}

/// How what a receiver gets was sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// As it came, without encoding anew.
    Encoded,
    /// Encoded anew.
    Transcoded,
    /// Some so, some so.
    Mixed,
    /// It gets nothing.
    None,
}

/// What a receiver got so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShareReport {
    /// How it is sent on.
    pub way: Way,
    /// Streams that play.
    pub streams: u32,
    /// Received over the local network in this meeting so far.
    pub bytes: u64,
}

/// What a device says.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ShareAction {
    /// The first message, and only that; answered by `welcome`.
    Hello(Hello),
    /// Begins to share; brings `opened`, also when one shares already.
    Open,
    /// Sharer: another code in the place of this one; brings `code`.
    RenewCode,
    /// Sharer: ends the share.
    Close,
    /// Asks somebody nearby to receive; begins to share if need be. They hear `invited`.
    Invite {
        /// Whom.
        device: DeviceId,
    },
    /// An invited device does not want to; the sharer hears `declined`.
    Decline {
        /// The share.
        share: ShareId,
    },
    /// Asks to receive. Who was invited, or admitted earlier to this share, is in at once; of others the
    /// sharer hears `asked`.
    Ask(Ask),
    /// Sharer: lets somebody in who asks.
    Admit {
        /// Whom.
        device: DeviceId,
    },
    /// Sharer: does not let somebody in who asks.
    Refuse {
        /// Whom.
        device: DeviceId,
    },
    /// Sharer: puts a receiver out, or takes an invitation back. It is asked about anew should it come again.
    PutOut {
        /// Whom.
        device: DeviceId,
    },
    /// Stops receiving, or asking.
    Leave,
    /// Says to how many devices this one can send now; without it as many as the bounds allow. With fewer
    /// than it sends to, the others get another parent.
    Capacity {
        /// How many; more than the bounds allow count as these.
        children: u32,
    },
    /// Receiver: the link to the parent does not work; brings another one.
    Relink {
        /// The link that does not work.
        link: LinkId,
        /// Why.
        reason: RelinkReason,
    },
    /// Something for the device at the other end of a link: an offer, an answer, a candidate.
    Signal {
        /// The device at the other end.
        to: DeviceId,
        /// The link between the two.
        link: LinkId,
        /// Anything; passed on as the text it came in.
        data: SignalData,
    },
    /// Receiver: what arrives; the sharer hears `reported`.
    Report(ShareReport),
}

/// What devices tell each other about their connection: JSON text that the server never looks into.
#[derive(Clone)]
pub struct SignalData(Arc<RawValue>);

impl SignalData {
    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl From<&RawValue> for SignalData {
    fn from(raw: &RawValue) -> Self {
        Self(Arc::from(raw.to_owned()))
    }
}

/// There are private addresses in it.
impl fmt::Debug for SignalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignalData(..)")
    }
}

impl PartialEq for SignalData {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for SignalData {}

impl Serialize for SignalData {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        RawValue::serialize(&self.0, to)
    }
}

/// Writes the JSON anew. What comes over the wire keeps its text: see [`ShareRequest::read`].
impl<'de> Deserialize<'de> for SignalData {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Value::deserialize(from)?.to_string();
        let raw = RawValue::from_string(text).map_err(serde::de::Error::custom)?;
        Ok(Self(Arc::from(raw)))
    }
}

impl JsonSchema for SignalData {
    fn schema_name() -> Cow<'static, str> {
        "SignalData".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Any JSON; passed on as the text it came in." })
    }
}
