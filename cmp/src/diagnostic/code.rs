//! Codes: the names of everything that can go wrong, and what each means in full.
//!
//! Rules: a code never changes its meaning; every code has its section in `docs/errors.md`, and every section its code. Rules of built-in
//! policies have their pages in `docs/policies` (`rules`).

use std::borrow::Cow;
use std::fmt;

use super::rules;

/// The name of a diagnostic: `layers.kind-conflict`. Only this table and policies make codes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(Cow<'static, str>);

/// What each code means: one section for each, headed by it.
const EXPLANATIONS: &str = include_str!("../../../docs/errors.md");

/// Makes one constant for each code, and the list of all of them, from one table.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Code {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*

            /// All codes but the rules of policies that are not built in, which document their own.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    /// A customer, product or environment that does not exist.
    APPLICATION_UNKNOWN = "application.unknown";
    /// A text that names no application.
    APPLICATION_NAME = "application.name";
    /// A product the customer has not bought.
    APPLICATION_NOT_SUBSCRIBED = "application.not-subscribed";
    /// A product that is bought but switched off.
    APPLICATION_NOT_ENABLED = "application.not-enabled";
    /// A product bought for other environments.
    APPLICATION_OTHER_ENVIRONMENTS = "application.other-environments";
    /// A `products.yaml` that cannot be understood.
    APPLICATION_PRODUCTS = "application.products";
    /// Something in tidegate.yaml that is not allowed.
    CONFIGURATION_INVALID = "configuration.invalid";
    /// A key in tidegate.yaml that is not known.
    CONFIGURATION_UNKNOWN_KEY = "configuration.unknown-key";
    /// The configuration that was named is not there.
    CONFIGURATION_MISSING = "configuration.missing";
    /// A configuration, or a part of one, that does not count.
    CONFIGURATION_IGNORED = "configuration.ignored";
    /// A variable of the environment that cannot be used.
    CONTEXT_VARIABLES = "context.variables";
    /// Something Argo CD must say and did not.
    CONTEXT_FACT_MISSING = "context.fact-missing";
    /// A path that is not that of an application, or not where we are.
    CONTEXT_PATH = "context.path";
    /// A parameter that is missing, unknown or no text.
    CONTEXT_PARAMETER = "context.parameter";
    /// A claim that a fact contradicts.
    CONTEXT_CONTRADICTION = "context.contradiction";
    /// A namespace that two applications could have.
    CONTEXT_AMBIGUOUS = "context.ambiguous";
    /// An environment that no fact confirms.
    CONTEXT_UNCONFIRMED = "context.unconfirmed";
    /// A file that changes an application's parameters.
    CONTEXT_SOURCE_OVERRIDE = "context.source-override";
    /// A role that is unknown, or may not render the environment.
    CONTEXT_ROLE = "context.role";
    /// A `metadata.yaml` that cannot be understood.
    CONTEXT_METADATA = "context.metadata";
    /// A cluster that is not what the configuration declares.
    CONTEXT_CLUSTER = "context.cluster";
    /// Keys that Argo CD may not load for this application.
    SECRETS_WITHHELD = "secrets.withheld";
    /// A required file that is not there.
    LAYERS_MISSING = "layers.missing";
    /// A value file that is not YAML as strict as layers are.
    LAYERS_SYNTAX = "layers.syntax";
    /// A value file that is not one mapping.
    LAYERS_NOT_A_MAPPING = "layers.not-a-mapping";
    /// An unsealed file where a sealed one belongs.
    LAYERS_NOT_SEALED = "layers.not-sealed";
    /// Sealed text in a clear layer.
    LAYERS_SEALED_TEXT = "layers.sealed-text";
    /// Two layers that give one path different kinds of value.
    LAYERS_KIND_CONFLICT = "layers.kind-conflict";
    /// A file of an environment that is not declared.
    LAYERS_UNDECLARED = "layers.undeclared-environment";
    /// A value that is not as the estate's schema asks.
    VALUES_SCHEMA = "values.schema";
    /// A schema of the estate that cannot be used.
    VALUES_SCHEMA_FILE = "values.schema-file";
    /// A directory that is not there.
    SOURCE_ROOT = "source.root";
    /// A path that leaves its root.
    SOURCE_OUTSIDE = "source.outside";
    /// A symbolic link.
    SOURCE_LINK = "source.link";
    /// Something else than a regular file.
    SOURCE_KIND = "source.kind";
    /// A file over the limit.
    SOURCE_TOO_LARGE = "source.too-large";
    /// A file that the system does not let us read.
    SOURCE_UNREADABLE = "source.unreadable";
    /// An identity file that cannot be used.
    SECRETS_IDENTITIES = "secrets.identities";
    /// A salt that cannot be used.
    SECRETS_SALT = "secrets.salt";
    /// A sealed file that is no YAML.
    SECRETS_SYNTAX = "secrets.syntax";
    /// A file without SOPS metadata.
    SECRETS_NOT_SEALED = "secrets.not-sealed";
    /// A sealed file whose root is no map.
    SECRETS_ROOT_NOT_MAP = "secrets.root-not-map";
    /// A sealed file of several documents.
    SECRETS_SEVERAL_DOCUMENTS = "secrets.several-documents";
    /// Metadata that cannot be understood.
    SECRETS_METADATA = "secrets.metadata";
    /// Metadata without a MAC.
    SECRETS_NO_MAC = "secrets.no-mac";
    /// Metadata with two selectors.
    SECRETS_TWO_SELECTORS = "secrets.two-selectors";
    /// A selector that cannot be followed.
    SECRETS_SELECTOR_REGEX = "secrets.selector-regex";
    /// A selector by comments.
    SECRETS_COMMENT_SELECTOR = "secrets.comment-selector";
    /// No key opens the file.
    SECRETS_NO_IDENTITY = "secrets.no-identity";
    /// Too few key groups open.
    SECRETS_TOO_FEW_GROUPS = "secrets.too-few-groups";
    /// A data key that is damaged.
    SECRETS_DATA_KEY = "secrets.data-key";
    /// A sealed file over a limit.
    SECRETS_LIMIT = "secrets.limit";
    /// A clear value that should be sealed.
    SECRETS_CLEAR_WHERE_SEALED = "secrets.clear-where-sealed";
    /// A sealed value that should be clear.
    SECRETS_SEALED_WHERE_CLEAR = "secrets.sealed-where-clear";
    /// A sealed value of the wrong form.
    SECRETS_MALFORMED = "secrets.malformed";
    /// A sealed value that was changed or moved.
    SECRETS_TAMPERED = "secrets.tampered";
    /// A value that is not of its declared kind.
    SECRETS_WRONG_KIND = "secrets.wrong-kind";
    /// A number that Helm cannot read.
    SECRETS_NOT_FINITE = "secrets.not-finite";
    /// A comment in the place of a value.
    SECRETS_COMMENT_AS_VALUE = "secrets.comment-as-value";
    /// Values that do not match the MAC.
    SECRETS_MAC_MISMATCH = "secrets.mac-mismatch";
    /// A MAC that was changed.
    SECRETS_MAC_TAMPERED = "secrets.mac-tampered";
    /// A merge key that merges no map.
    SECRETS_MERGE_NOT_MAP = "secrets.merge-not-map";
    /// Something the MAC does not protect.
    SECRETS_UNPROTECTED = "secrets.unprotected";
    /// A MAC over sealed values only.
    SECRETS_MAC_ONLY_ENCRYPTED = "secrets.mac-only-encrypted";
    /// A chart's directory that is not there.
    CHART_MISSING = "chart.missing";
    /// Files that are no chart.
    CHART_INVALID = "chart.invalid";
    /// Values that the chart cannot take.
    CHART_VALUES = "chart.values";
    /// A chart for other Kubernetes versions.
    CHART_CLUSTER = "chart.cluster";
    /// A template that is malformed.
    CHART_TEMPLATE_SYNTAX = "chart.template-syntax";
    /// A template that failed.
    CHART_TEMPLATE = "chart.template";
    /// A template that printed no YAML.
    CHART_OUTPUT = "chart.output";
    /// Text on the line of a `---`.
    VALIDATE_SEPARATOR = "validate.separator";
    /// A document that is no YAML.
    VALIDATE_SYNTAX = "validate.syntax";
    /// A document that is not UTF-8.
    VALIDATE_NOT_UTF8 = "validate.not-utf8";
    /// Text after the end of a document.
    VALIDATE_AFTER_END = "validate.after-end";
    /// An integer that readers disagree about.
    VALIDATE_INTEGER = "validate.integer";
    /// A document, or an item of a list, that is no object.
    VALIDATE_NOT_A_MAPPING = "validate.not-a-mapping";
    /// A list whose items are null.
    VALIDATE_NULL_ITEMS = "validate.null-items";
    /// A list within a list.
    VALIDATE_NESTED_LIST = "validate.nested-list";
    /// An object without a usable identity.
    VALIDATE_IDENTITY = "validate.identity";
    /// One object given twice.
    VALIDATE_TWICE = "validate.twice";
    /// Too many objects.
    VALIDATE_TOO_MANY = "validate.too-many";
    /// An object in another namespace.
    VALIDATE_NAMESPACE = "validate.namespace";
    /// An object of a cluster-scoped kind.
    VALIDATE_CLUSTER_SCOPED = "validate.cluster-scoped";
    /// An object of Argo CD itself.
    VALIDATE_ARGO_CD = "validate.argo-cd";
    /// Sealed text outside of a Secret.
    SEALED_MISPLACED = "sealed.misplaced";
    /// Sealed text outside of all objects.
    SEALED_STRAY = "sealed.stray";
    /// Objects whose absence tells a secret.
    SEALED_ABSENT = "sealed.absent";
    /// A random value in the output.
    SEALED_RANDOM = "sealed.random";
    /// A secret in an environment that prints none.
    SEALED_REFUSED = "sealed.refused";
    /// The text of a secret without its seal.
    SEALED_EQUAL = "sealed.equal";
    /// An application without any object.
    EMIT_EMPTY = "emit.empty";
    /// More output than Argo CD takes.
    EMIT_TOO_LARGE = "emit.too-large";
    /// One object that is larger than Argo CD takes.
    EMIT_OBJECT_TOO_LARGE = "emit.object-too-large";
    /// An object that cannot be written.
    EMIT_UNWRITABLE = "emit.unwritable";
    /// An object that does not read back.
    EMIT_CHANGED = "emit.changed";
    /// Output that does not read back.
    EMIT_UNREADABLE = "emit.unreadable";
    /// The policy `environment-guardrails`: an image that may be another one tomorrow.
    POLICY_PINNED_IMAGE = "policy.environment-guardrails/pinned-image";
    /// The same: a container that asks for no resources.
    POLICY_RESOURCE_REQUESTS = "policy.environment-guardrails/resource-requests";
    /// The same: a container without a memory limit.
    POLICY_MEMORY_LIMIT = "policy.environment-guardrails/memory-limit";
    /// The same: a container without a CPU limit.
    POLICY_CPU_LIMIT = "policy.environment-guardrails/cpu-limit";
    /// The same: too few replicas.
    POLICY_REPLICAS = "policy.environment-guardrails/replicas";
    /// The policy `role-boundaries`: a path that is not the owner's to set.
    POLICY_FORBIDDEN_PATH = "policy.role-boundaries/forbidden-path";
    /// The same: a sealed value in a layer that holds none.
    POLICY_SEALED_VALUE = "policy.role-boundaries/sealed-value";
    /// A policy without a verdict.
    POLICY_NO_VERDICT = "policy.no-verdict";
    /// The lock file of installed policies, which cannot be used.
    POLICY_LOCK = "policy.lock";
    /// Files of installed policies that are not those of the lock file.
    POLICY_FILES = "policy.files";
    /// An installed policy of another contract, engine or machine.
    POLICY_ENGINE = "policy.engine";
    /// Settings of an installed policy that were not locked.
    POLICY_SETTINGS = "policy.settings";
    /// An installed policy that nobody vouches for.
    POLICY_SIGNATURE = "policy.signature";
    /// A program that builds or compiles policies and cannot be used.
    POLICY_TOOL = "policy.tool";
    /// A policy's project that is none, or does not build.
    POLICY_PROJECT = "policy.project";
    /// A file that cannot become a policy.
    POLICY_COMPILE = "policy.compile";
    /// A file of a policy's cases that cannot be understood.
    POLICY_CASES = "policy.cases";
    /// Settings of policies that are not taken.
    CONFIGURATION_POLICIES = "configuration.policies";
    /// A file of waivers that is refused.
    WAIVERS_INVALID = "waivers.invalid";
    /// A waiver that has expired, or soon will.
    WAIVERS_ENDING = "waivers.ending";
    /// A waiver that lets nothing through.
    WAIVERS_UNUSED = "waivers.unused";
    /// A baseline that cannot be used.
    BASELINE_INVALID = "baseline.invalid";
    /// A policy that had nothing to judge.
    POLICY_IDLE = "policy.idle";
    /// Findings of a baseline that are gone.
    BASELINE_GONE = "baseline.gone";
    /// Values that a chart's own schema does not take.
    CHART_SCHEMA = "chart.schema";
    /// A chart that asks the cluster.
    CHART_LOOKUP = "chart.lookup";
    /// An installed helm that cannot be used.
    VERIFY_HELM = "verify.helm";
    /// A path that no layer sets.
    EXPLAIN_NOT_SET = "explain.not-set";
    /// Users of a value that cannot be told.
    EXPLAIN_UNUSED = "explain.unused";
    /// A command line that cannot be understood.
    USAGE = "usage";
    /// A stdout that cannot be written.
    STDOUT_CLOSED = "stdout.closed";
    /// A fault of tidegate itself.
    INTERNAL = "internal";
}

