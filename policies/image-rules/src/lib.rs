//! Image rules: where images come from and how they are named.
//!
//! In: all objects of an application. Out: a denial for each image that is not from where it may be, or not named as it must be.
//! Rules: names are compared as a runtime completes them; a digest makes the tag a comment; the class of the environment decides.
//! Not here: signatures, what is in an image, and images that custom resources name.

mod settings;

use sdk::image::{Image, ImageError, MOVING_TAG};
use sdk::kubernetes::Workload;
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Unjudgeable, settled, wildcard};
use settings::{Checked, Repository};
pub use settings::{Demand, PullPolicy, Settings};

/// The rule of a name that a runtime would refuse.
pub const IMAGE_NAME: &str = "image-name";
/// The rule of where images come from.
pub const REPOSITORY: &str = "repository";
/// The rule of tags.
pub const TAG: &str = "tag";
/// The rule of digests.
pub const DIGEST: &str = "digest";
/// The rule of pull policies.
pub const PULL_POLICY: &str = "pull-policy";

/// The policy with its settings.
pub struct ImageRules {
    demands: Vec<Checked>,
    pull_policies: Vec<PullPolicy>,
}

/// A demand in a context.
struct Demanded<'a> {
    demand: &'a Demand,
    repositories: Option<Vec<Repository>>,
}

impl Policy for ImageRules {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        let Settings { demands, pull_policies } = settings;
        Ok(ImageRules { demands: Checked::all(demands)?, pull_policies })
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let holding = self.demands.iter().filter(|checked| checked.holds_in(context));
        let demands = holding.map(|checked| Demanded { demand: &checked.demand, repositories: checked.repositories_in(context) });
        let judge = Judge { demands: demands.collect(), pull_policies: &self.pull_policies, class: &context.class };
        Ok(objects.each(|object| judge.object(object)).into())
    }
}

/// What is demanded in a context.
struct Judge<'a> {
    demands: Vec<Demanded<'a>>,
    pull_policies: &'a [PullPolicy],
    class: &'a str,
}

impl Judge<'_> {
    fn object(&self, object: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(workload) = Workload::of(object)? else {
            return Ok(Vec::new());
        };
        let mut findings = Vec::new();
        match workload.containers() {
            Ok(containers) => {
                for container in containers {
                    findings.extend(settled(self.image(&container.place, "image")));
                    findings.extend(settled(self.pull_policy(&container.place, ("image", "imagePullPolicy"))));
                }
            }
            Err(unjudgeable) => findings.push(unjudgeable.into()),
        }
        findings.extend(settled(self.volumes(&workload.pod())));
        Ok(findings)
    }

    /// Judges the images that are mounted as volumes.
    fn volumes(&self, pod: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(volumes) = pod.get("volumes")? else { return Ok(Vec::new()) };
        let mut findings = Vec::new();
        for volume in volumes.elements()? {
            match volume.get("image") {
                Ok(Some(image)) => {
                    findings.extend(settled(self.image(&image, "reference")));
                    findings.extend(settled(self.pull_policy(&image, ("reference", "pullPolicy"))));
                }
                Ok(None) => {}
                Err(unjudgeable) => findings.push(unjudgeable.into()),
            }
        }
        Ok(findings)
    }

    /// Judges the name of an image.
    fn image(&self, holder: &Place<'_>, key: &str) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(place) = holder.get(key)? else {
            let problem = "a container has no image".to_owned();
            return Ok(vec![Finding::deny(IMAGE_NAME, &holder.at(key), problem, "name the image")]);
        };
        let text = place.text()?.unwrap_or_default();
        match Image::read(text) {
            Ok(image) => Ok(self.demands.iter().flat_map(|demanded| self.demand(demanded, &image, &place)).collect()),
            Err(error) => {
                let part = match error {
                    ImageError::Name(name) => format!("`{name}` is no name of a repository"),
                    ImageError::Tag(tag) => format!("image `{text}` has `{tag}` where a tag should stand"),
                    ImageError::Digest(digest) => format!("image `{text}` has `{digest}` where a digest should stand"),
                };
                Ok(vec![Finding::deny(IMAGE_NAME, &place, part, "write it as `registry/path:tag` or `registry/path@sha256:...`")])
            }
        }
    }

    fn demand(&self, demanded: &Demanded<'_>, image: &Image<'_>, place: &Place<'_>) -> Vec<Finding> {
        let Demanded { demand, repositories } = demanded;
        let mut findings = Vec::new();
        if repositories.as_ref().is_some_and(|repositories| !repositories.iter().any(|repository| repository.holds(image))) {
            let problem = format!("an image of `{}/{}` is not allowed in {}", image.registry, image.path, self.class);
            let help = format!("use an image of {}", demand.repositories.join(", "));
            findings.push(Finding::deny(REPOSITORY, place, problem, &help));
        }
        if image.digest.is_some() {
            return findings;
        }
        let tag = image.tag.unwrap_or(MOVING_TAG);
        if demand.forbidden_tags.iter().any(|pattern| wildcard::fits(pattern, tag)) {
            let problem = format!("the image tag `{tag}` is not allowed in {}", self.class);
            findings.push(Finding::deny(TAG, place, problem, "name a release tag or a digest"));
        }
        if demand.digest {
            let problem = format!("image `{}/{}` has no digest, which is needed in {}", image.registry, image.path, self.class);
            findings.push(Finding::deny(DIGEST, place, problem, "add `@sha256:...` to its name"));
        }
        findings
    }

    /// Judges when an image is pulled.
    fn pull_policy(&self, holder: &Place<'_>, (image, key): (&str, &str)) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(place) = holder.get(key)? else { return Ok(Vec::new()) };
        let named = place.text()?.unwrap_or_default();
        if !self.pull_policies.iter().any(|allowed| allowed.name() == named) {
            let allowed: Vec<&str> = self.pull_policies.iter().map(|allowed| allowed.name()).collect();
            let problem = format!("the pull policy `{named}` is not allowed");
            return Ok(vec![Finding::deny(PULL_POLICY, &place, problem, &format!("use one of: {}", allowed.join(", ")))]);
        }
        // What the name says is told by the rules of names; here a sealed one only hides whether it moves.
        let Ok(Some(Ok(image))) = holder.at(image).text().map(|text| text.map(Image::read)) else { return Ok(Vec::new()) };
        let moves = image.digest.is_none() && image.tag.unwrap_or(MOVING_TAG) == MOVING_TAG;
        if moves && named != PullPolicy::Always.name() {
            let problem =
                format!("with the pull policy `{named}`, nodes keep different images under the moving tag `{MOVING_TAG}`");
            return Ok(vec![Finding::warn(PULL_POLICY, &place, problem, "name a release tag, or pull always")]);
        }
        Ok(Vec::new())
    }
}

sdk::export_policy!(ImageRules);

#[cfg(test)]
mod tests;
