//! Why an application is not taken for what it says it is.

use crate::application::{ApplicationError, NameError};
use crate::configuration::{Class, Dimension};
use crate::nearest::nearest;
use crate::source::SourceError;

/// Why there is no context.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// Argo CD did not say something that must be known.
    #[error("Argo CD did not set `{variable}`")]
    FactMissing {
        /// The variable.
        variable: &'static str,
    },
    /// The path goes upwards or is absolute.
    #[error("the application's path `{path}` is absolute or goes upwards")]
    PathUpwards {
        /// The path.
        path: String,
    },
    /// The working directory is not the application's.
    #[error("the working directory does not end in the application's path `{path}`")]
    PathElsewhere {
        /// The path.
        path: String,
    },
    /// The path is no application's.
    #[error("the application's path `{path}` does not end in `customers/CUSTOMER/PRODUCT`")]
    PathShape {
        /// The path.
        path: String,
    },
    /// A parameter that tidegate does not have.
    #[error("there is no parameter `{name}`")]
    ParameterUnknown {
        /// The parameter.
        name: String,
    },
    /// A parameter that is a list or map.
    #[error("parameter `{name}` is no text")]
    ParameterKind {
        /// The parameter.
        name: String,
    },
    /// The environment is not said.
    #[error("parameter `environment` is missing")]
    NoEnvironment,
    /// A parameter says something else than the path.
    #[error("parameter `{}` says `{claimed}`, but the application's path says `{fact}`", dimension.name())]
    PathContradiction {
        /// Which.
        dimension: Dimension,
        /// What the parameter says.
        claimed: String,
        /// What the path says.
        fact: String,
    },
    /// The project belongs to other customers.
    #[error("project `{project}` is not bound to customer `{customer}`")]
    OtherCustomer {
        /// The project.
        project: String,
        /// The customer.
        customer: String,
    },
    /// The project stands for another class.
    #[error("environment `{environment}` is {}, but project `{project}` is bound to {}", class_name(*class), class_name(*bound))]
    OtherClass {
        /// The environment.
        environment: String,
        /// Its class.
        class: Class,
        /// The project.
        project: String,
        /// The class the project stands for.
        bound: Class,
    },
    /// The destination namespace is another one.
    #[error("the destination namespace is `{namespace}`, but that of the application is `{expected}`")]
    OtherNamespace {
        /// The fact.
        namespace: String,
        /// What the template says.
        expected: String,
    },
    /// Two applications have the same namespace.
    #[error("namespace `{namespace}` could be of `{first}` and of `{second}`")]
    Ambiguous {
        /// The namespace.
        namespace: String,
        /// One customer and environment.
        first: String,
        /// Another.
        second: String,
    },
    /// Nothing confirms the environment.
    #[error("nothing confirms environment `{environment}`: {reason}")]
    Unconfirmed {
        /// The environment.
        environment: String,
        /// Why not.
        reason: Unconfirmed,
    },
    /// A file in the application's directory changes its parameters.
    #[error("this file can change an application's parameters, so it is refused")]
    SourceOverride {
        /// The file.
        path: String,
    },
    /// A role that is not declared.
    #[error("there is no role `{role}`")]
    RoleUnknown {
        /// The role.
        role: String,
        /// The declared ones.
        known: Vec<String>,
    },
    /// A role that may not render the environment.
    #[error("role `{role}` may not render {} environments such as `{environment}`", class_name(*class))]
    RoleRefused {
        /// The role.
        role: String,
        /// The environment.
        environment: String,
        /// Its class.
        class: Class,
    },
    /// A `metadata.yaml` that cannot be understood.
    #[error("{problem}")]
    Metadata {
        /// The file.
        path: String,
        /// Where.
        at: yaml::Position,
        /// What is wrong.
        problem: String,
    },
    /// Path and parameters together name no application.
    #[error(transparent)]
    Name(#[from] NameError),
    /// There is no such application.
    #[error(transparent)]
    Application(#[from] ApplicationError),
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Why an environment is not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unconfirmed {
    /// No namespace template, no row for the project.
    #[error("the project has no row in `bindings.projects`, and namespaces confirm nothing here")]
    NothingBound,
    /// The namespace agrees, which is not enough below production.
    #[error("the namespace agrees, but below production the project must be bound too")]
    NamespaceAlone,
    /// The project agrees, but stands for several environments.
    #[error("the project stands for several environments of that class, and no namespace says which")]
    ProjectAlone,
}

/// Returns the word for a class.
#[must_use]
pub fn class_name(class: Class) -> &'static str {
    match class {
        Class::NonProduction => "nonproduction",
        Class::Production => "production",
    }
}

impl ContextError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::FactMissing { .. } => "`generate` and `parameters` run in Argo CD's plugin; use `render` elsewhere",
            Self::PathUpwards { .. } => "write the path of the source plainly, such as `customers/acme-corp/product-a`",
            Self::PathElsewhere { .. } => {
                "the tree may have been cut by `manifest-generate-paths`; let it begin at the repository"
            }
            Self::PathShape { .. } => "the application's directory is that of a customer's product",
            Self::ParameterUnknown { .. } => "there are `environment`, `customer` and `product`",
            Self::ParameterKind { .. } => "set it as a `string`",
            Self::NoEnvironment => "set it in `spec.source.plugin.parameters` of the Application",
            Self::PathContradiction { .. } => "leave the parameter out; the path says it",
            Self::OtherCustomer { .. } | Self::OtherClass { .. } => {
                "use the customer's project of that class, or have the platform team change `bindings.projects`"
            }
            Self::OtherNamespace { .. } => "set `spec.destination.namespace`, or the `environment` parameter, right",
            Self::Ambiguous { .. } => "rename one, or have the platform team choose another `bindings.namespace`",
            Self::Unconfirmed { .. } => "have the platform team bind the project in `bindings.projects` of tidegate.yaml",
            Self::SourceOverride { .. } => "remove the file; parameters belong to the Application",
            Self::RoleUnknown { role, known } => return role_hint(role, known),
            Self::RoleRefused { .. } => "ask somebody whose role may, or render another environment",
            Self::Metadata { .. } => "`metadata.yaml` is one mapping, of `id`, `name`, `tier`, `region` and keys of your own",
            Self::Name(_) => "directories and environments are named so",
            Self::Application(error) => return error.hint(),
            Self::Source(error) => error.hint(),
        };
        hint.to_owned()
    }
}

fn role_hint(role: &str, known: &[String]) -> String {
    match nearest(role, known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
