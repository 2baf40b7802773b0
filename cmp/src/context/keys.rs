//! For whom Argo CD may load keys.
//!
//! Rules: only for an explicit row of project, repository and path, all equal; never for an uploaded tree; production keys only at a
//! commit that a bound reference points at. There is no default row and no prefix.
//! Not here: the keys themselves (`secrets`).

use crate::configuration::{Class, Configuration};
use crate::source::SourceTree;
use crate::variables::{Facts, STREAMED};

use super::commit::{self, CommitError};
use super::place::AppDirectory;

/// Whether keys may be loaded.
#[derive(Debug)]
pub enum Keys {
    /// Those of this customer and class.
    Granted(TenantKeys),
    /// None, and why; it matters only where there is something to open.
    Withheld(Withheld),
}

/// Whose keys may be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantKeys {
    /// The customer.
    pub customer: String,
    /// The class of environments.
    pub class: Class,
}

/// Why no keys are loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Withheld {
    /// The tree is not from the repository.
    #[error("the tree was uploaded by a user")]
    Streamed,
    /// Argo CD did not say what must be known.
    #[error("Argo CD did not set `{variable}`")]
    FactMissing {
        /// The variable.
        variable: &'static str,
    },
    /// No row.
    #[error("no row of `secrets.tenants` names project `{project}`, repository `{repository}` and path `{path}`")]
    NoRow {
        /// The project.
        project: String,
        /// The normalised repository URL.
        repository: String,
        /// The path.
        path: String,
    },
    /// The commit does not count.
    #[error("production secrets are opened at bound commits only: {0}")]
    Commit(#[from] CommitError),
}

impl Withheld {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Streamed => "push the change, and sync it from the repository",
            Self::FactMissing { .. } => "use an Argo CD that says it to plugins",
            Self::NoRow { .. } => "have the platform team add such a row to `sources` of the customer's keys",
            Self::Commit(CommitError::NoGit) => {
                "let Argo CD send `.git` to plugins: not in `reposerver.plugin.tar.exclusions`, no tree cut by `manifest-generate-paths`"
            },
            Self::Commit(_) => "sync the newest commit of a branch that `refs` of the customer's keys names",
        }
    }
}

/// Returns whose keys an application in Argo CD may have. `tree` is the tree's root, where `.git` is.
#[must_use]
pub fn keys(
    tenant: TenantKeys,
    facts: &Facts,
    directory: &AppDirectory,
    tree: &SourceTree,
    configuration: &Configuration,
) -> Keys {
    match granted(&tenant, facts, directory, tree, configuration) {
        Ok(()) => Keys::Granted(tenant),
        Err(withheld) => Keys::Withheld(withheld),
    }
}

fn granted(
    tenant: &TenantKeys,
    facts: &Facts,
    directory: &AppDirectory,
    tree: &SourceTree,
    configuration: &Configuration,
) -> Result<(), Withheld> {
    let named = |fact: &Option<String>, variable| fact.clone().ok_or(Withheld::FactMissing { variable });
    let project = named(&facts.project, "ARGOCD_APP_PROJECT_NAME")?;
    let repository = normalized(&named(&facts.repository, "ARGOCD_APP_SOURCE_REPO_URL")?);
    let revision = named(&facts.revision, "ARGOCD_APP_REVISION")?;
    if revision == STREAMED {
        return Err(Withheld::Streamed);
    }
    let mut rows = configuration.secrets.tenants.iter();
    let row = rows.find(|row| {
        let mut sources = row.sources.iter();
        row.customer == tenant.customer
            && row.class == tenant.class
            && sources.any(|source| {
                source.project == project && source.path == directory.path && normalized(&source.repository) == repository
            })
    });
    let Some(row) = row else { return Err(Withheld::NoRow { project, repository, path: directory.path.clone() }) };
    match tenant.class {
        Class::NonProduction => Ok(()),
        Class::Production => Ok(commit::check(tree, &revision, &row.refs)?),
    }
}

