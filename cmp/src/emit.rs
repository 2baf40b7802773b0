//! Emit: reviewed objects to the bytes Argo CD reads, whole or not at all.
//!
//! In: [`Reviewed`] objects. Out: YAML documents on a [`Write`].
//! Rules: one `---` before each object, in the given order; the bytes are read back by Argo CD's rules and must be the same objects
//! before the first of them is written.
//! Not here: who has reviewed the objects.

use std::io::{self, Write};

use yaml::{EmitProblem, Node};

use crate::validate::{Label, Manifests, read};

/// Bytes of one application's output. Argo CD's messages hold 100 MiB, in which every document is quoted once more.
pub const OUTPUT_LIMIT_BYTES: usize = 48 << 20;

/// Bytes of one object. The API server takes no larger request, and what is read back may hold 4 MiB.
pub const OBJECT_LIMIT_BYTES: usize = 3 << 20;

/// The objects that may be written.
#[derive(Debug)]
pub struct Reviewed {
    objects: Vec<(Label, Node)>,
}

/// What becomes of a result without any object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// It is an error: a pruning Argo CD would delete everything.
    Refused,
    /// It was asked for.
    Allowed,
}

/// Why objects are not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// There is no object.
    #[error("no object at all is rendered")]
    Empty,
    /// The output is larger than Argo CD takes.
    #[error("the output is larger than {} MiB", limit >> 20)]
    TooLarge {
        /// The most allowed.
        limit: usize,
    },
    /// An object is larger than a cluster takes.
    #[error("`{label}` is larger than {} MiB", limit >> 20)]
    ObjectTooLarge {
        /// The object.
        label: Label,
        /// The most allowed.
        limit: usize,
    },
    /// An object cannot be written as YAML.
    #[error("`{label}` cannot be written: {problem}")]
    Unwritable {
        /// The object.
        label: Label,
        /// Why.
        problem: EmitProblem,
    },
    /// An object would be another one to Argo CD.
    #[error("`{label}` does not read back as it was reviewed")]
    Changed {
        /// The object.
        label: Label,
    },
    /// Argo CD would read another number of objects, or none at all.
    #[error("the output does not read back as what was reviewed")]
    Unreadable,
    /// The output does not take the bytes.
    #[error("the output was closed early or is full")]
    Output(#[from] io::Error),
}

impl EmitError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "emit.empty",
            Self::TooLarge { .. } => "emit.too-large",
            Self::ObjectTooLarge { .. } => "emit.object-too-large",
            Self::Unwritable { .. } => "emit.unwritable",
            Self::Changed { .. } => "emit.changed",
            Self::Unreadable => "emit.unreadable",
            Self::Output(_) => "stdout.closed",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "Argo CD would delete everything; if that is what you want, delete the application",
            Self::TooLarge { .. } => "split the application",
            Self::ObjectTooLarge { .. } => "split the object: no cluster takes it",
            Self::Unwritable { .. } => "take the control character or the number out of the value",
            Self::Changed { .. } | Self::Unreadable => "this is a fault in tidegate: please report it with the template",
            Self::Output(_) => "nothing can be trusted that was written so far; run it again",
        }
    }
}

impl Reviewed {
    /// Returns the objects of `manifests`, in their order.
    #[must_use]
    pub fn of(manifests: &Manifests) -> Self {
        // A copy: the reviewed trees also stay with the report about them.
        let objects = manifests.objects.iter().map(|object| (object.label.clone(), object.tree.clone()));
        Self { objects: objects.collect() }
    }
}

/// The most bytes that are written.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    object: usize,
    output: usize,
}

const BOUNDS: Bounds = Bounds { object: OBJECT_LIMIT_BYTES, output: OUTPUT_LIMIT_BYTES };

/// Writes `reviewed` to `output` and flushes it.
///
/// # Errors
/// [`EmitError`]; only [`EmitError::Output`] can come after something was written.
pub fn write(reviewed: &Reviewed, empty: Empty, output: &mut dyn Write) -> Result<(), EmitError> {
    if reviewed.objects.is_empty() && empty == Empty::Refused {
        return Err(EmitError::Empty);
    }
    let text = text(reviewed, BOUNDS)?;
    verify(reviewed, &text)?;
    output.write_all(&text)?;
    Ok(output.flush()?)
}

fn text(reviewed: &Reviewed, bounds: Bounds) -> Result<Vec<u8>, EmitError> {
    let mut text = Vec::new();
    for (label, tree) in &reviewed.objects {
        let document = yaml::to_yaml(tree).map_err(|problem| EmitError::Unwritable { label: label.clone(), problem })?;
        if document.len() > bounds.object {
            return Err(EmitError::ObjectTooLarge { label: label.clone(), limit: bounds.object });
        }
        text.extend_from_slice(b"---\n");
        text.extend_from_slice(&document);
        if text.len() > bounds.output {
            return Err(EmitError::TooLarge { limit: bounds.output });
        }
    }
    // argo-cd cmpserver/plugin/plugin.go, runCommand: the last line break goes, which here would be one of the value's own.
    if text.ends_with(b"\n\n") {
        text.extend_from_slice(b"---\n");
    }
    Ok(text)
}

/// Checks that Argo CD reads `text` as the reviewed objects and nothing else.
///
/// # Source
/// argo-cd `cmpserver/plugin/plugin.go`, `generateManifest` and `runCommand`.
fn verify(reviewed: &Reviewed, text: &[u8]) -> Result<(), EmitError> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let Ok(trees) = read::trees(text) else { return Err(EmitError::Unreadable) };
    let mut pairs = trees.iter().zip(&reviewed.objects);
    if let Some((_, (label, _))) = pairs.find(|(read, (_, tree))| !read::same(read, tree)) {
        return Err(EmitError::Changed { label: label.clone() });
    }
    if trees.len() == reviewed.objects.len() { Ok(()) } else { Err(EmitError::Unreadable) }
}

#[cfg(test)]
mod tests;
