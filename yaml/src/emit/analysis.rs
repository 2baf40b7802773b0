//! Which style a string is written in.
//!
//! In: the string. Out: [`Style`]. Rules: plain where it reads back as the same string, literal where it has line breaks.
//!
//! # Source
//! go-yaml v2 `emitterc.go`, `yaml_emitter_analyze_scalar` and `yaml_emitter_select_scalar_style`; `encode.go`, `stringv`.

use super::Printer;
use super::write::Role;
use crate::scalar::{self, Dialect, Resolved};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Which styles can carry a string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    printer: Printer,
    /// The string has line breaks of any kind.
    pub(super) multiline: bool,
    plain: Fit,
    single_quoted: Fit,
    block: Fit,
}

/// Whether a style can carry a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Allowed,
    Refused,
}

impl Fit {
    fn unless(obstacle: bool) -> Self {
        if obstacle { Self::Refused } else { Self::Allowed }
    }
}

/// What stands where in a string.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of independent facts, collected in one pass over the text")]
struct Facts {
    indicators: bool,
    line_breaks: bool,
    special_characters: bool,
    tabs: bool,
    leading_blank: bool,
    trailing_space: bool,
    trailing_break: bool,
    break_space: bool,
    space_break: bool,
}

impl Analysis {
    /// Looks a string over.
    pub(super) fn of(text: &str, printer: Printer) -> Self {
        if text.is_empty() {
            return Self { printer, multiline: false, plain: Fit::Allowed, single_quoted: Fit::Allowed, block: Fit::Refused };
        }
        let facts = Facts::of(text);
        let unquotable = facts.space_break || facts.special_characters || facts.tabs;
        // Only go-yaml v3 tells tabs from characters that cannot be printed.
        let unprintable = facts.space_break || facts.special_characters || (facts.tabs && printer == Printer::Helm);
        let plain = Fit::unless(
            facts.leading_blank
                || facts.trailing_space
                || facts.trailing_break
                || facts.break_space
                || unquotable
                || facts.line_breaks
                || facts.indicators,
        );
        Self {
            printer,
            multiline: facts.line_breaks,
            plain,
            single_quoted: Fit::unless(facts.break_space || unquotable),
            block: Fit::unless(facts.trailing_space || unprintable),
        }
    }

    /// Says whether the string, written plain, is a string again.
    fn reads_back(self, text: &str) -> bool {
        match self.printer {
            Printer::Helm => scalar::resolve(text, Dialect::V2) == Resolved::Text,
            Printer::Pretty => scalar::resolve(text, Dialect::V3) == Resolved::Text && !is_old_bool(text),
        }
    }

    /// Returns the style for a string that was looked over.
    pub(super) fn style_of(self, text: &str, role: Role) -> Style {
        let wanted = if text.contains('\n') {
            Style::Literal
        } else if self.reads_back(text) && !scalar::is_base_60(text) {
            Style::Plain
        } else {
            Style::DoubleQuoted
        };
        let wanted = if role == Role::SimpleKey && self.multiline { Style::DoubleQuoted } else { wanted };
        match wanted {
            Style::Plain if self.plain == Fit::Allowed => Style::Plain,
            Style::Plain | Style::SingleQuoted if self.single_quoted == Fit::Allowed => Style::SingleQuoted,
            Style::Literal if self.block == Fit::Allowed && role == Role::Value => Style::Literal,
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted | Style::Literal => Style::DoubleQuoted,
        }
    }
}

impl Facts {
    fn of(text: &str) -> Self {
        let mut facts = Self { indicators: text.starts_with("---") || text.starts_with("..."), ..Self::default() };
        let (mut after_blank, mut after_space, mut after_break) = (true, false, false);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let before_blank = next.is_none_or(|next| next == ' ' || next == '\t');
            facts.indicators |= is_indicator(character, at == 0, after_blank, before_blank);
            facts.tabs |= character == '\t';
            facts.special_characters |= character != '\t' && !is_printable(character);
            let (space, line_break) = (character == ' ', is_break(character));
            facts.leading_blank |= at == 0 && (space || line_break);
            facts.trailing_space |= next.is_none() && space;
            facts.trailing_break |= next.is_none() && line_break;
            facts.line_breaks |= line_break;
            facts.break_space |= space && after_break;
            facts.space_break |= line_break && after_space;
            (after_space, after_break) = (space, line_break);
            after_blank = space || line_break || matches!(character, '\t' | '\0');
        }
        facts
    }
}

/// Says whether YAML 1.1 reads the text as a boolean, which go-yaml v3 no longer does: it quotes it for others.
///
/// # Source
/// go-yaml v3 `encode.go`, `isOldBool`.
fn is_old_bool(text: &str) -> bool {
    const WORDS: [&str; 6] = ["y", "yes", "on", "n", "no", "off"];
    let capital = text.chars().next().is_some_and(char::is_uppercase);
    let rest = text.get(1..).unwrap_or("");
    let one_case = rest.chars().all(char::is_lowercase) || (capital && rest.chars().all(char::is_uppercase));
    one_case && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Says whether a character means something to a YAML reader where it stands.
fn is_indicator(character: char, first: bool, after_blank: bool, before_blank: bool) -> bool {
    match character {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' if first => true,
        '?' | '-' if first => before_blank,
        ':' => before_blank,
        '#' => after_blank,
        _ => false,
    }
}

/// Says whether go-yaml v2 writes a character bare; it escapes all beyond the basic plane.
///
/// # Source
/// go-yaml v2 `yamlprivateh.go`, `is_printable`.
pub(super) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Says whether go-yaml takes a character for a line break.
pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
