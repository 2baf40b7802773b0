//! The errors of the stages as diagnostics: class, code, place and hint of each.
//!
//! Rules: a message here has no place in it, for the place is said before it. Exhaustive matches: a new error does not compile until
//! it has a code.

use crate::application::{ApplicationError, NameError, SubscriptionError};
use crate::configuration::ConfigurationError;
use crate::layers::LayerError;
use crate::merge::KindConflict;
use crate::secrets::SecretsError;
use crate::source::{SourceError, TREE_DEPTH, TREE_FILES};

use super::{Class, Code, Diagnostic, Place, StageError};

/// The name a configuration has in messages where it was read from no file.
const CONFIGURATION: &str = "tidegate.yaml";

impl StageError for SourceError {
    fn class(&self) -> Class {
        Class::Source
    }

    fn diagnostic(&self) -> Diagnostic {
        let (code, path, message) = match self {
            Self::Root { error, .. } => {
                let diagnostic = Diagnostic::error(Code::SOURCE_ROOT, self.to_string()).hint(self.hint());
                return diagnostic.fact("system", error.to_string());
            }
            Self::Outside { path } => (Code::SOURCE_OUTSIDE, path, "the path leaves its root".to_owned()),
            Self::Link { path } => (Code::SOURCE_LINK, path, "this is, or lies behind, a symbolic link".to_owned()),
            Self::Kind { path } => (Code::SOURCE_KIND, path, "this is no regular file".to_owned()),
            Self::TooLarge { path, limit_bytes } => {
                (Code::SOURCE_TOO_LARGE, path, format!("the file is larger than {} MiB", limit_bytes >> 20))
            }
            Self::TooMany { path } => {
                let message = format!("there are more than {TREE_FILES} files or {TREE_DEPTH} levels of directories");
                (Code::SOURCE_TOO_LARGE, path, message)
            }
            Self::Unreadable { path, .. } => (Code::SOURCE_UNREADABLE, path, "the file cannot be read".to_owned()),
        };
        let diagnostic = Diagnostic::error(code, message).at(Place::file(path)).hint(self.hint());
        match self {
            Self::Unreadable { error, .. } => diagnostic.fact("system", error.to_string()),
            _ => diagnostic,
        }
    }
}

impl StageError for ConfigurationError {
    fn class(&self) -> Class {
        Class::Context
    }

    fn diagnostic(&self) -> Diagnostic {
        let code = match self {
            Self::UnknownKey { .. } => Code::CONFIGURATION_UNKNOWN_KEY,
            Self::NotUtf8 { .. }
            | Self::UnknownWord { .. }
            | Self::MissingKey { .. }
            | Self::Syntax { .. }
            | Self::LayerTwice { .. }
            | Self::TenantTwice { .. }
            | Self::SeededWithoutNow => Code::CONFIGURATION_INVALID,
        };
        let short = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let (line, column) = self.at().map_or((0, 0), |(line, column)| (short(line), short(column)));
        Diagnostic::error(code, self.to_string()).at(Place { file: CONFIGURATION.to_owned(), line, column }).hint(self.hint())
    }
}

impl StageError for NameError {
    fn class(&self) -> Class {
        Class::Usage
    }

    fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(Code::APPLICATION_NAME, self.to_string())
    }
}

impl StageError for ApplicationError {
    fn class(&self) -> Class {
        match self {
            Self::Unknown { .. } | Self::NotSubscribed { .. } | Self::NotEnabled { .. } | Self::OtherEnvironments { .. } => {
                Class::Context
            }
            Self::Subscriptions(error) => error.class(),
            Self::Source(error) => error.class(),
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        let (code, file, line, message) = match self {
            Self::Unknown { .. } => {
                return Diagnostic::error(Code::APPLICATION_UNKNOWN, self.to_string()).hint(self.hint());
            }
            Self::Subscriptions(error) => return error.diagnostic(),
            Self::Source(error) => return error.diagnostic(),
            Self::NotSubscribed { customer, product, file } => {
                (Code::APPLICATION_NOT_SUBSCRIBED, file, 0, format!("`{customer}` has not subscribed to `{product}`"))
            }
            Self::NotEnabled { product, file, line } => {
                (Code::APPLICATION_NOT_ENABLED, file, *line, format!("`{product}` is not enabled"))
            }
            Self::OtherEnvironments { product, environment, file, line, .. } => {
                (Code::APPLICATION_OTHER_ENVIRONMENTS, file, *line, format!("`{product}` is not subscribed for `{environment}`"))
            }
        };
        Diagnostic::error(code, message).at(Place { file: file.clone(), line, column: 0 }).hint(self.hint())
    }
}

impl StageError for SubscriptionError {
    fn class(&self) -> Class {
        Class::Source
    }

