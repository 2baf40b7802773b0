//! What an application says of itself: the plugin's parameters, and the customer's `metadata.yaml`.

use std::collections::BTreeMap;

use yaml::{Duplicates, Entry, Node, Position, ReadOptions, Value};

use crate::application::{ApplicationName, NameError};
use crate::configuration::Dimension;
use crate::source::SourceTree;
use crate::variables::Parameter;

use super::ContextError;
use super::place::AppDirectory;

/// Returns the application's name: customer and product by its path, the environment by its parameter.
///
/// # Errors
/// The [`ContextError`]s of parameters.
pub fn name(directory: &AppDirectory, parameters: &BTreeMap<String, Parameter>) -> Result<ApplicationName, ContextError> {
    let mut environment = None;
    for (parameter, value) in parameters {
        let dimension = Dimension::ALL.into_iter().find(|dimension| dimension.name() == parameter);
        let dimension = dimension.ok_or_else(|| ContextError::ParameterUnknown { name: parameter.clone() })?;
        let Parameter::Text(claimed) = value else { return Err(ContextError::ParameterKind { name: parameter.clone() }) };
        let fact = match dimension {
            // Argo CD's form leaves an empty text where nothing is entered.
            _ if claimed.is_empty() => continue,
            Dimension::Environment => {
                environment = Some(claimed.as_str());
                continue;
            }
            Dimension::Customer => &directory.customer,
            Dimension::Product => &directory.product,
        };
        if fact != claimed {
            return Err(ContextError::PathContradiction { dimension, claimed: claimed.clone(), fact: fact.clone() });
        }
    }
    let environment = environment.ok_or(ContextError::NoEnvironment)?;
    let written = format!("{}/{}/{environment}", directory.customer, directory.product);
    written.parse().map_err(|error: NameError| ContextError::Name(error))
}

/// Returns what the customer's `metadata.yaml` says; nothing where there is none. It is for policies to weigh, and confirms nothing.
///
/// # Errors
/// [`ContextError::Metadata`], [`ContextError::Source`].
pub fn metadata(customer: &str, source: &SourceTree) -> Result<serde_json::Map<String, serde_json::Value>, ContextError> {
    let path = format!("customers/{customer}/metadata.yaml");
    let Some(text) = source.read(&path)? else { return Ok(serde_json::Map::new()) };
    let broken = |at: Position, problem: String| ContextError::Metadata { path: path.clone(), at, problem };
    let options = ReadOptions { duplicates: Duplicates::Refuse, ..ReadOptions::helm() };
    let documents = yaml::read(&text, &options).map_err(|error| broken(error.at(), error.to_string()))?;
    match documents.as_slice() {
        [] | [Node { value: Value::Null, .. }] => Ok(serde_json::Map::new()),
        [Node { value: Value::Mapping(entries), .. }] => {
            if let Some(id) =
                entries.iter().find(|entry| entry.key == "id" && entry.value.value != Value::String(customer.to_owned()))
            {
                return Err(broken(id.value.span.start, format!("`id` must be `{customer}`, the customer's directory")));
            }
            Ok(entries.iter().map(json_entry).collect())
        }
        [first, ..] => Err(broken(first.span.start, "one mapping is expected".to_owned())),
    }
}

fn json_entry(entry: &Entry) -> (String, serde_json::Value) {
    (entry.key.clone(), json(&entry.value))
}

/// Returns a node as JSON. Depth is bounded by the reader.
fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(on) => (*on).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) | Value::Time(text) => text.as_str().into(),
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(entries) => serde_json::Value::Object(entries.iter().map(json_entry).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;

    use super::*;
    use crate::context::place::locate;

    /// Checks the name that parameters give at `customers/acme/product-a`.
    fn check(parameters: &[(&str, &str)], expected: Result<&str, &str>) {
        let directory = locate(Path::new("/w/customers/acme/product-a"), "customers/acme/product-a").unwrap();
        let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), Parameter::Text((*text).to_owned())));
        let found = name(&directory, &parameters.collect()).map(|name| name.to_string()).map_err(|error| error.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    // The path says customer and product; the parameter says the environment, and may repeat the others.
    #[test]
    fn path_and_parameters_agree() {
        check(&[("environment", "dev")], Ok("acme/product-a/dev"));
        check(&[("environment", "dev"), ("customer", "acme"), ("product", "product-a")], Ok("acme/product-a/dev"));
        check(&[("environment", "dev"), ("customer", "")], Ok("acme/product-a/dev"));
    }

    // A parameter that says something else than the path is refused.
    #[test]
    fn contradictions_are_refused() {
        let error = "parameter `customer` says `globex`, but the application's path says `acme`";
        check(&[("environment", "dev"), ("customer", "globex")], Err(error));
        let error = "parameter `product` says `product-b`, but the application's path says `product-a`";
        check(&[("environment", "dev"), ("product", "product-b")], Err(error));
    }

    // No environment, an unknown parameter and a name that is none are refused.
    #[test]
    fn odd_parameters_are_refused() {
        check(&[], Err("parameter `environment` is missing"));
        check(&[("environment", "")], Err("parameter `environment` is missing"));
        check(&[("enviroment", "dev")], Err("there is no parameter `enviroment`"));
        let (directory, list) = (locate(Path::new("/w/customers/a/p"), "customers/a/p").unwrap(), Parameter::Other);
        let error = name(&directory, &[("environment".to_owned(), list)].into()).unwrap_err();
        assert_eq!(error.to_string(), "parameter `environment` is no text");
        let directory = locate(Path::new("/w/customers/a/p"), "customers/a/p").unwrap();
        let upwards = Parameter::Text("../../prod".to_owned());
        assert!(matches!(name(&directory, &[("environment".to_owned(), upwards)].into()), Err(ContextError::Name(_))));
    }

    /// Checks what a `metadata.yaml` of customer `acme` says, as JSON.
    fn check_metadata(text: &str, expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("customers/acme")).unwrap();
        let mut file = std::fs::File::create(folder.path().join("customers/acme/metadata.yaml")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let claims = metadata("acme", &SourceTree::open(folder.path()).unwrap());
        let claims = claims.map(|claims| serde_json::Value::Object(claims).to_string()).map_err(|error| error.to_string());
        assert_eq!(claims, expected.map(str::to_owned).map_err(str::to_owned));
    }

    // What stands in the file is claimed as it stands; another customer's `id` and other shapes are refused.
    #[test]
    fn metadata_is_claimed() {
        check_metadata(
            "id: acme\ntier: gold\nfree: {a: [1, true]}\n",
            Ok(r#"{"id":"acme","tier":"gold","free":{"a":[1.0,true]}}"#),
        );
        check_metadata("", Ok("{}"));
        check_metadata("id: globex\n", Err("`id` must be `acme`, the customer's directory"));
        check_metadata("- a\n", Err("one mapping is expected"));
        check_metadata("a: 1\na: 2\n", Err("key `a` is given twice, first at 1:1"));
    }
}
