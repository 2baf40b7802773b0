//! Kubernetes: what objects are, and where their containers stand.
//!
//! In: an object. Out: its [`Identity`], and [`Workload`] with its pod and containers, if it is of a kind that Kubernetes itself runs.
//! Rules: kinds are known by group and kind, whatever the version; a kind of the same name in another group is another kind.
//! Not here: custom resources that make workloads.
//!
//! # Source
//! Kubernetes API reference 1.33: PodSpec, PodTemplateSpec, JobTemplateSpec.

use crate::contract::Context;
use crate::place::{Place, Unjudgeable};

/// Annotations that make an object a hook: applied in some phase of a sync, or never, and often deleted after it.
pub const HOOKS: [&str; 2] = ["argocd.argoproj.io/hook", "helm.sh/hook"];

/// What an object calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The API group, empty for the core group.
    pub group: &'a str,
    /// The version of the API: `v1`.
    pub version: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// The name, or what the server will make one from; empty where neither is given.
    pub name: &'a str,
    /// The namespace; empty where none is given.
    pub namespace: &'a str,
}

impl<'a> Identity<'a> {
    /// Returns what an object calls itself.
    ///
    /// # Errors
    /// A part of it is sealed.
    pub fn of(object: &Place<'a>) -> Result<Identity<'a>, Unjudgeable> {
        let api = object.at("apiVersion").text()?.unwrap_or_default();
        let (group, version) = api.split_once('/').unwrap_or(("", api));
        let metadata = object.at("metadata");
        let name = match metadata.at("name").text()? {
            Some(name) => name,
            None => metadata.at("generateName").text()?.unwrap_or_default(),
        };
        Ok(Identity {
            group,
            version,
            kind: object.at("kind").text()?.unwrap_or_default(),
            name,
            namespace: metadata.at("namespace").text()?.unwrap_or_default(),
        })
    }

    /// Returns whether it is of a kind, written as in `policy.json`: `apps/Deployment`, `Pod`.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        kind.rsplit_once('/').unwrap_or(("", kind)) == (self.group, self.kind)
    }

    /// Returns the namespace it is applied to: its own, or the application's.
    #[must_use]
    pub fn namespace_in<'b>(&self, context: &'b Context) -> &'b str
    where
        'a: 'b,
    {
        if self.namespace.is_empty() { &context.namespace } else { self.namespace }
    }
}

/// Returns whether an object is a hook: it may be applied never, or not for long, so it satisfies no rule that asks for presence.
///
/// # Errors
/// The annotations are sealed.
pub fn is_hook(object: &Place<'_>) -> Result<bool, Unjudgeable> {
    let annotations = object.at("metadata").at("annotations");
    HOOKS.iter().try_fold(false, |found, hook| Ok(found || annotations.at(hook).exists()?))
}

/// How many pods a kind runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// As many as `/spec/replicas` or an autoscaler says.
    Replicas,
    /// As nodes, completions or schedules ask for.
    Otherwise,
}

/// A kind of workload and the way to its pod's template.
#[derive(Debug)]
struct Form {
    group: &'static str,
    kind: &'static str,
    template: &'static [&'static str],
    count: Count,
}

impl Form {
    const fn new(group: &'static str, kind: &'static str, template: &'static [&'static str], count: Count) -> Form {
        Form { group, kind, template, count }
    }
}

/// The way to the pod template of most kinds.
const TEMPLATE: &[&str] = &["spec", "template"];

const FORMS: [Form; 9] = [
    Form::new("", "Pod", &[], Count::Otherwise),
    Form::new("", "PodTemplate", &["template"], Count::Otherwise),
    Form::new("", "ReplicationController", TEMPLATE, Count::Replicas),
    Form::new("apps", "Deployment", TEMPLATE, Count::Replicas),
    Form::new("apps", "StatefulSet", TEMPLATE, Count::Replicas),
    Form::new("apps", "ReplicaSet", TEMPLATE, Count::Replicas),
    Form::new("apps", "DaemonSet", TEMPLATE, Count::Otherwise),
    Form::new("batch", "Job", TEMPLATE, Count::Otherwise),
    Form::new("batch", "CronJob", &["spec", "jobTemplate", "spec", "template"], Count::Otherwise),
];

