//! Secret references: where names say secret, values are sealed or references.
//!
//! In: the layers, and all objects of an application. Out: a denial for each open text whose key or variable says that it is a secret.
//! Rules: names decide, by a list; values are compared with the forms of references only. No message repeats a value.
//! Not here: guesses from how random a text looks, and what is inside of files that a ConfigMap holds.

mod names;
mod settings;

use sdk::kubernetes::{Container, Identity, Workload};
use sdk::{
    Context, Finding, Layers, Objects, Place, Policy, PolicyError, Report, SettingsError, Shape, Unjudgeable, Verdict, settled,
};
use settings::Checked;
pub use settings::Settings;

/// The rule of values in layers.
pub const LAYER: &str = "literal-in-layer";
/// The rule of environment variables.
pub const VARIABLE: &str = "literal-in-variable";
/// The rule of ConfigMaps.
pub const CONFIG_MAP: &str = "literal-in-config-map";
/// The rule of annotations.
pub const ANNOTATION: &str = "literal-in-annotation";

/// The policy with its settings.
pub struct SecretReferences {
    settings: Checked,
}

impl Policy for SecretReferences {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(SecretReferences { settings: settings.checked() }),
            errors => Err(errors),
        }
    }

    fn check_layers(&self, context: &Context, layers: &Layers<'_>) -> Verdict {
        let mut findings = Vec::new();
        if self.settings.holds_in(context) {
            for (_layer, values) in layers.iter() {
                self.walk(&values, &mut findings);
            }
        }
        Ok(findings)
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        if !self.settings.holds_in(context) {
            return Ok(Report::default());
        }
        Ok(objects.each(|object| self.object(object)).into())
    }
}

impl SecretReferences {
    /// Walks through values. The depth of a document is bounded by the host's reader. A sealed leaf is how a secret should stand here.
    fn walk(&self, place: &Place<'_>, findings: &mut Vec<Finding>) {
        // Nothing here can be sealed and still be asked: entries and elements of a sealed place are none.
        for (key, value) in place.entries().into_iter().flatten() {
            if self.settings.names.say_secret(key) {
                self.leaves(key, &value, findings);
            }
            self.walk(&value, findings);
        }
        for element in place.elements().into_iter().flatten() {
            self.walk(&element, findings);
        }
        self.variable_in_values(place, findings);
    }

    /// Judges the text under a key that says secret, or the texts of a list there.
    fn leaves(&self, key: &str, value: &Place<'_>, findings: &mut Vec<Finding>) {
        for leaf in std::iter::once(value.clone()).chain(value.elements().into_iter().flatten()) {
            if let Ok(true) = self.is_literal(&leaf) {
                findings.push(in_layer(&leaf, key));
            }
        }
    }

    /// Judges `{name: DB_PASSWORD, value: ...}`: variables that values hand to a chart.
    fn variable_in_values(&self, place: &Place<'_>, findings: &mut Vec<Finding>) {
        if place.shape() != Shape::Map {
            return;
        }
        if let (Ok(Some(name)), Ok(Some(value))) = (place.get("name"), place.get("value"))
            && let Ok(Some(name)) = name.text()
            && self.settings.names.say_secret(name)
            && !is_variable_reference(&value)
            && let Ok(true) = self.is_literal(&value)
        {
            findings.push(in_layer(&value, name));
        }
    }

    fn object(&self, object: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let identity = Identity::of(object)?;
        let mut findings = settled(self.annotations(&object.at("metadata")));
        if identity.is("ConfigMap") {
            for data in ["data", "binaryData"] {
                findings.extend(settled(self.config_map(object, data)));
            }
        } else if let Some(workload) = Workload::of(object)? {
            if !identity.is("Pod") {
                findings.extend(settled(self.annotations(&workload.pod_metadata())));
            }
            findings.extend(settled(self.containers(&workload)));
        }
        Ok(findings)
    }

