//! What Argo CD's facts confirm of what an application claims to be.
//!
//! Rules: a fact that contradicts is an error. The namespace confirms customer and environment, and must belong to one pair only; the
//! project confirms customer and class. Production is confirmed by either, so nobody escapes its rules; anything less needs the project,
//! for a namespace can be named by whoever creates an Application.

use crate::application::ApplicationName;
use crate::configuration::{Bindings, Class, Configuration, Dimension, PathTemplate};
use crate::variables::Facts;

use super::ContextError;
use super::error::Unconfirmed;

/// Checks that the facts confirm the application; `customers` are all that exist.
///
/// # Errors
/// The [`ContextError`]s of bindings.
pub fn confirm(
    name: &ApplicationName,
    class: Class,
    facts: &Facts,
    customers: &[String],
    configuration: &Configuration,
) -> Result<(), ContextError> {
    let project = project(name, class, facts, &configuration.bindings)?;
    let namespace = match &configuration.bindings.namespace {
        Some(template) => {
            unambiguous(name, template, customers, configuration)?;
            namespace(name, facts, template)?
        }
        None => Agreement::Silent,
    };
    let of_class = configuration.environments.values().filter(|environment| environment.class == class).count();
    let reason = match (class, project, namespace) {
        (_, Agreement::Agrees, Agreement::Agrees) | (Class::Production, _, Agreement::Agrees) => return Ok(()),
        (_, Agreement::Agrees, Agreement::Silent) if of_class == 1 => return Ok(()),
        (_, Agreement::Agrees, Agreement::Silent) => Unconfirmed::ProjectAlone,
        (Class::NonProduction, Agreement::Silent, Agreement::Agrees) => Unconfirmed::NamespaceAlone,
        (_, Agreement::Silent, Agreement::Silent) => Unconfirmed::NothingBound,
    };
    Err(ContextError::Unconfirmed { environment: name.part(Dimension::Environment).to_owned(), reason })
}

/// What a fact says of a claim, where it does not contradict it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agreement {
    /// It says the same.
    Agrees,
    /// It says nothing.
    Silent,
}

fn project(name: &ApplicationName, class: Class, facts: &Facts, bindings: &Bindings) -> Result<Agreement, ContextError> {
    let project = facts.project.as_deref().ok_or(ContextError::FactMissing { variable: "ARGOCD_APP_PROJECT_NAME" })?;
    let customer = name.part(Dimension::Customer);
    let mut rows = bindings.projects.iter().filter(|row| row.project == project).peekable();
    if rows.peek().is_none() {
        return Ok(Agreement::Silent);
    }
    let rows: Vec<_> = rows.filter(|row| row.customer == customer).collect();
    let Some(first) = rows.first() else {
        return Err(ContextError::OtherCustomer { project: project.to_owned(), customer: customer.to_owned() });
    };
    if rows.iter().any(|row| row.class == class) {
        return Ok(Agreement::Agrees);
    }
    Err(ContextError::OtherClass {
        environment: name.part(Dimension::Environment).to_owned(),
        class,
        project: project.to_owned(),
        bound: first.class,
    })
}

fn namespace(name: &ApplicationName, facts: &Facts, template: &PathTemplate) -> Result<Agreement, ContextError> {
    let namespace = facts.namespace.as_deref().ok_or(ContextError::FactMissing { variable: "ARGOCD_APP_NAMESPACE" })?;
    let expected = name.fill(template);
    if expected == namespace {
        Ok(Agreement::Agrees)
    } else {
        Err(ContextError::OtherNamespace { namespace: namespace.to_owned(), expected })
    }
}

