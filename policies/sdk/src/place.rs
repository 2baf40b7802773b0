//! Places: a document with the way to each value, and sealed leaves that cannot be read by mistake.
//!
//! In: a tape. Out: [`Place`]s. A place may be absent: it keeps its pointer, so a finding can name what is missing.
//! Rules: `null` is absent, as in Kubernetes; whoever asks what is sealed, or what lies below it, gets [`Unjudgeable`].

mod missing;

use std::borrow::Cow;
use std::fmt;

use missing::Missing;
use tape::{Node, Origin, Tape, View};

/// A sealed leaf stands where the policy must know what it says. Becomes a denial by `Finding::from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudgeable {
    pub(crate) pointer: String,
    pub(crate) subject: Option<u32>,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, or null.
    Absent,
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// A map.
    Map,
    /// A sealed leaf, something made of some, or something below one.
    Sealed,
}

/// A place in a document, with its value if there is one.
#[derive(Clone)]
pub struct Place<'a> {
    tape: &'a Tape<'a>,
    subject: Option<u32>,
    root: Node,
    /// The value that stands here, or above here where something is missing.
    node: Node,
    /// The way from `node` to here, as a JSON pointer; nothing where `node` is here.
    missing: Option<Missing>,
}

impl<'a> Place<'a> {
    /// Returns the whole of a document of a tape; nothing where there is no document of this number. `subject` is what findings
    /// will say; nothing for the merged values.
    #[must_use]
    pub fn root(tape: &'a Tape<'a>, number: usize, subject: Option<u32>) -> Option<Place<'a>> {
        let root = tape.document(number)?;
        Some(Place { tape, subject, root, node: root, missing: None })
    }

    /// Returns the place below this one under a key.
    #[must_use]
    pub fn at(&self, key: &str) -> Place<'a> {
        if self.missing.is_none()
            && let Some(node) = self.tape.get(self.node, key)
        {
            return self.here(node);
        }
        let missing = Some(Missing::below(self.missing.as_ref(), key));
        Place { tape: self.tape, subject: self.subject, root: self.root, node: self.node, missing }
    }

    /// Returns the place below this one under a key, if anything but null stands there: as [`Place::at`], but what is missing costs nothing.
    ///
    /// # Errors
    /// What stands here is sealed: nobody can say what lies below.
    pub fn get(&self, key: &str) -> Result<Option<Place<'a>>, Unjudgeable> {
        let Some(View::Map(entries)) = self.view()? else { return Ok(None) };
        let node = entries.find(key).filter(|node| !matches!(self.tape.view(*node), View::Null));
        Ok(node.map(|node| self.here(node)))
    }

    /// Returns the place that a way of keys leads to, if anything but null stands there.
    ///
    /// # Errors
    /// Something on the way is sealed.
    pub fn get_under(&self, keys: &[&str]) -> Result<Option<Place<'a>>, Unjudgeable> {
        keys.iter().try_fold(Some(self.clone()), |place, key| place.map_or(Ok(None), |place| place.get(key)))
    }

    /// Returns the place that a way of keys leads to.
    #[must_use]
    pub fn under(&self, keys: &[&str]) -> Place<'a> {
        keys.iter().fold(self.clone(), |place, key| place.at(key))
    }

    /// Returns the elements of the list that stands here; none where there is no list.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn elements(&self) -> Result<impl Iterator<Item = Place<'a>> + use<'a>, Unjudgeable> {
        let items = match self.view()? {
            Some(View::List(items)) => Some(items),
            _ => None,
        };
        let place = self.clone();
        Ok(items.into_iter().flatten().map(move |node| place.here(node)))
    }

    /// Returns the entries of the map that stands here, with their keys and sorted by them; none where there is no map.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn entries(&self) -> Result<impl Iterator<Item = (&'a str, Place<'a>)> + use<'a>, Unjudgeable> {
        let entries = match self.view()? {
            Some(View::Map(entries)) => Some(entries),
            _ => None,
        };
        let place = self.clone();
        Ok(entries.into_iter().flatten().map(move |(key, node)| (key, place.here(node))))
    }

    /// Returns the text that stands here; nothing where there is no text.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn text(&self) -> Result<Option<&'a str>, Unjudgeable> {
        Ok(match self.view()? {
            Some(View::Text(text)) => Some(text),
            _ => None,
        })
    }

    /// Returns the whole number that stands here; nothing where there is none.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn integer(&self) -> Result<Option<i64>, Unjudgeable> {
        Ok(match self.view()? {
            Some(View::Integer(integer)) => Some(integer),
            _ => None,
        })
    }

    /// Returns whether `true` or `false` stands here; nothing where neither does.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn truth(&self) -> Result<Option<bool>, Unjudgeable> {
        Ok(match self.view()? {
            Some(View::Bool(truth)) => Some(truth),
            _ => None,
        })
    }

    /// Returns the scalar that stands here as the text a reader of the document would see; nothing for maps and lists.
    ///
    /// # Errors
    /// What stands here is sealed.
    pub fn scalar(&self) -> Result<Option<Cow<'a, str>>, Unjudgeable> {
        Ok(match self.view()? {
            Some(View::Text(text)) => Some(Cow::Borrowed(text)),
            Some(View::Integer(integer)) => Some(Cow::Owned(integer.to_string())),
            Some(View::Float(float)) => Some(Cow::Owned(float.to_string())),
            Some(View::Bool(truth)) => Some(Cow::Borrowed(if truth { "true" } else { "false" })),
            Some(View::Null | View::Sealed(_) | View::List(_) | View::Map(_)) | None => None,
        })
    }

    /// Returns whether anything but null stands here.
    ///
    /// # Errors
    /// Something above is sealed: nobody can say.
    pub fn exists(&self) -> Result<bool, Unjudgeable> {
        match self.shape() {
            Shape::Sealed if self.missing.is_some() => Err(self.unjudgeable()),
            shape => Ok(shape != Shape::Absent),
        }
    }

    /// Returns what stands here, for those who walk through everything; it never fails.
    #[must_use]
    pub fn shape(&self) -> Shape {
        match (self.tape.view(self.node), &self.missing) {
            (View::Sealed(_), _) => Shape::Sealed,
            (_, Some(_)) | (View::Null, None) => Shape::Absent,
            (View::Bool(_), None) => Shape::Bool,
            (View::Integer(_) | View::Float(_), None) => Shape::Number,
            (View::Text(_), None) => Shape::Text,
            (View::List(_), None) => Shape::List,
            (View::Map(_), None) => Shape::Map,
        }
    }

    /// Returns the handle of the sealed leaf that stands here: equal handles, equal leaves.
    #[must_use]
    pub fn handle(&self) -> Option<u32> {
        match (self.tape.view(self.node), &self.missing) {
            (View::Sealed(handle), None) => Some(handle),
            _ => None,
        }
    }

    /// Returns the way here as a JSON pointer (RFC 6901).
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut pointer = self.tape.pointer(self.root, self.node).unwrap_or_default();
        pointer.push_str(self.missing.as_ref().map_or("", Missing::pointer));
        pointer
    }

    /// Returns the number of the document that this place lies in; nothing in the merged values.
    #[must_use]
    pub fn subject(&self) -> Option<u32> {
        self.subject
    }

    /// Returns the file, line and column that the value was written at, where the host knows them: in layers and merged values.
    #[must_use]
    pub fn origin(&self) -> Option<Origin<'a>> {
        self.tape.origin(self.node)
    }

    /// Returns the document's whole, whatever place of it this is.
    #[must_use]
    pub fn document(&self) -> Place<'a> {
        self.here(self.root)
    }

    /// Returns the place of another value of the document.
    fn here(&self, node: Node) -> Place<'a> {
        Place { tape: self.tape, subject: self.subject, root: self.root, node, missing: None }
    }

    /// Returns what stands here, nothing where nothing or null does.
    fn view(&self) -> Result<Option<View<'a>>, Unjudgeable> {
        match (self.tape.view(self.node), &self.missing) {
            (View::Sealed(_), _) => Err(self.unjudgeable()),
            (_, Some(_)) | (View::Null, None) => Ok(None),
            (view, None) => Ok(Some(view)),
        }
    }

    fn unjudgeable(&self) -> Unjudgeable {
        Unjudgeable { pointer: self.pointer(), subject: self.subject }
    }
}

/// The pointer and what stands there; the text of a document does not belong in a policy's log.
impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {:?}", self.subject, self.pointer(), self.shape())
    }
}
