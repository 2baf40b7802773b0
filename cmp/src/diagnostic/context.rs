//! The errors of configuration, environment and context as diagnostics.

use crate::configuration::discovery::{DiscoveryError, Ignored};
use crate::context::{ContextError, Withheld};
use crate::variables::VariablesError;

use super::{Class, Code, Diagnostic, Place, StageError};

impl StageError for DiscoveryError {
    fn class(&self) -> Class {
        match self {
            Self::Source { .. } => Class::Source,
            Self::Missing { .. } | Self::Refused { .. } => Class::Context,
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Missing { .. } => {
                Diagnostic::error(Code::CONFIGURATION_MISSING, self.to_string()).hint("name a file that is there with --config")
            }
            Self::Source { file, error } => {
                Diagnostic { place: Some(Place::file(&file.to_string_lossy())), ..error.diagnostic() }
            }
            Self::Refused { file, error } => {
                let mut diagnostic = error.diagnostic();
                if let Some(place) = &mut diagnostic.place {
                    place.file = file.to_string_lossy().into_owned();
                }
                diagnostic
            }
        }
    }
}

impl From<&Ignored> for Diagnostic {
    fn from(ignored: &Ignored) -> Self {
        Self::warning(Code::CONFIGURATION_IGNORED, ignored.to_string()).hint("name the platform's file with --config")
    }
}

impl StageError for VariablesError {
    fn class(&self) -> Class {
        Class::Context
    }

    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(Code::CONTEXT_VARIABLES, self.to_string());
        match self {
            Self::Parameters { error } => diagnostic.fact("reader", format!("line {}, column {}", error.line(), error.column())),
            Self::NotUtf8 { .. } | Self::TooLarge | Self::Twice { .. } => diagnostic,
        }
        .hint(self.hint())
    }
}

impl StageError for ContextError {
    fn class(&self) -> Class {
        match self {
            Self::Source(error) => error.class(),
            Self::Application(error) => error.class(),
            _ => Class::Context,
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        let code = match self {
            Self::Source(error) => return error.diagnostic(),
            Self::Application(error) => return error.diagnostic(),
            Self::Name(error) => return error.diagnostic(),
            Self::FactMissing { .. } => Code::CONTEXT_FACT_MISSING,
            Self::PathUpwards { .. } | Self::PathElsewhere { .. } | Self::PathShape { .. } => Code::CONTEXT_PATH,
            Self::ParameterUnknown { .. } | Self::ParameterKind { .. } | Self::NoEnvironment => Code::CONTEXT_PARAMETER,
            Self::PathContradiction { .. }
            | Self::OtherCustomer { .. }
            | Self::OtherClass { .. }
            | Self::OtherNamespace { .. } => Code::CONTEXT_CONTRADICTION,
            Self::Ambiguous { .. } => Code::CONTEXT_AMBIGUOUS,
            Self::Unconfirmed { .. } => Code::CONTEXT_UNCONFIRMED,
            Self::SourceOverride { .. } => Code::CONTEXT_SOURCE_OVERRIDE,
            Self::RoleUnknown { .. } | Self::RoleRefused { .. } => Code::CONTEXT_ROLE,
            Self::Metadata { .. } => Code::CONTEXT_METADATA,
        };
        let diagnostic = Diagnostic::error(code, self.to_string()).hint(self.hint());
        match self {
            Self::SourceOverride { path } => diagnostic.at(Place::file(path)),
            Self::Metadata { path, at, .. } => diagnostic.at(Place::at(path, *at)),
            _ => diagnostic,
        }
    }
}

impl StageError for Withheld {
    fn class(&self) -> Class {
        Class::Secrets
    }

    fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(Code::SECRETS_WITHHELD, format!("the sealed layers stay closed: {self}"))
            .hint(self.hint())
    }
}
