//! Settings: what is demanded of images, and where.

use std::borrow::Cow;

use sdk::placeholders::Template;
use sdk::{Context, SettingsError, image, wildcard};
use serde::Deserialize;

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// What is demanded; each demand holds by itself.
    pub demands: Vec<Demand>,
    /// The pull policies that containers may name.
    pub pull_policies: Vec<PullPolicy>,
}

/// What is demanded of the images of some classes of environments.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Demand {
    /// The classes; all where none is named.
    pub classes: Vec<String>,
    /// The repositories that images may come from, as `registry.example.com/{customer}/*` or `nginx`; any where none is named. `*` stands
    /// for any text, slashes too. Registry and path are compared each by itself.
    pub repositories: Vec<String>,
    /// Tags that images without a digest may not have; `*` stands for any text. An image without a tag has the tag `latest`.
    pub forbidden_tags: Vec<String>,
    /// Whether images need a digest.
    pub digest: bool,
}

/// When a node pulls an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
pub enum PullPolicy {
    /// Each time a container starts.
    Always,
    /// When the node has no image of that name.
    IfNotPresent,
    /// Not at all.
    Never,
}

impl PullPolicy {
    /// Returns its name in a container.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PullPolicy::Always => "Always",
            PullPolicy::IfNotPresent => "IfNotPresent",
            PullPolicy::Never => "Never",
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { demands: Vec::new(), pull_policies: vec![PullPolicy::Always, PullPolicy::IfNotPresent] }
    }
}

/// A demand whose patterns are read.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) demand: Demand,
    repositories: Vec<Template>,
}

/// A pattern of repositories as it stands in a context.
pub(crate) struct Repository {
    registry: String,
    path: String,
}

impl Repository {
    /// Completes a pattern as names are; `docker.io/*` is all of that registry, not its official images.
    fn of(pattern: &str) -> Repository {
        let (registry, path) = match pattern.split_once('/') {
            None if pattern == ANYTHING => (ANYTHING, Cow::Borrowed(ANYTHING)),
            Some((image::DEFAULT_REGISTRY, path)) if path.contains('*') => (image::DEFAULT_REGISTRY, Cow::Borrowed(path)),
            _ => image::split(pattern),
        };
        Repository { registry: registry.to_owned(), path: path.into_owned() }
    }

    /// Returns whether an image comes from it.
    pub(crate) fn holds(&self, image: &image::Image<'_>) -> bool {
        wildcard::fits(&self.registry, image.registry) && wildcard::fits(&self.path, &image.path)
    }
}

impl Checked {
    /// Reads the patterns of all demands.
    ///
    /// # Errors
    /// A pattern that names no repository, has an unknown placeholder, or a tag.
    pub(crate) fn all(demands: Vec<Demand>) -> Result<Vec<Checked>, Vec<SettingsError>> {
        let (mut checked, mut errors) = (Vec::new(), Vec::new());
        for (index, demand) in demands.into_iter().enumerate() {
            let mut repositories = Vec::new();
            for (number, pattern) in demand.repositories.iter().enumerate() {
                match template(pattern) {
                    Ok(template) => repositories.push(template),
                    Err(message) => {
                        errors.push(SettingsError { path: format!("/demands/{index}/repositories/{number}"), message });
                    }
                }
            }
            checked.push(Checked { demand, repositories });
        }
        if errors.is_empty() { Ok(checked) } else { Err(errors) }
    }

    /// Returns whether it holds in a context.
    pub(crate) fn holds_in(&self, context: &Context) -> bool {
        self.demand.classes.is_empty() || self.demand.classes.contains(&context.class)
    }

    /// Returns the repositories that images may come from in a context; nothing where any may. A pattern that names a fact which the
    /// context has not allows nothing.
    pub(crate) fn repositories_in(&self, context: &Context) -> Option<Vec<Repository>> {
        let filled = self.repositories.iter().filter_map(|template| template.fill(context));
        (!self.repositories.is_empty()).then(|| filled.map(|pattern| Repository::of(&pattern)).collect())
    }
}

/// The pattern of everything.
const ANYTHING: &str = "*";

fn template(pattern: &str) -> Result<Template, String> {
    let last = pattern.rsplit_once('/').map_or(pattern, |(_above, last)| last);
    if pattern.is_empty() || last.is_empty() {
        return Err(format!("`{pattern}` names no repository"));
    }
    if last.contains('@') || (pattern.contains('/') && last.contains(':')) {
        return Err(format!("`{pattern}` has a tag or digest: repositories are named without"));
    }
    if !pattern.contains('/') && pattern.contains(['.', ':']) {
        return Err(format!("`{pattern}` reads as an image of docker.io; for a registry write `{pattern}/*`"));
    }
    Template::parse(pattern)
}

#[cfg(test)]
mod tests {
    use sdk::image::Image;
    use sdk::testing::context;

    use super::{Checked, Demand};

    fn check(pattern: &str, image: &str, want: bool) {
        let demand = Demand { repositories: vec![pattern.to_owned()], ..Demand::default() };
        let checked = Checked::all(vec![demand]).unwrap();
        let repositories = checked[0].repositories_in(&context("prod", "production")).unwrap();
        let image = Image::read(image).unwrap();
        assert_eq!(repositories.iter().any(|repository| repository.holds(&image)), want, "{pattern} {image:?}");
    }

    /// Patterns and names are completed alike; a star stays on its side of the registry.
    #[test]
    fn patterns_are_completed() {
        check("nginx", "docker.io/library/nginx:1", true);
        check("docker.io/library/*", "nginx", true);
        check("docker.io/*", "team/app", true);
        check("nginx", "nginxinc/nginx", false);
        check("registry.example.com/*", "registry.example.com/a/b/c:1", true);
        check("registry.example.com/*", "registry.example.com:5000/a", false);
        check("registry.example.com/*", "registry.example.com.evil.example/a", false);
        check("*.example.com/*", "a.example.com/b", true);
        check("*.example.com/*", "evil.example/a.example.com/b", false);
        check("registry.example.com/{customer}/*", "registry.example.com/acme-corp/app", true);
        check("registry.example.com/{customer}/*", "registry.example.com/globex/app", false);
        check("registry.example.com/{cluster}/*", "registry.example.com/a/app", false);
        check("*", "registry.example.com/a", true);
    }

    /// Patterns that would not mean what they say are refused with their place.
    #[test]
    fn patterns_are_strict() {
        for wrong in ["", "registry.example.com", "registry:5000", "a.b/", "a.b/c:1", "a.b/c@sha256:0", "a.b/{custmer}"] {
            let demand = Demand { repositories: vec!["nginx".to_owned(), wrong.to_owned()], ..Demand::default() };
            let errors = Checked::all(vec![Demand::default(), demand]).unwrap_err();
            assert_eq!(
                errors.iter().map(|error| error.path.as_str()).collect::<Vec<_>>(),
                ["/demands/1/repositories/1"],
                "{wrong}"
            );
        }
    }
}
