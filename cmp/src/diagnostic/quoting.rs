//! Which source lines a report may quote.
//!
//! Rules: only lines of an application's clear layers, in which no sealed text stands, and only for findings that are about clear text.
//! An error that says a secret stands in the clear is not one of them.

use crate::application::ApplicationName;
use crate::configuration::Configuration;
use crate::source::SourceTree;

use super::{Code, Excerpt, Failure};

/// What every sealed text begins with.
const SEALED: &str = "ENC[";

/// Returns the failure with the lines it is about, where they may be shown. Lines are for people at their own tree; `generate` quotes none.
#[must_use]
pub fn quote(mut failure: Failure, name: &ApplicationName, source: &SourceTree, configuration: &Configuration) -> Failure {
    for diagnostic in &mut failure.diagnostics {
        let Some(place) = &diagnostic.place else { continue };
        if diagnostic.excerpt.is_some() || secret(&diagnostic.code) || !clear(&place.file, name, configuration) {
            continue;
        }
        // A file that cannot be read again is not quoted; its own error has been said.
        let Ok(Some(bytes)) = source.read(&place.file) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        diagnostic.excerpt = Excerpt::of(&text, place).filter(|excerpt| !excerpt.text.contains(SEALED));
    }
    failure
}

/// Says whether findings of this code are about text that should not have been readable.
fn secret(code: &Code) -> bool {
    [Code::LAYERS_NOT_SEALED, Code::LAYERS_SEALED_TEXT].contains(code) || code.as_str().starts_with("secrets.")
}

/// Says whether the file is a layer of the application, and no sealed one.
fn clear(file: &str, name: &ApplicationName, configuration: &Configuration) -> bool {
    let mut layers = configuration.layers.iter().filter(|layer| name.fill(&layer.path) == file).peekable();
    layers.peek().is_some() && layers.all(|layer| !layer.sealed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::{Class, Diagnostic, Place};

    fn check(code: Code, file: &str, line: u32, expected: Option<&str>) {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let source = SourceTree::open(&examples.join("customer-configs")).unwrap();
        let configuration = Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap();
        let failure =
            Failure::one(Class::Values, Diagnostic::error(code, "m").at(Place { file: file.to_owned(), line, column: 1 }));
        let quoted = quote(failure, &"acme-corp/product-a/prod".parse().unwrap(), &source, &configuration);
        let excerpt = quoted.diagnostics[0].excerpt.as_ref().map(|excerpt| excerpt.text.as_str());
        assert_eq!(excerpt, expected, "{file}");
    }

    // A line of a clear layer of the application is quoted.
    #[test]
    fn clear_layers_are_quoted() {
        check(Code::LAYERS_KIND_CONFLICT, "customers/acme-corp/product-a/values.yaml", 2, Some("replicaCount: 5"));
    }

    // A sealed layer, another customer's file and a file that is no layer are never quoted.
    #[test]
    fn other_files_are_not_quoted() {
        for file in [
            "customers/acme-corp/product-a/secrets.yaml",
            "customers/globex/product-a/values.yaml",
            "customers/acme-corp/products.yaml",
            "keys/acme-corp-production.txt",
        ] {
            check(Code::LAYERS_SYNTAX, file, 1, None);
        }
    }

    // An error about text that should have been sealed quotes nothing.
    #[test]
    fn leaked_secrets_are_not_quoted() {
        let file = "customers/acme-corp/product-a/values.yaml";
        for code in [Code::LAYERS_SEALED_TEXT, Code::LAYERS_NOT_SEALED, Code::SECRETS_CLEAR_WHERE_SEALED] {
            check(code, file, 1, None);
        }
    }
}
