//! Profiles: which helm is followed.
//!
//! In: a name (`helm4.2`). Out: a [`Profile`], asked by name for each rule that differs between minor versions.
//! Rules: one profile a minor version, in the order they were released; a name without minor version means the newest, and is printed
//! resolved. What differs, and the case that shows it, is in docs/profiles.md.
//! Not here: the rules themselves; each lies where the rest of its topic does.

use std::fmt;
use std::str::FromStr;

use crate::value::Package;

/// A minor version of helm, in the patch release its expectations are recorded from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Helm 3.22 (3.22.0).
    Helm3_22,
    /// Helm 4.2 (4.2.4).
    Helm4_2,
    /// Helm 4.3 (4.3.1).
    #[default]
    Helm4_3,
}

/// A text names no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no profile")]
pub struct ProfileError {
    /// The text.
    pub name: String,
}

impl ProfileError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "write helm4.3, helm4.2 or helm3.22; helm4 and helm3 mean the newest of them"
    }
}

impl Profile {
    /// All, the oldest first.
    pub const ALL: [Self; 3] = [Self::Helm3_22, Self::Helm4_2, Self::Helm4_3];

    /// Returns its name (`helm4.3`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Helm3_22 => "helm3.22",
            Self::Helm4_2 => "helm4.2",
            Self::Helm4_3 => "helm4.3",
        }
    }

    /// Returns the release its expectations are recorded from (`4.3.1`).
    #[must_use]
    pub fn release(self) -> &'static str {
        match self {
            Self::Helm3_22 => "3.22.0",
            Self::Helm4_2 => "4.2.4",
            Self::Helm4_3 => "4.3.1",
        }
    }

    /// Says whether nulls in a chart's own values are dropped where nothing is given; before, they stay, and one of a parent removes
    /// what its subchart has.
    ///
    /// # Source
    /// helm `pkg/chart/common/util/coalesce.go`, `cleanNilValues`; not in Helm 3 `pkg/chartutil/coalesce.go`.
    #[must_use]
    pub fn drops_null_defaults(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Says whether a values file may hold several documents, whose last line counts as ended; before, only the first one is read, as
    /// it is.
    ///
    /// # Source
    /// helm `pkg/chart/v2/loader/load.go`, `LoadValues`; Helm 3 `pkg/cli/values/options.go`, `MergeValues`.
    #[must_use]
    pub fn reads_every_values_document(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Says whether documents lose the white space at their ends, too, when a rendered file is cut; later it stays.
    ///
    /// # Source
    /// helm `pkg/release/v1/util/manifest.go`, `SplitManifests`; Helm 3 `pkg/releaseutil/manifest.go`.
    #[must_use]
    pub fn trims_documents(self) -> bool {
        self < Self::Helm4_2
    }

    /// Returns the package of Helm's own types.
    #[must_use]
    pub fn package(self) -> Package {
        if self < Self::Helm4_2 { Package::Chartutil } else { Package::Common }
    }

    /// Says whether templates see a cluster's version as it was given (`v1.33.4-gke.1`); before, only its numbers.
    ///
    /// # Source
    /// helm `pkg/chart/common/capabilities.go`, `ParseKubeVersion`; Helm 3 `pkg/chartutil/capabilities.go`.
    #[must_use]
    pub fn shows_version_suffix(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Says whether `.Chart` is a map; before, it is a struct: an unknown field is an error, and `toYaml` writes the keys of `Chart.yaml`.
    ///
    /// # Source
    /// helm `pkg/engine/engine.go`, `recAllTpls`; `pkg/chart/common.go`, `MetadataAsMap`.
    #[must_use]
    pub fn has_chart_as_map(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Says whether a chart that is there under several aliases is copied for each with everything below it; before, the copies share
    /// what their `Chart.yaml` says of dependencies, and the charts below them keep the paths they were loaded by.
    ///
    /// # Source
    /// helm `pkg/chart/v2/util/dependencies.go`, `getAliasDependency`; Helm 3 `pkg/chartutil/dependencies.go`.
    #[must_use]
    pub fn copies_aliased_charts(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Says whether only charts of `apiVersion` `v1` and `v2` are rendered; before, any version is.
    ///
    /// # Source
    /// helm `pkg/chart/loader/load.go`, `LoadDir`; `pkg/action/install.go`, `RunWithContext`.
    #[must_use]
    pub fn knows_chart_versions(self) -> bool {
        self >= Self::Helm4_2
    }

    /// Returns how many bytes one file of a chart may have, where helm has a limit.
    ///
    /// # Source
    /// helm v4.2.4 `pkg/chart/loader/archive/archive.go`, `MaxDecompressedFileSize`, which 4.3 uses no more.
    #[must_use]
    pub fn chart_file_bytes(self) -> Option<usize> {
        (self < Self::Helm4_3).then_some(5 << 20)
    }

    /// Says whether a values file may end without a line break after a line of any length; in 4.2 such a line is lost where its
    /// bytes are a multiple of 4096.
    ///
    /// # Source
    /// helm v4.2.4 `pkg/chart/v2/loader/load.go`, `LoadValues`; apimachinery `pkg/util/yaml/decoder.go`, `LineReader`.
    #[must_use]
    pub fn reads_unended_lines(self) -> bool {
        self != Self::Helm4_2
    }

    /// Says whether `.Files.Lines` of an empty file is an empty list; in 4.2 it is a failure.
    ///
    /// # Source
    /// helm `pkg/engine/files.go`, `Lines`.
    #[must_use]
    pub fn has_lines_of_empty_files(self) -> bool {
        self != Self::Helm4_2
    }

    /// Says whether webhook configurations have a place in the order of installation; before, they stand among the unknown kinds.
    ///
    /// # Source
    /// helm `pkg/release/v1/util/kind_sorter.go`, `InstallOrder`; Helm 3 `pkg/releaseutil/kind_sorter.go`.
    #[must_use]
    pub fn places_webhooks(self) -> bool {
        self >= Self::Helm4_2
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(name: &str) -> Result<Self, ProfileError> {
        match name {
            "helm3" | "helm3.22" => Ok(Self::Helm3_22),
            "helm4.2" => Ok(Self::Helm4_2),
            "helm4" | "helm4.3" => Ok(Self::Helm4_3),
            _ => Err(ProfileError { name: name.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Result<&str, &str>) {
        let parsed = name.parse::<Profile>();
        let got = parsed.as_ref().map(Profile::to_string).map_err(ToString::to_string);
        assert_eq!(got.as_deref().map_err(String::as_str), expected, "`{name}`");
    }

    // A name is a minor version, or a major one, which means its newest.
    #[test]
    fn names_are_resolved() {
        Profile::ALL.iter().for_each(|profile| check(profile.name(), Ok(profile.name())));
        check("helm4", Ok("helm4.3"));
        check("helm3", Ok("helm3.22"));
        check("helm4.1", Err("`helm4.1` is no profile"));
        check("4.3", Err("`4.3` is no profile"));
        check("", Err("`` is no profile"));
    }

    // They are in the order they were released; nothing said means the newest.
    #[test]
    fn the_newest_is_the_default() {
        assert!(Profile::ALL.is_sorted());
        assert_eq!(Profile::ALL.last(), Some(&Profile::default()));
    }
}
