//! Resources: what a container asks for and where it stops.
//!
//! In: a container. Out: a denial for each missing request or limit.
//! Rules: what is written counts, not what the server or a LimitRange would fill in; an amount of zero is none.
//! Not here: resources of whole pods, which clusters may ignore.

use sdk::kubernetes::{Container, Role};
use sdk::{Finding, Place, Unjudgeable};

use crate::Demands;
use crate::settings::Rule;

/// What may be demanded: the rule, the two keys below `resources`, and its name.
const AMOUNTS: [(Rule, [&str; 2], &str); 4] = [
    (Rule::ResourceRequests, ["requests", "cpu"], "CPU request"),
    (Rule::ResourceRequests, ["requests", "memory"], "memory request"),
    (Rule::MemoryLimit, ["limits", "memory"], "memory limit"),
    (Rule::CpuLimit, ["limits", "cpu"], "CPU limit"),
];

/// Judges the resources of one container.
///
/// # Errors
/// An amount is sealed.
pub(crate) fn judge(container: &Container<'_>, demands: &Demands<'_>) -> Result<Vec<Finding>, Unjudgeable> {
    if container.role == Role::Ephemeral {
        return Ok(Vec::new());
    }
    let name = container.place.at("name").text()?.unwrap_or_default();
    let mut findings = Vec::new();
    for (rule, [kind, resource], words) in AMOUNTS {
        let place = container.place.at("resources").at(kind).at(resource);
        if (rule == Rule::CpuLimit && !demands.settings.require_cpu_limit) || is_amount(&place)? {
            continue;
        }
        let problem = format!("container `{name}` has no {words}, which is needed in {}", demands.context.class);
        findings.push(Finding::deny(
            rule.name(),
            &place,
            problem,
            &format!("set `resources.{kind}.{resource}` of the container"),
        ));
    }
    Ok(findings)
}

/// Whether a quantity stands there that is more than nothing. Kubernetes takes numbers and texts (`1`, `0.5`, `64Mi`, `1e3`).
fn is_amount(place: &Place<'_>) -> Result<bool, Unjudgeable> {
    let Some(quantity) = place.scalar()? else {
        return Ok(false);
    };
    let digits = quantity.chars().take_while(|character| character.is_ascii_digit() || *character == '.');
    Ok(digits.filter(char::is_ascii_digit).any(|digit| digit != '0'))
}

#[cfg(test)]
mod tests {
    use sdk::{Unjudgeable, testing};
    use serde_json::{Value, json};

    use super::is_amount;

    fn judge(quantity: &Value) -> Result<bool, Unjudgeable> {
        let documents = testing::documents(std::slice::from_ref(quantity));
        is_amount(&testing::object(&documents.tape().unwrap(), 0))
    }

    fn check(quantity: &Value, want: bool) {
        assert_eq!(judge(quantity).unwrap(), want, "{quantity}");
    }

    /// A quantity above zero is an amount in every way of writing that Kubernetes has; zero and other things are none.
    #[test]
    fn amounts() {
        for amount in [json!("64Mi"), json!("100m"), json!(1), json!(0.5), json!("0.05"), json!("1e3"), json!("10")] {
            check(&amount, true);
        }
        for nothing in [
            json!(0),
            json!("0"),
            json!("0Mi"),
            json!("0.0"),
            json!("0e9"),
            json!(""),
            json!("lots"),
            json!({"a": 1}),
            json!(true),
        ] {
            check(&nothing, false);
        }
    }

    /// A sealed amount cannot be judged.
    #[test]
    fn a_sealed_amount_is_unjudgeable() {
        assert!(judge(&json!("<sealed:3>")).is_err());
    }
}
