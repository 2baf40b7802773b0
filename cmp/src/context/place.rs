//! Where the plugin stands: the application's directory in the tree Argo CD has sent.
//!
//! Rules: the path that Argo CD states must be where we are; `..` is an error and never resolved; the values repository begins where
//! `customers/{customer}/{product}` does, wherever `.git` is.

use std::path::{Path, PathBuf};

use super::ContextError;

/// The directory of all customers.
const CUSTOMERS: &str = "customers";

/// An application's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppDirectory {
    /// The tree's root, where `.git` may be.
    pub tree: PathBuf,
    /// The root of the values repository: the tree's, or below it.
    pub root: PathBuf,
    /// The path that Argo CD states, cleaned.
    pub path: String,
    /// The customer, by the path.
    pub customer: String,
    /// The product, by the path.
    pub product: String,
}

/// Returns where `working_directory` stands, if that is at the `path` that Argo CD states.
///
/// # Errors
/// The [`ContextError`]s of paths.
pub fn locate(working_directory: &Path, path: &str) -> Result<AppDirectory, ContextError> {
    let steps = steps(path)?;
    let clean = steps.join("/");
    let elsewhere = || ContextError::PathElsewhere { path: clean.clone() };
    let [.., customers, customer, product] = steps.as_slice() else { return Err(ContextError::PathShape { path: clean }) };
    if *customers != CUSTOMERS {
        return Err(ContextError::PathShape { path: clean });
    }
    if !working_directory.ends_with(&clean) {
        return Err(elsewhere());
    }
    let up = |levels: usize| working_directory.ancestors().nth(levels).map(Path::to_owned).ok_or_else(elsewhere);
    Ok(AppDirectory {
        tree: up(steps.len())?,
        root: up(3)?,
        customer: (*customer).to_owned(),
        product: (*product).to_owned(),
        path: clean,
    })
}

/// Returns the steps of a path, without `.` and doubled slashes.
fn steps(path: &str) -> Result<Vec<&str>, ContextError> {
    let steps: Vec<&str> = path.split('/').filter(|step| !matches!(*step, "" | ".")).collect();
    if path.starts_with('/') || steps.contains(&"..") || path.contains('\0') {
        return Err(ContextError::PathUpwards { path: path.to_owned() });
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks root, path, customer and product, or the error.
    fn check(directory: &str, path: &str, expected: Result<[&str; 4], &str>) {
        let located = locate(Path::new(directory), path);
        let located = located.map(|at| [at.root.display().to_string(), at.path, at.customer, at.product]);
        assert_eq!(located.map_err(|error| error.to_string()), expected.map(|all| all.map(str::to_owned)).map_err(str::to_owned));
    }

    // The root is the working directory without the application's path; `./` and a trailing slash mean nothing.
    #[test]
    fn root_is_found() {
        let expected = ["/w/1", "customers/acme/product-a", "acme", "product-a"];
        check("/w/1/customers/acme/product-a", "customers/acme/product-a", Ok(expected));
        check("/w/1/customers/acme/product-a", "./customers//acme/product-a/", Ok(expected));
    }

    // The estate may lie below the repository's root; the stated path counts whole.
    #[test]
    fn estate_below_the_repository() {
        let located = locate(Path::new("/w/1/conf/customers/acme/p"), "conf/customers/acme/p").unwrap();
        assert_eq!((located.tree, located.root), (PathBuf::from("/w/1"), PathBuf::from("/w/1/conf")));
    }

    // A path that goes upwards is refused even where it leads to the right place.
    #[test]
    fn upwards_is_refused() {
        let cases = ["customers/x/../acme/product-a", "../customers/acme/product-a", "/customers/acme/product-a"];
        for path in cases {
            let expected = format!("the application's path `{path}` is absolute or goes upwards");
            check("/w/1/customers/acme/product-a", path, Err(&expected));
        }
    }

    // Another directory than the stated one is refused, also where only a part of its name agrees.
    #[test]
    fn elsewhere_is_refused() {
        for directory in ["/w/1/customers/globex/product-a", "/w/1/xcustomers/acme/product-a", "/w/1"] {
            let expected = "the working directory does not end in the application's path `customers/acme/product-a`";
            check(directory, "customers/acme/product-a", Err(expected));
        }
    }

    // A path that is no product of a customer is refused.
    #[test]
    fn other_shapes_are_refused() {
        for path in ["products/product-a", "customers/acme", "customers/acme/product-a/environments", "clients/acme/product-a"] {
            let expected = format!("the application's path `{path}` does not end in `customers/CUSTOMER/PRODUCT`");
            check(&format!("/w/{path}"), path, Err(&expected));
        }
        check("/w", ".", Err("the application's path `` does not end in `customers/CUSTOMER/PRODUCT`"));
    }
}
