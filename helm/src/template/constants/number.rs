//! Numeric constants.
//!
//! In: what the lexer took for a number, too generously. Out: every reading Go allows it.
//! Rules: Go's `strconv` decides ([`crate::strconv`]), its choice of float conversion on amd64 included; imaginary constants are refused, since no function
//! of Helm's takes one.

use crate::strconv::{float, signed, unsigned};
use crate::template::ast::{Ideal, Number};
use crate::template::character::quoted;
use crate::template::lexer::{Item, Token};

/// The first float beyond int64.
const INT_END: f64 = 9_223_372_036_854_775_808.0;

/// The first float beyond uint64.
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

/// Returns a numeric constant in every type that can hold it.
///
/// # Errors
/// Go's words for what is no number, and ours for imaginary constants.
///
/// # Source
/// Go `text/template/parse/node.go`, `newNumber`.
pub(in crate::template) fn number(item: &Item<'_>) -> Result<Number, String> {
    let text = String::from_utf8_lossy(item.text).into_owned();
    if item.token == Token::Character {
        let code = super::character(item.text)?;
        return Ok(whole(Some(i64::from(code)), Some(u64::from(code)), text));
    }
    let imaginary = text.strip_suffix('i').is_some_and(|real| float(real).is_some());
    if item.token == Token::Complex || imaginary {
        return Err(format!("imaginary constants are not supported: {}", quoted(item.text)));
    }
    let int = signed(&text);
    let uint = unsigned(&text).or((int == Some(0)).then_some(0));
    if int.is_some() || uint.is_some() {
        return Ok(whole(int, uint, text));
    }
    let Some(float) = float(&text) else { return Err(format!("illegal number syntax: {}", quoted(item.text))) };
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: {}", quoted(item.text)));
    }
    Ok(fractional(float, text))
}

/// A number written as a float. An int64 and a uint64 too, where it is whole and in range.
fn fractional(float: f64, text: String) -> Number {
    let is_whole = float.trunc() == float;
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    let int = (is_whole && (-INT_END..INT_END).contains(&float)).then_some(float as i64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
    let uint = (is_whole && (0.0..UINT_END).contains(&float)).then_some(float as u64);
    Number { int, uint, float: Some(float), text, ideal: Ideal::Float }
}

/// An integer, or a character.
///
/// # Source
/// Go `text/template/exec.go`, `idealConstant`: with a sign, hexadecimal digits count as an exponent, so `-0xe` is a float.
fn whole(int: Option<i64>, uint: Option<u64>, text: String) -> Number {
    #[expect(clippy::cast_precision_loss, reason = "Go converts the same way")]
    let float = int.map(|int| int as f64).or(uint.map(|uint| uint as f64));
    let hexadecimal = text.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("0x"));
    let ideal = if !hexadecimal && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']) {
        Ideal::Float
    } else if int.is_some() {
        Ideal::Int
    } else {
        Ideal::Overflow
    };
    Number { int, uint, float, text, ideal }
}
