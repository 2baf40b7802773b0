//! Chance in templates: `randAlphaNum`, `randAlpha`, `randNumeric`, `randAscii`, `randBytes`, `randInt`, `uuidv4`, `shuffle`.
//!
//! In: what [`super::Chance`] gives. Out: results that depend on this call's pseudo-leaf throughout.
//! Rules: one draw a call, stretched to what is needed; every outcome is equally likely. Not here: whether chance is allowed at all.
//!
//! # Source
//! sprig v3.3.0 `strings.go`, `crypto.go`, `functions.go`; goutils `cryptorandomstringutils.go`; xstrings `convert.go`, `Shuffle`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::signature::{Outcome, bytes, fixed, integer, text, within};
use super::stream::Stream;
use super::{Environment, Function, Keeps, Parameter};
use crate::value::{Data, Value};

use Parameter::{Int, String as Str};

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(super) const TABLE: &[Function] = &[
    fixed("randAlphaNum", &[Int], Keeps::Derives, |environment, values| {
        characters(environment, values, "randAlphaNum", &[DIGITS, LETTERS].concat())
    }),
    fixed("randAlpha", &[Int], Keeps::Derives, |environment, values| characters(environment, values, "randAlpha", LETTERS)),
    fixed("randNumeric", &[Int], Keeps::Derives, |environment, values| characters(environment, values, "randNumeric", DIGITS)),
    fixed("randAscii", &[Int], Keeps::Derives, |environment, values| {
        let printable: Vec<u8> = (b' '..=b'~').collect();
        characters(environment, values, "randAscii", &printable)
    }),
    fixed("randBytes", &[Int], Keeps::Derives, random_bytes),
    fixed("randInt", &[Int, Int], Keeps::Derives, random_integer),
    fixed("uuidv4", &[], Keeps::Derives, uuid),
    fixed("shuffle", &[Str], Keeps::Derives, shuffle),
];

/// A count below 0 draws nothing and gives no text: sprig drops the error.
fn characters(environment: &mut Environment<'_>, values: &[Value], function: &'static str, alphabet: &[u8]) -> Outcome {
    let count = usize::try_from(integer(values, 0)?).unwrap_or(0);
    within(environment, count)?;
    let (mut stream, leaves) = Stream::draw(environment, function);
    let drawn: Vec<u8> = (0..count).filter_map(|_| alphabet.get(stream.below_len(alphabet.len())).copied()).collect();
    Ok(bytes(&drawn).derived_from(&leaves))
}

fn random_bytes(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Ok(count) = usize::try_from(integer(values, 0)?) else {
        return Err("runtime error: makeslice: len out of range".into());
    };
    within(environment, count.div_ceil(3).saturating_mul(4))?;
    let (mut stream, leaves) = Stream::draw(environment, "randBytes");
    let drawn: Vec<u8> = (0..count).map(|_| stream.byte()).collect();
    Ok(bytes(STANDARD.encode(drawn).as_bytes()).derived_from(&leaves))
}

fn random_integer(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (least, end) = (integer(values, 0)?, integer(values, 1)?);
    // Go subtracts with wraparound.
    let Some(span) = u64::try_from(end.wrapping_sub(least)).ok().filter(|span| *span > 0) else {
        return Err("invalid argument to Intn".into());
    };
    let (mut stream, leaves) = Stream::draw(environment, "randInt");
    let offset = i64::try_from(stream.below(span)).unwrap_or_default();
    Ok(Value::plain(Data::Int(least.wrapping_add(offset))).derived_from(&leaves))
}

/// RFC 9562, section 5.4.
fn uuid(environment: &mut Environment<'_>, _: &[Value]) -> Outcome {
    let (mut stream, leaves) = Stream::draw(environment, "uuidv4");
    let mut printed = String::new();
    for index in 0..16 {
        let byte = match (index, stream.byte()) {
            (6, byte) => byte & 0x0f | 0x40,
            (8, byte) => byte & 0x3f | 0x80,
            (_, byte) => byte,
        };
        let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
        printed.push_str(&format!("{dash}{byte:02x}"));
    }
    Ok(Value::string(&printed).derived_from(&leaves))
}

