//! Matrix: which role may set which values, as data.
//!
//! In: nothing. Out: the default rules.
//! Rules: areas of keys, and the roles that may set them; what stands in no area is an application's value. A role that the matrix does not
//! name is bound by no rule. The page docs/policies/role-boundaries.md shows the same table; a test compares the two cell by cell.
//! Not here: which environments a role may render (the host's `roles`).
//!
//! # Source
//! requirements.md, rows 2.1 and 2.2; DESIGN.md section 1.

use crate::pattern::Pattern;
use crate::settings::Rule;

/// The roles of the matrix: who writes a product, its pipelines, the platform, and who runs it for customers.
pub(crate) const ROLES: [&str; 5] = ["developer", "devops", "platform", "operations", "support"];

/// Keys that belong together, and the roles that may set them.
pub(crate) struct Area {
    /// Its name on the page.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of the page goes by it"))]
    pub(crate) name: &'static str,
    /// Its keys, as patterns.
    pub(crate) keys: &'static [&'static str],
    /// The roles that may set them.
    pub(crate) roles: &'static [&'static str],
}

const PRODUCT: &[&str] = &["developer", "devops"];
const CUSTOMER: &[&str] = &["operations", "support"];
const APPLICATION: &[&str] = &["developer", "devops", "operations", "support"];
const PLATFORM: &[&str] = &["platform"];

/// The matrix. The first row is what no other row speaks of; the last row that speaks of a key decides.
pub(crate) const AREAS: [Area; 9] = [
    Area { name: "application", keys: &["*"], roles: APPLICATION },
    Area { name: "version", keys: &["**.image.tag", "**.image.digest"], roles: APPLICATION },
    Area {
        name: "program",
        keys: &["image.repository", "image.registry", "**.image.repository", "**.image.registry", "global.imageRegistry"],
        roles: PRODUCT,
    },
    Area {
        name: "rights",
        keys: &[
            "**.securityContext.**",
            "**.podSecurityContext.**",
            "**.containerSecurityContext.**",
            "**.hostNetwork",
            "**.hostPID",
            "**.hostIPC",
            "rbac",
            "serviceAccount.create",
            "serviceAccount.name",
        ],
        roles: PRODUCT,
    },
    Area {
        name: "structure",
        keys: &[
            // Not `*.command`: then any top-level scalar would take the place of a map that leads there.
            "**.command",
            "**.extraContainers",
            "**.extraInitContainers",
            "**.initContainers",
            "**.sidecars",
            "extraDeploy",
            "extraManifests",
            "extraObjects",
        ],
        roles: PRODUCT,
    },
    Area { name: "customer", keys: &["customerOverrides", "customers"], roles: CUSTOMER },
    Area { name: "definitions", keys: &["crds", "customResourceDefinitions", "installCRDs"], roles: PLATFORM },
    Area { name: "cluster", keys: &["clusterPolicies", "clusterRoles", "global.platform", "priorityClasses"], roles: PLATFORM },
    SECRETS,
];

/// Values that are sealed, whatever their keys: a rule of its own. A product's files are read by every customer's renders, so no customer's
/// secret stands in them.
pub(crate) const SECRETS: Area = Area { name: "sealed values", keys: &[], roles: CUSTOMER };

/// Returns the rules of the matrix: what each role may not, and then what it may although a wider rule speaks of it.
pub(crate) fn rules() -> Vec<Rule> {
    let areas = AREAS.iter().filter(|area| !area.keys.is_empty());
    areas.flat_map(|area| [area.rule(Leave::Refused), area.rule(Leave::Given)]).flatten().collect()
}

/// Returns the roles whose layers hold no sealed values.
pub(crate) fn unsealed() -> Vec<String> {
    SECRETS.others()
}

/// Whether a rule allows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    Given,
    Refused,
}

impl Area {
    /// Returns the rule of the roles that may set the area, or may not; nothing where there are none.
    fn rule(&self, leave: Leave) -> Option<Rule> {
        let (owners, allow) = match leave {
            Leave::Given => (self.roles.iter().map(|role| (*role).to_owned()).collect(), true),
            Leave::Refused => (self.others(), false),
        };
        let paths = self.keys.iter().filter_map(|key| Pattern::parse(key).ok()).collect();
        let rule = Rule { owners, paths, environments: Vec::new(), classes: Vec::new(), allow };
        // What every role may by default needs no rule; only the platform's keys stand below a refusal.
        let is_needed = !rule.owners.is_empty() && (!allow || self.roles == PLATFORM);
        is_needed.then_some(rule)
    }

    fn others(&self) -> Vec<String> {
        ROLES.iter().filter(|role| !self.roles.contains(role)).map(|role| (*role).to_owned()).collect()
    }
}
