//! Go's regular expressions, rewritten for the `regex` crate so that they match the same keys.
//!
//! Rules: what Go would refuse is refused; `\d \w \s \b` know ASCII only, as in Go; what cannot be carried over with certainty
//! (Unicode classes, octal escapes) is refused too, because a selector that is read otherwise seals otherwise.
//! Not here: matching; the `regex` crate does that in linear time, as RE2 does.

use std::iter::Peekable;
use std::str::Chars;

use regex::bytes::{Regex, RegexBuilder};

/// Bytes of a selector's regular expression. Real ones have some dozen.
pub(crate) const REGEX_BYTES: usize = 1024;
/// Bytes a compiled expression may take: room for every expression Go accepts in practice, none for `((x{999}){999}){999}`.
const COMPILED_BYTES: usize = 1 << 20;
/// The highest count in a repetition.
///
/// # Source
/// Go `regexp/syntax`, `ErrInvalidRepeatSize`.
const REPEAT_LIMIT: u32 = 1000;

/// Why a regular expression of the metadata is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegexProblem {
    /// It is longer than any selector.
    #[error("it has {bytes} bytes; the limit is {REGEX_BYTES}")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// Go's syntax does not allow it.
    #[error("{0}")]
    Go(&'static str),
    /// It means something in Go that is not carried over.
    #[error("{0} is not supported here")]
    Unsupported(&'static str),
    /// The expression does not compile.
    #[error("it does not compile")]
    Compile {
        /// What the compiler says.
        #[source]
        source: regex::Error,
    },
}

/// Returns a compiled expression that matches what `pattern` matches in Go, anywhere in a text.
pub(super) fn compile(pattern: &str) -> Result<Regex, RegexProblem> {
    if pattern.len() > REGEX_BYTES {
        return Err(RegexProblem::TooLong { bytes: pattern.len() });
    }
    let mut translation = Translation { input: pattern.chars().peekable(), output: String::new(), last: Last::Nothing };
    translation.run()?;
    RegexBuilder::new(&translation.output).size_limit(COMPILED_BYTES).build().map_err(|source| RegexProblem::Compile { source })
}

/// What stands before the next character: a repetition needs something to repeat, once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Atom,
    Repetition,
}

struct Translation<'a> {
    input: Peekable<Chars<'a>>,
    output: String,
    last: Last,
}

type Translated = Result<(), RegexProblem>;

