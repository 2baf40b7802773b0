//! A case: what is changed in the examples, what is run, what must come out.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::estate::Estate;

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What must hold, in one sentence.
    #[serde(rename = "sentence")]
    pub(crate) _sentence: String,
    /// The arguments.
    pub(crate) command: Vec<String>,
    /// The exit status.
    pub(crate) status: i32,
    /// What stdout holds.
    #[serde(default)]
    pub(crate) product: Product,
    /// Where it is run, below the estate.
    #[serde(default = "values_repository")]
    pub(crate) directory: PathBuf,
    /// Its environment, besides `HOME` and `TZ`; `{estate}` stands for the estate's path.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// The file below `tests` that stdout must equal, in the place of `out.yaml`.
    #[serde(default)]
    pub(crate) golden: Option<PathBuf>,
    /// Whether somebody reads stdout.
    #[serde(default)]
    pub(crate) stdout: Reader,
    /// Who else must give the same answer, by status and codes.
    #[serde(default)]
    pub(crate) also: Vec<Asker>,
    /// Whether the answers must be the same, to the last byte, where [`Case::swap`] has changed a secret.
    #[serde(default)]
    pub(crate) blind: bool,
    /// Texts that stdout must not hold.
    #[serde(default)]
    pub(crate) absent: Vec<String>,
    /// What is done to the examples first.
    #[serde(default)]
    change: Vec<Change>,
}

/// What is run: arguments, where, in which environment.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The arguments.
    pub(crate) arguments: Vec<String>,
    /// The directory, below the estate.
    pub(crate) directory: PathBuf,
    /// The environment, besides `HOME` and `TZ`.
    pub(crate) environment: BTreeMap<String, String>,
}

/// Another command for the application that a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Asker {
    /// `check`, as the case's own command is asked.
    Check,
    /// `generate`, as Argo CD asks for an application in a nonproduction environment.
    Generate,
}

/// What a command prints on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Product {
    /// Manifests or values: nothing when it refuses.
    #[default]
    Manifests,
    /// A report, also when it refuses.
    Report,
}

/// Who reads stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reader {
    /// Somebody reads it to the end.
    #[default]
    Open,
    /// Who was to read it has gone.
    Closed,
}

/// One change of a file of the estate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    file: String,
    /// This text, which must be there, ...
    #[serde(default)]
    replace: Option<String>,
    /// ... becomes this one; without `replace` it is the whole file.
    #[serde(default)]
    with: Option<String>,
    /// The first line with this text, which must be there, goes.
    #[serde(default)]
    delete: Option<String>,
    /// Text put at the end.
    #[serde(default)]
    append: Option<String>,
    /// The file is removed.
    #[serde(default)]
    remove: bool,
    /// The file becomes a link to this path.
    #[serde(default)]
    link: Option<String>,
    /// The file gets this many bytes of comment more.
    #[serde(default)]
    grow: Option<usize>,
    /// The file becomes these bytes, in hexadecimal.
    #[serde(default)]
    bytes: Option<String>,
    /// The file gets these permissions.
    #[serde(default)]
    mode: Option<u32>,
}

fn values_repository() -> PathBuf {
    PathBuf::from("customer-configs")
}

impl Case {
    /// Reads the case in a directory.
    pub(crate) fn read(directory: &Path) -> Self {
        let text = std::fs::read_to_string(directory.join("case.toml")).expect("case.toml is read");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
    }

    /// Says whether a file that the case makes unreadable is read all the same, as root reads everything.
    pub(crate) fn is_void(&self, estate: &Estate) -> bool {
        let mut closed = self.change.iter().filter(|change| change.mode == Some(0));
        closed.any(|change| std::fs::read(estate.path().join(&change.file)).is_ok())
    }

    /// Returns what the case runs.
    pub(crate) fn asked(&self) -> Asked {
        Asked { arguments: self.command.clone(), directory: self.directory.clone(), environment: self.environment.clone() }
    }

    /// Returns how another asks for the application, which is the second argument of the case's command.
    pub(crate) fn asked_by(&self, asker: Asker) -> Asked {
        let application = self.command.get(1).expect("the command names an application");
        match asker {
            Asker::Check => Asked { arguments: vec!["check".to_owned(), application.clone()], ..self.asked() },
            Asker::Generate => plugin(application),
        }
    }

