//! All applications of an estate: what customers have bought, environment by environment.

use crate::configuration::Configuration;
use crate::source::{SourceError, SourceTree};

use super::{ApplicationName, SubscriptionError, part_of, subscriptions};

/// What `products.yaml` files say together.
#[derive(Debug)]
pub struct Listing {
    /// The applications, by customer, then as the customer's file has them.
    pub applications: Vec<ApplicationName>,
    /// The customers whose file cannot be understood.
    pub errors: Vec<(String, SubscriptionError)>,
}

/// Returns every application that is bought and enabled. Names that lead nowhere are in the list: looking at them says why.
///
/// # Errors
/// [`SourceError`] where the customers cannot be listed.
pub fn all(source: &SourceTree, configuration: &Configuration) -> Result<Listing, SourceError> {
    let mut listing = Listing { applications: Vec::new(), errors: Vec::new() };
    for customer in source.names("customers")? {
        // What is not fit for a name is no customer's directory.
        if part_of(&customer).is_none() {
            continue;
        }
        match subscriptions(&format!("customers/{customer}/products.yaml"), source) {
            Ok(bought) => {
                for subscription in bought.into_iter().filter(|subscription| subscription.enabled) {
                    let environments =
                        subscription.environments.unwrap_or_else(|| configuration.environments.keys().cloned().collect());
                    listing.applications.extend(environments.into_iter().map(|environment| ApplicationName {
                        customer: customer.clone(),
                        product: subscription.product.clone(),
                        environment,
                    }));
                }
            }
            Err(error) => listing.errors.push((customer, error)),
        }
    }
    Ok(listing)
}