    fn diagnostic(&self) -> Diagnostic {
        let (place, message) = match self {
            Self::Missing { file } => (Place::file(file), "the file is not there".to_owned()),
            Self::Syntax { file, error } => (Place::at(file, error.at()), error.to_string()),
            Self::Shape { file, at, wanted } => (Place::at(file, *at), (*wanted).to_owned()),
            Self::Source(error) => return error.diagnostic(),
        };
        Diagnostic::error(Code::APPLICATION_PRODUCTS, message).at(place).hint(self.hint())
    }
}

impl StageError for LayerError {
    fn class(&self) -> Class {
        match self {
            Self::Missing { .. } | Self::Source(_) => Class::Source,
            Self::NotSealed { .. } | Self::SealedText { .. } => Class::Secrets,
            Self::Syntax { .. } | Self::NotAMapping { .. } => Class::Values,
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        let (code, place, message) = match self {
            Self::Missing { layer, path } => {
                (Code::LAYERS_MISSING, Place::file(path), format!("the file is not there, and layer `{layer}` is required"))
            }
            Self::Syntax { path, error } => (Code::LAYERS_SYNTAX, Place::at(path, error.at()), error.to_string()),
            Self::NotAMapping { path, at } => {
                (Code::LAYERS_NOT_A_MAPPING, Place::at(path, *at), "a value file is one mapping".to_owned())
            }
            Self::NotSealed { layer, path } => {
                let message = format!("layer `{layer}` is sealed, but this file has no SOPS metadata");
                (Code::LAYERS_NOT_SEALED, Place { file: path.clone(), line: 1, column: 1 }, message)
            }
            Self::SealedText { layer, path, at } => {
                (Code::LAYERS_SEALED_TEXT, Place::at(path, *at), format!("sealed text in layer `{layer}`, which is not sealed"))
            }
            Self::Source(error) => return error.diagnostic(),
        };
        Diagnostic::error(code, message).at(place).hint(self.hint())
    }
}

impl StageError for KindConflict {
    fn class(&self) -> Class {
        Class::Values
    }

    fn diagnostic(&self) -> Diagnostic {
        let Self { path, upper, upper_file, upper_at, lower, lower_file, lower_at } = self;
        let message = format!("`{path}` is a {} here but a {} in {lower_file}:{lower_at}", upper.name(), lower.name());
        Diagnostic::error(Code::LAYERS_KIND_CONFLICT, message)
            .at(Place::at(upper_file, *upper_at))
            .hint("lists and single values replace, only maps merge")
    }
}

/// How a salt is made.
const SALT_HINT: &str =
    "make one, such as `openssl rand -hex 32`, where `salt` of `secrets.tenants` says; keep it: other salt, other passwords";

impl StageError for SecretsError {
    fn class(&self) -> Class {
        match self {
            Self::Refused { .. }
            | Self::NoIdentities { .. }
            | Self::Identities { .. }
            | Self::NoSalt { .. }
            | Self::ShortSalt { .. } => Class::Secrets,
            Self::Source(error) => error.class(),
        }
    }

    fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Refused { path, error } => {
                let code = Code::known(&format!("secrets.{}", error.code())).unwrap_or(Code::INTERNAL);
                Diagnostic::error(code, error.to_string()).at(Place::at(path, error.at())).hint(error.hint())
            }
            Self::NoIdentities { path } => Diagnostic::error(Code::SECRETS_IDENTITIES, "the identity file is not there")
                .at(Place::file(path))
                .hint("put the key there, or mend `secrets.tenants` in the configuration"),
            Self::Identities { path, error } => {
                Diagnostic::error(Code::SECRETS_IDENTITIES, error.to_string()).at(Place::file(path)).hint(error.hint())
            }
            Self::NoSalt { path } => {
                Diagnostic::error(Code::SECRETS_SALT, "the file of the salt is not there").at(Place::file(path)).hint(SALT_HINT)
            }
            Self::ShortSalt { path, bytes } => {
                let message = format!("the salt has {bytes} bytes; it needs {}", crate::seed::SALT_BYTES);
                Diagnostic::error(Code::SECRETS_SALT, message).at(Place::file(path)).hint(SALT_HINT)
            }
            Self::Source(error) => error.diagnostic(),
        }
    }
}
