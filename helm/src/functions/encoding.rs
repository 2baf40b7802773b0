//! Base64 and base32 in templates.
//!
//! Rules: what cannot be decoded becomes Go's error message, as a value; line breaks in encoded text are skipped.
//!
//! # Source
//! sprig v3.3.0 `strings.go`; Go `encoding/base64` (`decodeQuantum`), `encoding/base32` (`decode`).

use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::value::{Data, Text, Value};

pub(super) const TABLE: &[Function] = &[
    Function::fixed("b64enc", &[Parameter::String], Keeps::Derives, |environment, values| encode(environment, values, &BASE64)),
    Function::fixed("b64dec", &[Parameter::String], Keeps::Derives, |_, values| Ok(decode(values, &BASE64, quantum_64))),
    Function::fixed("b32enc", &[Parameter::String], Keeps::Derives, |environment, values| encode(environment, values, &BASE32)),
    Function::fixed("b32dec", &[Parameter::String], Keeps::Derives, |_, values| Ok(decode(values, &BASE32, quantum_32))),
];

/// An alphabet and how it groups.
struct Base {
    name: &'static str,
    alphabet: &'static [u8],
    /// Bits a character stands for.
    bits: usize,
    /// Bytes and characters of one group.
    group: (usize, usize),
}

const BASE64: Base = Base {
    name: "base64",
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    group: (3, 4),
};
const BASE32: Base = Base { name: "base32", alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, group: (5, 8) };

/// Fills up the last group.
const PADDING: u8 = b'=';

fn encode(environment: &Environment<'_>, values: &[Value], base: &Base) -> Result<Value, FunctionError> {
    let input = input(values);
    let (bytes, characters) = base.group;
    let length = input.as_bytes().len().div_ceil(bytes).saturating_mul(characters);
    if length > environment.result_limit {
        return Err(format!("the result is larger than {} bytes", environment.result_limit).into());
    }
    let mut out = Vec::with_capacity(length);
    for group in input.as_bytes().chunks(bytes) {
        let word = group.iter().chain(std::iter::repeat(&0)).take(bytes).fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let used = (group.len() * 8).div_ceil(base.bits);
        for index in 0..characters {
            let shift = base.bits * (characters - 1 - index);
            let place = usize::try_from(word >> shift).unwrap_or(0) & (base.alphabet.len() - 1);
            let character = base.alphabet.get(place).copied().unwrap_or(PADDING);
            out.push(if index < used { character } else { PADDING });
        }
    }
    Ok(Value::plain(Data::String(Text::plain(&out))))
}

/// What the characters of one group are, and whether it is the last: their number, or the offending place.
type Quantum = fn(&Base, &mut Characters<'_>) -> Result<Group, usize>;

/// A group read: the digits, and whether padding ended the text. Go keeps what comes before an error out of the result.
struct Group {
    digits: Vec<u64>,
    last: bool,
}

/// Encoded text without line breaks, with places to report.
struct Characters<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Characters<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn line_breaks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}

fn decode(values: &[Value], base: &Base, quantum: Quantum) -> Value {
    match decoded(input(values).as_bytes(), base, quantum) {
        Ok(bytes) => Value::plain(Data::String(Text::plain(&bytes))),
        Err(words) => Value::string(&words),
    }
}

/// Returns what base64 stands for.
///
/// # Errors
/// Go's words.
pub(super) fn from_base64(encoded: &[u8]) -> Result<Vec<u8>, String> {
    decoded(encoded, &BASE64, quantum_64)
}

fn decoded(input: &[u8], base: &Base, quantum: Quantum) -> Result<Vec<u8>, String> {
    // Go's base32 drops line breaks before it counts places, base64 does not.
    let stripped: Vec<u8> = match base.bits {
        5 => input.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect(),
        _ => input.to_vec(),
    };
    let mut characters = Characters { bytes: &stripped, at: 0 };
    let mut out = Vec::with_capacity(stripped.len());
    loop {
        match quantum(base, &mut characters) {
            Ok(Group { digits, last }) => {
                let ended = digits.is_empty() || last;
                out.extend(bytes(base, &digits));
                if ended {
                    return Ok(out);
                }
            }
            Err(place) => return Err(format!("illegal {} data at input byte {place}", base.name)),
        }
    }
}

/// Returns the whole bytes that digits hold.
fn bytes(base: &Base, digits: &[u64]) -> Vec<u8> {
    let word = digits.iter().fold(0_u64, |word, digit| word << base.bits | digit);
    let bits = digits.len() * base.bits;
    let spare = bits % 8;
    let word = word >> spare;
    word.to_be_bytes().into_iter().skip(8 - bits / 8).collect()
}

fn digit(base: &Base, byte: u8) -> Option<u64> {
    base.alphabet.iter().position(|known| *known == byte).and_then(|place| u64::try_from(place).ok())
}

