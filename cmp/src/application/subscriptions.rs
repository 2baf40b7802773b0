//! What a customer has bought: `products.yaml`.
//!
//! Rules: `products:` is a list of names, or of `{name, enabled, environments}`; both may stand side by side. Without `enabled` a product
//! is enabled, without `environments` it is meant for all that are declared. Unknown keys are errors.

use yaml::{Duplicates, Node, ReadError, ReadOptions, Value};

use crate::source::{SourceError, SourceTree};

/// One product a customer has bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The product.
    pub product: String,
    /// Whether it is rendered.
    pub enabled: bool,
    /// The environments; nothing means all.
    pub environments: Option<Vec<String>>,
    /// Where it stands, line from 1.
    pub line: u32,
}

/// Why a `products.yaml` cannot be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    /// It is not there.
    #[error("`{file}` is not there")]
    Missing {
        /// The file.
        file: String,
    },
    /// It is no YAML.
    #[error("{file}:{}: not YAML", error.at())]
    Syntax {
        /// The file.
        file: String,
        /// What the reader says.
        #[source]
        error: ReadError,
    },
    /// It has another shape.
    #[error("{file}:{at}: {wanted}")]
    Shape {
        /// The file.
        file: String,
        /// Where.
        at: yaml::Position,
        /// What should stand there.
        wanted: &'static str,
    },
    /// It cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl SubscriptionError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "list what the customer has bought in it: `products: [{name: .., enabled: true}]`",
            Self::Syntax { .. } => "mend the file at that place",
            Self::Shape { .. } => "a product is a name, or `{name: .., enabled: true, environments: [..]}`",
            Self::Source(error) => error.hint(),
        }
    }
}

/// What should stand where something else was found.
type Misfit = (yaml::Position, &'static str);

/// Returns what `file` says has been bought, in its order.
///
/// # Errors
/// [`SubscriptionError`].
pub fn subscriptions(file: &str, source: &SourceTree) -> Result<Vec<Subscription>, SubscriptionError> {
    let Some(text) = source.read(file)? else { return Err(SubscriptionError::Missing { file: file.to_owned() }) };
    let options = ReadOptions { duplicates: Duplicates::Refuse, ..ReadOptions::helm() };
    let documents = yaml::read(&text, &options).map_err(|error| SubscriptionError::Syntax { file: file.to_owned(), error })?;
    let products = products(&documents).and_then(|items| items.iter().map(subscription).collect());
    products.map_err(|(at, wanted)| SubscriptionError::Shape { file: file.to_owned(), at, wanted })
}

fn products(documents: &[Node]) -> Result<&[Node], Misfit> {
    let [Node { value: Value::Mapping(entries), span }] = documents else {
        return Err((
            documents.first().map_or(yaml::Position { offset: 0, line: 1, column: 1 }, |node| node.span.start),
            "one mapping is expected",
        ));
    };
    let [entry] = entries.as_slice() else { return Err((span.start, "the one key is `products`")) };
    match &entry.value.value {
        _ if entry.key != "products" => Err((entry.key_span.start, "the one key is `products`")),
        Value::Sequence(items) => Ok(items),
        _ => Err((entry.value.span.start, "`products` is a list")),
    }
}

fn subscription(item: &Node) -> Result<Subscription, Misfit> {
    let line = item.span.start.line;
    let entries = match &item.value {
        Value::String(product) => return Ok(Subscription { product: product.clone(), enabled: true, environments: None, line }),
        Value::Mapping(entries) => entries,
        _ => return Err((item.span.start, "a product is a name or a mapping")),
    };
    let (mut product, mut enabled, mut environments) = (None, true, None);
    for entry in entries {
        match (entry.key.as_str(), &entry.value.value) {
            ("name", Value::String(name)) => product = Some(name.clone()),
            ("enabled", Value::Bool(on)) => enabled = *on,
            ("environments", Value::Sequence(items)) => environments = Some(items.iter().map(text).collect::<Result<_, _>>()?),
            ("name", _) => return Err((entry.value.span.start, "`name` is a text")),
            ("enabled", _) => return Err((entry.value.span.start, "`enabled` is true or false")),
            ("environments", _) => return Err((entry.value.span.start, "`environments` is a list")),
            _ => return Err((entry.key_span.start, "known are `name`, `enabled` and `environments`")),
        }
    }
    let product = product.ok_or((item.span.start, "`name` is missing"))?;
    Ok(Subscription { product, enabled, environments, line })
}

fn text(node: &Node) -> Result<String, Misfit> {
    match &node.value {
        Value::String(text) => Ok(text.clone()),
        _ => Err((node.span.start, "an environment is a text")),
    }
}
