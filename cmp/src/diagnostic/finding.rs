//! Finding: what a policy's word is about, as facts that waivers, baselines and reports go by.
//!
//! Rules: nothing in it moves when lines do, and nothing in it is a value; its text form is one line without white space in its parts.
//! Not here: where it is written (the diagnostic's place), what was said (its message).

use std::fmt::{self, Write as _};

use crate::rules::RuleName;

use super::Place;

/// What a policy's word is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RuleName,
    /// What was judged.
    pub subject: Subject,
    /// A JSON pointer into the subject; empty for all of it.
    pub path: String,
    /// The template's line that printed it, for a part of an object.
    pub printed: Option<Place>,
}

/// What a policy has judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// All of the application's objects.
    Application,
    /// The merged values.
    Values,
    /// A value file, relative to the values repository.
    Layer(String),
    /// An object.
    Object(ObjectName),
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// The group of its API; empty for Kubernetes' core.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its name, or what the name that the cluster makes up begins with.
    pub name: String,
    /// The namespace it names.
    pub namespace: Option<String>,
}

impl fmt::Display for ObjectName {
    /// Writes `group/Kind/name`, `Kind/name` in Kubernetes' core. All objects of an application are in its namespace, which is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.group.is_empty() {
            write!(f, "{}/", self.group)?;
        }
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application => f.write_str("application"),
            Self::Values => f.write_str("values"),
            Self::Layer(file) => write!(f, "layer:{file}"),
            Self::Object(name) => write!(f, "object:{name}"),
        }
    }
}

impl Finding {
    /// Returns the one line that the same finding has at every check: rule, application, subject and path, with a blank between them.
    /// It holds no line number and no message.
    #[must_use]
    pub fn line(&self, application: &str) -> String {
        let subject = self.subject.to_string();
        let path = if self.path.is_empty() { "-" } else { &self.path };
        [&self.rule.to_string(), application, &subject, path].map(escaped).join(" ")
    }
}

/// Returns a text without anything that ends a part or a line, as URLs escape it: `%20`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let plain = !(character.is_whitespace() || character.is_control() || character == '%' || character == '\u{feff}');
        if plain {
            out.push(character);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Why a denial refuses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exception {
    /// The platform team has waived it.
    Waived(Grant),
    /// It was there when the baseline was written.
    Known,
}

/// What a waiver says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Where it is written.
    pub place: Place,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where that is followed up.
    pub ticket: String,
    /// The last day on which it counts, `2026-12-31`.
    pub expires: String,
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, owner, reason, ticket, expires } = self;
        write!(f, "until {expires} by {owner}, {ticket}, {place}: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(subject: Subject, path: &str, expected: &str) {
        let rule = "a-policy/a-rule".parse().unwrap();
        let printed = Some(Place::file("a.yaml"));
        let finding = Finding { rule, subject, path: path.to_owned(), printed };
        assert_eq!(finding.line("acme/shop/prod"), expected);
    }

    // A finding has one line: what it is about, not where it stands.
    #[test]
    fn lines_of_findings() {
        let name = |group: &str, namespace: Option<&str>| {
            let namespace = namespace.map(str::to_owned);
            Subject::Object(ObjectName { group: group.to_owned(), kind: "Kind".to_owned(), name: "web".to_owned(), namespace })
        };
        check(name("apps", None), "/spec/replicas", "a-policy/a-rule acme/shop/prod object:apps/Kind/web /spec/replicas");
        check(name("", Some("acme-prod")), "", "a-policy/a-rule acme/shop/prod object:Kind/web -");
        check(
            Subject::Layer("customers/a b.yaml".to_owned()),
            "/x",
            "a-policy/a-rule acme/shop/prod layer:customers/a%20b.yaml /x",
        );
        check(Subject::Values, "/", "a-policy/a-rule acme/shop/prod values /");
        check(Subject::Application, "", "a-policy/a-rule acme/shop/prod application -");
    }

    // No text of a finding ends its line or its part, and two texts never become one.
    #[test]
    fn parts_stay_apart() {
        check(Subject::Values, "/a b\nc\t%20\u{2028}", "a-policy/a-rule acme/shop/prod values /a%20b%0Ac%09%2520%E2%80%A8");
        check(Subject::Values, "/größe", "a-policy/a-rule acme/shop/prod values /größe");
    }
}
