//! Go's regular expressions as Rust's: the same matches from another spelling.
//!
//! In: a pattern in RE2's syntax. Out: a pattern for `regex`, with the names of its groups.
//! Rules: what Go refuses is refused in its words; every literal is written as a code point, so nothing means more than in Go
//! (`[a[b]`, `{,3}`, `\<`); `\d`, `\w`, `\s` and `\b` are ASCII. Not here: running it (`expressions`).
//!
//! # Source
//! Go 1.26 `regexp/syntax/parse.go`, `parse`.

mod class;

/// How deep groups may nest, in levels: Go stops at 1000 of its nodes; a deeper pattern would cost stack in the compiler.
pub(super) const GROUPS: usize = 100;
/// The largest count in `{n}`, and the largest product of nested ones.
const REPEATS: u64 = 1000;

/// Why a pattern is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {problem}: `{text}`")]
pub(super) struct Malformed {
    /// Go's word for it.
    pub(super) problem: &'static str,
    /// The part of the pattern.
    pub(super) text: String,
}

impl Malformed {
    /// Returns the error about a part of the pattern.
    pub(super) fn new(problem: &'static str, text: &str) -> Self {
        Self { problem, text: text.to_owned() }
    }
}

type Result<T> = std::result::Result<T, Malformed>;

/// A pattern for `regex`.
#[derive(Debug)]
pub(super) struct Translated {
    /// The pattern; all groups are numbered, none is named.
    pub(super) pattern: String,
    /// The name of each group, from the whole match (which has none) on.
    pub(super) names: Vec<Option<String>>,
    /// What it holds of characters that stand for themselves.
    pub(super) literals: Literals,
    /// The largest product of nested counts: how often a part of the pattern may stand in a program.
    pub(super) weight: u64,
}

/// The characters of a pattern that stand for themselves outside a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literals {
    /// All are ASCII.
    Ascii,
    /// Some are not. Where case is ignored, one of them may match a letter of ASCII: the Kelvin sign matches `k`.
    Any,
}

/// Translates a pattern.
pub(super) fn translate(pattern: &str) -> Result<Translated> {
    let mut translator = Translator {
        whole: pattern,
        rest: pattern,
        out: String::new(),
        flags: String::new(),
        names: vec![None],
        literals: Literals::Ascii,
        levels: Vec::new(),
        level: Level::default(),
    };
    let mut last_repeat = None;
    while !translator.rest.is_empty() {
        last_repeat = translator.step(last_repeat)?;
    }
    if !translator.levels.is_empty() {
        return Err(Malformed::new("missing closing )", pattern));
    }
    let Translator { out, names, literals, level, .. } = translator;
    Ok(Translated { pattern: out, names, literals, weight: level.weight })
}

/// One level of groups.
#[derive(Default)]
struct Level {
    /// What a repetition operator would repeat.
    atom: Option<Atom>,
    /// The largest product of counts in this level.
    weight: u64,
}

/// The last thing matched for.
#[derive(Clone, Copy)]
struct Atom {
    /// Where it begins in the output.
    start: usize,
    /// The product of the counts in it.
    weight: u64,
    /// Whether an operator repeats it already.
    repeated: bool,
}

struct Translator<'p> {
    whole: &'p str,
    rest: &'p str,
    out: String,
    /// Flags set since the last atom: a repetition operator still means the atom before them.
    flags: String,
    names: Vec<Option<String>>,
    literals: Literals,
    levels: Vec<(Level, usize)>,
    level: Level,
}