/// Returns the one way of writing a repository's URL: `ssh://` for `user@host:path`, scheme and host in lower case, without a slash or
/// `.git` at the end. The path keeps its case: on some hosts it matters, and two repositories must not be taken for one.
#[must_use]
pub fn normalized(url: &str) -> String {
    let url = url.trim();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest.to_owned()),
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') => ("ssh".to_owned(), format!("{host}/{}", path.trim_start_matches('/'))),
            _ => return url.to_owned(),
        },
    };
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let (user, host) = host.rsplit_once('@').map_or((None, host), |(user, host)| (Some(user), host));
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    format!("{scheme}://{user}{}/{path}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;

    use super::*;
    use crate::context::place::locate;

    const COMMIT: &str = "1111111111111111111111111111111111111111";

    const CONFIGURATION: &str = "\
apiVersion: tidegate.dev/v1alpha1
kind: Configuration
secrets:
  tenants:
    - customer: acme
      class: nonproduction
      identities: [np.txt]
      sources: [{project: acme-np, repository: \"https://git.example.com/p/configs.git\", path: customers/acme/product-a}]
    - customer: acme
      class: production
      identities: [p.txt]
      refs: [refs/remotes/origin/main]
      sources: [{project: acme-p, repository: \"https://git.example.com/p/configs.git\", path: customers/acme/product-a}]
";

    /// Facts of an application in the row of its class, for tests to change.
    fn facts(project: &str) -> Facts {
        Facts {
            project: Some(project.to_owned()),
            repository: Some("https://GIT.example.com/p/configs".to_owned()),
            revision: Some(COMMIT.to_owned()),
            ..Facts::default()
        }
    }

    /// Checks the decision for `customers/acme/{product}` with HEAD at [`COMMIT`] and `main` at the commit given.
    fn check(class: Class, facts: &Facts, [product, main]: [&str; 2], expected: Result<(), &str>) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("HEAD", COMMIT), ("refs/remotes/origin/main", main)] {
            let path = folder.path().join(".git").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let path = format!("customers/acme/{product}");
        let directory = locate(&Path::new("/w").join(&path), &path).unwrap();
        let configuration = Configuration::read(CONFIGURATION.as_bytes()).unwrap();
        let tenant = TenantKeys { customer: "acme".to_owned(), class };
        let decided = keys(tenant.clone(), facts, &directory, &SourceTree::open(folder.path()).unwrap(), &configuration);
        let decided = match decided {
            Keys::Granted(granted) => {
                assert_eq!(granted, tenant);
                Ok(())
            }
            Keys::Withheld(withheld) => Err(withheld.to_string()),
        };
        assert_eq!(decided, expected.map_err(str::to_owned));
    }

    // Keys are granted where project, repository and path stand in a row of the class.
    #[test]
    fn rows_grant() {
        check(Class::NonProduction, &facts("acme-np"), ["product-a", "other"], Ok(()));
        check(Class::Production, &facts("acme-p"), ["product-a", COMMIT], Ok(()));
    }

    // Another project, repository or path, and the row of another class, grant nothing.
    #[test]
    fn other_facts_grant_nothing() {
        let row = |project: &str, repository: &str, product: &str| {
            format!(
                "no row of `secrets.tenants` names project `{project}`, repository `{repository}` and path `customers/acme/{product}`"
            )
        };
        let ours = "https://git.example.com/p/configs";
        check(Class::NonProduction, &facts("default"), ["product-a", COMMIT], Err(&row("default", ours, "product-a")));
        check(Class::NonProduction, &facts("acme-p"), ["product-a", COMMIT], Err(&row("acme-p", ours, "product-a")));
        check(Class::Production, &facts("acme-np"), ["product-a", COMMIT], Err(&row("acme-np", ours, "product-a")));
        check(Class::NonProduction, &facts("acme-np"), ["product-ab", COMMIT], Err(&row("acme-np", ours, "product-ab")));
        let fork = "https://git.example.com/evil/configs";
        let forked = Facts { repository: Some(fork.to_owned()), ..facts("acme-np") };
        check(Class::NonProduction, &forked, ["product-a", COMMIT], Err(&row("acme-np", fork, "product-a")));
    }

    // A tree that a user has uploaded gets no keys, not even below production.
    #[test]
    fn streamed_gets_none() {
        let streamed = Facts { revision: Some(STREAMED.to_owned()), ..facts("acme-np") };
        check(Class::NonProduction, &streamed, ["product-a", COMMIT], Err("the tree was uploaded by a user"));
        let silent = Facts { revision: None, ..facts("acme-np") };
        check(Class::NonProduction, &silent, ["product-a", COMMIT], Err("Argo CD did not set `ARGOCD_APP_REVISION`"));
    }

    // Production keys are for the commit of a bound reference only.
    #[test]
    fn production_needs_a_bound_commit() {
        let error = "production secrets are opened at bound commits only: refs/remotes/origin/main does not point at the commit";
        check(Class::Production, &facts("acme-p"), ["product-a", "2222222222222222222222222222222222222222"], Err(error));
    }

    // One repository has one name; what might be another one is not taken for it.
    #[test]
    fn repositories_are_normalized() {
        for url in
            ["https://git.example.com/P/configs.git", "HTTPS://GIT.example.com/P/configs/", " https://git.example.com/P/configs "]
        {
            assert_eq!(normalized(url), "https://git.example.com/P/configs", "{url}");
        }
        assert_eq!(normalized("git@github.com:org/configs.git"), "ssh://git@github.com/org/configs");
        assert_eq!(normalized("ssh://git@github.com/org/configs"), "ssh://git@github.com/org/configs");
        for url in
            ["https://git.example.com/p/configs", "http://git.example.com/P/configs", "https://git.example.com/P/configs/x"]
        {
            assert_ne!(normalized(url), "https://git.example.com/P/configs", "{url}");
        }
        assert_eq!(normalized("not a url"), "not a url");
    }
}
