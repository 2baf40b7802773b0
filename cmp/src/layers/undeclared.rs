//! Undeclared: value files of environments that the configuration does not have.
//!
//! In: a customer's product, by the name of any of its applications. Out: such files, each with its environment.
//! Rules: a file that belongs to a declared environment by any layer is none of them; only file names are looked at, not directories.
//! Not here: files that no layer could name.

use std::collections::{BTreeMap, BTreeSet};

use crate::application::{ApplicationName, part_of};
use crate::configuration::{Configuration, Dimension, Layer};
use crate::source::{SourceError, SourceTree};

/// Stands for the environment in a path; no file's name holds it.
const ANY: &str = "\0";

/// Returns the environments that are not declared, by file, relative to the values repository.
///
/// # Errors
/// [`SourceError`] where a directory cannot be listed.
pub fn undeclared(
    name: &ApplicationName,
    source: &SourceTree,
    configuration: &Configuration,
) -> Result<BTreeMap<String, String>, SourceError> {
    let layers = &configuration.layers;
    let environments = configuration.environments.keys();
    let declared: BTreeSet<String> =
        environments.flat_map(|environment| layers.iter().map(move |layer| path(layer, name, environment))).collect();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for pattern in layers.iter().map(|layer| path(layer, name, ANY)) {
        let Some((directory, start, end)) = around(&pattern) else { continue };
        for file in source.names(directory)? {
            let path = format!("{directory}/{file}");
            let environment = file.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).and_then(part_of);
            let Some(environment) = environment.filter(|_| !declared.contains(&path)) else { continue };
            // `qa.secrets.yaml` is of `qa` by one layer and of `qa.secrets` by another.
            let known = found.entry(path).or_insert_with(|| environment.clone());
            if environment.len() < known.len() {
                *known = environment;
            }
        }
    }
    Ok(found)
}

fn path(layer: &Layer, name: &ApplicationName, environment: &str) -> String {
    layer.path.fill(|dimension| match dimension {
        Dimension::Environment => environment,
        other => name.part(other),
    })
}

/// Returns the directory of a path whose file name holds [`ANY`] once, and what stands before and after it.
fn around(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, end) = pattern.split_once(ANY)?;
    let (directory, start) = before.rsplit_once('/')?;
    (!end.contains('/') && !end.contains(ANY)).then_some((directory, start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what is found beside the files of `dev`.
    fn check(files: &[&str], expected: &[(&str, &str)]) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(path).unwrap();
        }
        let source = SourceTree::open(folder.path()).unwrap();
        let found = undeclared(&"acme/shop/dev".parse().unwrap(), &source, &Configuration::default()).unwrap();
        let expected = expected.iter().map(|(file, environment)| ((*file).to_owned(), (*environment).to_owned()));
        assert_eq!(found, expected.collect());
    }

    // Files of declared environments, sealed ones too, and files that are no environment's are not found.
    #[test]
    fn declared_environments_obeyed() {
        check(&[], &[]);
        check(&["products/shop/environments/prod.yaml", "customers/acme/shop/environments/dev.secrets.yaml"], &[]);
        check(&["products/shop/environments/README.md", "products/shop/environments/.yaml"], &[]);
        check(&["products/other/environments/qa.yaml"], &[]);
    }

    // Another environment's file is found once, by its own name.
    #[test]
    fn declared_environments_violated() {
        check(&["products/shop/environments/qa.yaml"], &[("products/shop/environments/qa.yaml", "qa")]);
        let sealed = "customers/acme/shop/environments/qa.secrets.yaml";
        check(&[sealed], &[(sealed, "qa")]);
    }
}
