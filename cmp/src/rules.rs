//! Rules: what rules of policies are called, which of them exist, and which nobody may make an exception of.
//!
//! In: what policies say of their rules, the configuration's list of absolute ones. Out: [`RuleName`], [`Rulebook`].
//! Rules: `policy/rule`, both kebab-case; that a policy could not read a sealed value (`unjudgeable`) is absolute everywhere.
//! Not here: exceptions themselves (`waivers`, `baseline`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use engine::metadata::{Rule, UNJUDGEABLE, is_name};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::nearest::nearest;
use crate::policies::PolicySet;

/// The name of a rule: `environment-guardrails/replicas`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName {
    policy: String,
    rule: String,
}

/// A text that names no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` names no rule")]
pub struct RuleNameError {
    /// The text.
    pub written: String,
}

impl RuleName {
    /// Returns the rule of a policy; nothing where one of them is no name.
    #[must_use]
    pub fn of(policy: &str, rule: &str) -> Option<Self> {
        (is_name(policy) && is_name(rule)).then(|| Self { policy: policy.to_owned(), rule: rule.to_owned() })
    }

    /// Returns the policy.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Returns the rule within the policy.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.policy, self.rule)
    }
}

impl FromStr for RuleName {
    type Err = RuleNameError;

    fn from_str(text: &str) -> Result<Self, RuleNameError> {
        let named = text.split_once('/').and_then(|(policy, rule)| Self::of(policy, rule));
        named.ok_or_else(|| RuleNameError { written: text.to_owned() })
    }
}

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        text.parse().map_err(|error| D::Error::custom(format!("{error}: write `policy/rule`")))
    }
}

/// A rule that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// What is not known.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What is known of rules.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    /// Policies with their rules.
    policies: BTreeMap<String, BTreeMap<String, Rule>>,
    /// Those of the configuration.
    absolute: BTreeSet<RuleName>,
}

impl Rulebook {
    /// Returns what these policies and the configuration's list say.
    #[must_use]
    pub fn new(policies: &PolicySet, absolute: &[RuleName]) -> Self {
        let policies = policies.described().map(|(metadata, _)| {
            let rules = metadata.rules.iter().map(|rule| (rule.name.clone(), rule.clone()));
            (metadata.name.clone(), rules.collect())
        });
        Self { policies: policies.collect(), absolute: absolute.iter().cloned().collect() }
    }

    /// Returns what its policy says of a rule.
    #[must_use]
    pub fn described(&self, rule: &RuleName) -> Option<&Rule> {
        self.policies.get(rule.policy())?.get(rule.rule())
    }

    /// Says whether nobody may make an exception of a rule: its policy says so, or the configuration.
    #[must_use]
    pub fn is_absolute(&self, rule: &RuleName) -> bool {
        rule.rule() == UNJUDGEABLE
            || self.absolute.contains(rule)
            || self.described(rule).is_some_and(|described| described.absolute)
    }

    /// Checks that there is such a rule.
    ///
    /// # Errors
    /// [`UnknownRule`].
    pub fn check(&self, rule: &RuleName) -> Result<(), UnknownRule> {
        let Some(rules) = self.policies.get(rule.policy()) else {
            let message = format!("there is no policy `{}`", rule.policy());
            return Err(UnknownRule { message, hint: meant(rule.policy(), self.policies.keys()) });
        };
        if rules.contains_key(rule.rule()) || rule.rule() == UNJUDGEABLE {
            return Ok(());
        }
        let message = format!("policy `{}` has no rule `{}`", rule.policy(), rule.rule());
        Err(UnknownRule { message, hint: meant(rule.rule(), rules.keys()) })
    }
}

fn meant<'a>(written: &str, known: impl IntoIterator<Item = &'a String> + Clone) -> String {
    match nearest(written, known.clone()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known are {}", known.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Rulebook {
        Rulebook::new(&PolicySet::built_in().unwrap(), &["role-boundaries/forbidden-path".parse().unwrap()])
    }

    fn check(name: &str, expected: Result<(), (&str, &str)>) {
        let got = book().check(&name.parse().unwrap());
        assert_eq!(got.as_ref().copied().map_err(|unknown| (unknown.message.as_str(), unknown.hint.as_str())), expected);
    }

    // A rule that exists is known; one that does not is refused with the one that was meant.
    #[test]
    fn slips_are_told() {
        check("environment-guardrails/replicas", Ok(()));
        check("environment-guardrails/unjudgeable", Ok(()));
        check(
            "environment-guardrails/replica",
            Err(("policy `environment-guardrails` has no rule `replica`", "did you mean `replicas`?")),
        );
        check(
            "enviroment-guardrails/replicas",
            Err(("there is no policy `enviroment-guardrails`", "did you mean `environment-guardrails`?")),
        );
        check(
            "role-boundaries/zzz",
            Err(("policy `role-boundaries` has no rule `zzz`", "known are forbidden-path, sealed-value")),
        );
    }

    // Absolute is what the configuration lists, and what a policy could not read.
    #[test]
    fn absolute_rules() {
        for (name, absolute) in [
            ("role-boundaries/forbidden-path", true),
            ("environment-guardrails/unjudgeable", true),
            ("role-boundaries/sealed-value", false),
        ] {
            assert_eq!(book().is_absolute(&name.parse().unwrap()), absolute, "{name}");
        }
    }

    // A rule is named by two names and nothing else.
    #[test]
    fn names_of_rules() {
        for bad in ["", "a", "a/", "/b", "a/b/c", "A/b", "a/b c", "a/*"] {
            assert!(bad.parse::<RuleName>().is_err(), "{bad:?}");
        }
        assert_eq!("a-1/b".parse::<RuleName>().unwrap().to_string(), "a-1/b");
    }
}
