//! Reading a file of waivers: YAML, strict, every problem with its place.

use jiff::ToSpan;
use jiff::civil::Date;
use yaml::{Duplicates, Entry, FinalNewline, Node, ReadOptions, Value};

use crate::diagnostic::Place;
use crate::nearest::nearest;
use crate::pattern::Pattern;
use crate::rules::{RuleName, Rulebook};

use super::{Target, Waiver, WaiverError, Waivers};

/// The most waivers of a file: more is no list of exceptions but a policy that nobody wants.
pub const ENTRY_LIMIT: usize = 1_000;

/// The most characters of a text in a waiver: it stands in every report of what it waives.
pub const TEXT_LIMIT_CHARACTERS: usize = 500;

/// What a text over [`TEXT_LIMIT_CHARACTERS`] must be.
const TOO_LONG: &str = "a text of at most 500 characters";

/// The kind of document.
const KIND: &str = "Waivers";

/// The keys of the document.
const DOCUMENT: &[&str] = &["apiVersion", "kind", "waivers"];

/// The keys of a waiver.
const WAIVER: &[&str] = &["rule", "target", "owner", "reason", "ticket", "created", "expires"];

/// The keys of a target.
const TARGET: &[&str] = &["customer", "product", "environment", "kind", "namespace", "name", "path"];

/// What a file of waivers is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// What is known of rules.
    pub rules: &'a Rulebook,
    /// The most days that a waiver may live.
    pub maximum_days: u32,
    /// Today, in UTC.
    pub today: Date,
}

/// Returns the waivers written in `text`; `file` is what messages call it.
///
/// # Errors
/// Every [`WaiverError`] of the file, in the order of their places.
pub fn read(file: &str, text: &[u8], grounds: Grounds<'_>) -> Result<Waivers, Vec<WaiverError>> {
    let mut reader = Reader { file, grounds, errors: Vec::new() };
    let entries = reader.document(text);
    let mut errors = reader.errors;
    if errors.is_empty() {
        return Ok(Waivers { entries, today: grounds.today });
    }
    errors.sort_by(|one, other| one.at().cmp(other.at()));
    Err(errors)
}

/// Reads on after a problem, so that all are told.
struct Reader<'a> {
    file: &'a str,
    grounds: Grounds<'a>,
    errors: Vec<WaiverError>,
}

