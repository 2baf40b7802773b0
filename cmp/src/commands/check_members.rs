//! What policies say of all applications together: rules over the fleet, and policies that never had anything to judge.
//!
//! Rules: only applications that pass alone are judged together; a denial refuses the application it is about.

use std::collections::{BTreeMap, BTreeSet};

use engine::metadata::Stage;
use tidegate::admission::{Member, findings_of_fleet};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::{Code, Diagnostic, Failure, StageError};
use tidegate::estate::Estate;
use tidegate::policies::{Facts, Finding};
use tidegate::report::check::Row;

use super::estate;

/// One application of a check.
pub(super) struct Checked {
    /// What came of it.
    pub(super) row: Row,
    /// What it adds to the judgement of the fleet, where it passes.
    pub(super) member: Option<Member>,
}

/// Judges the fleet; what is found changes the rows of `checked`. Returns what is about none of them.
pub(super) fn judge(checked: &mut [Checked], wishes: &Wishes, estate: &Estate) -> Vec<Diagnostic> {
    if !estate.policies.judges(Stage::Fleet) {
        return Vec::new();
    }
    let (places, members): (Vec<usize>, Vec<_>) = members(checked).unzip();
    let review = estate.policies.check_fleet(&members);
    let mut found: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for (member, finding) in review.findings {
        if let Some(place) = places.get(member) {
            found.entry(*place).or_default().push(finding);
        }
    }
    for (place, findings) in found {
        if let Some(Checked { row, .. }) = checked.get_mut(place) {
            tell(row, explained(&row.name, findings, wishes, estate));
        }
    }
    review.failures.iter().map(StageError::diagnostic).collect()
}

fn members(checked: &[Checked]) -> impl Iterator<Item = (usize, (tidegate::policies::Context, Facts))> {
    let members = checked.iter().enumerate().filter_map(|(place, one)| Some((place, one.member.as_ref()?)));
    members.map(|(place, member)| (place, (member.context.clone(), member.facts.clone())))
}

fn explained(name: &str, findings: Vec<Finding>, wishes: &Wishes, estate: &Estate) -> Result<Vec<Diagnostic>, Failure> {
    let name: ApplicationName = name.parse()?;
    let context = estate::context(&name, wishes, estate)?;
    findings_of_fleet(estate, &context, &estate::keys(&context), findings)
        .map_err(|failure| estate::about(failure, &name, estate))
}

/// Adds what the fleet's judgement says of an application to what was said of it alone.
fn tell(row: &mut Row, said: Result<Vec<Diagnostic>, Failure>) {
    match said {
        Ok(notes) => notes.into_iter().for_each(|note| row.add(note)),
        Err(failure) => {
            let alone = row.diagnostics().to_vec();
            row.outcome = Err(failure.with(&alone));
        }
    }
}

/// Returns a warning for each policy that looks for kinds of objects of which the whole fleet has none: a slip in `match`, or a policy nobody needs.
pub(super) fn idle(checked: &[Checked], estate: &Estate) -> Vec<Diagnostic> {
    let members: Vec<&Member> = checked.iter().filter_map(|one| one.member.as_ref()).collect();
    let judging: BTreeSet<&str> = estate.policies.described().map(|(metadata, _)| metadata.name.as_str()).collect();
    let idle = |policy: &&str| !members.is_empty() && members.iter().all(|member| member.idle.iter().any(|name| name == policy));
    let told = judging.into_iter().filter(idle).map(|policy| {
        let message = format!("policy `{policy}` had nothing to judge in any application");
        Diagnostic::note(Code::POLICY_IDLE, message).hint("see `match` in its policy.json: the kinds it looks for are not there")
    });
    told.collect()
}
