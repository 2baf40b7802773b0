//! Labels: what a label selector selects.
//!
//! In: a selector and the labels of a thing. Out: whether it is selected.
//! Rules: all requirements hold at once; none selects everything; a thing without the label meets `NotIn` and `DoesNotExist`.
//! What the API server would refuse selects nothing.
//!
//! # Source
//! Kubernetes API reference 1.33, LabelSelector; k8s.io/apimachinery, meta/v1 LabelSelectorAsSelector, labels Requirement.Matches.

use crate::place::{Place, Shape, Unjudgeable};

/// A label selector (`matchLabels`, `matchExpressions`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector<'a>(Vec<Requirement<'a>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement<'a> {
    key: &'a str,
    test: Test<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test<'a> {
    In(Vec<&'a str>),
    NotIn(Vec<&'a str>),
    Exists,
    DoesNotExist,
}

impl<'a> Selector<'a> {
    /// Returns the selector that stands here: one without requirements where none does, nothing where it is malformed.
    ///
    /// # Errors
    /// A part of it is sealed.
    pub fn read(place: &Place<'a>) -> Result<Option<Selector<'a>>, Unjudgeable> {
        if !matches!(place.shape(), Shape::Absent | Shape::Map | Shape::Sealed) {
            return Ok(None);
        }
        let mut requirements = Vec::new();
        for (key, value) in place.at("matchLabels").entries()? {
            let Some(value) = value.text()? else {
                return Ok(None);
            };
            requirements.push(Requirement { key, test: Test::In(vec![value]) });
        }
        for expression in place.at("matchExpressions").elements()? {
            let Some(requirement) = Requirement::read(&expression)? else {
                return Ok(None);
            };
            requirements.push(requirement);
        }
        Ok(Some(Selector(requirements)))
    }

    /// Returns the selector with keys that begin with none of these prefixes; Cilium writes the source of a label before its key.
    #[must_use]
    pub fn without_prefixes(mut self, prefixes: &[&str]) -> Selector<'a> {
        for requirement in &mut self.0 {
            let bare = prefixes.iter().find_map(|prefix| requirement.key.strip_prefix(prefix));
            requirement.key = bare.unwrap_or(requirement.key);
        }
        self
    }

    /// Returns whether it selects everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the labels that all it selects have and that the selector names outright: what it can be looked up by.
    pub fn needed(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.0.iter().filter_map(|requirement| match (&requirement.test, requirement.key) {
            (Test::In(values), key) if values.len() == 1 => values.first().map(|value| (key, *value)),
            _ => None,
        })
    }

    /// Returns whether it selects a thing with these labels.
    ///
    /// # Errors
    /// A label that decides is sealed.
    pub fn selects(&self, labels: &Place<'_>) -> Result<bool, Unjudgeable> {
        for Requirement { key, test } in &self.0 {
            let label = labels.at(key);
            let meets = match test {
                Test::In(values) => label.text()?.is_some_and(|value| values.contains(&value)),
                Test::NotIn(values) => !label.text()?.is_some_and(|value| values.contains(&value)),
                Test::Exists => label.exists()?,
                Test::DoesNotExist => !label.exists()?,
            };
            if !meets {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl<'a> Requirement<'a> {
    fn read(expression: &Place<'a>) -> Result<Option<Requirement<'a>>, Unjudgeable> {
        let (Some(key), Some(operator)) = (expression.at("key").text()?, expression.at("operator").text()?) else {
            return Ok(None);
        };
        let mut values = Vec::new();
        for value in expression.at("values").elements()? {
            let Some(value) = value.text()? else {
                return Ok(None);
            };
            values.push(value);
        }
        let test = match (operator, values.is_empty()) {
            ("In", false) => Test::In(values),
            ("NotIn", false) => Test::NotIn(values),
            ("Exists", true) => Test::Exists,
            ("DoesNotExist", true) => Test::DoesNotExist,
            _ => return Ok(None),
        };
        Ok(Some(Requirement { key, test }))
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "test code: a panic is the failed test")]

    use serde_json::{Value, json};

    use super::Selector;
    use crate::testing;

    /// Returns whether a selector selects labels; nothing where it is malformed.
    fn select(selector: &Value, labels: &Value) -> Result<Option<bool>, crate::Unjudgeable> {
        let documents = testing::documents(&[json!({ "s": selector, "l": labels })]);
        let tape = documents.tape().unwrap();
        let object = testing::object(&tape, 0);
        let selector = Selector::read(&object.at("s"))?;
        selector.map(|selector| selector.selects(&object.at("l"))).transpose()
    }

    fn check(selector: &Value, labels: &Value, want: Option<bool>) {
        assert_eq!(select(selector, labels), Ok(want), "{selector} {labels}");
    }

    fn expression(key: &str, operator: &str, values: &Value) -> Value {
        json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]})
    }

    /// Every requirement must hold; without any, everything is selected.
    #[test]
    fn selectors_select() {
        let labels = json!({"app": "a", "tier": "web"});
        for all in [json!(null), json!({}), json!({"matchLabels": {}}), json!({"matchLabels": {"app": "a", "tier": "web"}})] {
            check(&all, &labels, Some(true));
        }
        check(&json!({"matchLabels": {"app": "a", "tier": "db"}}), &labels, Some(false));
        check(&json!({"matchLabels": {"app": "a"}}), &json!(null), Some(false));
        for (key, operator, values, want) in [
            ("app", "In", json!(["b", "a"]), true),
            ("app", "In", json!(["b"]), false),
            ("other", "In", json!(["a"]), false),
            ("app", "NotIn", json!(["a"]), false),
            ("app", "NotIn", json!(["b"]), true),
            ("other", "NotIn", json!(["a"]), true),
            ("app", "Exists", json!([]), true),
            ("other", "Exists", json!(null), false),
            ("app", "DoesNotExist", json!([]), false),
            ("other", "DoesNotExist", json!([]), true),
        ] {
            check(&expression(key, operator, &values), &labels, Some(want));
        }
    }

    /// A selector is looked up by the labels that it names outright: not by one of several values, nor by one that must not be there.
    #[test]
    fn selectors_are_looked_up() {
        let selector = json!({"matchLabels": {"app": "a"}, "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["web"]},
            {"key": "zone", "operator": "In", "values": ["a", "b"]},
            {"key": "canary", "operator": "NotIn", "values": ["yes"]},
            {"key": "team", "operator": "Exists"},
        ]});
        let documents = testing::documents(&[selector]);
        let tape = documents.tape().unwrap();
        let selector = Selector::read(&testing::object(&tape, 0)).unwrap().unwrap();
        assert_eq!(selector.needed().collect::<Vec<_>>(), [("app", "a"), ("tier", "web")]);
        assert!(!selector.is_everything());
    }

    /// What the API server refuses selects nothing, whatever the labels.
    #[test]
    fn malformed_selectors_select_nothing() {
        for wrong in [
            json!("app=a"),
            json!({"matchLabels": {"app": 1}}),
            expression("app", "Equals", &json!(["a"])),
            expression("app", "In", &json!([])),
            expression("app", "In", &json!([1])),
            expression("app", "Exists", &json!(["a"])),
            json!({"matchExpressions": [{"operator": "Exists"}]}),
        ] {
            check(&wrong, &json!({"app": "a"}), None);
        }
    }

    /// A sealed requirement or label cannot be judged.
    #[test]
    fn sealed_parts_are_unjudgeable() {
        assert!(select(&json!({"matchLabels": {"app": "<sealed:1>"}}), &json!({})).is_err());
        assert!(select(&json!("<sealed:1>"), &json!({})).is_err());
        assert!(select(&json!({"matchLabels": {"app": "a"}}), &json!({"app": "<sealed:1>"})).is_err());
        assert!(select(&json!({"matchLabels": {"app": "a"}}), &json!("<sealed:1>")).is_err());
    }
}