impl Code {
    /// Returns the code as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code of a policy's rule: `policy.environment-guardrails/pinned-image`.
    #[must_use]
    pub fn of_policy(policy: &str, rule: &str) -> Self {
        Self(Cow::Owned(format!("policy.{policy}/{rule}")))
    }

    /// Returns the codes of the built-in policies' rules.
    pub fn rules() -> impl Iterator<Item = Self> {
        rules::codes().map(|code| Self(Cow::Owned(code)))
    }

    /// Returns the code written as `text`, where the table or a built-in policy has it.
    #[must_use]
    pub fn known(text: &str) -> Option<Self> {
        let listed = Self::ALL.iter().find(|code| code.as_str() == text).cloned();
        listed.or_else(|| Self::rules().find(|code| code.as_str() == text))
    }

    /// Returns what the code means and what to do, as Markdown; nothing for rules of policies that are not built in.
    #[must_use]
    pub fn explanation(&self) -> Option<Cow<'static, str>> {
        let mut sections = EXPLANATIONS.split("\n## ").skip(1);
        let section = sections.find_map(|section| section.split_once('\n').filter(|(head, _)| *head == self.as_str()));
        let listed = section.map(|(_, text)| Cow::Borrowed(text.trim()));
        listed.or_else(|| rules::explanation(self.as_str()).map(Cow::Owned))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every code of the table has its section, and every section its code; a section says something.
    #[test]
    fn every_code_is_explained() {
        for code in Code::ALL {
            assert!(code.explanation().is_some_and(|text| text.len() > 60), "{code} is not explained");
        }
        let heads = EXPLANATIONS.split("\n## ").skip(1).filter_map(|section| section.lines().next());
        let unknown: Vec<&str> = heads.filter(|head| Code::known(head).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    // No code stands in the table twice.
    #[test]
    fn codes_are_distinct() {
        let distinct: std::collections::BTreeSet<&Code> = Code::ALL.iter().collect();
        assert_eq!(distinct.len(), Code::ALL.len());
    }

    // What is no code has no explanation.
    #[test]
    fn unknown_codes_are_unknown() {
        assert_eq!(Code::known("layers.nonsense"), None);
        assert_eq!(Code::of_policy("role-boundaries", "owner").explanation(), None);
    }
}
