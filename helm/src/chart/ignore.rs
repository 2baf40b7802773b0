//! `.helmignore`: which files of a chart's directory are not part of the chart.
//!
//! In: the file's bytes, then paths of files. Out: whether a file is left out, its directories considered.
//! Rules: the first rule that decides wins; a rule with `!` leaves out all that it does *not* match, as in Helm; hidden files
//! directly below `templates/` are always left out.
//! Not here: archives, which Helm unpacks whole.

use super::error::ChartError;
use super::pattern::Pattern;

/// The file's name.
pub(super) const FILE: &str = ".helmignore";

/// Rules of one `.helmignore`: the one `helm create` writes has 17; every rule is tried on every file.
const RULES: usize = 500;

/// The rule Helm adds to every chart.
const BUILT_IN: &str = "templates/.?*";

/// What kind of entry of a directory a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Directory,
    File,
}

/// All rules, in order.
#[derive(Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

/// One line.
#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    /// The whole path is matched, not its last part only.
    whole_path: bool,
    negated: bool,
    directories_only: bool,
}

impl Rules {
    /// Returns the rules of a chart without `.helmignore`.
    pub(super) fn built_in() -> Self {
        Self { rules: Rule::parse(BUILT_IN).ok().flatten().into_iter().collect() }
    }

    /// Returns the rules of a `.helmignore`, and Helm's own after them.
    ///
    /// # Errors
    /// [`ChartError::Ignore`], [`ChartError::TooManyRules`].
    ///
    /// # Source
    /// helm `pkg/ignore/rules.go`, `Parse`, `parseRule`, `AddDefaults`.
    pub(super) fn parse(file: &[u8]) -> Result<Self, ChartError> {
        let text = String::from_utf8_lossy(file);
        let mut rules = Vec::new();
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(&text).lines().enumerate() {
            let rule = Rule::parse(line).map_err(|problem| ChartError::Ignore { line: index + 1, problem })?;
            rules.extend(rule);
            if rules.len() > RULES {
                return Err(ChartError::TooManyRules { limit: RULES });
            }
        }
        rules.extend(Self::built_in().rules);
        Ok(Self { rules })
    }

    /// Says whether the file at `path` is left out, by itself or with a directory above it.
    pub(super) fn ignore(&self, path: &str) -> bool {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        above.into_iter().any(|directory| self.decides(directory, Entry::Directory)) || self.decides(path, Entry::File)
    }

    /// Says whether the rules leave out one entry of a directory.
    ///
    /// # Source
    /// helm `pkg/ignore/rules.go`, `Ignore`.
    fn decides(&self, path: &str, entry: Entry) -> bool {
        for rule in &self.rules {
            let in_question = !rule.directories_only || entry == Entry::Directory;
            // Of a negated rule for directories Helm leaves out every file.
            if (in_question && rule.matches(path)) != rule.negated {
                return true;
            }
        }
        false
    }
}

impl Rule {
    /// Returns the rule of a line, if it holds one.
    fn parse(line: &str) -> Result<Option<Self>, &'static str> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err("`**` is not supported");
        }
        // Helm checks the whole line, the marks at its ends included.
        Pattern::parse(line)?;
        let (rest, negated) = strip(line, line.strip_prefix('!'));
        let (rest, directories_only) = strip(rest, rest.strip_suffix('/'));
        let (pattern, from_root) = strip(rest, rest.strip_prefix('/'));
        let whole_path = from_root || pattern.contains('/');
        Ok(Some(Self { pattern: Pattern::parse(pattern)?, whole_path, negated, directories_only }))
    }

    fn matches(&self, path: &str) -> bool {
        let name = if self.whole_path { path } else { path.rsplit('/').next().unwrap_or(path) };
        self.pattern.matches(name)
    }
}

/// Returns what is left where something was taken off, and whether it was.
fn strip<'a>(text: &'a str, stripped: Option<&'a str>) -> (&'a str, bool) {
    stripped.map_or((text, false), |rest| (rest, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &str, path: &str, expected: bool) {
        assert_eq!(Rules::parse(rules.as_bytes()).unwrap().ignore(path), expected, "`{rules}` on `{path}`");
    }

    // Names match anywhere, paths from the root only; a directory takes all below it along.
    #[test]
    fn rules_take_directories_along() {
        check("*.txt", "a/b/c.txt", true);
        check("a/*.txt", "a/c.txt", true);
        check("a/*.txt", "x/a/c.txt", false);
        check("/c.txt", "a/c.txt", false);
        check("/c.txt", "c.txt", true);
        check("docs/", "a/docs/deep/x.md", true);
        check("docs/", "docs", false);
        check("docs", "docs", true);
        check("# *\n\n *.md \n", "x.md", true);
        check("\u{feff}*.md", "x.md", true);
    }

    // A negated rule leaves out what it does not match, as in Helm; what it matches goes on to the next rule.
    #[test]
    fn negated_rules_leave_out_the_rest() {
        check("!*.yaml", "x.md", true);
        check("!*.yaml", "x.yaml", false);
        check("!*.yaml\nx.yaml", "x.yaml", true);
        check("!a/", "x.md", true);
    }

    // Hidden files directly below templates/ are no templates, whatever the rules.
    #[test]
    fn hidden_templates_are_left_out() {
        check("", "templates/.x.yaml", true);
        check("", "templates/x.yaml", false);
        check("", "templates/a/.x.yaml", false);
        assert!(Rules::built_in().ignore("templates/.git/x"));
    }

    // What is no pattern is refused with its line.
    #[test]
    fn bad_rules_are_refused() {
        let problem = |rules: &str| Rules::parse(rules.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem("ok\na/**"), "line 2 of `.helmignore` is not a pattern: `**` is not supported");
        assert_eq!(problem("["), "line 1 of `.helmignore` is not a pattern: a `[` is not closed");
    }

    // The bound on rules is inclusive.
    #[test]
    fn rules_are_bounded() {
        assert!(Rules::parse("x\n".repeat(RULES).as_bytes()).is_ok());
        assert_eq!(Rules::parse("x\n".repeat(RULES + 1).as_bytes()).unwrap_err(), ChartError::TooManyRules { limit: RULES });
    }
}
