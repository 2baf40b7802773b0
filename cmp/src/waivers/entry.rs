//! Entry: one waiver, and what it covers.

use jiff::civil::Date;

use crate::application::ApplicationName;
use crate::configuration::Dimension;
use crate::diagnostic::{Finding, Grant, Place, Subject};
use crate::pattern::Pattern;
use crate::rules::RuleName;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Where it begins.
    pub place: Place,
    /// The rule that it waives.
    pub rule: RuleName,
    /// For whom.
    pub target: Target,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where that is followed up.
    pub ticket: String,
    /// The first day on which it counts.
    pub created: Date,
    /// The last day on which it counts.
    pub expires: Date,
}

/// What a waiver is about. What is not given fits everything; what is given fits only where there is such a thing: a value file has no kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The customer.
    pub customer: Option<Pattern>,
    /// The product.
    pub product: Option<Pattern>,
    /// The environment.
    pub environment: Option<Pattern>,
    /// The object's kind, without its group.
    pub kind: Option<Pattern>,
    /// The object's namespace, where it names one, else the application's.
    pub namespace: Option<Pattern>,
    /// The object's name.
    pub name: Option<Pattern>,
    /// The finding's JSON pointer.
    pub path: Option<Pattern>,
}

impl Target {
    /// Says whether it may be about something of an application.
    #[must_use]
    pub fn may_concern(&self, application: &ApplicationName) -> bool {
        let Self { customer, product, environment, kind: _, namespace: _, name: _, path: _ } = self;
        [(customer, Dimension::Customer), (product, Dimension::Product), (environment, Dimension::Environment)]
            .into_iter()
            .all(|(pattern, dimension)| fits(pattern.as_ref(), Some(application.part(dimension))))
    }

    /// Returns each part that is given, with what the file calls it.
    fn given(&self) -> Vec<(&'static str, &Pattern)> {
        let Self { customer, product, environment, kind, namespace, name, path } = self;
        let parts = [
            ("customer", customer),
            ("product", product),
            ("environment", environment),
            ("kind", kind),
            ("namespace", namespace),
            ("name", name),
            ("path", path),
        ];
        parts.into_iter().filter_map(|(key, pattern)| Some((key, pattern.as_ref()?))).collect()
    }
}

fn fits(pattern: Option<&Pattern>, text: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| text.is_some_and(|text| pattern.fits(text)))
}

impl Waiver {
    /// Says whether it is about a finding of an application in a namespace.
    #[must_use]
    pub fn covers(&self, finding: &Finding, application: &ApplicationName, namespace: &str) -> bool {
        let object = match &finding.subject {
            Subject::Object(object) => Some(object),
            Subject::Application | Subject::Values | Subject::Layer(_) => None,
        };
        let target = &self.target;
        self.rule == finding.rule
            && target.may_concern(application)
            && fits(target.kind.as_ref(), object.map(|object| object.kind.as_str()))
            && fits(target.namespace.as_ref(), object.map(|object| object.namespace.as_deref().unwrap_or(namespace)))
            && fits(target.name.as_ref(), object.map(|object| object.name.as_str()))
            && fits(target.path.as_ref(), Some(&finding.path))
    }

    /// Returns what messages call it: its rule, and what it is about.
    #[must_use]
    pub fn about(&self) -> String {
        let given = self.target.given();
        let parts: Vec<String> = given.iter().map(|(key, pattern)| format!("{key} `{}`", pattern.as_str())).collect();
        format!("`{}` for {}", self.rule, parts.join(", "))
    }

    /// Returns what it says of itself.
    #[must_use]
    pub fn grant(&self) -> Grant {
        Grant {
            place: self.place.clone(),
            owner: self.owner.clone(),
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
            expires: self.expires.to_string(),
        }
    }
}
