//! Secrets: from sealed value files to opened ones.
//!
//! In: [`LayerFile`]s, [`KeyRing`]. Out: [`OpenedLayer`]s in the same order.
//! Rules: file by file, for the MAC covers a whole one; keys are those of the application's customer and class, and no others.
//! Not here: for whom Argo CD may load keys (facts), what an opened value may be used for.

use sops::{Identity, IdentityError, OpenError, OpenOptions, Opened};
use yaml::Node;

use crate::configuration::{Class, Configuration, Layer};
use crate::layers::{Content, LayerFile};
use crate::source::{SourceError, SourceTree};

/// The keys of one customer and class.
#[derive(Debug, Default)]
pub struct KeyRing {
    identities: Vec<Identity>,
}

/// A value file anyone in the process can read.
#[derive(Debug)]
pub struct OpenedLayer<'a> {
    /// Its layer.
    pub layer: &'a Layer,
    /// The file, relative to the values repository.
    pub path: String,
    /// Its values.
    pub values: LayerValues,
}

/// The values of one file.
#[derive(Debug)]
pub enum LayerValues {
    /// They stood there for all to read.
    Clear(Node),
    /// They came out of a sealed file.
    Opened(Box<Opened>),
}

/// Why a sealed layer does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretsError {
    /// The file is refused.
    #[error("{path}: {error}")]
    Refused {
        /// The file.
        path: String,
        /// Why; it names places and public recipients only.
        error: OpenError,
    },
    /// An identity file the configuration names is not there.
    #[error("`{path}` is not there")]
    NoIdentities {
        /// The file, relative to the configuration.
        path: String,
    },
    /// An identity file is refused.
    #[error("{path}: {error}")]
    Identities {
        /// The file, relative to the configuration.
        path: String,
        /// Why.
        error: IdentityError,
    },
    /// The file of a salt that the configuration names is not there.
    #[error("`{path}` is not there")]
    NoSalt {
        /// The file, relative to the configuration.
        path: String,
    },
    /// A salt is too short to be one.
    #[error("{path}: the salt has {bytes} bytes; it needs {}", crate::seed::SALT_BYTES)]
    ShortSalt {
        /// The file, relative to the configuration.
        path: String,
        /// Bytes it has.
        bytes: usize,
    },
    /// An identity file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl KeyRing {
    /// Says whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
    }

    /// Returns the keys that `configuration` names for a customer and class; none where it names none. Identity files lie in `folder`,
    /// the configuration's own.
    ///
    /// # Errors
    /// [`SecretsError`] for the first identity file that cannot be used.
    pub fn load(configuration: &Configuration, customer: &str, class: Class, folder: &SourceTree) -> Result<Self, SecretsError> {
        let tenants = configuration.secrets.tenants.iter();
        let mut identities = Vec::new();
        for path in
            tenants.filter(|tenant| tenant.customer == customer && tenant.class == class).flat_map(|tenant| &tenant.identities)
        {
            let text = folder.read_mounted(path)?.ok_or_else(|| SecretsError::NoIdentities { path: path.clone() })?;
            let found = sops::identities(&zeroize::Zeroizing::new(text))
                .map_err(|error| SecretsError::Identities { path: path.clone(), error })?;
            identities.extend(found);
        }
        Ok(Self { identities })
    }
}

/// Returns the layers with the sealed ones opened, their MAC verified.
///
/// # Errors
/// Every [`SecretsError`] of every sealed file, in the order of the layers.
pub fn open<'a>(files: Vec<LayerFile<'a>>, keys: &KeyRing) -> Result<Vec<OpenedLayer<'a>>, Vec<SecretsError>> {
    let (mut layers, mut errors) = (Vec::new(), Vec::new());
    for LayerFile { layer, path, content } in files {
        let values = match content {
            Content::Clear(node) => LayerValues::Clear(node),
            Content::Sealed(text) => match sops::open(&text, &keys.identities, &OpenOptions::default()) {
                Ok(opened) => LayerValues::Opened(Box::new(opened)),
                Err(error) => {
                    errors.push(SecretsError::Refused { path, error });
                    continue;
                }
            },
        };
        layers.push(OpenedLayer { layer, path, values });
    }
    if errors.is_empty() { Ok(layers) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::application::resolve;
    use crate::layers::collect;

    /// Opens an application of the examples with the keys of `customer` and `class`; says for each layer whether it was opened.
    fn opened(name: &str, customer: &str, class: Class) -> Result<Vec<bool>, Vec<String>> {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        let source = SourceTree::open(&examples.join("customer-configs")).unwrap();
        let configuration = Configuration::read(include_bytes!("../../examples/tidegate.yaml")).unwrap();
        let keys = KeyRing::load(&configuration, customer, class, &SourceTree::open(&examples).unwrap()).unwrap();
        let application = resolve(name.parse().unwrap(), &source, &configuration).unwrap();
        let layers = open(collect(&application, &source, &configuration).unwrap(), &keys);
        match layers {
            Ok(layers) => Ok(layers.iter().map(|layer| matches!(layer.values, LayerValues::Opened(_))).collect()),
            Err(errors) => Err(errors.iter().map(|error| format!("{error} {error:?}")).collect()),
        }
    }

    // The keys of a customer and class open its sealed layers, and only these were sealed.
    #[test]
    fn the_tenants_keys_open_its_layers() {
        assert_eq!(
            opened("acme-corp/product-a/prod", "acme-corp", Class::Production),
            Ok(vec![false, false, false, true, false, true])
        );
    }

    // Keys of another class or customer open nothing that is not theirs; the file is named, and nothing of what is in it.
    #[test]
    fn other_keys_open_nothing() {
        let errors = opened("acme-corp/product-a/prod", "acme-corp", Class::NonProduction).unwrap_err();
        assert!(
            errors.len() == 1 && errors[0].starts_with("customers/acme-corp/product-a/environments/prod.secrets.yaml: "),
            "{errors:?}"
        );
        let errors = opened("acme-corp/product-a/prod", "globex", Class::Production).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(!errors.concat().contains("CANARY"));
    }

    // A customer without a row has no keys, and an application without sealed layers needs none.
    #[test]
    fn no_row_no_keys() {
        assert!(opened("umbrella/product-c/prod", "umbrella", Class::Production).is_ok());
        assert!(opened("acme-corp/product-a/prod", "nobody", Class::Production).is_err());
    }
}