/// Go base64.go, `decodeQuantum`.
fn quantum_64(base: &Base, characters: &mut Characters<'_>) -> Result<Group, usize> {
    let mut digits = Vec::with_capacity(4);
    while digits.len() < 4 {
        characters.line_breaks();
        let Some(byte) = characters.next() else {
            return if digits.is_empty() { Ok(Group { digits, last: true }) } else { Err(characters.at - digits.len()) };
        };
        if let Some(digit) = digit(base, byte) {
            digits.push(digit);
            continue;
        }
        if byte != PADDING || digits.len() < 2 {
            return Err(characters.at - 1);
        }
        if digits.len() == 2 {
            characters.line_breaks();
            match characters.next() {
                None => return Err(characters.at),
                Some(PADDING) => {}
                // Go names the place before the one that is wrong.
                Some(_) => return Err(characters.at - 2),
            }
        }
        characters.line_breaks();
        return if characters.at < characters.bytes.len() { Err(characters.at) } else { Ok(Group { digits, last: true }) };
    }
    Ok(Group { digits, last: false })
}

/// Go base32.go, `decode`.
fn quantum_32(base: &Base, characters: &mut Characters<'_>) -> Result<Group, usize> {
    let mut digits = Vec::with_capacity(8);
    while digits.len() < 8 {
        let taken = digits.len();
        let Some(byte) = characters.next() else {
            return if taken == 0 { Ok(Group { digits, last: true }) } else { Err(characters.bytes.len() - taken) };
        };
        let rest = characters.bytes.get(characters.at..).unwrap_or(&[]);
        if byte == PADDING && taken >= 2 && rest.len() < 8 {
            if rest.len() + taken < 7 {
                return Err(characters.bytes.len());
            }
            if let Some(place) = rest.iter().take(7 - taken).position(|byte| *byte != PADDING) {
                return Err(characters.at + place - 1);
            }
            return if matches!(taken, 3 | 6) { Err(characters.at - 1) } else { Ok(Group { digits, last: true }) };
        }
        digits.push(digit(base, byte).ok_or(characters.at - 1)?);
    }
    Ok(Group { digits, last: false })
}

fn input(values: &[Value]) -> Text {
    match values.first().map(|value| &value.data) {
        Some(Data::String(text)) => text.clone(),
        _ => Text::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::{RESULT_LIMIT, call, marks, refused};
    use crate::provenance::{Flow, LeafId};

    fn check(name: &str, input: &str, expected: &str) {
        let Data::String(text) = call(name, &[Value::string(input)]).data else { panic!("not a string") };
        assert_eq!(String::from_utf8_lossy(text.as_bytes()), expected, "{name} {input:?}");
    }

    // Every length of the last group comes out as it went in.
    #[test]
    fn round_trips() {
        for length in 0..12 {
            let text: String = "Zürich, 8001".chars().take(length).collect();
            for (encode, decode) in [("b64enc", "b64dec"), ("b32enc", "b32dec")] {
                let Data::String(encoded) = call(encode, &[Value::string(&text)]).data else { panic!("not a string") };
                check(decode, &String::from_utf8_lossy(encoded.as_bytes()), &text);
            }
        }
        check("b64enc", "any carnal pleas", "YW55IGNhcm5hbCBwbGVhcw==");
        check("b32enc", "foob", "MZXW6YQ=");
    }

    // What is wrong is told with Go's place.
    #[test]
    fn errors_are_values() {
        check("b64dec", "YW5\n5", "any");
        check("b64dec", "YQ", "illegal base64 data at input byte 0");
        check("b64dec", "!", "illegal base64 data at input byte 0");
        check("b64dec", "YQ==x", "illegal base64 data at input byte 4");
        check("b32dec", "MZ1", "illegal base32 data at input byte 2");
        check("b32dec", "MZXW6YQ", "illegal base32 data at input byte 0");
    }

    // The whole result derives from the leaf, though no byte of it is the leaf's.
    #[test]
    fn results_are_derived() {
        let leaf = Value::of_leaf(Data::String(Text::from("pw")), LeafId(1));
        let Data::String(text) = call("b64enc", &[leaf]).data else { panic!("not a string") };
        assert_eq!(marks(&text), [(0, 4, Flow::Derived)]);
    }

    // The size is checked before the result is made, on both sides of the limit.
    #[test]
    fn results_are_bounded() {
        let text = |bytes: usize| Value::string(&"x".repeat(bytes));
        assert!(refused("b64enc", &[text(RESULT_LIMIT / 4 * 3)]).is_none());
        assert_eq!(
            refused("b64enc", &[text(RESULT_LIMIT / 4 * 3 + 1)]).as_deref(),
            Some("the result is larger than 1048576 bytes")
        );
    }
}
