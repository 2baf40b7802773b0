//! The sink: foreign text made fit for a terminal and a log.
//!
//! Rules: no control, no escape sequence, no character that turns or hides text; bounded, so that nobody floods a log.

use std::fmt::Write as _;

/// The most characters of one text that are shown: a policy's or template's message is seldom a tenth of it.
pub const TEXT_CHARACTERS: usize = 2_000;

/// Returns `text` on one line, without anything that moves, colours, turns or hides text, and cut at [`TEXT_CHARACTERS`] with the
/// number of characters left out.
#[must_use]
pub fn clean(text: &str) -> String {
    bounded(text, Breaks::Joined)
}

/// Returns one line of source text as [`clean`] does, with its columns kept: what is taken out leaves a blank.
#[must_use]
pub fn clean_line(text: &str) -> String {
    bounded(text, Breaks::Blank)
}

/// What becomes of a character that is taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// Line breaks and tabs become one blank, all else nothing.
    Joined,
    /// A blank for each.
    Blank,
}

fn bounded(text: &str, breaks: Breaks) -> String {
    let mut cleaned = String::new();
    let mut shown = 0_usize;
    let mut left_out = 0_usize;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let replaced = match character {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{1b}' if breaks == Breaks::Joined => {
                skip_sequence(&mut characters);
                None
            }
            other if is_hidden(other) => (breaks == Breaks::Blank).then_some(' '),
            other => Some(other),
        };
        let Some(replaced) = replaced else { continue };
        if breaks == Breaks::Joined && replaced == ' ' && cleaned.ends_with(' ') {
            continue;
        }
        if shown == TEXT_CHARACTERS {
            left_out += 1;
            continue;
        }
        cleaned.push(replaced);
        shown += 1;
    }
    if left_out > 0 {
        // Writing to a string cannot fail.
        let _ = write!(cleaned, " … ({left_out} more characters)");
    }
    cleaned
}

/// Skips what belongs to an escape character: `[` to a final byte, or `]` (and the like) to its terminator.
///
/// # Source
/// ECMA-48, 5.4 (control sequences) and 5.6 (control strings).
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            while characters.next_if(|c| ('\u{20}'..='\u{3f}').contains(c)).is_some() {}
            characters.next_if(|c| ('\u{40}'..='\u{7e}').contains(c));
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            // The introducer goes, the string stays as plain text: without the escape it does nothing, and swallowing it could hide a message.
            characters.next();
        }
        _ => {}
    }
}

/// Says whether the character is a control, turns the direction of text, or takes no room.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text), expected, "{text:?}");
    }

    // Escape sequences go with all that belongs to them.
    #[test]
    fn colours_and_cursor_moves_go() {
        check("a \u{1b}[1;31mred\u{1b}[0m b", "a red b");
        check("\u{1b}[2J\u{1b}[Hgone", "gone");
        check("\u{1b}]0;title\u{7}text", "0;titletext");
        check("end\u{1b}", "end");
        check("\u{9b}31mred", "31mred");
    }

    // A message stays on one line, so that no second line can pose as ours.
    #[test]
    fn lines_are_joined() {
        check("bad\nerror[layers.syntax]: forged", "bad error[layers.syntax]: forged");
        check("a\r\n\tb\u{2028}c", "a b c");
        check("a\u{0}\u{8}b", "ab");
    }

    // Characters that turn or hide text go; other scripts stay.
    #[test]
    fn turning_characters_go() {
        check("user\u{202e}nimda\u{2066}x\u{200b}y\u{feff}z\u{e0041}", "usernimdaxyz");
        check("größe 大 مرحبا", "größe 大 مرحبا");
    }

    // The limit itself is shown, what is over it is counted.
    #[test]
    fn limit_obeyed_and_violated() {
        let whole = "x".repeat(TEXT_CHARACTERS);
        check(&whole, &whole);
        check(&format!("{whole}yz"), &format!("{whole} … (2 more characters)"));
    }

    // In a line of source text every character keeps its column.
    #[test]
    fn columns_are_kept() {
        assert_eq!(clean_line("\ttag: \u{1b}[1m\u{202e}x"), " tag:  [1m x");
    }
}
