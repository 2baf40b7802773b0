//! Diagnostic: what went wrong, as facts that people and programs can read.
//!
//! In: the errors of the stages, by [`StageError`]. Out: [`Failure`], one class and its diagnostics.
//! Rules: all failures of a stage are kept, sorted by place; a message never repeats its place; source text is quoted only from clear
//! layers of the values repository.
//! Not here: how it is written (`report`), and what each code means in full (`docs/errors.md` and `docs/policies`, by [`Code::explanation`]).

mod code;
mod context;
mod finding;
mod quoting;
mod rules;
mod schema;
mod stages;
mod verdicts;

use std::fmt;

use yaml::Position;

pub use code::Code;
pub use finding::{Exception, Finding, Grant, ObjectName, Subject};
pub use quoting::quote;
pub use verdicts::in_chart;

/// What kind of failure ends a command. The numbers are exit codes and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// The command line is wrong.
    Usage = 2,
    /// A file or directory cannot be used.
    Source = 10,
    /// Configuration, application, binding: who is meant, and by whom.
    Context = 11,
    /// A sealed file does not open, or no key may be used.
    Secrets = 12,
    /// Values or the estate's schema.
    Values = 13,
    /// The chart.
    Chart = 14,
    /// Nothing came out.
    Empty = 15,
    /// Stdout could not be written.
    Stdout = 16,
    /// A policy refused.
    Policy = 20,
    /// A fault of tidegate itself.
    Internal = 70,
}

impl Class {
    /// Returns the process's exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        self as u8
    }
}

/// How much a diagnostic matters, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It ends the command.
    Error,
    /// It should be looked at.
    Warning,
    /// It is good to know.
    Note,
}

impl Severity {
    /// Returns the word that opens a line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the values repository; a chart's below the chart root as it was named, an identity's relative to the configuration.
    pub file: String,
    /// Line from 1; 0 where the file as a whole is meant.
    pub line: u32,
    /// Column from 1; 0 where the file as a whole is meant.
    pub column: u32,
}

impl Place {
    /// Returns the file as a whole.
    #[must_use]
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0 }
    }

    /// Returns a place in the file.
    #[must_use]
    pub fn at(file: &str, at: Position) -> Self {
        Self { file: file.to_owned(), line: at.line, column: at.column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => f.write_str(&self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// A line of source text with the stretch that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Line from 1.
    pub line: u32,
    /// The line's text.
    pub text: String,
    /// First column of the stretch, from 1.
    pub column: u32,
    /// Columns of the stretch, at least 1.
    pub width: u32,
    /// What to say beside the caret; may be empty.
    pub label: String,
}

/// The most characters of a line that is quoted: longer ones are no help on a terminal.
pub const EXCERPT_CHARACTERS: usize = 160;

impl Excerpt {
    /// Returns the line of `text` at `place`, with a caret from its column to the end of what is written there; nothing where there is
    /// no such line, or it has more than [`EXCERPT_CHARACTERS`]. The caller answers for it that the line holds nothing secret.
    #[must_use]
    pub fn of(text: &str, place: &Place) -> Option<Self> {
        let index = usize::try_from(place.line.checked_sub(1)?).ok()?;
        let line = text.split('\n').nth(index)?.trim_end();
        let before = usize::try_from(place.column.checked_sub(1)?).ok()?;
        let length = line.chars().count();
        if length > EXCERPT_CHARACTERS || before > length {
            return None;
        }
        let meant: String = line.chars().skip(before).collect();
        let meant = meant.split(" #").next().unwrap_or_default().trim_end();
        let width = u32::try_from(meant.chars().count()).ok()?.max(1);
        Some(Self { line: place.line, text: line.to_owned(), column: place.column, width, label: String::new() })
    }
}

/// A fact beside the message: `layer: customer environment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub label: &'static str,
    /// The fact.
    pub text: String,
}

/// One thing that went wrong, or is worth saying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Its name for machines and for `explain-error`.
    pub code: Code,
    /// The application it is about.
    pub application: Option<String>,
    /// Where it is.
    pub place: Option<Place>,
    /// What it is: a lower-case fragment without full stop.
    pub message: String,
    /// The line it is about.
    pub excerpt: Option<Excerpt>,
    /// Facts beside it.
    pub notes: Vec<Note>,
    /// What to do next.
    pub hint: Option<String>,
    /// What it is about, where a policy said it.
    pub finding: Option<Box<Finding>>,
    /// Why it refuses nothing, though a policy denied.
    pub exception: Option<Box<Exception>>,
}

impl Diagnostic {
    /// Returns an error with nothing but code and message.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            application: None,
            place: None,
            message: message.into(),
            excerpt: None,
            notes: Vec::new(),
            hint: None,
            finding: None,
            exception: None,
        }
    }

    /// Returns a warning with nothing but code and message.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Returns a note with nothing but code and message.
    #[must_use]
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message) }
    }

    /// Returns it with its place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Returns it with what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Returns it with a fact more.
    #[must_use]
    pub fn fact(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.notes.push(Note { label, text: text.into() });
        self
    }
}

/// An error of a stage, as the edge needs it.
pub trait StageError {
    /// Returns what kind of failure it is.
    fn class(&self) -> Class;

    /// Returns it as facts.
    fn diagnostic(&self) -> Diagnostic;
}

/// Why a command ends without its product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is: that of the first diagnostic.
    pub class: Class,
    /// All that went wrong in the stage, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// Returns a failure of one thing.
    #[must_use]
    pub fn one(class: Class, diagnostic: Diagnostic) -> Self {
        Self { class, diagnostics: vec![diagnostic] }
    }

    /// Returns the failure of all that was said in a stage, errors before warnings and notes, since the first line must suffice alone; the
    /// class is that of the first, [`Class::Internal`] where there is none.
    #[must_use]
    pub fn of(mut findings: Vec<(Class, Diagnostic)>) -> Self {
        // Errors without a place are about the whole, so they come first; a stable sort keeps the rest in the stage's own order.
        findings.sort_by(|a, b| (a.1.severity, &a.1.place).cmp(&(b.1.severity, &b.1.place)));
        let class = findings.first().map_or(Class::Internal, |first| first.0);
        Self { class, diagnostics: findings.into_iter().map(|(_, diagnostic)| diagnostic).collect() }
    }

    /// Returns the failure with warnings said before it, which come last: the first line is the failure's.
    #[must_use]
    pub fn with(mut self, warnings: &[Diagnostic]) -> Self {
        self.diagnostics.extend_from_slice(warnings);
        self
    }

    /// Returns the failure with the application that all of it is about.
    #[must_use]
    pub fn about(mut self, application: &str) -> Self {
        for diagnostic in &mut self.diagnostics {
            diagnostic.application.get_or_insert_with(|| application.to_owned());
        }
        self
    }
}

impl<E: StageError> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::one(error.class(), error.diagnostic())
    }
}

impl<E: StageError> From<Vec<E>> for Failure {
    fn from(errors: Vec<E>) -> Self {
        Self::of(errors.iter().map(|error| (error.class(), error.diagnostic())).collect())
    }
}

#[cfg(test)]
mod tests;