/// The kinds that are workloads, as `policy.json` writes them: what a policy about pods matches.
pub const WORKLOADS: [&str; 9] = [
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/ReplicaSet",
    "apps/DaemonSet",
    "batch/Job",
    "batch/CronJob",
];

/// An object that runs containers.
#[derive(Debug, Clone)]
pub struct Workload<'a> {
    form: &'static Form,
    identity: Identity<'a>,
    object: Place<'a>,
}

/// In which of a pod's lists a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `containers`: it runs as long as the pod.
    Main,
    /// `initContainers`: it runs before the others, or beside them with `restartPolicy: Always`.
    Init,
    /// `ephemeralContainers`: it was added for debugging; Kubernetes allows it no resources.
    Ephemeral,
}

/// The lists of containers in a pod.
const LISTS: [(&str, Role); 3] =
    [("containers", Role::Main), ("initContainers", Role::Init), ("ephemeralContainers", Role::Ephemeral)];

/// One container of a pod.
#[derive(Debug, Clone)]
pub struct Container<'a> {
    /// The list it stands in.
    pub role: Role,
    /// The whole of it.
    pub place: Place<'a>,
}

impl<'a> Workload<'a> {
    /// Returns the object as a workload; nothing where it is none.
    ///
    /// # Errors
    /// What the object is, or its name, is sealed.
    pub fn of(object: &Place<'a>) -> Result<Option<Workload<'a>>, Unjudgeable> {
        Ok(Workload::known(object, Identity::of(object)?))
    }

    /// Returns an object whose identity is known already as a workload; nothing where it is none.
    #[must_use]
    pub fn known(object: &Place<'a>, identity: Identity<'a>) -> Option<Workload<'a>> {
        let form = FORMS.iter().find(|form| form.group == identity.group && form.kind == identity.kind)?;
        Some(Workload { form, identity, object: object.clone() })
    }

    /// Returns what the object calls itself.
    #[must_use]
    pub fn identity(&self) -> Identity<'a> {
        self.identity
    }

    /// Returns the whole object.
    #[must_use]
    pub fn object(&self) -> &Place<'a> {
        &self.object
    }

    /// Returns who says how many pods it has.
    #[must_use]
    pub fn count(&self) -> Count {
        self.form.count
    }

    /// Returns the metadata of its pods; a Pod's own.
    #[must_use]
    pub fn pod_metadata(&self) -> Place<'a> {
        self.object.under(self.form.template).at("metadata")
    }

    /// Returns the specification of its pods.
    #[must_use]
    pub fn pod(&self) -> Place<'a> {
        self.object.under(self.form.template).at("spec")
    }

    /// Returns the containers of its pods: those that run, those before them, those for debugging.
    ///
    /// # Errors
    /// A list of them is sealed.
    pub fn containers(&self) -> Result<Vec<Container<'a>>, Unjudgeable> {
        let pod = self.pod();
        let mut containers = Vec::new();
        for (list, role) in LISTS {
            containers.extend(pod.at(list).elements()?.map(|place| Container { role, place }));
        }
        Ok(containers)
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use serde_json::json;

    use super::{FORMS, Identity, WORKLOADS, Workload};
    use crate::testing;

    /// The list for `policy.json` names the kinds that are read.
    #[test]
    fn the_kinds_are_named_once() {
        let named = FORMS
            .iter()
            .map(|form| if form.group.is_empty() { form.kind.to_owned() } else { format!("{}/{}", form.group, form.kind) });
        assert_eq!(named.collect::<Vec<_>>(), WORKLOADS);
    }

    /// A kind is its group and name, in any version.
    #[test]
    fn kinds_have_groups() {
        let documents =
            testing::documents(&[json!({"apiVersion": "apps/v9", "kind": "Deployment", "metadata": {"generateName": "a-"}})]);
        let tape = documents.tape().unwrap();
        let object = testing::object(&tape, 0);
        let identity = Identity::of(&object).unwrap();
        assert!(identity.is("apps/Deployment") && !identity.is("Deployment") && !identity.is("extensions/Deployment"));
        assert_eq!((identity.version, identity.name, identity.namespace), ("v9", "a-", ""));
        assert!(Workload::of(&object).unwrap().is_some());
    }
}
