//! `.Capabilities`: the cluster a render is for, and which Helm it follows.
//!
//! Rules: without a cluster Helm takes the versions of the client it is built with; those of each profile are kept here.

use std::rc::Rc;

use super::object;
use crate::chart::Chart;
use crate::chart::process::is_in_range;
use crate::profile::Profile;
use crate::value::{Map, ObjectKind, Package, StructType, Value, Written};

/// The API versions of Kubernetes 1.37 helm knows, one a line, in its order; recorded by `.ci/oracles/charts/record`.
const API_VERSIONS_1_37: &str = include_str!("api-versions-1.37.txt");
/// Those of Kubernetes 1.36.
const API_VERSIONS_1_36: &str = include_str!("api-versions-1.36.txt");
/// The Go that the helms we record from are built with.
const GO_VERSION: &str = "go1.26.8";

/// The fields of `Capabilities`.
const CAPABILITIES: [&str; 3] = ["KubeVersion", "APIVersions", "HelmVersion"];
/// The same in JSON.
const WRITTEN_CAPABILITIES: [Written; 3] = [
    Written::always("KubeVersion", "KubeVersion"),
    Written::always("APIVersions", "APIVersions"),
    Written::always("HelmVersion", "HelmVersion"),
];

static CHARTUTIL_CAPABILITIES: StructType =
    StructType { name: "*chartutil.Capabilities", printed: &CAPABILITIES, written: &WRITTEN_CAPABILITIES };
static COMMON_CAPABILITIES: StructType =
    StructType { name: "*common.Capabilities", printed: &CAPABILITIES, written: &WRITTEN_CAPABILITIES };

fn capabilities(profile: Profile) -> &'static StructType {
    match profile.package() {
        Package::Chartutil => &CHARTUTIL_CAPABILITIES,
        Package::Common => &COMMON_CAPABILITIES,
    }
}

static BUILD_INFO: StructType = StructType {
    name: "version.BuildInfo",
    printed: &["Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion"],
    written: &[
        Written::filled("Version", "version"),
        Written::filled("GitCommit", "git_commit"),
        Written::filled("GitTreeState", "git_tree_state"),
        Written::filled("GoVersion", "go_version"),
        Written::filled("KubeClientVersion", "kube_client_version"),
    ],
};

impl Profile {
    /// Returns the minor version of Kubernetes 1 that helm's client is of, for which it renders where nobody says otherwise.
    fn kube_minor(self) -> u64 {
        match self {
            Self::Helm4_2 => 36,
            Self::Helm3_22 | Self::Helm4_3 => 37,
        }
    }

    fn api_versions(self) -> &'static str {
        match self {
            Self::Helm4_2 => API_VERSIONS_1_36,
            Self::Helm3_22 | Self::Helm4_3 => API_VERSIONS_1_37,
        }
    }
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    full: String,
    normalized: String,
    major: u64,
    minor: u64,
}

/// A text is no version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a Kubernetes version")]
pub struct KubeVersionError {
    /// The text.
    pub text: String,
}

impl KubeVersionError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "write it as 1.33 or v1.33.4"
    }
}

impl KubeVersion {
    /// Returns the version helm renders for where nobody says.
    ///
    /// # Source
    /// helm `pkg/chart/common/capabilities.go`, `makeDefaultCapabilities`; Helm 3 `pkg/chartutil/capabilities.go`,
    /// `DefaultCapabilities`, whose numbers the linker sets.
    #[must_use]
    pub fn of(profile: Profile) -> Self {
        let (major, minor) = (1, profile.kube_minor());
        let full = format!("v{major}.{minor}.0");
        Self { normalized: full.clone(), full, major, minor }
    }

    /// Returns the version a text means, as `--kube-version` takes it: what follows the numbers is kept for display only.
    ///
    /// # Errors
    /// [`KubeVersionError`] for less than two numbers, or numbers that are none.
    ///
    /// # Source
    /// helm `pkg/chart/common/capabilities.go`, `ParseKubeVersion`; apimachinery `pkg/util/version/version.go`, `ParseGeneric`.
    pub fn parse(text: &str) -> Result<Self, KubeVersionError> {
        let error = || KubeVersionError { text: text.to_owned() };
        let trimmed = text.trim_start();
        let start = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let numbers: Vec<&str> = if text.contains('\n') { Vec::new() } else { numbers(start) };
        let [first, _, ..] = numbers.as_slice() else { return Err(error()) };
        if first.starts_with('0') && *first != "0" {
            return Err(error());
        }
        let parsed: Vec<u64> = numbers.iter().map(|number| number.parse().ok()).collect::<Option<_>>().ok_or_else(error)?;
        let [major, minor, ..] = *parsed.as_slice() else { return Err(error()) };
        let full = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
        let normalized: Vec<String> = parsed.iter().map(u64::to_string).collect();
        Ok(Self { full, normalized: format!("v{}", normalized.join(".")), major, minor })
    }