    /// Says whether what is printed is for eyes that may see secrets: those of Argo CD, and of who has asked for them.
    pub(crate) fn reveals(&self) -> bool {
        self.command.iter().any(|argument| argument == "generate" || argument == "--reveal")
    }

    /// Puts another secret in the place of one that was sealed for `acme-corp/product-a/dev`.
    pub(crate) fn swap(estate: &Estate) {
        let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/other-secret.yaml");
        let sealed = "customer-configs/customers/acme-corp/product-a/environments/dev.secrets.yaml";
        std::fs::copy(other, estate.path().join(sealed)).expect("the secret is swapped");
    }

    /// Changes the estate.
    pub(crate) fn apply(&self, estate: &Estate) {
        for change in &self.change {
            change.apply(&estate.path().join(&change.file));
        }
    }
}

impl Change {
    fn apply(&self, path: &Path) {
        let Self { file, replace, with, delete, append, remove, link, grow, bytes, mode } = self;
        if *remove || link.is_some() {
            let _ = std::fs::remove_file(path);
        }
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
        if let Some(target) = link {
            std::os::unix::fs::symlink(target, path).expect("the link is made");
            return;
        }
        let mut text = std::fs::read(path).unwrap_or_default();
        match (replace, with) {
            (Some(old), new) => {
                let whole = String::from_utf8(text).expect("the file is text");
                assert!(whole.contains(old.as_str()), "{file}: `{old}` is not there");
                text = whole.replacen(old.as_str(), new.as_deref().unwrap_or_default(), 1).into_bytes();
            }
            (None, Some(new)) => text = new.clone().into_bytes(),
            (None, None) => {}
        }
        if let Some(part) = delete {
            text = without_line(&text, part).unwrap_or_else(|| panic!("{file}: no line has `{part}`"));
        }
        text.extend_from_slice(append.as_deref().unwrap_or_default().as_bytes());
        if let Some(size) = grow {
            text.push(b'#');
            text.resize(text.len() + size, b'x');
            text.push(b'\n');
        }
        if let Some(hexadecimal) = bytes {
            let digits: Vec<char> = hexadecimal.chars().collect();
            let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal");
            text = digits.chunks(2).map(byte).collect();
        }
        if *remove {
            return;
        }
        std::fs::write(path, text).expect("the file is written");
        if let Some(mode) = mode {
            std::fs::set_permissions(path, Permissions::from_mode(*mode)).expect("the permissions are set");
        }
    }
}

/// Returns how Argo CD asks for an application in a nonproduction environment.
fn plugin(application: &str) -> Asked {
    let names: Vec<&str> = application.split('/').collect();
    let [customer, product, environment] = names.as_slice() else { panic!("`{application}` is no application") };
    let path = format!("customers/{customer}/{product}");
    let variables = [
        ("ARGOCD_APP_NAME", format!("{customer}-{product}-{environment}")),
        ("ARGOCD_APP_NAMESPACE", format!("{customer}-{environment}")),
        ("ARGOCD_APP_PARAMETERS", format!(r#"[{{"name": "environment", "string": "{environment}"}}]"#)),
        ("ARGOCD_APP_PROJECT_NAME", format!("{customer}-nonproduction")),
        ("ARGOCD_APP_REVISION", "1f0c3b5d7e9a2c4e6f8091a3b5c7d9e1f3a5b7c9".to_owned()),
        ("ARGOCD_APP_SOURCE_PATH", path.clone()),
        ("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/platform/customer-configs.git".to_owned()),
        ("PARAM_ENVIRONMENT", (*environment).to_owned()),
    ];
    Asked {
        arguments: ["generate", "--config", "{estate}/tidegate.yaml"].map(str::to_owned).to_vec(),
        directory: Path::new("customer-configs").join(path),
        environment: variables.map(|(name, text)| (name.to_owned(), text)).into(),
    }
}

/// Returns the text without the first line that has `part` in it.
fn without_line(text: &[u8], part: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let line = text.split_inclusive('\n').find(|line| line.contains(part))?;
    Some(text.replacen(line, "", 1).into_bytes())
}
