//! Demands: whether what bears labels has those that are asked for.
//!
//! In: an object. Out: a finding for each label or annotation that is missing or has another value.
//! Rules: an empty value is none; what a demand allows is worked out once for an application.

use sdk::kubernetes::{Identity, Workload};
use sdk::{Context, Finding, Place, Severity, Unjudgeable, wildcard};

use crate::settings::{Bearer, Demand, Presence};

/// Labels or annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Labels,
    Annotations,
}

impl Sort {
    fn key(self) -> &'static str {
        match self {
            Sort::Labels => "labels",
            Sort::Annotations => "annotations",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Sort::Labels => "label",
            Sort::Annotations => "annotation",
        }
    }
}

/// A demand with what it means in a context.
pub(crate) struct Asked<'a> {
    sort: Sort,
    demand: &'a Demand,
    severity: Severity,
    /// The values it may have; any where the demand names none and no claim.
    values: Vec<String>,
}

impl<'a> Asked<'a> {
    /// Returns a demand as it holds in a context; nothing where it does not, or asks for a claim that there is not.
    pub(crate) fn of(sort: Sort, demand: &'a Demand, context: &Context) -> Option<Asked<'a>> {
        let is_of_class = demand.classes.is_empty() || demand.classes.contains(&context.class);
        let severity = demand.weight.severity().filter(|_severity| is_of_class)?;
        let filled = demand.values.iter().filter_map(|value| value.fill(context));
        let values: Vec<String> = filled.chain(claimed(demand, context).map(str::to_owned)).collect();
        let is_unclaimed = demand.values.is_empty() && values.is_empty() && !demand.claim.is_empty();
        (!is_unclaimed).then_some(Asked { sort, demand, severity, values })
    }

    /// Returns what is wrong with an object.
    pub(crate) fn judge(&self, object: &Place<'_>, identity: &Identity<'_>, workload: Option<&Workload<'_>>) -> Vec<Finding> {
        if !self.is_about(identity) {
            return Vec::new();
        }
        let judged = self.demand.on.iter().filter_map(|bearer| match bearer {
            Bearer::Objects => Some(self.missing(&object.at("metadata"))),
            Bearer::Pods => workload.map(|workload| self.missing(&workload.pod_metadata())),
        });
        judged.filter_map(|finding| finding.unwrap_or_else(|sealed| Some(sealed.into()))).collect()
    }

    fn is_about(&self, identity: &Identity<'_>) -> bool {
        self.demand.kinds.is_empty()
            || self.demand.kinds.iter().any(|kind| {
                let (group, kind) = kind.rsplit_once('/').unwrap_or(("", kind));
                wildcard::fits(group, identity.group) && wildcard::fits(kind, identity.kind)
            })
    }

    fn allows(&self, value: &str) -> bool {
        let is_any = self.demand.values.is_empty() && self.demand.claim.is_empty();
        is_any || wildcard::fits_any(&self.values, value)
    }

    fn missing(&self, metadata: &Place<'_>) -> Result<Option<Finding>, Unjudgeable> {
        let (key, noun) = (&self.demand.key, self.sort.noun());
        let place = metadata.at(self.sort.key()).at(key);
        let (rule, message) = match place.scalar()?.as_deref() {
            None | Some("") if self.demand.presence == Presence::Optional => return Ok(None),
            None | Some("") => (format!("missing-{noun}"), format!("has no {noun} `{key}`")),
            Some(value) if self.allows(value) => return Ok(None),
            Some(value) => (format!("{noun}-value"), format!("{noun} `{key}` is `{value}`, which is not among what it may be")),
        };
        let help = match self.values.as_slice() {
            [] => format!("set the {noun} `{key}`"),
            values => format!("set the {noun} `{key}` to one of `{}`", values.join("`, `")),
        };
        Ok(Some(Finding::weighed(self.severity, &rule, &place, message, &help)))
    }
}

/// Returns the finding for a demand that goes by a claim which metadata.yaml does not make, and by nothing else.
pub(crate) fn unclaimed(demand: &Demand, context: &Context) -> Option<Finding> {
    let Demand { key, claim, classes, values, .. } = demand;
    let is_of_class = classes.is_empty() || classes.contains(&context.class);
    let severity = demand.weight.severity().filter(|_severity| is_of_class)?;
    if claim.is_empty() || !values.is_empty() || claimed(demand, context).is_some() {
        return None;
    }
    let message = format!("`{key}` is to be what metadata.yaml says of `{claim}`, and it says nothing");
    let finding = Finding::deny_whole("missing-claim", message, &format!("set `{claim}` in the customer's metadata.yaml"));
    Some(Finding { severity, ..finding })
}

fn claimed<'a>(demand: &Demand, context: &'a Context) -> Option<&'a str> {
    let claims = context.claims.iter().filter(|(name, _text)| !demand.claim.is_empty() && *name == demand.claim);
    claims.map(|(_name, text)| text.as_str()).next()
}
