//! What the configuration says of waivers.

use serde::{Deserialize, Deserializer, de::Error};

use crate::rules::RuleName;

/// The longest lifetime of a waiver that a configuration can allow, in days: more than a century is no limit but a slip.
pub const LIFETIME_LIMIT_DAYS: u32 = 100_000;

/// How long a waiver may live where the configuration is silent, in days: two quarters, so that each is looked at twice a year.
pub const LIFETIME_DAYS: u32 = 180;

/// Where waivers are written, and what bounds them.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WaiverSettings {
    /// The file, relative to the configuration; without one nothing is waived.
    pub file: Option<String>,
    /// The most days from a waiver's `created` to its `expires`.
    #[serde(deserialize_with = "days")]
    pub maximum_days: u32,
    /// Rules that nobody may waive, and that are in no baseline.
    pub absolute: Vec<RuleName>,
}

impl Default for WaiverSettings {
    fn default() -> Self {
        Self { file: None, maximum_days: LIFETIME_DAYS, absolute: Vec::new() }
    }
}

fn days<'de, D: Deserializer<'de>>(reader: D) -> Result<u32, D::Error> {
    let days = u32::deserialize(reader)?;
    if (1..=LIFETIME_LIMIT_DAYS).contains(&days) {
        return Ok(days);
    }
    Err(D::Error::custom(format!("`maximumDays` is {days}; it is a number of days from 1 to {LIFETIME_LIMIT_DAYS}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(section: &str, expected: Result<u32, &str>) {
        let settings = serde_saphyr::from_str::<WaiverSettings>(section);
        let got = settings.map(|settings| settings.maximum_days).map_err(|error| error.to_string());
        match (got, expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected),
            (Err(got), Err(expected)) => assert!(got.contains(expected), "{got}"),
            (got, _) => panic!("{section}: {got:?}"),
        }
    }

    // A lifetime has its default and its limits.
    #[test]
    fn lifetime_obeyed_and_violated() {
        check("{}", Ok(LIFETIME_DAYS));
        check("maximumDays: 1", Ok(1));
        check("maximumDays: 100000", Ok(LIFETIME_LIMIT_DAYS));
        check("maximumDays: 100001", Err("`maximumDays` is 100001; it is a number of days from 1 to 100000"));
        check("maximumDays: 0", Err("`maximumDays` is 0"));
    }

    // Absolute rules are names of rules.
    #[test]
    fn absolute_rules_are_names() {
        check("absolute: [a/b]", Ok(LIFETIME_DAYS));
        check("absolute: [ab]", Err("`ab` names no rule: write `policy/rule`"));
    }
}