impl<'p> Translator<'p> {
    /// Takes one element; returns the rest it began at where it was a repetition operator.
    fn step(&mut self, last_repeat: Option<&'p str>) -> Result<Option<&'p str>> {
        let before = self.rest;
        let Some(first) = before.chars().next() else { return Ok(None) };
        match first {
            '(' => self.open()?,
            '|' => {
                self.rest = after(before, 1);
                self.flush();
                self.out.push('|');
                self.level.atom = None;
            }
            ')' => self.close()?,
            '^' => self.atom(1, "(?:^)"),
            '$' => self.atom(1, "(?:$)"),
            '.' => self.atom(1, "."),
            '[' => {
                let (class, rest) = class::bracketed(before)?;
                self.rest = rest;
                self.write(&class);
            }
            '*' | '+' | '?' => {
                self.repeat(after(before, 1), &first.to_string(), 1, last_repeat)?;
                return Ok(Some(before));
            }
            '{' => match counts(before) {
                Some((counts, rest)) => {
                    if !counts.valid() {
                        return Err(Malformed::new("invalid repeat count", taken(before, rest)));
                    }
                    self.repeat(rest, &counts.written(), counts.weight(), last_repeat)?;
                    return Ok(Some(before));
                }
                None => self.literal('{', after(before, 1)),
            },
            '\\' => self.escape()?,
            other => self.literal(other, after(before, other.len_utf8())),
        }
        Ok(None)
    }

    fn literal(&mut self, character: char, rest: &'p str) {
        self.code_point(u32::from(character), rest);
    }

    fn code_point(&mut self, value: u32, rest: &'p str) {
        self.rest = rest;
        if value > 0x7F {
            self.literals = Literals::Any;
        }
        self.write(&class::code_point(value));
    }

    /// Writes an atom that takes `len` bytes of the pattern.
    fn atom(&mut self, len: usize, written: &str) {
        self.rest = after(self.rest, len);
        self.write(written);
    }

    fn write(&mut self, written: &str) {
        self.flush();
        self.level.atom = Some(Atom { start: self.out.len(), weight: 1, repeated: false });
        self.level.weight = self.level.weight.max(1);
        self.out.push_str(written);
    }

    fn flush(&mut self) {
        self.out.push_str(&std::mem::take(&mut self.flags));
    }

    /// Takes what follows a backslash outside brackets.
    fn escape(&mut self) -> Result<()> {
        let before = self.rest;
        match before.as_bytes().get(1) {
            Some(b'A') => self.atom(2, "(?:\\A)"),
            Some(b'z') => self.atom(2, "(?:\\z)"),
            Some(b'b') => self.atom(2, "(?-u:\\b)"),
            Some(b'B') => self.atom(2, "(?-u:\\B)"),
            Some(b'C') => return Err(Malformed::new("invalid escape sequence", "\\C")),
            Some(b'Q') => {
                let quoted = after(before, 2);
                let (literal, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
                for character in literal.chars() {
                    self.literal(character, rest);
                }
                self.rest = rest;
            }
            _ => match class::named(before)? {
                Some((items, rest)) => {
                    self.rest = rest;
                    self.write(&format!("[{items}]"));
                }
                None => {
                    let (value, rest) = class::escaped(before)?;
                    self.code_point(value, rest);
                }
            },
        }
        Ok(())
    }

    /// Applies an operator to the last atom. `rest` is what follows it, `count` how much it multiplies counts.
    fn repeat(&mut self, rest: &'p str, operator: &str, count: u64, last_repeat: Option<&'p str>) -> Result<()> {
        let before = self.rest;
        let lazy = rest.strip_prefix('?');
        self.rest = lazy.unwrap_or(rest);
        if let Some(last) = last_repeat {
            return Err(Malformed::new("invalid nested repetition operator", taken(last, self.rest)));
        }
        let Some(atom) = self.level.atom else {
            return Err(Malformed::new("missing argument to repetition operator", taken(before, self.rest)));
        };
        let weight = atom.weight.saturating_mul(count.max(1));
        if count > 1 && weight > REPEATS {
            return Err(Malformed::new("invalid repeat count", taken(before, self.rest)));
        }
        if atom.repeated {
            self.out.insert_str(atom.start, "(?:");
            self.out.push(')');
        }
        self.out.push_str(operator);
        self.out.push_str(if lazy.is_some() { "?" } else { "" });
        self.level.atom = Some(Atom { weight, repeated: true, ..atom });
        self.level.weight = self.level.weight.max(weight);
        Ok(())
    }

    /// Takes `(`, with flags or a name behind it.
    fn open(&mut self) -> Result<()> {
        let before = self.rest;
        let named = before.strip_prefix("(?P<").or_else(|| before.strip_prefix("(?<"));
        let name = match named {
            Some(text) => {
                let (name, rest) = text.split_once('>').ok_or_else(|| Malformed::new("invalid named capture", before))?;
                self.rest = rest;
                if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    return Err(Malformed::new("invalid named capture", taken(before, rest)));
                }
                Some(name.to_owned())
            }
            None if before.starts_with("(?") => return self.flags(),
            None => {
                self.rest = after(before, 1);
                None
            }
        };
        self.names.push(name);
        self.enter("(")
    }

    /// Takes `(?flags)` or `(?flags:`.
    fn flags(&mut self) -> Result<()> {
        let before = self.rest;
        let mut characters = after(before, 2).chars();
        let (mut on, mut off): (String, String) = (String::new(), String::new());
        let (mut negative, mut seen) = (false, false);
        while let Some(character) = characters.next() {
            match character {
                'i' | 'm' | 's' | 'U' => {
                    seen = true;
                    let (to, from) = if negative { (&mut off, &mut on) } else { (&mut on, &mut off) };
                    from.retain(|flag| flag != character);
                    if !to.contains(character) {
                        to.push(character);
                    }
                }
                '-' if !negative => (negative, seen) = (true, false),
                ':' | ')' if !negative || seen => {
                    self.rest = characters.as_str();
                    let minus = if off.is_empty() { "" } else { "-" };
                    if character == ':' {
                        return self.enter(&format!("(?{on}{minus}{off}:"));
                    }
                    if !on.is_empty() || !off.is_empty() {
                        self.flags.push_str(&format!("(?{on}{minus}{off})"));
                    }
                    return Ok(());
                }
                _ => return Err(Malformed::new("invalid or unsupported Perl syntax", taken(before, characters.as_str()))),
            }
        }
        Err(Malformed::new("invalid or unsupported Perl syntax", before))
    }

    fn enter(&mut self, written: &str) -> Result<()> {
        if self.levels.len() == GROUPS {
            return Err(Malformed::new("expression nests too deeply", self.whole));
        }
        self.flush();
        self.levels.push((std::mem::take(&mut self.level), self.out.len()));
        self.out.push_str(written);
        Ok(())
    }

    /// Takes `)`: flags that were set in the group end with it.
    fn close(&mut self) -> Result<()> {
        let Some((outer, start)) = self.levels.pop() else {
            return Err(Malformed::new("unexpected )", self.whole));
        };
        self.rest = after(self.rest, 1);
        self.flush();
        self.out.push(')');
        let inner = std::mem::replace(&mut self.level, outer);
        let weight = inner.weight.max(1);
        self.level.atom = Some(Atom { start, weight, repeated: false });
        self.level.weight = self.level.weight.max(weight);
        Ok(())
    }
}

/// Returns the text after its first `len` bytes.
fn after(text: &str, len: usize) -> &str {
    text.get(len..).unwrap_or("")
}

/// Returns the beginning of `from` that is before `rest`, its end.
fn taken<'p>(from: &'p str, rest: &str) -> &'p str {
    from.get(..from.len().saturating_sub(rest.len())).unwrap_or(from)
}