impl Translation<'_> {
    fn run(&mut self) -> Translated {
        while let Some(character) = self.input.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '*' | '+' | '?' => self.repetition(&character.to_string())?,
                '{' => self.counted()?,
                '|' => {
                    self.output.push('|');
                    self.last = Last::Nothing;
                }
                ')' | '.' | '^' | '$' => self.atom(&character.to_string()),
                literal => self.literal(literal),
            }
        }
        Ok(())
    }

    fn atom(&mut self, text: &str) {
        self.output.push_str(text);
        self.last = Last::Atom;
    }

    fn literal(&mut self, character: char) {
        self.atom(&regex::escape(character.encode_utf8(&mut [0; 4])));
    }

    fn repetition(&mut self, operator: &str) -> Translated {
        match self.last {
            Last::Nothing => return Err(RegexProblem::Go("a repetition has nothing to repeat")),
            Last::Repetition => return Err(RegexProblem::Go("a repetition is repeated")),
            Last::Atom => {}
        }
        self.output.push_str(operator);
        if self.input.next_if_eq(&'?').is_some() {
            self.output.push('?');
        }
        self.last = Last::Repetition;
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,3}`; any other brace is a literal.
    fn counted(&mut self) -> Translated {
        let rest: String = self.input.clone().collect();
        let Some((inside, _)) = rest.split_once('}') else {
            self.literal('{');
            return Ok(());
        };
        let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
        let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_count(least) || !(most.is_empty() || is_count(most)) {
            self.literal('{');
            return Ok(());
        }
        let in_range = |text: &str| text.is_empty() || text.parse::<u32>().is_ok_and(|count| count <= REPEAT_LIMIT);
        if !in_range(least) || !in_range(most) {
            return Err(RegexProblem::Go("a repetition counts beyond 1000"));
        }
        self.input.nth(inside.len());
        self.repetition(&format!("{{{inside}}}"))
    }

    fn group(&mut self) -> Translated {
        self.output.push('(');
        self.last = Last::Nothing;
        if self.input.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        self.output.push('?');
        let mut flags = String::new();
        for character in self.input.by_ref() {
            flags.push(character);
            if matches!(character, ':' | ')' | '>') {
                break;
            }
        }
        let name = flags.strip_prefix("P<").or_else(|| flags.strip_prefix('<')).and_then(|name| name.strip_suffix('>'));
        let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let known = match name {
            Some(name) => is_word(name),
            None => flags.strip_suffix([':', ')']).is_some_and(|set| set.chars().all(|flag| "imsU-".contains(flag))),
        };
        if !known || flags == ")" {
            return Err(RegexProblem::Go("a group begins with unknown flags"));
        }
        self.output.push_str(&flags);
        Ok(())
    }

    /// An escape outside of a class.
    fn escape(&mut self) -> Translated {
        let Some(character) = self.input.next() else { return Err(RegexProblem::Go("it ends in a backslash")) };
        match character {
            'b' => self.atom(r"(?-u:\b)"),
            'B' => self.atom(r"(?-u:\B)"),
            'A' => self.atom(r"\A"),
            'z' => self.atom(r"\z"),
            'Q' => self.quoted(),
            other => {
                if let Some((set, negated)) = perl_class(other) {
                    self.atom(&format!("[{}{set}]", if negated { "^" } else { "" }));
                } else {
                    let literal = self.escaped_character(other)?;
                    self.atom(&literal);
                }
            }
        }
        Ok(())
    }

    /// `\Q..\E`: all of it literal.
    fn quoted(&mut self) {
        while let Some(character) = self.input.next() {
            if character == '\\' && self.input.next_if_eq(&'E').is_some() {
                return;
            }
            self.literal(character);
        }
    }

    /// Returns what one escaped character is, in a form that holds inside and outside of classes.
    fn escaped_character(&mut self, character: char) -> Result<String, RegexProblem> {
        match character {
            'a' | 'f' | 't' | 'n' | 'r' | 'v' => Ok(format!("\\{character}")),
            'x' => self.hexadecimal(),
            'p' | 'P' => Err(RegexProblem::Unsupported("a Unicode class")),
            '0'..='9' => Err(RegexProblem::Unsupported("an octal escape")),
            'C' => Err(RegexProblem::Unsupported("a single byte")),
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok(regex::escape(other.encode_utf8(&mut [0; 4]))),
            _ => Err(RegexProblem::Go("it holds an unknown escape")),
        }
    }

    /// `\x41` or `\x{1F600}`.
    fn hexadecimal(&mut self) -> Result<String, RegexProblem> {
        let digits: String = if self.input.next_if_eq(&'{').is_some() {
            self.input.by_ref().take_while(|character| *character != '}').collect()
        } else {
            self.input.by_ref().take(2).collect()
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(RegexProblem::Go("it holds an unknown escape"));
        }
        Ok(format!("\\x{{{digits}}}"))
    }

    /// `[..]`, in which Go has neither nested classes nor set operations.
    fn class(&mut self) -> Translated {
        self.output.push('[');
        if self.input.next_if_eq(&'^').is_some() {
            self.output.push('^');
        }
        let mut first = true;
        loop {
            let Some(character) = self.input.next() else { return Err(RegexProblem::Go("a class is not closed")) };
            match character {
                ']' if !first => break,
                '[' if self.input.peek() == Some(&':') => self.named_class()?,
                '\\' if self.input.peek().copied().and_then(perl_class).is_some() => {
                    if let Some((set, negated)) = self.input.next().and_then(perl_class) {
                        let text = if negated { format!("[^{set}]") } else { set.to_owned() };
                        self.output.push_str(&text);
                    }
                }
                low => self.range(low)?,
            }
            first = false;
        }
        self.atom("]");
        Ok(())
    }

    /// `a` or `a-z`, whose first character is `low`.
    fn range(&mut self, low: char) -> Translated {
        let low = self.class_character(low)?;
        self.output.push_str(&low);
        let mut ahead = self.input.clone();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|after| after != ']') {
            self.input.next();
            let Some(high) = self.input.next() else { return Err(RegexProblem::Go("a class is not closed")) };
            let high = self.class_character(high)?;
            self.output.push('-');
            self.output.push_str(&high);
        }
        Ok(())
    }

    fn class_character(&mut self, character: char) -> Result<String, RegexProblem> {
        if character != '\\' {
            return Ok(regex::escape(character.encode_utf8(&mut [0; 4])));
        }
        let Some(escaped) = self.input.next() else { return Err(RegexProblem::Go("it ends in a backslash")) };
        self.escaped_character(escaped)
    }

    /// `[:alpha:]`, after its first bracket; a bracket without the closing `:]` is a literal.
    fn named_class(&mut self) -> Translated {
        let rest: String = self.input.clone().skip(1).collect();
        let Some((name, _)) = rest.split_once(":]") else {
            return self.range('[');
        };
        let known = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
            "xdigit",
        ];
        if !known.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(RegexProblem::Go("it names an unknown class"));
        }
        self.output.push_str(&format!("[:{name}:]"));
        // The name is ASCII: `:`, its letters, `:` and `]`.
        self.input.nth(name.len() + 2);
        Ok(())
    }
}

/// Returns what stands in brackets for a Perl class, and whether it is negated.
fn perl_class(character: char) -> Option<(&'static str, bool)> {
    let set = match character.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\f\r\x20",
        _ => return None,
    };
    Some((set, character.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::{REGEX_BYTES, compile};

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], other: &[&str]) {
        let regex = compile(pattern).unwrap();
        for text in matching {
            assert!(regex.is_match(text.as_bytes()), "{pattern} should match {text}");
        }
        for text in other {
            assert!(!regex.is_match(text.as_bytes()), "{pattern} should not match {text}");
        }
    }

    /// What both languages write alike means the same.
    #[test]
    fn plain_expressions_keep_their_meaning() {
        check("^(data|stringData)$", &["data", "stringData"], &["metadata", "data2"]);
        check("pass(word)?", &["pass", "mypassword"], &["pas"]);
        check("(?i)^Token", &["token", "TOKENS"], &["atoken"]);
        check("^a.c$", &["abc", "aéc"], &["ac", "a\nc"]);
        check("^x{2,3}$", &["xx", "xxx"], &["x", "xxxx"]);
        check("a{,2}", &["a{,2}"], &["aa"]);
        check("^(?P<name>a|b)+?$", &["ab"], &["c"]);
        check(r"^\Qa.b\E.$", &["a.bc"], &["axbc"]);
        check(r"^\x41\x{e9}$", &["Aé"], &["A"]);
        check(r"#&~ \-\_\<", &["#&~ -_<"], &[]);
    }

    /// Perl classes and word borders know ASCII only.
    #[test]
    fn perl_classes_are_ascii() {
        check(r"^\d$", &["7"], &["٣", "x"]);
        check(r"^\w$", &["a", "_"], &["é"]);
        check(r"^\D$", &["٣", "x"], &["7"]);
        check(r"^\s$", &[" ", "\t"], &["\u{a0}", "\u{b}"]);
        check(r"\bkey", &["a key", "ékey"], &["akey"]);
        check(r"^[\d_]$", &["7", "_"], &["x"]);
        check(r"^[^\D]$", &["7"], &["x"]);
    }

    /// Inside brackets nothing but ranges, escapes and named classes is special.
    #[test]
    fn classes_have_no_set_operations() {
        check("^[a&&b]$", &["a", "&", "b"], &["c"]);
        check("^[[x]$", &["[", "x"], &["y"]);
        check("^[]a]$", &["]", "a"], &["b"]);
        check("^[a-]$", &["a", "-"], &["b"]);
        check("^[[:alpha:]0]$", &["q", "0"], &["1"]);
        check("^[[:^digit:]]$", &["q"], &["1"]);
        check(r"^[+--]$", &["+", ",", "-"], &["."]);
        check(r"^[\]\\]$", &["]", r"\"], &["a"]);
    }

    /// What Go refuses, or what cannot be carried over, is refused.
    #[test]
    fn doubtful_expressions_are_refused() {
        for pattern in [
            "a**",
            "a+*",
            "*a",
            "(+)",
            "a|*",
            "a{1001}",
            "a{2}{3}",
            "(?x)a",
            "(?=a)",
            "(?<!a)",
            "(?",
            "(?)",
            "(a",
            "a)",
            "[a",
            "[z-a]",
            "[]",
            r"\",
            r"\y",
            r"\pL",
            r"\p{Greek}",
            r"\1",
            r"\07",
            r"\C",
            r"\xg1",
            r"\x{}",
            r"\x{110000}",
            "[[:word]:]",
            "[[:nope:]]",
            r"[\b]",
        ] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }

    /// An expression of the limit's size is read, one byte more is refused; a small one that grows on compiling is refused.
    #[test]
    fn expressions_are_limited() {
        assert!(compile(&"a".repeat(REGEX_BYTES)).is_ok());
        assert!(compile(&"a".repeat(REGEX_BYTES + 1)).is_err());
        assert!(compile("((a{999}){999}){999}").is_err());
    }
}
