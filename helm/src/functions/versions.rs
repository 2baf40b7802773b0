//! Versions in templates: `semver`, `semverCompare`.
//!
//! Not here: what a version or constraint is (`crate::semver`).
//!
//! # Source
//! sprig v3.3.0 `semver.go`; Masterminds/semver `version.go` for what a version offers templates.

use std::rc::Rc;

use super::signature::{Computed, Outcome, all_leaves, boolean, fixed, text};
use super::{Function, FunctionError, Keeps, Parameter};
use crate::semver::{SemverError, Version, satisfies};
use crate::value::{Data, Map, NumberType, Object, ObjectKind, Text, Value};

use Parameter::String as Str;

pub(super) const TABLE: &[Function] = &[
    fixed("semver", &[Str], Keeps::Derives, |_, values| version(values)),
    fixed("semverCompare", &[Str, Str], Keeps::Derives, |_, values| {
        let satisfied = satisfies(&words(values, 0)?, &words(values, 1)?);
        satisfied.map(boolean).map_err(|error| fail(values, &error))
    }),
];

fn version(values: &[Value]) -> Outcome {
    let original = words(values, 0)?;
    let version = Version::parse(&original).map_err(|error| fail(values, &error))?;
    Ok(version_value(&version, Some(&original)))
}

/// Returns a version whose methods without arguments are fields: templates cannot tell them apart. `original` is what it was read from,
/// where that is not what it prints as.
pub(crate) fn version_value(version: &Version, original: Option<&str>) -> Value {
    let fields = Map::new();
    for (name, number) in [("Major", version.major), ("Minor", version.minor), ("Patch", version.patch)] {
        fields.insert(name.as_bytes(), Value::number(NumberType::Uint64, i128::from(number)));
    }
    let printed = version.to_string();
    let texts = [
        ("Prerelease", version.prerelease.as_str()),
        ("Metadata", &version.metadata),
        ("Original", original.unwrap_or(&printed)),
        ("String", &printed),
    ];
    for (name, text) in texts {
        fields.insert(name.as_bytes(), Value::string(text));
    }
    // Leaves are added to the object, and with it to every field that is taken from it.
    Value::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Semver(printed), fields })))
}

/// Returns a text argument; what is not UTF-8 is no version either way.
fn words(values: &[Value], index: usize) -> Computed<String> {
    Ok(String::from_utf8_lossy(text(values, index)?.as_bytes()).into_owned())
}

fn fail(values: &[Value], error: &SemverError) -> FunctionError {
    FunctionError { message: Text::from(error.to_string().as_str()).derived_from(&all_leaves(values)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::{call, drawn_value, exact, refused};

    // Constraints hold or not; what cannot be read is an error.
    #[test]
    fn comparing() {
        let check = |constraint: &str, version: &str, expected: &str| {
            let value = call("semverCompare", &[Value::string(constraint), Value::string(version)]);
            assert_eq!(drawn_value(&value), expected, "{constraint} {version}");
        };
        check(">=1.21-0", "v1.29.3-eks-1", "true");
        check("^1.2", "2.0.0", "false");
        let refused =
            |constraint: &str, version: &str| refused("semverCompare", &[Value::string(constraint), Value::string(version)]);
        assert_eq!(refused(">=1.0", "latest").as_deref(), Some("invalid semantic version"));
        assert_eq!(refused("^^1", "1.0.0").as_deref(), Some("improper constraint: \"^^1\""));
    }

    // A version prints in full, and all of it derives from what it was read from.
    #[test]
    fn versions() {
        assert_eq!(drawn_value(&call("semver", &[Value::string("v1.2-beta+x")])), "1.2.0-beta+x");
        assert_eq!(drawn_value(&call("semver", &[exact("1.2")])), "<1.2.0>");
        assert_eq!(refused("semver", &[Value::string("x")]).as_deref(), Some("invalid semantic version"));
    }
}