fn shuffle(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let text = text(values, 0)?;
    // Go makes one replacement character of every byte that is no UTF-8.
    let mut runes: Vec<char> = Vec::new();
    for chunk in text.as_bytes().utf8_chunks() {
        runes.extend(chunk.valid().chars());
        runes.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    within(environment, runes.iter().map(|rune| rune.len_utf8()).sum())?;
    let (mut stream, leaves) = Stream::draw(environment, "shuffle");
    for index in (1..runes.len()).rev() {
        runes.swap(index, stream.below_len(index + 1));
    }
    let shuffled: String = runes.into_iter().collect();
    Ok(Value::string(&shuffled).derived_from(&leaves))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::functions::tests::{CHANCE, RESULT_LIMIT, call, refused};
    use crate::gofmt;

    fn number(number: i64) -> Value {
        Value::plain(Data::Int(number))
    }

    fn printed(name: &str, values: &[Value]) -> String {
        String::from_utf8_lossy(gofmt::value(&call(name, values)).as_bytes()).into_owned()
    }

    // A text is as long as asked for, made of its alphabet, and uses all of it.
    #[test]
    fn texts() {
        let check = |name: &str, allowed: fn(u8) -> bool, alphabet: usize| {
            let text = printed(name, &[number(5000)]);
            assert_eq!(text.len(), 5000, "{name}");
            assert!(text.bytes().all(allowed), "{name}");
            assert_eq!(text.bytes().collect::<BTreeSet<u8>>().len(), alphabet, "{name}");
        };
        check("randAlphaNum", |byte| byte.is_ascii_alphanumeric(), 62);
        check("randAlpha", |byte| byte.is_ascii_alphabetic(), 52);
        check("randNumeric", |byte| byte.is_ascii_digit(), 10);
        check("randAscii", |byte| (b' '..=b'~').contains(&byte), 95);
        assert_eq!(printed("randAlpha", &[number(-1)]), "");
        assert_eq!(printed("randBytes", &[number(7)]).len(), 12);
    }

    // Numbers lie within their bounds; a range without numbers is refused in Go's words.
    #[test]
    fn integers() {
        assert_eq!(printed("randInt", &[number(-3), number(-2)]), "-3");
        let drawn: i64 = printed("randInt", &[number(10), number(20)]).parse().unwrap();
        assert!((10..20).contains(&drawn));
        assert_eq!(refused("randInt", &[number(2), number(2)]).as_deref(), Some("invalid argument to Intn"));
        assert_eq!(refused("randBytes", &[number(-1)]).as_deref(), Some("runtime error: makeslice: len out of range"));
    }

    // A UUID says its version and variant.
    #[test]
    fn uuids() {
        let uuid = printed("uuidv4", &[]);
        let shape = regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").unwrap();
        assert!(shape.is_match(&uuid), "{uuid}");
    }

    // Shuffling keeps the characters.
    #[test]
    fn shuffling() {
        let mut characters: Vec<char> = printed("shuffle", &[Value::string("Zürich")]).chars().collect();
        characters.sort_unstable();
        assert_eq!(characters, ['Z', 'c', 'h', 'i', 'r', 'ü']);
    }

    // The result depends on the draw, and its size is checked before it is made.
    #[test]
    fn results_are_marked_and_bounded() {
        assert_eq!(call("uuidv4", &[]).all_leaves().as_slice(), [CHANCE]);
        assert_eq!(call("randInt", &[number(0), number(9)]).all_leaves().as_slice(), [CHANCE]);
        let limit = i64::try_from(RESULT_LIMIT).unwrap();
        assert!(refused("randAlpha", &[number(limit)]).is_none());
        assert!(refused("randAlpha", &[number(limit + 1)]).is_some());
        assert!(refused("randBytes", &[number(limit)]).is_some());
    }
}
