//! `Chart.yaml` and `requirements.yaml`.
//!
//! In: the files of a chart. Out: its [`Metadata`], checked and cleaned as Helm does.
//! Rules: white space becomes a space and what cannot be printed is dropped, as in Helm; the first fault found is the error.
//! Not here: what dependencies mean for a render (`process`).

use unicode_general_category::{GeneralCategory, get_general_category};
use yaml::Node;

use super::decode::{Field, Source};
use super::error::ChartError;
use super::{ChartFile, Place, read_first};
use crate::semver::Version;

/// The version of the format with `requirements.yaml`; assumed where none is given.
pub(super) const API_VERSION_1: &str = "v1";

/// Whether a chart can be rendered by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// It can.
    #[default]
    Application,
    /// It only lends its `define`s to charts above it.
    Library,
}

/// The content of `Chart.yaml`. Absent fields are empty.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// A project page.
    pub home: String,
    /// Addresses of sources.
    pub sources: Vec<String>,
    /// Its version.
    pub version: String,
    /// One sentence.
    pub description: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Who maintains it.
    pub maintainers: Vec<Maintainer>,
    /// An address.
    pub icon: String,
    /// `v1` or `v2`.
    pub api_version: String,
    /// A field Helm keeps without using it.
    pub condition: String,
    /// A field Helm keeps without using it.
    pub tags: String,
    /// The version of what it installs.
    pub app_version: String,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Free text by name, sorted by name.
    pub annotations: std::collections::BTreeMap<String, String>,
    /// The range of Kubernetes versions it works with.
    pub kube_version: String,
    /// The charts it uses, in the order written; nothing where the field is absent, which Helm treats apart from an empty list.
    pub dependencies: Option<Vec<Dependency>>,
    /// `type` as written: empty, `application` or `library`.
    pub kind: String,
}

/// Someone who maintains a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// A name.
    pub name: String,
    /// An address.
    pub email: String,
    /// A page.
    pub url: String,
}

/// A chart another one uses.
#[derive(Clone, Debug, Default)]
pub struct Dependency {
    /// The name in its own `Chart.yaml`.
    pub name: String,
    /// The range of versions that will do.
    pub version: String,
    /// Where it is published.
    pub repository: String,
    /// Paths of booleans in the values, with commas between.
    pub condition: String,
    /// Names of groups.
    pub tags: Vec<String>,
    /// A field that processing sets.
    pub enabled: bool,
    /// Which of its values the parent takes over, as written.
    pub import_values: Vec<Node>,
    /// The same as processing understands it.
    pub imports: Vec<Import>,
    /// The name it has below its parent instead of its own.
    pub alias: String,
}

/// Values a chart takes over from a subchart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path of a table in the subchart's values.
    pub child: String,
    /// The path its entries get in the parent's; `.` for the root.
    pub parent: String,
}

impl Metadata {
    /// Returns what `type` says.
    #[must_use]
    pub fn chart_kind(&self) -> ChartKind {
        if self.kind == "library" { ChartKind::Library } else { ChartKind::Application }
    }
}

/// Returns the metadata of a chart, checked.
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `LoadFiles`.
pub(super) fn read(files: &[ChartFile], place: &Place) -> Result<Metadata, ChartError> {
    let find = |name: &'static str| files.iter().filter(move |file| file.path == name);
    let mut metadata = Metadata::default();
    let mut is_there = false;
    for file in find("Chart.yaml") {
        decode_file(file, place, &mut metadata)?;
        is_there = true;
        if metadata.api_version.is_empty() {
            API_VERSION_1.clone_into(&mut metadata.api_version);
        }
    }
    for file in find("requirements.yaml") {
        is_there = true;
        decode_file(file, place, &mut metadata)?;
    }
    let file = place.file("Chart.yaml");
    if !is_there {
        return Err(ChartError::NoChartYaml { path: file });
    }
    metadata.validate(&file)?;
    Ok(metadata)
}

fn decode_file(file: &ChartFile, place: &Place, into: &mut Metadata) -> Result<(), ChartError> {
    let Some(node) = read_first(file, place)? else { return Ok(()) };
    let path = place.file(&file.path);
    let root = Field::root(Source { file: &path, text: &file.data }, &node);
    for (key, field) in root.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "name" => field.string(&mut into.name)?,
            "home" => field.string(&mut into.home)?,
            "sources" => field.strings(&mut into.sources)?,
            "version" => field.string(&mut into.version)?,
            "description" => field.string(&mut into.description)?,
            "keywords" => field.strings(&mut into.keywords)?,
            "maintainers" => {
                if let Some(maintainers) = list(&field, &path, "maintainers", maintainer)? {
                    into.maintainers = maintainers;
                }
            }
            "icon" => field.string(&mut into.icon)?,
            "apiversion" => field.string(&mut into.api_version)?,
            "condition" => field.string(&mut into.condition)?,
            "tags" => field.string(&mut into.tags)?,
            "appversion" => field.string(&mut into.app_version)?,
            "deprecated" => field.boolean(&mut into.deprecated)?,
            "annotations" => {
                for (name, field) in field.entries()? {
                    let mut text = String::new();
                    field.string(&mut text)?;
                    into.annotations.insert(name.to_owned(), text);
                }
            }
            "kubeversion" => field.string(&mut into.kube_version)?,
            "dependencies" => into.dependencies = list(&field, &path, "dependencies", dependency)?,
            "type" => field.string(&mut into.kind)?,
            _ => {}
        }
    }
    Ok(())
}

