//! Placeholders: texts in settings that name what is being rendered: `{customer}.example.com`.
//!
//! In: a text of the settings. Out: [`Template`], and with a context the text it means there.
//! Rules: a placeholder that is not known is an error of the settings, not a text; a fact that is absent gives no text at all.

use std::fmt::Write;

use serde::Deserialize;

use crate::contract::Context;

/// A text with placeholders, checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "testing", derive(serde::Serialize, schemars::JsonSchema), serde(into = "String"))]
#[serde(try_from = "String")]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Fact(Fact),
}

/// A fact of the context that a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Class,
    Cluster,
    Customer,
    Environment,
    Namespace,
    Product,
}

/// The placeholders by name.
const FACTS: [(&str, Fact); 6] = [
    ("class", Fact::Class),
    ("cluster", Fact::Cluster),
    ("customer", Fact::Customer),
    ("environment", Fact::Environment),
    ("namespace", Fact::Namespace),
    ("product", Fact::Product),
];

impl Template {
    /// Reads a text with placeholders.
    ///
    /// # Errors
    /// A brace without its partner, or a placeholder that is not known; the problem in words.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| format!("`{text}` has `{{` without `}}`"))?;
            let known = FACTS.iter().find(|(known, _fact)| *known == name);
            let (_name, fact) =
                known.ok_or_else(|| format!("`{text}` has the unknown placeholder `{{{name}}}`; {}", known_ones()))?;
            parts.extend(text_part(text, before)?);
            parts.push(Part::Fact(*fact));
            rest = after;
        }
        parts.extend(text_part(text, rest)?);
        Ok(Template(parts))
    }

    /// Returns whether the text is made of these characters alone: `*` in a setting that names what is let through, for one.
    #[must_use]
    pub fn is_text_of(&self, characters: &str) -> bool {
        self.0.iter().all(|part| match part {
            Part::Text(text) => text.chars().all(|character| characters.contains(character)),
            Part::Fact(_) => false,
        })
    }

    /// Returns what the text means in a context; nothing where it names a fact that the context has not.
    #[must_use]
    pub fn fill(&self, context: &Context) -> Option<String> {
        let mut filled = String::new();
        for part in &self.0 {
            filled.push_str(match part {
                Part::Text(text) => text,
                Part::Fact(fact) => fact.of(context)?,
            });
        }
        Some(filled)
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Template, String> {
        Template::parse(&text)
    }
}

/// The text as it was written in the settings.
impl From<Template> for String {
    fn from(template: Template) -> String {
        let name = |fact: &Fact| FACTS.iter().find(|(_name, known)| known == fact).map_or("", |(name, _known)| *name);
        let written = template.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Fact(fact) => format!("{{{}}}", name(fact)),
        });
        written.collect()
    }
}

impl Fact {
    fn of(self, context: &Context) -> Option<&str> {
        Some(match self {
            Fact::Class => &context.class,
            Fact::Cluster => context.cluster.as_deref()?,
            Fact::Customer => &context.customer,
            Fact::Environment => &context.environment,
            Fact::Namespace => &context.namespace,
            Fact::Product => &context.product,
        })
    }
}

fn text_part(whole: &str, text: &str) -> Result<Option<Part>, String> {
    if text.contains('}') {
        return Err(format!("`{whole}` has `}}` without `{{`"));
    }
    Ok((!text.is_empty()).then(|| Part::Text(text.to_owned())))
}

fn known_ones() -> String {
    let mut words = "known are".to_owned();
    for (number, (name, _fact)) in FACTS.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a text cannot fail.
        let _written = write!(words, "{comma} `{{{name}}}`");
    }
    words
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::Template;
    use crate::testing::context;

    fn check(text: &str, want: Result<Option<&str>, &str>) {
        if let Ok(template) = Template::parse(text) {
            assert_eq!(String::from(template), text);
        }
        let filled = Template::parse(text).map(|template| template.fill(&context("prod", "production")));
        assert_eq!(filled.as_ref().map(Option::as_deref).map_err(String::as_str), want, "{text}");
    }

    /// Placeholders become facts; a fact that is absent gives no text.
    #[test]
    fn placeholders_become_facts() {
        check("", Ok(Some("")));
        check("*.{customer}.example.com", Ok(Some("*.acme-corp.example.com")));
        check("{product}-{environment}-{class}/{namespace}", Ok(Some("product-a-prod-production/acme-corp-prod")));
        check("{cluster}.example.com", Ok(None));
    }

    /// A text of some characters alone names no fact and nothing else.
    #[test]
    fn texts_of_some_characters() {
        let is_text_of = |text| Template::parse(text).is_ok_and(|template| template.is_text_of("*/"));
        assert!(is_text_of("*/*") && is_text_of(""));
        assert!(!is_text_of("a*") && !is_text_of("{customer}*"));
    }

    /// A slip of the pen is an error and says what is known.
    #[test]
    fn slips_are_refused() {
        let known = "known are `{class}`, `{cluster}`, `{customer}`, `{environment}`, `{namespace}`, `{product}`";
        check("{custmer}", Err(&format!("`{{custmer}}` has the unknown placeholder `{{custmer}}`; {known}")));
        check("{customer", Err("`{customer` has `{` without `}`"));
        check("customer}", Err("`customer}` has `}` without `{`"));
        check("{customer}}", Err("`{customer}}` has `}` without `{`"));
    }
}
