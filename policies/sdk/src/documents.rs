//! Documents: what a call of the contract is about.
//!
//! In: the contract's document set. Out: [`Documents`], and the [`Objects`] or [`Layers`] in them.

use tape::Tape;

use crate::contract::tidegate::policy::types::DocumentSet;
use crate::contract::{Finding, Layer, PolicyError};
use crate::place::{Place, Unjudgeable};

/// Documents as they were handed over, not yet looked at.
#[derive(Debug, Clone)]
pub struct Documents(Vec<u8>);

impl Documents {
    /// Takes the documents of a call.
    ///
    /// # Errors
    /// They are not on a tape, which is what this crate's policies ask for.
    pub fn of(documents: DocumentSet) -> Result<Documents, PolicyError> {
        match documents {
            DocumentSet::Tape(bytes) => Ok(Documents(bytes)),
            DocumentSet::Json(_) => {
                Err(PolicyError::MalformedInput("JSON was given; this policy asks for `\"encoding\": \"tape\"`".to_owned()))
            }
        }
    }

    /// Takes the bytes of a tape.
    #[must_use]
    pub fn of_tape(bytes: Vec<u8>) -> Documents {
        Documents(bytes)
    }

    /// Returns the documents, ready to be read in place.
    ///
    /// # Errors
    /// The bytes are no tape.
    pub fn tape(&self) -> Result<Tape<'_>, PolicyError> {
        Tape::read(&self.0).map_err(|error| PolicyError::MalformedInput(error.to_string()))
    }
}

/// All objects of an application, in the order Argo CD is given them.
#[derive(Debug, Clone, Copy)]
pub struct Objects<'a>(&'a Tape<'a>);

impl<'a> Objects<'a> {
    /// Returns the documents as objects.
    #[must_use]
    pub fn new(tape: &'a Tape<'a>) -> Objects<'a> {
        Objects(tape)
    }

    /// Returns each object as a place.
    pub fn iter(&self) -> impl Iterator<Item = Place<'a>> + use<'a> {
        let tape = self.0;
        (0..tape.len()).zip(0_u32..).filter_map(move |(number, subject)| Place::root(tape, number, Some(subject)))
    }

    /// Returns what `judge` says of each object; where it meets a sealed leaf it must read, that is the finding.
    pub fn each(&self, judge: impl Fn(&Place<'a>) -> Result<Vec<Finding>, Unjudgeable>) -> Vec<Finding> {
        self.iter().flat_map(|object| settled(judge(&object))).collect()
    }
}

/// Returns findings, or the denial that stands where nothing could be judged: a sealed field must not hide what is wrong with others.
#[must_use]
pub fn settled(verdict: Result<Vec<Finding>, Unjudgeable>) -> Vec<Finding> {
    verdict.unwrap_or_else(|unjudgeable| vec![Finding::from(unjudgeable)])
}

/// The value files of an application, lowest precedence first.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    tape: &'a Tape<'a>,
    layers: &'a [Layer],
}

impl<'a> Layers<'a> {
    /// Returns layers with their values.
    ///
    /// # Errors
    /// There are more or fewer documents than layers.
    pub fn new(layers: &'a [Layer], tape: &'a Tape<'a>) -> Result<Layers<'a>, PolicyError> {
        if layers.len() == tape.len() {
            return Ok(Layers { tape, layers });
        }
        Err(PolicyError::MalformedInput(format!("{} layers with {} documents", layers.len(), tape.len())))
    }

    /// Returns each layer with the whole of its values.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Layer, Place<'a>)> + use<'a> {
        let (tape, layers) = (self.tape, self.layers);
        let numbered = layers.iter().enumerate().zip(0_u32..);
        numbered.filter_map(move |((number, layer), subject)| Some((layer, Place::root(tape, number, Some(subject))?)))
    }
}