/// Returns the entries of a list of mappings; nothing for a null.
fn list<T>(
    field: &Field<'_>,
    file: &str,
    name: &'static str,
    entry: fn(&Field<'_>) -> Result<T, ChartError>,
) -> Result<Option<Vec<T>>, ChartError> {
    let Some(items) = field.items()? else { return Ok(None) };
    if items.iter().any(Field::is_null) {
        return Err(ChartError::EmptyEntry { file: file.to_owned(), field: name });
    }
    items.iter().map(entry).collect::<Result<_, _>>().map(Some)
}

fn maintainer(field: &Field<'_>) -> Result<Maintainer, ChartError> {
    let mut into = Maintainer::default();
    for (key, field) in field.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "name" => field.string(&mut into.name)?,
            "email" => field.string(&mut into.email)?,
            "url" => field.string(&mut into.url)?,
            _ => {}
        }
    }
    Ok(into)
}

fn dependency(field: &Field<'_>) -> Result<Dependency, ChartError> {
    let mut into = Dependency::default();
    for (key, field) in field.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "name" => field.string(&mut into.name)?,
            "version" => field.string(&mut into.version)?,
            "repository" => field.string(&mut into.repository)?,
            "condition" => field.string(&mut into.condition)?,
            "tags" => field.strings(&mut into.tags)?,
            "enabled" => field.boolean(&mut into.enabled)?,
            "import-values" => {
                into.import_values = field.items()?.unwrap_or_default().iter().map(|item| item.node.clone()).collect();
            }
            "alias" => field.string(&mut into.alias)?,
            _ => {}
        }
    }
    Ok(into)
}

impl Metadata {
    /// Cleans every text and checks what Helm checks.
    ///
    /// # Source
    /// helm `pkg/chart/v2/metadata.go`, `Validate`.
    fn validate(&mut self, file: &str) -> Result<(), ChartError> {
        let texts = [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ];
        texts.into_iter().chain(&mut self.sources).chain(&mut self.keywords).for_each(sanitize);
        let missing = |field| Err(ChartError::Missing { file: file.to_owned(), field });
        let invalid = |field, value: &str| Err(ChartError::Invalid { file: file.to_owned(), field, value: value.to_owned() });
        if self.api_version.is_empty() {
            return missing("apiVersion");
        }
        if self.name.is_empty() {
            return missing("name");
        }
        if self.name == "." || self.name == ".." || self.name.contains('/') {
            return invalid("name", &self.name);
        }
        if self.version.is_empty() {
            return missing("version");
        }
        if Version::parse(&self.version).is_err() {
            return invalid("version", &self.version);
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return invalid("type", &self.kind);
        }
        for maintainer in &mut self.maintainers {
            [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
        }
        let mut names = std::collections::BTreeSet::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            dependency.validate(file)?;
            let name = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            if !names.insert(name.clone()) {
                return Err(ChartError::RepeatedDependency { file: file.to_owned(), name: name.clone() });
            }
        }
        Ok(())
    }
}

impl Dependency {
    /// # Source
    /// helm `pkg/chart/v2/dependency.go`, `Validate`.
    fn validate(&mut self, file: &str) -> Result<(), ChartError> {
        let texts = [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition];
        texts.into_iter().chain(&mut self.tags).for_each(sanitize);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if self.alias.bytes().all(is_plain) {
            return Ok(());
        }
        Err(ChartError::Invalid { file: file.to_owned(), field: "alias", value: self.alias.clone() })
    }
}

/// Makes white space a space and drops what cannot be printed.
fn sanitize(text: &mut String) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return;
    }
    let kept = text.chars().filter_map(|character| match character {
        white if white.is_whitespace() => Some(' '),
        other => is_printable(other).then_some(other),
    });
    *text = kept.collect();
}

/// Says whether Go prints a character: letters, marks, numbers, punctuation and symbols.
fn is_printable(character: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    let category = get_general_category(character);
    let unprintable = [Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned];
    !unprintable.contains(&category)
}