    /// Returns the version in full (`v1.33.4-gke.1`).
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }
}

/// Returns the numbers a text begins with, single dots between them.
fn numbers(text: &str) -> Vec<&str> {
    let mut numbers = Vec::new();
    for part in text.split('.') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match part.get(..digits) {
            Some(number) if digits > 0 => numbers.push(number),
            _ => break,
        }
        if digits < part.len() {
            break;
        }
    }
    numbers
}

/// What a cluster can do: a version, and API versions besides those every cluster of helm's time has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Its version; [`KubeVersion::of`] the profile where nobody says.
    pub kube_version: Option<KubeVersion>,
    /// What `--api-versions` adds, in its order.
    pub more_api_versions: Vec<String>,
}

impl Capabilities {
    /// Returns `.Capabilities`.
    ///
    /// # Source
    /// helm `pkg/chart/common/capabilities.go`.
    pub(super) fn to_value(&self, profile: Profile) -> Value {
        let fields = Map::new();
        fields.insert(b"KubeVersion", self.kube_version(profile).to_value(profile));
        let known = profile.api_versions().lines().map(str::to_owned);
        let versions = known.chain(self.more_api_versions.iter().cloned()).collect();
        fields.insert(b"APIVersions", object(ObjectKind::VersionSet(profile.package(), Rc::new(versions)), Map::new()));
        fields.insert(b"HelmVersion", build_info(profile));
        object(ObjectKind::Struct(capabilities(profile)), fields)
    }

    fn kube_version(&self, profile: Profile) -> KubeVersion {
        self.kube_version.clone().unwrap_or_else(|| KubeVersion::of(profile))
    }
}

/// Returns `.Capabilities.HelmVersion`. Commit and tree state differ between builds and are empty, as in a build from the module.
///
/// # Source
/// helm `internal/version/version.go`, `Get`.
fn build_info(profile: Profile) -> Value {
    let fields = Map::new();
    let texts = [("Version", format!("v{}", profile.release())), ("GoVersion", GO_VERSION.to_owned())];
    let empty = ["GitCommit", "GitTreeState"].map(|name| (name, String::new()));
    for (name, text) in texts.into_iter().chain(empty) {
        fields.insert(name.as_bytes(), Value::string(&text));
    }
    if profile >= Profile::Helm4_2 {
        fields.insert(b"KubeClientVersion", Value::string(&format!("v1.{}", profile.kube_minor())));
    }
    object(ObjectKind::Struct(&BUILD_INFO), fields)
}

impl KubeVersion {
    /// Returns the version as this helm shows it.
    fn shown(&self, profile: Profile) -> &str {
        if profile.shows_version_suffix() { &self.full } else { &self.normalized }
    }

    fn to_value(&self, profile: Profile) -> Value {
        let fields = Map::new();
        fields.insert(b"Version", Value::string(self.shown(profile)));
        fields.insert(b"Major", Value::string(&self.major.to_string()));
        fields.insert(b"Minor", Value::string(&self.minor.to_string()));
        object(ObjectKind::KubeVersion(profile.package(), self.normalized.clone()), fields)
    }
}

/// A chart does not work with the cluster's version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chart requires kubeVersion: {range} which is incompatible with Kubernetes {version}")]
pub struct IncompatibleCluster {
    /// The range in `Chart.yaml`.
    pub range: String,
    /// The cluster's version.
    pub version: String,
}

impl IncompatibleCluster {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "state the cluster's version, or use a release of the chart for it"
    }
}

/// Checks the `kubeVersion` of a chart; subcharts are not asked, as in Helm.
///
/// # Errors
/// [`IncompatibleCluster`]; a range that is none fits no version.
///
/// # Source
/// helm `pkg/action/action.go`, `renderResources`.
pub fn check_cluster(chart: &Chart, capabilities: &Capabilities, profile: Profile) -> Result<(), IncompatibleCluster> {
    let (range, version) = (&chart.metadata.kube_version, capabilities.kube_version(profile));
    if range.is_empty() || is_in_range(range, &version.normalized) {
        return Ok(());
    }
    Err(IncompatibleCluster { range: range.clone(), version: version.shown(profile).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let parsed = KubeVersion::parse(text).ok();
        let parts = parsed.as_ref().map(|version| (version.full.as_str(), version.normalized.as_str()));
        assert_eq!(parts, expected, "`{text}`");
    }

    // Two numbers are needed; what follows the numbers is kept in the full version only.
    #[test]
    fn versions_are_normalized() {
        check("1.33", Some(("v1.33", "v1.33")));
        check("v1.33.4-gke.1245000", Some(("v1.33.4-gke.1245000", "v1.33.4")));
        check("1.33.", Some(("v1.33.", "v1.33")));
        check("1.033+", Some(("v1.033+", "v1.33")));
        check("1", None);
        check("01.2", None);
        check("x1.2", None);
        check("1.99999999999999999999", None);
        check("1.2\n", None);
    }
}
