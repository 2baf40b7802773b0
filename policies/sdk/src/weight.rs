//! Weights: what a finding of a rule does, by the class of the environment.
//!
//! In: `{production: deny, nonproduction: warn}` of the settings. Out: the severity in a context, if the rule counts there at all.
//! Rules: a class that is not named has no weight: the rule says nothing there.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::contract::Context;
use crate::contract::tidegate::policy::types::Severity;

/// What a finding of a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "testing", derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// It refuses the render.
    Deny,
    /// It is shown.
    Warn,
    /// It is shown to those who ask for details.
    Info,
    /// There is none.
    Off,
}

impl Weight {
    /// Returns the severity of findings of this weight, if there are any.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Weight::Deny => Some(Severity::Deny),
            Weight::Warn => Some(Severity::Warn),
            Weight::Info => Some(Severity::Info),
            Weight::Off => None,
        }
    }
}

/// Weights by class.
pub type Weights = BTreeMap<String, Weight>;

/// Returns the severity of a rule's findings in a context; nothing where the rule does not count.
#[must_use]
pub fn severity(weights: &Weights, context: &Context) -> Option<Severity> {
    weights.get(&context.class)?.severity()
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::{Weights, severity};
    use crate::Severity;
    use crate::testing::context;

    /// The class decides; one that is not named, or is off, has no severity.
    #[test]
    fn the_class_decides() {
        let weights: Weights = serde_json::from_str(r#"{"a": "deny", "b": "warn", "c": "info", "d": "off"}"#).unwrap();
        let of = |class| severity(&weights, &context("prod", class));
        assert_eq!([of("a"), of("b"), of("c")], [Some(Severity::Deny), Some(Severity::Warn), Some(Severity::Info)]);
        assert_eq!([of("d"), of("prod")], [None, None]);
    }
}
