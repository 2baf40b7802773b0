//! Layers: the ordered value files of one application.
//!
//! In: [`Application`], [`SourceTree`], [`Configuration`]. Out: [`LayerFile`]s, lowest precedence first, those sealed still so.
//! Rules: a file that is absent is fine unless its layer is required; clear files are one mapping, read strictly; what a layer declares
//! (sealed or not) is what its file must be.
//! Not here: opening (`sops`), merging, conflicts between layers.

mod undeclared;

use yaml::{Duplicates, FinalNewline, Node, Position, ReadError, ReadOptions, Value};

use crate::application::Application;
use crate::configuration::{Configuration, Layer};
use crate::source::{SourceError, SourceTree};

pub use undeclared::undeclared;

/// A value file that is there.
#[derive(Debug)]
pub struct LayerFile<'a> {
    /// Its layer.
    pub layer: &'a Layer,
    /// The file, relative to the values repository.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// What a value file holds.
#[derive(Debug)]
pub enum Content {
    /// Values anyone may read; a file without any is an empty mapping.
    Clear(Node),
    /// A SOPS file, as it stands.
    Sealed(Vec<u8>),
}

/// Why the layers of an application cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LayerError {
    /// A required file is absent.
    #[error("`{path}` is not there, and layer `{layer}` is required")]
    Missing {
        /// The layer's name.
        layer: String,
        /// The file.
        path: String,
    },
    /// Not YAML, or not as strict as layers are.
    #[error("{path}:{}: {error}", error.at())]
    Syntax {
        /// The file.
        path: String,
        /// What the reader says; it holds no values.
        error: ReadError,
    },
    /// Something else than one mapping.
    #[error("{path}:{at}: a value file is one mapping")]
    NotAMapping {
        /// The file.
        path: String,
        /// Where.
        at: Position,
    },
    /// A layer that is declared sealed holds a file SOPS has not sealed.
    #[error("{path}:1:1: layer `{layer}` is sealed, but this file has no SOPS metadata")]
    NotSealed {
        /// The layer's name.
        layer: String,
        /// The file.
        path: String,
    },
    /// A layer that is declared clear holds sealed text.
    #[error("{path}:{at}: sealed text in layer `{layer}`, which is not sealed")]
    SealedText {
        /// The layer's name.
        layer: String,
        /// The file.
        path: String,
        /// The first sealed text.
        at: Position,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl LayerError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "layers.missing",
            Self::Syntax { .. } => "layers.syntax",
            Self::NotAMapping { .. } => "layers.not-a-mapping",
            Self::NotSealed { .. } => "layers.not-sealed",
            Self::SealedText { .. } => "layers.sealed-text",
            Self::Source(_) => "layers.source",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "add the file; `{}` is enough where there is nothing to say",
            Self::Syntax { .. } => "mend the file at that place",
            Self::NotAMapping { .. } => "write `key: value` lines, in one document",
            Self::NotSealed { .. } => {
                "seal the file with sops before it is committed, and change what stood in it: it was readable"
            }
            Self::SealedText { .. } => "move it to a sealed layer",
            Self::Source(error) => error.hint(),
        }
    }
}

/// Returns the value files of `application` that are there, lowest precedence first.
///
/// # Errors
/// Every [`LayerError`] of every layer, in the order of the layers.
pub fn collect<'a>(
    application: &Application,
    source: &SourceTree,
    configuration: &'a Configuration,
) -> Result<Vec<LayerFile<'a>>, Vec<LayerError>> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for layer in &configuration.layers {
        match file(layer, application.name.fill(&layer.path), source) {
            Ok(found) => files.extend(found),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

fn file<'a>(layer: &'a Layer, path: String, source: &SourceTree) -> Result<Option<LayerFile<'a>>, LayerError> {
    let content = match source.read(&path)? {
        None if layer.required => return Err(LayerError::Missing { layer: layer.name.clone(), path }),
        None => return Ok(None),
        Some(text) if layer.sealed => sealed(layer, &path, text)?,
        Some(text) => clear(layer, &path, &text)?,
    };
    Ok(Some(LayerFile { layer, path, content }))
}

/// Returns a sealed file as it stands, once it is seen to be one.
fn sealed(layer: &Layer, path: &str, text: Vec<u8>) -> Result<Content, LayerError> {
    let root = root(path, &text, &ReadOptions { duplicates: Duplicates::Refuse, ..ReadOptions::sops() })?;
    // Metadata that is there but broken is for the opening to judge: it says more about it.
    match sops::metadata(&root) {
        Ok(None) => Err(LayerError::NotSealed { layer: layer.name.clone(), path: path.to_owned() }),
        Ok(Some(_)) | Err(_) => Ok(Content::Sealed(text)),
    }
}

fn clear(layer: &Layer, path: &str, text: &[u8]) -> Result<Content, LayerError> {
    let options = ReadOptions { duplicates: Duplicates::Refuse, final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let root = root(path, text, &options)?;
    match sops::holds_sealed_text(&root) {
        Some(span) => Err(LayerError::SealedText { layer: layer.name.clone(), path: path.to_owned(), at: span.start }),
        None => Ok(Content::Clear(root)),
    }
}

/// Returns the one mapping of a value file.
fn root(path: &str, text: &[u8], options: &ReadOptions) -> Result<Node, LayerError> {
    let documents = yaml::read(text, options).map_err(|error| LayerError::Syntax { path: path.to_owned(), error })?;
    let mut documents = documents.into_iter();
    let first = documents.next().unwrap_or(Node { span: yaml::Span::default(), value: Value::Null });
    let second = documents.next();
    match (first.value, second) {
        (_, Some(second)) => Err(LayerError::NotAMapping { path: path.to_owned(), at: second.span.start }),
        (Value::Null, None) => Ok(Node { span: first.span, value: Value::Mapping(Vec::new()) }),
        (value @ Value::Mapping(_), None) => Ok(Node { span: first.span, value }),
        (_, None) => Err(LayerError::NotAMapping { path: path.to_owned(), at: first.span.start }),
    }
}

#[cfg(test)]
mod tests;