impl Reader<'_> {
    fn document(&mut self, text: &[u8]) -> Vec<Waiver> {
        let options = ReadOptions { duplicates: Duplicates::Refuse, final_newline: FinalNewline::Added, ..ReadOptions::helm() };
        let documents = match yaml::read(text, &options) {
            Ok(documents) => documents,
            Err(error) => {
                self.errors.push(WaiverError::Syntax { problem: error.to_string(), at: Place::at(self.file, error.at()) });
                return Vec::new();
            }
        };
        let [root] = documents.as_slice() else {
            self.errors.push(WaiverError::Shape {
                what: KIND.to_owned(),
                wanted: "one document",
                at: Place { file: self.file.to_owned(), line: 1, column: 1 },
            });
            return Vec::new();
        };
        let Some(entries) = self.mapping(root, KIND, DOCUMENT) else { return Vec::new() };
        self.word(root, entries, "apiVersion", crate::configuration::API_VERSION);
        self.word(root, entries, "kind", KIND);
        let Some(list) = self.required(root, entries, "waivers") else { return Vec::new() };
        let Value::Sequence(items) = &list.value else {
            self.shape("waivers", "a list", list);
            return Vec::new();
        };
        if items.len() > ENTRY_LIMIT {
            self.errors.push(WaiverError::TooMany { count: items.len(), limit: ENTRY_LIMIT, at: self.place(list) });
            return Vec::new();
        }
        items.iter().filter_map(|item| self.waiver(item)).collect()
    }

    fn waiver(&mut self, node: &Node) -> Option<Waiver> {
        let entries = self.mapping(node, "waivers[]", WAIVER)?;
        // Each is read before any of them ends it: all problems are told.
        let rule = self.required(node, entries, "rule").and_then(|node| self.rule(node));
        let target = self.required(node, entries, "target").and_then(|node| self.target(node));
        let owner = self.required(node, entries, "owner").and_then(|node| self.text("owner", node));
        let reason = self.required(node, entries, "reason").and_then(|node| self.text("reason", node));
        let ticket = self.required(node, entries, "ticket").and_then(|node| self.text("ticket", node));
        let created = self.required(node, entries, "created").and_then(|node| self.day("created", node));
        let expires = self.required(node, entries, "expires").and_then(|node| Some((self.day("expires", node)?, node)));
        let (created, (expires, end)) = (created?, expires?);
        self.lifetime(created, expires, end)?;
        Some(Waiver {
            place: self.place(node),
            rule: rule?,
            target: target?,
            owner: owner?,
            reason: reason?,
            ticket: ticket?,
            created,
            expires,
        })
    }

    fn lifetime(&mut self, created: Date, expires: Date, end: &Node) -> Option<()> {
        let maximum = self.grounds.maximum_days;
        let days = created.until(expires).ok()?.get_days();
        if days < 0 {
            let at = self.place(end);
            self.errors.push(WaiverError::EndsFirst { created: created.to_string(), expires: expires.to_string(), at });
            return None;
        }
        if u32::try_from(days).is_ok_and(|days| days <= maximum) {
            return Some(());
        }
        let latest = created.saturating_add(i64::from(maximum).days()).to_string();
        self.errors.push(WaiverError::TooLong { days, maximum, latest, at: self.place(end) });
        None
    }

    fn rule(&mut self, node: &Node) -> Option<RuleName> {
        let text = self.text("rule", node)?;
        let at = self.place(node);
        let rule: RuleName = match text.parse() {
            Ok(rule) => rule,
            Err(error) => {
                let (message, hint) = (format!("{error}"), "write `policy/rule`, as the report of a finding does".to_owned());
                self.errors.push(WaiverError::Rule { message, hint, at });
                return None;
            }
        };
        if let Err(unknown) = self.grounds.rules.check(&rule) {
            self.errors.push(WaiverError::Rule { message: unknown.message, hint: unknown.hint, at });
            return None;
        }
        if self.grounds.rules.is_absolute(&rule) {
            self.errors.push(WaiverError::Absolute { rule: rule.to_string(), at });
            return None;
        }
        Some(rule)
    }

    fn target(&mut self, node: &Node) -> Option<Target> {
        let entries = self.mapping(node, "target", TARGET)?;
        if entries.is_empty() {
            self.shape("target", "a map that names something; `customer: \"*\"` means everybody", node);
            return None;
        }
        let mut pattern = |key: &'static str| {
            let entry = entries.iter().find(|entry| entry.key == key)?;
            self.text(key, &entry.value).map(|text| Pattern::new(&text))
        };
        Some(Target {
            customer: pattern("customer"),
            product: pattern("product"),
            environment: pattern("environment"),
            kind: pattern("kind"),
            namespace: pattern("namespace"),
            name: pattern("name"),
            path: pattern("path"),
        })
    }

    /// Returns a text that says something.
    fn text(&mut self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::String(text) if text.trim().is_empty() => self.shape(key, "a text that says something", node),
            Value::String(text) if text.chars().count() > TEXT_LIMIT_CHARACTERS => {
                self.shape(key, TOO_LONG, node);
            }
            Value::String(text) => return Some(text.clone()),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Time(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => self.shape(key, "a text; put it in quotes", node),
        }
        None
    }

    fn day(&mut self, key: &str, node: &Node) -> Option<Date> {
        let day = match &node.value {
            Value::String(text) | Value::Time(text) if text.len() == "2026-12-31".len() => text.parse().ok(),
            _ => None,
        };
        if day.is_none() {
            self.shape(key, "a day, such as 2026-12-31", node);
        }
        day
    }

    fn word(&mut self, root: &Node, entries: &[Entry], key: &'static str, word: &'static str) {
        let Some(node) = self.required(root, entries, key) else { return };
        if !matches!(&node.value, Value::String(text) if text == word) {
            let wanted = if key == "kind" { "`Waivers`" } else { "`tidegate.dev/v1alpha1`" };
            self.shape(key, wanted, node);
        }
    }

    fn required<'n>(&mut self, node: &Node, entries: &'n [Entry], key: &'static str) -> Option<&'n Node> {
        let found = entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
        if found.is_none() {
            self.errors.push(WaiverError::Missing { key, at: self.place(node) });
        }
        found
    }

    /// Returns the entries of a mapping; those that are not known are told.
    fn mapping<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<&'n [Entry]> {
        let Value::Mapping(entries) = &node.value else {
            self.shape(what, "a map", node);
            return None;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let hint = match nearest(entry.key.as_str(), known.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            let at = Place::at(self.file, entry.key_span.start);
            self.errors.push(WaiverError::UnknownKey { key: entry.key.clone(), hint, at });
        }
        Some(entries)
    }

    fn shape(&mut self, what: &str, wanted: &'static str, node: &Node) {
        self.errors.push(WaiverError::Shape { what: what.to_owned(), wanted, at: self.place(node) });
    }

    fn place(&self, node: &Node) -> Place {
        Place::at(self.file, node.span.start)
    }
}
