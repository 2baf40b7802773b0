//! One run of the program.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::case::{Asked, Reader};
use super::estate::Estate;

/// Where and when a run believes to be.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The name of the estate's folder.
    pub(crate) folder: &'static str,
    home: &'static str,
    time_zone: &'static str,
}

impl Place {
    /// One place.
    pub(crate) const HERE: Self = Self { folder: "estate", home: "/nonexistent", time_zone: "UTC" };
    /// Another.
    pub(crate) const THERE: Self = Self { folder: "somewhere-else", home: "/", time_zone: "Asia/Kathmandu" };
}

/// What a run gave, with the estate's path as `[estate]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit status.
    pub(crate) status: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said.
    pub(crate) stderr: String,
}

impl Run {
    /// Returns the codes of all errors it told, in order.
    pub(crate) fn codes(&self) -> Vec<&str> {
        self.stderr.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next()).collect()
    }
}

/// The user and group `nobody`, whom file modes bind.
const NOBODY: u32 = 65534;

/// Who runs the program.
#[derive(Clone, Copy)]
pub(crate) enum User {
    /// Whoever runs the suite.
    Same,
    /// Nobody, where the suite runs as root, who reads everything.
    Nobody,
}

/// Returns the program. Nobody gets a copy beside the estate: where it was built may be closed to others.
fn program(user: User, estate: &Estate) -> Command {
    let built = env!("CARGO_BIN_EXE_tidegate");
    match user {
        User::Same => Command::new(built),
        User::Nobody => {
            let folder = estate.path().parent().expect("the estate has a folder");
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("the folder is opened");
            let copy = folder.join("tidegate");
            std::fs::copy(built, &copy).expect("the program is copied");
            let mut command = Command::new(copy);
            command.uid(NOBODY).gid(NOBODY);
            command
        }
    }
}

/// Runs the program as it is asked, in `estate`.
pub(crate) fn run(asked: &Asked, reader: Reader, estate: &Estate, place: Place, user: User) -> Run {
    let path = estate.path().display().to_string();
    let arguments = asked.arguments.iter().map(|argument| argument.replace("{estate}", &path));
    let environment = asked.environment.iter().map(|(name, text)| (name, text.replace("{estate}", &path)));
    let stdout = match reader {
        Reader::Open => Stdio::piped(),
        Reader::Closed => {
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            Stdio::from(writer)
        }
    };
    let output = program(user, estate)
        .args(arguments)
        .current_dir(estate.path().join(&asked.directory))
        .env_clear()
        .env("HOME", place.home)
        .env("TZ", place.time_zone)
        .envs(environment)
        .stdin(Stdio::null())
        .stdout(stdout)
        .output()
        .expect("the program runs");
    let shown = |bytes: &[u8]| timeless(&String::from_utf8_lossy(bytes).replace(&path, "[estate]"));
    Run { status: output.status.code().unwrap_or(-1), stdout: shown(&output.stdout), stderr: shown(&output.stderr) }
}

/// Returns the text with every duration (`7 ms`, `2.6 s`) as `[time]`.
fn timeless(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out: Vec<&str> = Vec::new();
    for word in words {
        let unit = word.split('\n').next().unwrap_or(word);
        let number =
            out.last().is_some_and(|last| !last.is_empty() && last.chars().all(|digit| digit.is_ascii_digit() || digit == '.'));
        if number && matches!(unit, "ms" | "s") {
            out.pop();
            out.push("[time]");
            out.extend(word.strip_prefix(unit).filter(|rest| !rest.is_empty()));
        } else {
            out.push(word);
        }
    }
    out.join(" ")
}
