//! Workloads: objects that run containers.
//!
//! In: an object. Out: [`Workload`] with its containers, if the object is of a kind that Kubernetes itself runs.
//! Rules: kinds are known by group and kind, whatever the version; a kind of the same name in another group is another kind.
//! Not here: custom resources that make workloads.
//!
//! # Source
//! Kubernetes API reference 1.33: PodSpec, PodTemplateSpec, JobTemplateSpec.

use sdk::{Place, Unjudgeable};

/// How many pods a kind runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    /// As many as `/spec/replicas` or an autoscaler says.
    Replicas,
    /// As nodes, completions or schedules ask for.
    Otherwise,
}

/// A kind of workload and the way to its pod's specification.
struct Form {
    group: &'static str,
    kind: &'static str,
    pod: &'static [&'static str],
    count: Count,
}

impl Form {
    const fn new(group: &'static str, kind: &'static str, pod: &'static [&'static str], count: Count) -> Form {
        Form { group, kind, pod, count }
    }
}

/// The way through a pod template, which most kinds have.
const TEMPLATE: &[&str] = &["spec", "template", "spec"];

/// The kinds, the same as in `policy.json`.
const FORMS: [Form; 9] = [
    Form::new("", "Pod", &["spec"], Count::Otherwise),
    Form::new("", "PodTemplate", &["template", "spec"], Count::Otherwise),
    Form::new("", "ReplicationController", TEMPLATE, Count::Replicas),
    Form::new("apps", "Deployment", TEMPLATE, Count::Replicas),
    Form::new("apps", "StatefulSet", TEMPLATE, Count::Replicas),
    Form::new("apps", "ReplicaSet", TEMPLATE, Count::Replicas),
    Form::new("apps", "DaemonSet", TEMPLATE, Count::Otherwise),
    Form::new("batch", "Job", TEMPLATE, Count::Otherwise),
    Form::new("batch", "CronJob", &["spec", "jobTemplate", "spec", "template", "spec"], Count::Otherwise),
];

/// An object that runs containers.
pub(crate) struct Workload<'a> {
    form: &'static Form,
    name: &'a str,
    object: Place<'a>,
}

/// In which of a pod's lists a container stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It runs as long as the pod or before it.
    Ordinary,
    /// It was added for debugging; Kubernetes allows it no resources.
    Ephemeral,
}

/// One container of a pod.
pub(crate) struct Container<'a> {
    pub(crate) role: Role,
    pub(crate) place: Place<'a>,
}

impl<'a> Workload<'a> {
    /// Returns the object as a workload; nothing where it is none.
    ///
    /// # Errors
    /// What the object is, or its name, is sealed.
    pub(crate) fn read(object: &Place<'a>) -> Result<Option<Workload<'a>>, Unjudgeable> {
        let (group, kind) = group_and_kind(object)?;
        let Some(form) = FORMS.iter().find(|form| form.group == group && form.kind == kind) else {
            return Ok(None);
        };
        Ok(Some(Workload { form, name: name(object)?, object: object.clone() }))
    }

    pub(crate) fn group(&self) -> &'static str {
        self.form.group
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.form.kind
    }

    pub(crate) fn name(&self) -> &'a str {
        self.name
    }

    pub(crate) fn object(&self) -> &Place<'a> {
        &self.object
    }

    /// Returns whether somebody says how many replicas it has.
    pub(crate) fn has_replicas(&self) -> bool {
        self.form.count == Count::Replicas
    }

    /// Returns the containers of its pods: those that run, those before them, those for debugging.
    pub(crate) fn containers(&self) -> Vec<Container<'a>> {
        let pod = self.form.pod.iter().fold(self.object.clone(), |place, key| place.at(key));
        let lists =
            [("containers", Role::Ordinary), ("initContainers", Role::Ordinary), ("ephemeralContainers", Role::Ephemeral)];
        let containers = lists
            .iter()
            .flat_map(|(list, role)| pod.at(list).elements().into_iter().map(|place| Container { role: *role, place }));
        containers.collect()
    }
}

/// Returns the group of an object's API, empty for the core group, and its kind.
///
/// # Errors
/// One of them is sealed.
pub(crate) fn group_and_kind<'a>(object: &Place<'a>) -> Result<(&'a str, &'a str), Unjudgeable> {
    let kind = object.at("kind").text()?.unwrap_or_default();
    Ok((group(object.at("apiVersion").text()?.unwrap_or_default()), kind))
}

/// Returns the group of an API version: `apps` of `apps/v1`, nothing of `v1`.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _version)| group)
}

/// Returns an object's name, or what the server will make one from.
///
/// # Errors
/// It is sealed.
pub(crate) fn name<'a>(object: &Place<'a>) -> Result<&'a str, Unjudgeable> {
    let metadata = object.at("metadata");
    Ok(match metadata.at("name").text()? {
        Some(name) => name,
        None => metadata.at("generateName").text()?.unwrap_or_default(),
    })
}
