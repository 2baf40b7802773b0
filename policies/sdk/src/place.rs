//! Places: a JSON document with the way to each value, and sealed leaves that cannot be read by mistake.
//!
//! In: parsed JSON. Out: [`Place`]s. A place may be absent: it keeps its pointer, so a finding can name what is missing.
//! Rules: `null` is absent, as in Kubernetes; text that contains a handle is [`Unjudgeable`].

use std::fmt;

use serde_json::Value;

use crate::contract::Finding;

/// How the handle of a sealed leaf begins. The host writes `<sealed:N>`.
const HANDLE: &str = "<sealed:";

/// A JSON pointer (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    fn join(&self, segment: &str) -> Pointer {
        Pointer(format!("{}/{}", self.0, segment.replace('~', "~0").replace('/', "~1")))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A sealed leaf stands where the text is needed. Becomes a denial by `Finding::from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudgeable {
    pub(crate) pointer: Pointer,
    pub(crate) subject: Option<u32>,
}

/// A place in a document, with its value if there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Place<'a> {
    value: Option<&'a Value>,
    pointer: Pointer,
    subject: Option<u32>,
}

impl<'a> Place<'a> {
    /// Returns the whole of a document that is no object of a list: a layer, or the merged values.
    #[must_use]
    pub fn root(value: &'a Value) -> Place<'a> {
        Place { value: present(value), pointer: Pointer::default(), subject: None }
    }

    /// Returns the whole of the object with number `subject`.
    #[must_use]
    pub fn of_object(subject: u32, value: &'a Value) -> Place<'a> {
        Place { value: present(value), pointer: Pointer::default(), subject: Some(subject) }
    }

    /// Returns the place below this one under a key.
    #[must_use]
    pub fn at(&self, key: &str) -> Place<'a> {
        let value = self.value.and_then(|value| value.as_object()?.get(key));
        self.below(value, key)
    }

    /// Returns the elements of the list that stands here; none where there is no list.
    #[must_use]
    pub fn elements(&self) -> Vec<Place<'a>> {
        let list = self.value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().enumerate().map(|(index, value)| self.below(Some(value), &index.to_string())).collect()
    }

    /// Returns the entries of the map that stands here, with their keys; none where there is no map.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'a str, Place<'a>)> {
        let map = self.value.and_then(Value::as_object).into_iter().flatten();
        map.map(|(key, value)| (key.as_str(), self.below(Some(value), key))).collect()
    }

    /// Returns the text that stands here; nothing where there is no text.
    ///
    /// # Errors
    /// The text is sealed, or made of something sealed.
    pub fn text(&self) -> Result<Option<&'a str>, Unjudgeable> {
        self.judgeable()?;
        Ok(self.value.and_then(Value::as_str))
    }

    /// Returns the whole number that stands here; nothing where there is none.
    ///
    /// # Errors
    /// A sealed text stands here: whether a number is behind it cannot be said.
    pub fn integer(&self) -> Result<Option<i64>, Unjudgeable> {
        self.judgeable()?;
        Ok(self.value.and_then(Value::as_i64))
    }

    /// Returns the scalar that stands here as the text a reader of the document would see; nothing for maps and lists.
    ///
    /// # Errors
    /// As for [`Place::text`].
    pub fn scalar(&self) -> Result<Option<String>, Unjudgeable> {
        self.judgeable()?;
        Ok(match self.value {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::Bool(truth)) => Some(truth.to_string()),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => None,
        })
    }

    /// Returns the value, sealed leaves as handles; nothing where nothing or null stands.
    #[must_use]
    pub fn value(&self) -> Option<&'a Value> {
        self.value
    }

    /// Returns the way here.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the number of the object that this place lies in.
    #[must_use]
    pub fn subject(&self) -> Option<u32> {
        self.subject
    }

    fn judgeable(&self) -> Result<(), Unjudgeable> {
        match self.value {
            Some(Value::String(text)) if text.contains(HANDLE) => {
                Err(Unjudgeable { pointer: self.pointer.clone(), subject: self.subject })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn below(&self, value: Option<&'a Value>, segment: &str) -> Place<'a> {
        Place { value: value.and_then(present), pointer: self.pointer.join(segment), subject: self.subject }
    }
}

fn present(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

/// All objects of an application, in the order of the render.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Objects(Vec<Value>);

impl Objects {
    /// Returns these objects.
    #[must_use]
    pub fn new(objects: Vec<Value>) -> Objects {
        Objects(objects)
    }

    /// Returns each object as a place.
    pub fn iter(&self) -> impl Iterator<Item = Place<'_>> {
        (0_u32..).zip(&self.0).map(|(subject, value)| Place::of_object(subject, value))
    }

    /// Returns what `judge` says of each object; where it meets a sealed leaf it must read, that is the finding.
    pub fn each<'a>(&'a self, judge: impl Fn(Place<'a>) -> Result<Vec<Finding>, Unjudgeable>) -> Vec<Finding> {
        let verdicts = (0_u32..).zip(&self.0).map(|(subject, value)| judge(Place::of_object(subject, value)));
        verdicts.flat_map(|verdict| verdict.unwrap_or_else(|unjudgeable| vec![Finding::from(unjudgeable)])).collect()
    }
}
