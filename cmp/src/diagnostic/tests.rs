use super::*;
use crate::application::ApplicationError;
use crate::configuration::{Configuration, ConfigurationError};
use crate::layers::LayerError;
use crate::secrets::SecretsError;
use crate::source::SourceError;

fn position(line: u32, column: u32) -> Position {
    Position { offset: 0, line, column }
}

/// Checks code, place and message of an error.
fn check(error: impl Into<Failure>, class: Class, expected: &str) {
    let failure = error.into();
    let lines: Vec<String> = failure
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.place.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {place} {}", diagnostic.code, diagnostic.message)
        })
        .collect();
    assert_eq!((failure.class, lines.join("\n").as_str()), (class, expected));
}

// A message does not repeat the place that is said before it.
#[test]
fn places_and_messages_are_apart() {
    let path = "customers/acme.yaml".to_owned();
    check(
        LayerError::NotAMapping { path: path.clone(), at: position(14, 3) },
        Class::Values,
        "layers.not-a-mapping customers/acme.yaml:14:3 a value file is one mapping",
    );
    check(
        LayerError::Missing { layer: "customer".to_owned(), path },
        Class::Source,
        "layers.missing customers/acme.yaml the file is not there, and layer `customer` is required",
    );
    check(
        ApplicationError::NotEnabled { product: "a".to_owned(), file: "customers/x/products.yaml".to_owned(), line: 3 },
        Class::Context,
        "application.not-enabled customers/x/products.yaml:3 `a` is not enabled",
    );
    check(
        ApplicationError::Source(SourceError::Link { path: "customers".to_owned() }),
        Class::Source,
        "source.link customers this is, or lies behind, a symbolic link",
    );
}

// All failures of a stage are there, sorted by place; the class is that of the first.
#[test]
fn failures_are_sorted_by_place() {
    let at = |path: &str, line| LayerError::NotAMapping { path: path.to_owned(), at: position(line, 1) };
    check(
        vec![at("b.yaml", 2), at("a.yaml", 10), at("a.yaml", 9)],
        Class::Values,
        "layers.not-a-mapping a.yaml:9:1 a value file is one mapping\n\
         layers.not-a-mapping a.yaml:10:1 a value file is one mapping\n\
         layers.not-a-mapping b.yaml:2:1 a value file is one mapping",
    );
}

// What refuses comes before what is only said beside it, wherever that stands: the first line may be all that is shown.
#[test]
fn errors_come_first() {
    let at = |diagnostic: Diagnostic, file: &str| (Class::Policy, diagnostic.at(Place::file(file)));
    let failure = Failure::of(vec![
        at(Diagnostic::note(Code::INTERNAL, "c"), "a.yaml"),
        at(Diagnostic::warning(Code::INTERNAL, "b"), "b.yaml"),
        at(Diagnostic::error(Code::INTERNAL, "a"), "c.yaml"),
        (Class::Policy, Diagnostic::warning(Code::INTERNAL, "b")),
    ]);
    let messages: Vec<&str> = failure.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["a", "b", "b", "c"]);
}

// An unknown key of the configuration names its place and the nearest key.
#[test]
fn configuration_errors_have_place_and_hint() {
    let text = b"apiVersion: tidegate.dev/v1alpha1\nkind: Configuration\nlayrs: []\n";
    let error: ConfigurationError = Configuration::read(text).unwrap_err();
    let failure = Failure::from(error);
    let first = &failure.diagnostics[0];
    assert_eq!(first.code, Code::CONFIGURATION_UNKNOWN_KEY);
    assert_eq!(first.place.as_ref().unwrap().to_string(), "tidegate.yaml:3:1");
    assert_eq!(first.hint.as_deref(), Some("did you mean `layers`?"));
}

// What SOPS refuses keeps its own code below `secrets.`, for every code it has.
#[test]
fn codes_of_sealed_files_are_in_the_table() {
    let source = include_str!("../../../sops/src/error.rs");
    let function = source.split("pub fn code(&self)").nth(1).unwrap().split("pub fn hint").next().unwrap();
    let codes: Vec<&str> = function.split('"').skip(1).step_by(2).collect();
    assert!(codes.len() > 20, "{codes:?}");
    for code in codes {
        assert!(Code::known(&format!("secrets.{code}")).is_some(), "secrets.{code}");
    }
    check(
        SecretsError::NoIdentities { path: "keys/x.txt".to_owned() },
        Class::Secrets,
        "secrets.identities keys/x.txt the identity file is not there",
    );
}

// An excerpt is one line, with a caret under what is written there and not under a comment.
#[test]
fn excerpts_quote_one_line() {
    let of = |text: &str, line, column| Excerpt::of(text, &Place { file: String::new(), line, column });
    let text = "a:\r\n  tag: latest   # for now\r\nb: |\n  x\n";
    let excerpt = of(text, 2, 8).unwrap();
    assert_eq!((excerpt.text.as_str(), excerpt.column, excerpt.width), ("  tag: latest   # for now", 8, 6));
    let excerpt = of(text, 1, 3).unwrap();
    assert_eq!((excerpt.text.as_str(), excerpt.column, excerpt.width), ("a:", 3, 1));
    assert_eq!((of(text, 9, 1), of(text, 0, 0), of(text, 1, 0), of(text, 1, 4)), (None, None, None, None));
    assert!(of(&"x".repeat(EXCERPT_CHARACTERS), 1, 1).is_some());
    assert_eq!(of(&"x".repeat(EXCERPT_CHARACTERS + 1), 1, 1), None);
}

// The numbers of classes are documented and never change.
#[test]
fn exit_codes_are_fixed() {
    use Class::{Chart, Context, Empty, Internal, Policy, Secrets, Source, Stdout, Usage, Values};
    let codes = [Usage, Source, Context, Secrets, Values, Chart, Empty, Stdout, Policy, Internal].map(Class::exit_code);
    assert_eq!(codes, [2, 10, 11, 12, 13, 14, 15, 16, 20, 70]);
}
