//! Pod: what the controls look at, found once.
//!
//! In: a workload. Out: [`Pod`], with its containers in the order of the lists that the standard names.
//! Rules: what is sealed is told once and hides nothing else; a list of containers that is sealed leaves the other lists to judge.

use sdk::kubernetes::Workload;
use sdk::{Finding, Place, Unjudgeable};

/// The lists of containers that the standard is about.
const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// The name of Windows in `os.name`.
const WINDOWS: &str = "windows";

/// The pod of a workload.
pub(crate) struct Pod<'a> {
    /// Its metadata; those of a template.
    pub(crate) metadata: Place<'a>,
    /// Its specification.
    pub(crate) spec: Place<'a>,
    /// `securityContext`, if it has one.
    pub(crate) security: Option<Place<'a>>,
    /// Its containers of all lists that can be read.
    pub(crate) containers: Vec<Container<'a>>,
}

/// A container.
pub(crate) struct Container<'a> {
    /// The whole of it.
    pub(crate) place: Place<'a>,
    /// `securityContext`, if it has one.
    pub(crate) security: Option<Place<'a>>,
}

impl<'a> Pod<'a> {
    /// Returns the pod of a workload; what is sealed of its containers goes to `findings`.
    ///
    /// # Errors
    /// The specification itself is sealed.
    pub(crate) fn read(workload: &Workload<'a>, findings: &mut Findings) -> Result<Pod<'a>, Unjudgeable> {
        let spec = workload.pod();
        let mut containers = Vec::new();
        for list in LISTS {
            let Some(list) = spec.get(list)? else { continue };
            match list.elements() {
                Ok(places) => {
                    for place in places {
                        findings.settle(Container::read(place).map(|container| containers.push(container)));
                    }
                }
                Err(sealed) => findings.settle(Err(sealed)),
            }
        }
        Ok(Pod { metadata: workload.pod_metadata(), security: spec.get("securityContext")?, spec, containers })
    }

    /// Returns whether it says that it runs on Windows.
    ///
    /// # Errors
    /// What it says is sealed.
    pub(crate) fn is_windows(&self) -> Result<bool, Unjudgeable> {
        let name = self.spec.get_under(&["os", "name"])?;
        Ok(name.map_or(Ok(None), |name| name.text())? == Some(WINDOWS))
    }

    /// Returns whether it runs in a user namespace of its own (`hostUsers: false`).
    ///
    /// # Errors
    /// What it says is sealed.
    pub(crate) fn has_own_users(&self) -> Result<bool, Unjudgeable> {
        let host_users = self.spec.get("hostUsers")?;
        Ok(host_users.map_or(Ok(None), |host_users| host_users.truth())? == Some(false))
    }
}

/// Whose security context it is.
pub(crate) enum Bearer<'a, 'b> {
    /// The pod's, which holds for all its containers.
    Pod,
    /// A container's own.
    Container(&'b Container<'a>),
}

impl Bearer<'_, '_> {
    /// Returns who it is, for a message.
    pub(crate) fn words(&self) -> String {
        match self {
            Bearer::Pod => "the pod".to_owned(),
            Bearer::Container(container) => container.words(),
        }
    }
}

impl<'a> Pod<'a> {
    /// Judges each container by itself: what is sealed in one hides nothing of the others.
    pub(crate) fn each_container(
        &self,
        findings: &mut Findings,
        judge: impl Fn(&Container<'a>, &mut Findings) -> Result<(), Unjudgeable>,
    ) {
        for container in &self.containers {
            let judged = judge(container, findings);
            findings.settle(judged);
        }
    }

    /// Judges one field of each security context that has it: the pod's and its containers'.
    pub(crate) fn each_context(
        &self,
        key: &str,
        findings: &mut Findings,
        judge: impl Fn(&Bearer<'a, '_>, &Place<'a>, &mut Findings) -> Result<(), Unjudgeable>,
    ) {
        let containers = self.containers.iter().map(|container| (Bearer::Container(container), &container.security));
        for (bearer, security) in std::iter::once((Bearer::Pod, &self.security)).chain(containers) {
            let field = security.as_ref().map_or(Ok(None), |security| security.get(key));
            let judged = field.and_then(|field| field.map_or(Ok(()), |field| judge(&bearer, &field, findings)));
            findings.settle(judged);
        }
    }
}

impl<'a> Container<'a> {
    fn read(place: Place<'a>) -> Result<Container<'a>, Unjudgeable> {
        let security = place.get("securityContext")?;
        Ok(Container { place, security })
    }

    /// Returns what the container is called, for a message; it may be sealed without harm.
    pub(crate) fn words(&self) -> String {
        match self.place.at("name").text() {
            Ok(Some(name)) => format!("container `{name}`"),
            Ok(None) | Err(_) => "a container".to_owned(),
        }
    }

    /// Returns a field of its security context, if it is set.
    ///
    /// # Errors
    /// The security context is sealed.
    pub(crate) fn field(&self, key: &str) -> Result<Option<Place<'a>>, Unjudgeable> {
        self.security.as_ref().map_or(Ok(None), |security| security.get(key))
    }
}

/// What the controls have found of one workload.
#[derive(Default)]
pub(crate) struct Findings {
    rule: &'static str,
    found: Vec<Finding>,
}

impl Findings {
    /// Says whose findings come next.
    pub(crate) fn of(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// Takes a denial by the rule whose turn it is.
    pub(crate) fn deny(&mut self, at: &Place<'_>, message: String, help: &str) {
        self.found.push(Finding::deny(self.rule, at, message, help));
    }

    /// Takes what is sealed, once.
    pub(crate) fn settle(&mut self, judged: Result<(), Unjudgeable>) {
        let Err(unjudgeable) = judged else { return };
        let finding = Finding::from(unjudgeable);
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// Returns all that was found.
    pub(crate) fn all(self) -> Vec<Finding> {
        self.found
    }
}
