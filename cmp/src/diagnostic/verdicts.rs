//! The errors of the stages after the render as diagnostics. Places in templates are places in the chart's directory.

use std::error::Error;

use crate::configuration::discovery::Discovered;
use crate::emit::EmitError;
use crate::policies::installed::InstallationError;
use crate::policies::{ConfigureError, PolicyFailure};
use crate::sealed::SealedError;
use crate::validate::scope::ScopeError;
use crate::validate::{self, ValidateError};

use super::{Class, Code, Diagnostic, Failure, Place, StageError};

/// An error about rendered text, as facts that all of them have.
struct Rendered<'a> {
    class: Class,
    code: &'static str,
    message: String,
    at: Option<&'a validate::Place>,
    hint: &'static str,
}

impl Rendered<'_> {
    /// Returns it as a diagnostic; `chart` is the chart's directory. The message begins with the place, which is said apart.
    fn diagnostic(self, chart: &str) -> (Class, Diagnostic) {
        let Self { class, code, message, at, hint } = self;
        let message = at.and_then(|at| message.strip_prefix(&format!("{at}: ")).map(str::to_owned)).unwrap_or(message);
        let diagnostic = Diagnostic::error(Code::known(code).unwrap_or(Code::INTERNAL), message).hint(hint);
        let diagnostic = match at {
            Some(at) => diagnostic.at(in_chart(at, chart)),
            None => diagnostic.at(Place::file(chart)),
        };
        (class, diagnostic)
    }
}

/// Returns a place in a template as one in the chart's directory: the template's first part is the chart's name.
#[must_use]
pub fn in_chart(at: &validate::Place, chart: &str) -> Place {
    let file = match at.template.split_once('/') {
        Some((_, below)) => format!("{}/{below}", chart.trim_end_matches('/')),
        None => at.template.clone(),
    };
    Place { file, line: at.line, column: 0 }
}

impl Failure {
    /// Returns the failure of documents that are no objects.
    #[must_use]
    pub fn of_objects(errors: &[ValidateError], chart: &str) -> Self {
        let facts = |error: &ValidateError| {
            let rendered = Rendered {
                class: Class::Chart,
                code: error.code(),
                message: error.to_string(),
                at: error.at(),
                hint: error.hint(),
            };
            let (class, diagnostic) = rendered.diagnostic(chart);
            match error {
                ValidateError::Twice { first, .. } => (class, diagnostic.fact("first", in_chart(first, chart).to_string())),
                _ => (class, diagnostic),
            }
        };
        Self::of(errors.iter().map(facts).collect())
    }

    /// Returns the failure of objects that an application may not have.
    #[must_use]
    pub fn of_scope(errors: &[ScopeError], chart: &str) -> Self {
        let facts = |error: &ScopeError| {
            let (at, class) = (Some(error.at()), Class::Policy);
            Rendered { class, code: error.code(), message: error.to_string(), at, hint: error.hint() }.diagnostic(chart)
        };
        Self::of(errors.iter().map(facts).collect())
    }

    /// Returns the failure of secrets, or random values, where they may not stand.
    #[must_use]
    pub fn of_sealed(errors: &[SealedError], chart: &str) -> Self {
        let facts = |error: &SealedError| {
            let class = match error {
                SealedError::Random { .. } => Class::Chart,
                _ => Class::Secrets,
            };
            Rendered { class, code: error.code(), message: error.to_string(), at: Some(error.at()), hint: error.hint() }
                .diagnostic(chart)
        };
        Self::of(errors.iter().map(facts).collect())
    }
}

impl StageError for EmitError {
    fn class(&self) -> Class {
        match self {
            Self::Empty => Class::Empty,
            Self::TooLarge { .. } | Self::ObjectTooLarge { .. } | Self::Unwritable { .. } => Class::Chart,
            Self::Changed { .. } | Self::Unreadable => Class::Internal,
            Self::Output(_) => Class::Stdout,
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        let code = match self {
            Self::Output(_) => Code::STDOUT_CLOSED,
            other => Code::known(other.code()).unwrap_or(Code::INTERNAL),
        };
        Diagnostic::error(code, self.to_string()).hint(self.hint())
    }
}

impl StageError for PolicyFailure {
    fn class(&self) -> Class {
        Class::Policy
    }

    fn diagnostic(&self) -> Diagnostic {
        let mut message = self.to_string();
        let mut source = self.source();
        while let Some(next) = source {
            message = format!("{message}: {next}");
            source = next.source();
        }
        Diagnostic::error(Code::POLICY_NO_VERDICT, message)
            .hint("what is not judged is refused; the platform team owns the policy")
    }
}

impl StageError for InstallationError {
    fn class(&self) -> Class {
        Class::Policy
    }

    fn diagnostic(&self) -> Diagnostic {
        let code = match self {
            Self::NoLock | Self::Lock(_) | Self::Writable { .. } => Code::POLICY_LOCK,
            Self::Source(_) | Self::BuiltIn { .. } | Self::Missing { .. } | Self::Extra { .. } | Self::Changed { .. } => {
                Code::POLICY_FILES
            }
            Self::Contract { .. } | Self::Engine { .. } | Self::Target { .. } => Code::POLICY_ENGINE,
            Self::Settings { .. } => Code::POLICY_SETTINGS,
            Self::Key { .. } | Self::Unsigned { .. } | Self::KeyGone { .. } => Code::POLICY_SIGNATURE,
            Self::Failure(failure) => return failure.diagnostic(),
        };
        Diagnostic::error(code, self.to_string()).hint(self.hint())
    }
}

impl Failure {
    /// Returns the failure of settings that are not taken, at their places in the configuration.
    #[must_use]
    pub fn of_settings(error: ConfigureError, configuration: &Discovered) -> Self {
        let problems = match error {
            ConfigureError::Failure(failure) => return failure.into(),
            ConfigureError::Settings(problems) => problems,
        };
        let findings = problems.iter().map(|problem| {
            let diagnostic = Diagnostic::error(Code::CONFIGURATION_POLICIES, problem.to_string());
            let place = configuration.place(&problem.pointer());
            (Class::Context, Diagnostic { place, hint: problem.hint(), ..diagnostic })
        });
        Self::of(findings.collect())
    }
}
