//! Values: from an application to its merged values, through the stages `layers`, `secrets` and `merge`.
//!
//! In: [`Estate`], [`Context`], whose [`Keys`] may be loaded. Out: [`Values`].
//! Rules: keys are read only where a layer is sealed; what came out of sealed files is tracked.
//! Not here: judging values (`admission`).

mod show;

use std::collections::BTreeSet;

use helm::value::Data;
use yaml::LeafId;
use zeroize::Zeroizing;

use crate::context::{Context, Keys, TenantKeys, class_name};
use crate::diagnostic::{Code, Failure, StageError};
use crate::estate::Estate;
use crate::layers::{self, Content, LayerFile};
use crate::merge::{self, Merged, Tracking};
use crate::secrets::{self, KeyRing, OpenedLayer};

pub use show::{Show, tree};

/// The values of an application.
#[derive(Debug)]
pub struct Values<'a> {
    /// Its layers, lowest precedence first, opened.
    pub layers: Vec<OpenedLayer<'a>>,
    /// What they make together.
    pub merged: Merged,
}

/// Returns the values of an application.
///
/// # Errors
/// The [`Failure`] of the first stage that fails.
pub fn collect<'a>(estate: &'a Estate, context: &Context, keys: &Keys) -> Result<Values<'a>, Failure> {
    let files = layers::collect(&context.application, &estate.source, &estate.configuration)?;
    let ring = key_ring(&files, estate, keys)?;
    let layers = secrets::open(files, &ring).map_err(|errors| without_row(errors.into(), &ring, keys))?;
    let merged = merge::merge(&layers, Tracking::Sealed)?;
    Ok(Values { layers, merged })
}

/// Returns the keys that the files need; none where nothing is sealed.
fn key_ring(files: &[LayerFile<'_>], estate: &Estate, keys: &Keys) -> Result<KeyRing, Failure> {
    if !files.iter().any(|file| matches!(file.content, Content::Sealed(_))) {
        return Ok(KeyRing::default());
    }
    match (keys, &estate.folder) {
        (Keys::Granted(tenant), Some(folder)) => {
            Ok(KeyRing::load(&estate.configuration, &tenant.customer, tenant.class, folder)?)
        }
        // Without a configuration there are no rows: every sealed file says which key it needs.
        (Keys::Granted(_), None) => Ok(KeyRing::default()),
        (Keys::Withheld(why), _) => Err(Failure::one(why.class(), why.diagnostic())),
    }
}

/// Returns the failure with what to do where there is no key because no row of the configuration names one.
fn without_row(mut failure: Failure, ring: &KeyRing, keys: &Keys) -> Failure {
    let Keys::Granted(TenantKeys { customer, class }) = keys else { return failure };
    let closed =
        failure.diagnostics.iter_mut().filter(|diagnostic| ring.is_empty() && diagnostic.code == Code::SECRETS_NO_IDENTITY);
    for diagnostic in closed {
        let class = class_name(*class);
        diagnostic.hint = Some(format!(
            "no row of `secrets.tenants` counts for `{customer}` and {class}: name the platform's tidegate.yaml, or have a row added to it"
        ));
    }
    failure
}

impl Values<'_> {
    /// Returns the leaves that were sealed.
    #[must_use]
    pub fn sealed(&self) -> BTreeSet<LeafId> {
        self.merged.sealed.keys().copied().collect()
    }

    /// Returns the values with every leaf tracked; leaves have the same numbers.
    ///
    /// # Errors
    /// A [`Failure`]; layers that merged before merge again, so none is expected.
    pub fn tracked(&self) -> Result<Merged, Failure> {
        Ok(merge::merge(&self.layers, Tracking::All)?)
    }

    /// Returns the layers' files by the number of their source.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        self.layers.iter().map(|layer| layer.path.clone()).collect()
    }

    /// Returns the text of every opened value that is still part of the values, for the search of `sealed`.
    #[must_use]
    pub fn opened(&self) -> Vec<(LeafId, Zeroizing<String>)> {
        let mut opened = Vec::new();
        let mut waiting = vec![self.merged.values.clone()];
        while let Some(value) = waiting.pop() {
            match &value.data {
                Data::Map(map, _) => waiting.extend(map.entries().into_iter().rev().map(|(_, slot)| slot.value)),
                Data::List(list, _) => waiting.extend(list.items().into_iter().rev()),
                data => {
                    let leaves = value.all_leaves();
                    let leaf = leaves.as_slice().iter().find(|leaf| self.merged.sealed.contains_key(leaf));
                    opened.extend(leaf.zip(text(data)).map(|(leaf, text)| (*leaf, text)));
                }
            }
        }
        opened
    }
}

/// Returns what a single value is as text; truth values are no secret to search for.
fn text(data: &Data) -> Option<Zeroizing<String>> {
    match data {
        Data::String(text) => Some(Zeroizing::new(String::from_utf8_lossy(text.as_bytes()).into_owned())),
        Data::Float(number) => Some(Zeroizing::new(number.to_string())),
        _ => None,
    }
}