    fn containers(&self, workload: &Workload<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let judge = |container: Container<'_>| settled(self.variables(&container.place));
        Ok(workload.containers()?.into_iter().flat_map(judge).collect())
    }

    /// Judges annotations. One whose name ends in `secret` names a Secret, as cert-manager's `inject-ca-from-secret`.
    fn annotations(&self, metadata: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let help = "annotations are for everybody to read: keep the value in a Secret";
        let asked = |key: &str| self.settings.names.say_secret(key) && !names::ends_with(key, "secret");
        self.entries((metadata.get("annotations")?, asked), |key, place| {
            Finding::deny(
                ANNOTATION,
                place,
                format!("the annotation `{key}` holds an open text where its name says secret"),
                help,
            )
        })
    }

    fn config_map(&self, object: &Place<'_>, data: &str) -> Result<Vec<Finding>, Unjudgeable> {
        let help = "keep the value in a Secret, and name that where the ConfigMap was used";
        let asked = |key: &str| self.settings.names.say_secret(key);
        self.entries((object.get(data)?, asked), |key, place| {
            Finding::deny(
                CONFIG_MAP,
                place,
                format!("`{key}` of a ConfigMap holds an open text where its name says secret"),
                help,
            )
        })
    }

    fn entries(
        &self,
        (map, asked): (Option<Place<'_>>, impl Fn(&str) -> bool),
        finding: impl Fn(&str, &Place<'_>) -> Finding,
    ) -> Result<Vec<Finding>, Unjudgeable> {
        let mut findings = Vec::new();
        let Some(map) = map else { return Ok(findings) };
        for (key, value) in map.entries()?.filter(|(key, _value)| asked(key)) {
            match self.is_literal(&value) {
                Ok(true) => findings.push(finding(key, &value)),
                Ok(false) => {}
                Err(unjudgeable) => findings.push(unjudgeable.into()),
            }
        }
        Ok(findings)
    }

    fn variables(&self, container: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let mut findings = Vec::new();
        let Some(variables) = container.get("env")? else { return Ok(findings) };
        for variable in variables.elements()? {
            findings.extend(settled(self.variable(&variable)));
        }
        Ok(findings)
    }

    fn variable(&self, variable: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(name) = variable.get("name")?.map_or(Ok(None), |name| name.text())? else { return Ok(Vec::new()) };
        if !self.settings.names.say_secret(name) {
            return Ok(Vec::new());
        }
        let Some(value) = variable.get("value")? else { return Ok(Vec::new()) };
        if !self.is_literal(&value)? || is_variable_reference(&value) {
            return Ok(Vec::new());
        }
        let problem = format!("the variable `{name}` holds an open text where its name says secret");
        Ok(vec![Finding::deny(VARIABLE, &value, problem, "take it from a Secret by `valueFrom.secretKeyRef`")])
    }

    /// Whether an open text or number stands there that is no reference.
    fn is_literal(&self, place: &Place<'_>) -> Result<bool, Unjudgeable> {
        Ok(match place.shape() {
            Shape::Text | Shape::Sealed => place.text()?.is_some_and(|text| !self.settings.is_harmless(text)),
            Shape::Number => true,
            Shape::Absent | Shape::Bool | Shape::List | Shape::Map => false,
        })
    }
}

fn in_layer(place: &Place<'_>, name: &str) -> Finding {
    let problem = format!("`{name}` holds an open text where its name says secret");
    Finding::deny(LAYER, place, problem, "put it into a sealed layer, or name where it is kept")
}

/// Whether a variable's value is another variable of the container, and nothing else: `$(NAME)`.
///
/// # Source
/// Kubernetes, "Define Dependent Environment Variables".
fn is_variable_reference(place: &Place<'_>) -> bool {
    let Ok(Some(text)) = place.text() else { return false };
    let name = text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(is_word))
}

sdk::export_policy!(SecretReferences);

#[cfg(test)]
mod tests;
