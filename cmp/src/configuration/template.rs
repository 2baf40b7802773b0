//! Texts with dimensions in braces: `customers/{customer}/{product}/values.yaml`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// What an application is a point in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Who it is for.
    Customer,
    /// What it is.
    Product,
    /// Where it runs.
    Environment,
}

impl Dimension {
    /// All dimensions.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Product, Self::Environment];

    /// Returns the name it has in templates and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Environment => "environment",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Dimension(Dimension),
}

/// A text with dimensions in it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathTemplate {
    written: String,
    pieces: Vec<Piece>,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A name in braces that is no dimension.
    #[error("`{{{name}}}` is no dimension; there are {{customer}}, {{product}} and {{environment}}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A brace without its other half.
    #[error("a brace in `{template}` has no other half")]
    Brace {
        /// The template.
        template: String,
    },
}

impl PathTemplate {
    /// Returns a template of our own, which is known to be right; text that is no template stands for itself.
    pub(super) fn fixed(template: &str) -> Self {
        template.parse().unwrap_or_else(|_error: TemplateError| Self {
            written: template.to_owned(),
            pieces: vec![Piece::Text(template.to_owned())],
        })
    }

    /// Returns the text with each dimension replaced by what `value` says it is.
    #[must_use]
    pub fn fill<'a>(&self, value: impl Fn(Dimension) -> &'a str) -> String {
        let pieces = self.pieces.iter();
        pieces
            .map(|piece| match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Dimension(dimension) => value(*dimension),
            })
            .collect()
    }
}

impl FromStr for PathTemplate {
    type Err = TemplateError;

    fn from_str(template: &str) -> Result<Self, TemplateError> {
        let broken = || TemplateError::Brace { template: template.to_owned() };
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(broken)?;
            let known = Dimension::ALL.iter().find(|known| known.name() == name);
            let dimension = known.ok_or_else(|| TemplateError::Unknown { name: name.to_owned() })?;
            if text.contains('}') {
                return Err(broken());
            }
            pieces.extend([Piece::Text(text.to_owned()), Piece::Dimension(*dimension)]);
            rest = after;
        }
        if rest.contains('}') {
            return Err(broken());
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self { written: template.to_owned(), pieces })
    }
}

impl TryFrom<String> for PathTemplate {
    type Error = TemplateError;

    fn try_from(template: String) -> Result<Self, TemplateError> {
        template.parse()
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Debug for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.written)
    }
}
