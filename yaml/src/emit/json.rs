//! The detour through JSON: Helm's `toYaml` writes JSON first and reads it back as YAML, and both leave traces.
//!
//! In: a string or a number. Out: what go-yaml v2 is then asked to write.
//! Not here: quoting and layout (`analysis`, `write`).

use super::EmitProblem;
use crate::lossy;

/// Where a string stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Key,
    Value,
}

/// The longest key, in characters of JSON with its quotes, that go-yaml reads back: its scanner looks that far for the colon.
pub(super) const KEY_CHARACTERS: usize = 1024;
/// Floats from here on are written with an exponent in Go's JSON.
const JSON_EXPONENT_FROM: f64 = 1e21;
/// A line break to go-yaml, but no control character to Go's JSON.
const NEXT_LINE: char = '\u{85}';

/// Returns a string as it comes out of Go's JSON and go-yaml's reading of it.
///
/// # Errors
/// [`EmitProblem`] where go-yaml refuses to read the JSON.
///
/// # Source
/// sigs.k8s.io/yaml `yaml.go`, `JSONToYAML`; Go `encoding/json`, `appendString`; go-yaml v2 `readerc.go` and `scannerc.go`.
pub(super) fn pass(bytes: &[u8], role: Role) -> Result<String, EmitProblem> {
    let text = lossy::decode(bytes);
    if role == Role::Value && text.bytes().all(|byte| byte < 0x7f) {
        return Ok(text);
    }
    if let Some(refused) = text.chars().find(|character| is_refused(*character)) {
        return Err(EmitProblem::Character(u32::from(refused)));
    }
    match role {
        Role::Key if text.contains(NEXT_LINE) => Err(EmitProblem::Character(u32::from(NEXT_LINE))),
        Role::Key if text.len() > KEY_CHARACTERS / 6 && json_characters(&text) > KEY_CHARACTERS => Err(EmitProblem::LongKey),
        Role::Value if text.contains(NEXT_LINE) => fold_next_lines(&text),
        Role::Key | Role::Value => Ok(text),
    }
}

/// Says whether Go's JSON leaves a character bare that go-yaml's reader refuses.
fn is_refused(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// Returns how many characters a string takes in Go's JSON, with its quotes.
fn json_characters(text: &str) -> usize {
    let quotes = 2;
    let characters = text.chars().map(|character| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => 6,
        _ => 1,
    });
    quotes + characters.sum::<usize>()
}

/// Folds bare NEL characters as go-yaml folds the line breaks of a quoted scalar.
fn fold_next_lines(text: &str) -> Result<String, EmitProblem> {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(NEXT_LINE) {
        folded.push_str(before.trim_end_matches(' '));
        let next = after.trim_start_matches([' ', NEXT_LINE]);
        let run = after.get(..after.len() - next.len()).unwrap_or_default();
        let more_breaks = run.matches(NEXT_LINE).count();
        if more_breaks == 0 {
            folded.push(' ');
        } else {
            folded.extend(std::iter::repeat_n('\n', more_breaks));
        }
        let at_line_start = !run.ends_with(' ');
        if at_line_start && is_document_indicator(next) {
            return Err(EmitProblem::Character(u32::from(NEXT_LINE)));
        }
        rest = next;
    }
    folded.push_str(rest);
    Ok(folded)
}

/// Says whether text begins with `---` or `...` and a blank (a string's end is its quote, and blanks are bare only as spaces).
fn is_document_indicator(text: &str) -> bool {
    let after = text.strip_prefix("---").or_else(|| text.strip_prefix("..."));
    after.is_some_and(|after| after.starts_with([' ', NEXT_LINE]))
}

/// Returns the text of a float that go-yaml reads back as an integer; nothing for others.
///
/// # Source
/// Go `encoding/json`, `floatEncoder`; go-yaml v2 `resolve.go`.
pub(super) fn float(value: f64) -> Option<String> {
    if !value.is_finite() || value.fract() != 0.0 || value.abs() >= JSON_EXPONENT_FROM {
        return None;
    }
    // Rust prints, as Go's 'f' format does, the shortest digits that read back and then zeros.
    let digits = value.to_string();
    if value == 0.0 {
        return Some("0".to_owned());
    }
    (digits.parse::<i64>().is_ok() || digits.parse::<u64>().is_ok()).then_some(digits)
}
