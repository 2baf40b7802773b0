//! Schema: the settings that `policy.json` describes are those that the policy takes.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// Asserts that the schema of the settings in `policy.json` is the one of their type: names, types, descriptions and defaults. The type
/// derives `schemars::JsonSchema` and, for its defaults, `serde::Serialize`, both for tests only.
pub fn assert_schema<S: JsonSchema>(metadata: &str) {
    let metadata: Value = serde_json::from_str(metadata).unwrap_or_else(|error| panic!("policy.json: {error}"));
    let written = metadata.get("settings").unwrap_or(&Value::Null);
    let derived = derived::<S>();
    assert!(
        *written == derived,
        "policy.json describes other settings than the type takes, which are:\n{}",
        serde_json::to_string_pretty(&derived).unwrap_or_default()
    );
}

fn derived<S: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<S>().to_value();
    if let Some(top) = schema.as_object_mut() {
        let _name_of_the_type = top.remove("title");
    }
    schema
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::assert_schema;

    /// What it is.
    #[derive(serde::Serialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields, default, rename_all = "camelCase")]
    struct Settings {
        /// How many.
        least_pods: u32,
    }

    impl Default for Settings {
        fn default() -> Settings {
            Settings { least_pods: 2 }
        }
    }

    const WRITTEN: &str = r#"{"settings": {"type": "object", "description": "What it is.", "additionalProperties": false, "properties":
        {"leastPods": {"type": "integer", "format": "uint32", "minimum": 0, "default": 2, "description": "How many."}}}}"#;

    /// The same schema passes; another name, default or description does not.
    #[test]
    fn schemas_are_compared() {
        assert_schema::<Settings>(WRITTEN);
        for (from, to) in [("leastPods", "least"), ("\"default\": 2", "\"default\": 3"), ("How many.", "")] {
            assert!(catch_unwind(|| assert_schema::<Settings>(&WRITTEN.replace(from, to))).is_err(), "{from}");
        }
    }
}