/// `{least}`, `{least,}` or `{least,most}`; nothing where a number is beyond all counting.
struct Counts {
    least: Option<u64>,
    most: Most,
}

/// The upper end of a count.
enum Most {
    Same,
    Unbounded,
    Number(Option<u64>),
}

impl Counts {
    fn valid(&self) -> bool {
        let bounded = |number: Option<u64>| number.filter(|number| *number <= REPEATS);
        let Some(least) = bounded(self.least) else { return false };
        match self.most {
            Most::Same | Most::Unbounded => true,
            Most::Number(most) => bounded(most).is_some_and(|most| least <= most),
        }
    }

    fn weight(&self) -> u64 {
        match self.most {
            Most::Number(Some(most)) => most,
            _ => self.least.unwrap_or(0),
        }
    }

    fn written(&self) -> String {
        let number = |number: Option<u64>| number.unwrap_or(0).to_string();
        match self.most {
            Most::Same => format!("{{{}}}", number(self.least)),
            Most::Unbounded => format!("{{{},}}", number(self.least)),
            Most::Number(most) => format!("{{{},{}}}", number(self.least), number(most)),
        }
    }
}

/// Reads counts; nothing where the brace is a literal.
fn counts(text: &str) -> Option<(Counts, &str)> {
    let (least, rest) = count(text.strip_prefix('{')?)?;
    let (most, rest) = match rest.strip_prefix(',') {
        None => (Most::Same, rest),
        Some(rest) if rest.starts_with('}') => (Most::Unbounded, rest),
        Some(rest) => {
            let (most, rest) = count(rest)?;
            (Most::Number(most), rest)
        }
    };
    Some((Counts { least, most }, rest.strip_prefix('}')?))
}

fn count(text: &str) -> Option<(Option<u64>, &str)> {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = taken(text, rest);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    Some((digits.parse().ok(), rest))
}

#[cfg(test)]
mod tests;
