//! The errors of the estate's schema as diagnostics: at the layer that wrote the value, else at the schema.

use crate::schema::SchemaError;

use super::{Class, Code, Diagnostic, Place, StageError};

impl StageError for SchemaError {
    fn class(&self) -> Class {
        Class::Values
    }

    fn diagnostic(&self) -> Diagnostic {
        let code = match self {
            Self::Syntax { .. } | Self::Unusable { .. } | Self::TooMuch { .. } => Code::VALUES_SCHEMA_FILE,
            Self::Violation { .. } | Self::Missing { .. } | Self::Sealed { .. } | Self::More { .. } => Code::VALUES_SCHEMA,
        };
        let diagnostic = Diagnostic::error(code, self.to_string()).hint(self.hint());
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match (self, self.origin()) {
            (Self::Syntax { file, at: (line, column), .. }, _) => {
                diagnostic.at(Place { file: file.clone(), line: short(*line), column: short(*column) })
            }
            (_, Some(origin)) => {
                diagnostic.at(Place::at(&origin.path, origin.at)).fact("layer", &origin.layer).fact("schema", self.file())
            }
            (_, None) => diagnostic.at(Place::file(self.file())),
        }
    }
}
