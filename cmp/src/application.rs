//! Application: which customer, product and environment is meant, and whether the customer has bought it.
//!
//! In: a name `customer/product/environment`, [`SourceTree`], [`Configuration`]. Out: [`Application`].
//! Rules: each of the three must exist; `customers/{customer}/products.yaml` must subscribe to the product, enabled, in the environment.
//! Not here: facts and claims of Argo CD, layers.

mod listing;
mod subscriptions;

use std::fmt;
use std::str::FromStr;

use crate::configuration::{Configuration, Dimension, PathTemplate};
use crate::nearest::nearest;
use crate::source::{SourceError, SourceTree};

pub use listing::{Listing, all};
pub use subscriptions::{Subscription, SubscriptionError, subscriptions};

/// The most characters one part of a name may have: each ends up in Kubernetes names, which have at most 63.
pub const PART_CHARACTERS: usize = 63;

/// A point in the dimensions of the estate, as written on the command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApplicationName {
    customer: String,
    product: String,
    environment: String,
}

impl ApplicationName {
    /// Returns one of the three parts.
    #[must_use]
    pub fn part(&self, dimension: Dimension) -> &str {
        match dimension {
            Dimension::Customer => &self.customer,
            Dimension::Product => &self.product,
            Dimension::Environment => &self.environment,
        }
    }

    /// Returns the template filled with this application's parts.
    #[must_use]
    pub fn fill(&self, template: &PathTemplate) -> String {
        template.fill(|dimension| self.part(dimension))
    }
}

impl fmt::Display for ApplicationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.customer, self.product, self.environment)
    }
}

/// A text that names no application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{written}` is no application; write `customer/product/environment`, each of letters, digits, `-`, `_` and `.`, a letter or digit first"
)]
pub struct NameError {
    /// What was written.
    pub written: String,
}

impl FromStr for ApplicationName {
    type Err = NameError;

    fn from_str(written: &str) -> Result<Self, NameError> {
        let broken = || NameError { written: written.to_owned() };
        let mut parts = written.split('/').map(|part| part_of(part).ok_or_else(broken));
        let mut next = || parts.next().unwrap_or_else(|| Err(broken()));
        let name = Self { customer: next()?, product: next()?, environment: next()? };
        if parts.next().is_some() { Err(broken()) } else { Ok(name) }
    }
}

/// Returns the part where it is fit to stand in paths and names.
pub(crate) fn part_of(part: &str) -> Option<String> {
    let fits = part.starts_with(|c: char| c.is_ascii_alphanumeric())
        && part.chars().count() <= PART_CHARACTERS
        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    fits.then(|| part.to_owned())
}

/// An application that exists and is bought.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its name.
    pub name: ApplicationName,
}

/// Why there is no such application.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// A part names nothing.
    #[error("there is no {} `{name}`", what.name())]
    Unknown {
        /// Which part.
        what: Dimension,
        /// What was written.
        name: String,
        /// The known name that resembles it most.
        nearest: Option<String>,
        /// All known names, in order.
        known: Vec<String>,
    },
    /// The customer has not bought the product.
    #[error("`{customer}` has not subscribed to `{product}` in {file}")]
    NotSubscribed {
        /// The customer.
        customer: String,
        /// The product.
        product: String,
        /// Its `products.yaml`.
        file: String,
    },
    /// Bought, but not enabled.
    #[error("`{product}` is not enabled in {file}:{line}")]
    NotEnabled {
        /// The product.
        product: String,
        /// The customer's `products.yaml`.
        file: String,
        /// Line from 1.
        line: u32,
    },
    /// Bought for other environments.
    #[error("`{product}` is not subscribed for `{environment}` in {file}:{line}")]
    OtherEnvironments {
        /// The product.
        product: String,
        /// The environment.
        environment: String,
        /// The customer's `products.yaml`.
        file: String,
        /// Line from 1.
        line: u32,
        /// The environments it is bought for.
        subscribed: Vec<String>,
    },
    /// `products.yaml` cannot be understood.
    #[error(transparent)]
    Subscriptions(#[from] SubscriptionError),
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl ApplicationError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { known, .. } if known.is_empty() => {
                "there are none; name the values repository with --repo".to_owned()
            }
            Self::Unknown { known, .. } => format!("there are {}", known.join(", ")),
            Self::NotSubscribed { file, .. } => format!("add the product to {file}"),
            Self::NotEnabled { .. } => "set `enabled: true`".to_owned(),
            Self::OtherEnvironments { subscribed, .. } => format!("it is subscribed for {}", subscribed.join(", ")),
            Self::Subscriptions(error) => error.hint().to_owned(),
            Self::Source(error) => error.hint().to_owned(),
        }
    }
}

/// Returns the application called `name`, if the estate has it and the customer has bought it.
///
/// # Errors
/// [`ApplicationError`]: the customer first, then the product, the environment, the subscription.
pub fn resolve(
    name: ApplicationName,
    source: &SourceTree,
    configuration: &Configuration,
) -> Result<Application, ApplicationError> {
    known(&name, Dimension::Customer, source.names("customers")?)?;
    known(&name, Dimension::Product, source.names("products")?)?;
    known(&name, Dimension::Environment, configuration.environments.keys().cloned().collect())?;
    let file = format!("customers/{}/products.yaml", name.customer);
    let all = subscriptions(&file, source)?;
    let Some(subscription) = all.into_iter().find(|subscription| subscription.product == name.product) else {
        return Err(ApplicationError::NotSubscribed { customer: name.customer, product: name.product, file });
    };
    if !subscription.enabled {
        return Err(ApplicationError::NotEnabled { product: name.product, file, line: subscription.line });
    }
    match subscription.environments {
        Some(subscribed) if !subscribed.contains(&name.environment) => Err(ApplicationError::OtherEnvironments {
            product: name.product,
            environment: name.environment,
            file,
            line: subscription.line,
            subscribed,
        }),
        _ => Ok(Application { name }),
    }
}

fn known(name: &ApplicationName, what: Dimension, known: Vec<String>) -> Result<(), ApplicationError> {
    let part = name.part(what);
    if known.iter().any(|known| known == part) {
        return Ok(());
    }
    let nearest = nearest(part, &known).cloned();
    Err(ApplicationError::Unknown { what, name: part.to_owned(), nearest, known })
}

#[cfg(test)]
mod tests;
