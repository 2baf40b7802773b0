//! Digest: a SHA-256 as people write it, `sha256:` and 64 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What stands before the digits.
const PREFIX: &str = "sha256:";

/// A SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is `{PREFIX}` and 64 hexadecimal digits in lower case")]
pub struct DigestError;

impl Digest {
    /// Returns the digest of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns its digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns the digest of a policy's settings: of their JSON without spaces, keys in order. Absent settings are the empty map.
    #[must_use]
    pub fn of_settings(settings: Option<&Value>) -> Self {
        let mut text = String::new();
        match settings {
            None | Some(Value::Null) => text.push_str("{}"),
            Some(settings) => write_sorted(settings, &mut text),
        }
        Self::of(text.as_bytes())
    }
}

/// Writes a value with the keys of its maps in order. The reader of the configuration bounds its depth.
fn write_sorted(value: &Value, text: &mut String) {
    let mut separator = "";
    match value {
        Value::Object(map) => {
            let sorted: std::collections::BTreeMap<&String, &Value> = map.iter().collect();
            text.push('{');
            for (key, below) in sorted {
                text.push_str(separator);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_sorted(below, text);
                separator = ",";
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                text.push_str(separator);
                write_sorted(item, text);
                separator = ",";
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix(PREFIX).ok_or(DigestError)?.as_bytes();
        let mut digest = [0; 32];
        if digits.len() != 2 * digest.len() {
            return Err(DigestError);
        }
        let value = |digit: &u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(DigestError),
        };
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return Err(DigestError) };
            *byte = value(high)? << 4 | value(low)?;
        }
        Ok(Self(digest))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Digest, DigestError};

    /// A digest is read as it is written, and nothing else is read.
    #[test]
    fn texts_of_digests() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(empty.parse(), Ok(Digest::of(b"")));
        for bad in
            ["", "sha256:", "sha512:00", &empty.to_uppercase(), &empty[..70], &format!("{empty}0"), &empty.replace('e', "g")]
        {
            assert_eq!(bad.parse::<Digest>(), Err(DigestError), "{bad}");
        }
    }

    /// The order of keys is no setting; a value, a type and the order of a list are.
    #[test]
    fn settings_have_one_digest() {
        let digest = |value| Digest::of_settings(Some(&value));
        assert_eq!(Digest::of_settings(None), digest(json!({})));
        assert_eq!(Digest::of_settings(None), digest(json!(null)));
        assert_eq!(digest(json!({"a": {"c": 1, "b": [1, 2]}, "d": "x"})), digest(json!({"d": "x", "a": {"b": [1, 2], "c": 1}})));
        for other in [json!({"a": "1"}), json!({"a": 2}), json!({"b": 1}), json!({"a": [1]}), json!({"a": null}), json!({})] {
            assert_ne!(digest(json!({"a": 1})), digest(other.clone()), "{other}");
        }
        assert_ne!(digest(json!({"a": [1, 2]})), digest(json!({"a": [2, 1]})));
        assert_ne!(digest(json!({"a\":1,\"b": 2})), digest(json!({"a": 1, "b": 2})));
    }
}