/// Checks that no other customer and environment have the application's namespace: `a-b` with `c`, and `a` with `b-c`.
fn unambiguous(
    name: &ApplicationName,
    template: &PathTemplate,
    customers: &[String],
    configuration: &Configuration,
) -> Result<(), ContextError> {
    let ours = name.fill(template);
    let (customer, environment) = (name.part(Dimension::Customer), name.part(Dimension::Environment));
    for other in customers {
        for place in configuration.environments.keys().filter(|place| (other.as_str(), place.as_str()) != (customer, environment))
        {
            let theirs = template.fill(|dimension| match dimension {
                Dimension::Customer => other,
                Dimension::Product => name.part(Dimension::Product),
                Dimension::Environment => place,
            });
            if theirs == ours {
                return Err(ContextError::Ambiguous {
                    namespace: ours,
                    first: format!("{customer}/{environment}"),
                    second: format!("{other}/{place}"),
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two customers whose names could be mistaken, and projects for one of them.
    const CONFIGURATION: &str = "\
apiVersion: tidegate.dev/v1alpha1
kind: Configuration
environments: {dev: {class: nonproduction}, staging: {class: nonproduction}, prod: {class: production}, eu-prod: {class: production}}
bindings:
  namespace: \"{customer}-{environment}\"
  projects:
    - {project: acme-np, customer: acme, class: nonproduction}
    - {project: acme-p, customer: acme, class: production}
";

    /// Checks an application against project and namespace.
    fn check(name: &str, project: &str, namespace: &str, expected: Result<(), &str>) {
        check_with(CONFIGURATION, name, [project, namespace], expected);
    }

    fn check_with(text: &str, name: &str, [project, namespace]: [&str; 2], expected: Result<(), &str>) {
        let configuration = Configuration::read(text.as_bytes()).unwrap();
        let name: ApplicationName = name.parse().unwrap();
        let class = configuration.environments[name.part(Dimension::Environment)].class;
        let present = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let facts = Facts { project: present(project), namespace: present(namespace), ..Facts::default() };
        let customers = ["acme", "globex", "globex-eu"].map(str::to_owned);
        let confirmed = confirm(&name, class, &facts, &customers, &configuration);
        assert_eq!(confirmed.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{name} {project} {namespace}");
    }

    // Project and namespace that agree confirm any environment.
    #[test]
    fn both_confirm() {
        check("acme/p/dev", "acme-np", "acme-dev", Ok(()));
        check("acme/p/prod", "acme-p", "acme-prod", Ok(()));
    }

    // The namespace alone confirms production, whose rules are the strict ones, and nothing less.
    #[test]
    fn namespace_alone_confirms_production_only() {
        check("acme/p/prod", "default", "acme-prod", Ok(()));
        let error =
            "nothing confirms environment `dev`: the namespace agrees, but below production the project must be bound too";
        check("acme/p/dev", "default", "acme-dev", Err(error));
    }

    // Saying `dev` in a production project, or the reverse, is refused.
    #[test]
    fn class_is_the_projects() {
        let error = "environment `dev` is nonproduction, but project `acme-p` is bound to production";
        check("acme/p/dev", "acme-p", "acme-dev", Err(error));
        let error = "environment `prod` is production, but project `acme-np` is bound to nonproduction";
        check("acme/p/prod", "acme-np", "acme-prod", Err(error));
    }

    // A project renders no other customer's applications.
    #[test]
    fn customer_is_the_projects() {
        let error = "project `acme-np` is not bound to customer `globex`";
        check("globex/p/dev", "acme-np", "globex-dev", Err(error));
    }

    // A namespace that is not the application's contradicts it, whatever the project says.
    #[test]
    fn namespace_contradicts() {
        let error = "the destination namespace is `acme-prod`, but that of the application is `acme-dev`";
        check("acme/p/dev", "acme-np", "acme-prod", Err(error));
    }

    // Facts that are absent confirm nothing.
    #[test]
    fn absent_facts_are_errors() {
        check("acme/p/prod", "", "acme-prod", Err("Argo CD did not set `ARGOCD_APP_PROJECT_NAME`"));
        check("acme/p/prod", "acme-p", "", Err("Argo CD did not set `ARGOCD_APP_NAMESPACE`"));
    }

    // A namespace that two customers could mean is refused for both of them.
    #[test]
    fn ambiguous_names_are_refused() {
        let error = "namespace `globex-eu-prod` could be of `globex/eu-prod` and of `globex-eu/prod`";
        check("globex/p/eu-prod", "default", "globex-eu-prod", Err(error));
        let error = "namespace `globex-eu-prod` could be of `globex-eu/prod` and of `globex/eu-prod`";
        check("globex-eu/p/prod", "default", "globex-eu-prod", Err(error));
    }

    // Without a namespace template the project confirms an environment only where it is the one of its class.
    #[test]
    fn project_alone_confirms_the_only_environment() {
        let text = CONFIGURATION.replace("\"{customer}-{environment}\"", "null");
        let error = "nothing confirms environment `dev`: the project stands for several environments of that class, and no namespace says which";
        check_with(&text, "acme/p/dev", ["acme-np", "any"], Err(error));
        let one = text.replace("staging: {class: nonproduction}, ", "");
        check_with(&one, "acme/p/dev", ["acme-np", "any"], Ok(()));
        let error = "nothing confirms environment `dev`: the project has no row in `bindings.projects`, and namespaces confirm nothing here";
        check_with(&one, "acme/p/dev", ["default", "any"], Err(error));
    }
}
