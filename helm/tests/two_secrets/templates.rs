//! Templates made by a small generator of fixed seeds, over every function there is.
//!
//! Rules: arguments have the types the parameters ask for, so that most templates run; what a function returns is learnt by calling it.

use std::collections::BTreeMap;

use helm::functions::{self, Function, Parameter};

/// A sequence of numbers that is the same everywhere (xorshift).
pub(crate) struct Random(u64);

impl Random {
    /// Returns the sequence of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0).checked_rem(bound).unwrap_or(0)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or("\"\"")
    }
}

/// Key pairs and the like: slow, and they take nothing that is sealed but names.
const LEFT_OUT: [&str; 14] = [
    "genCA",
    "genCAWithKey",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "bcrypt",
    "derivePassword",
    "htpasswd",
    "merge",
    "mergeOverwrite",
    "mustMerge",
    "mustMergeOverwrite",
];

/// Expressions of each type that take no function.
const STRINGS: [&str; 16] = [
    "$.Values.sealed.word",
    "$.Values.sealed.word",
    "$.Values.sealed.number",
    "$.Values.sealed.lines",
    "$.Values.sealed.json",
    "$.Values.sealed.yaml",
    "$.Values.sealed.base64",
    "$.Values.sealed.date",
    "$.Values.sealed.url",
    "$.Values.sealed.version",
    "$.Values.clear.word",
    "$.Values.clear.version",
    "\"a\"",
    "\" \"",
    "\"%v-%s\"",
    "\"[a-m]+\"",
];
const INTS: [&str; 6] = ["0", "1", "2", "5", "(len $.Values.sealed.word)", "(int $.Values.sealed.number)"];
const LONGS: [&str; 3] = ["(int64 3)", "(int64 $.Values.sealed.number)", "(int64 $.Values.sealed.count)"];
const FLOATS: [&str; 4] = ["1.5", "$.Values.sealed.count", "$.Values.clear.count", "(float64 $.Values.sealed.number)"];
const BOOLS: [&str; 4] = ["true", "false", "(eq $.Values.sealed.word \"a\")", "(gt (len $.Values.sealed.word) 12)"];
const MAPS: [&str; 6] = ["$.Values.sealed", "$.Values.sealed.map", "$.Values.clear", "$.Values", "$map", "(dict)"];
const LISTS: [&str; 5] = ["$.Values.sealed.list", "$.Values.clear.list", "(list)", "(list $.Values.sealed.word 1 nil)", "$list"];
const WORDS: [&str; 3] =
    ["(splitList \"a\" $.Values.sealed.word)", "(splitList \",\" \"a,b\")", "(regexFindAll \"[a-z]\" $.Values.sealed.word -1)"];

/// Returns the kind of value (`kindOf`) a parameter takes; nothing where it takes any.
fn kind(parameter: Parameter) -> Option<&'static str> {
    match parameter {
        Parameter::Any => None,
        Parameter::String => Some("string"),
        Parameter::Int | Parameter::Uint32 => Some("int"),
        Parameter::Int64 => Some("int64"),
        Parameter::Float => Some("float64"),
        Parameter::Bool => Some("bool"),
        Parameter::Map => Some("map"),
        Parameter::List => Some("slice"),
        Parameter::Strings => Some("words"),
        Parameter::Time | Parameter::Certificate => Some("struct"),
    }
}

/// The generator: the functions, each with the kinds it has returned.
pub(crate) struct Generator {
    calls: Vec<(&'static Function, Vec<String>)>,
}

impl Generator {
    /// Returns the generator; `run` says what a template prints, if it runs.
    pub(crate) fn new(run: &mut dyn FnMut(&str) -> Option<String>) -> Self {
        let mut plain = Self { calls: Vec::new() };
        let mut calls = Vec::new();
        for (function, seed) in functions::all().filter(|function| !LEFT_OUT.contains(&function.name)).zip(0..) {
            let mut random = Random::new(seed);
            let kinds = (0..24).filter_map(|_| run(&format!("{{{{ kindOf {} }}}}", plain.call(&mut random, function, 0))));
            let kinds: BTreeMap<String, ()> = kinds.map(|kind| (kind, ())).collect();
            calls.push((function, kinds.into_keys().collect()));
        }
        plain.calls = calls;
        plain
    }

    /// Returns the functions that never ran.
    pub(crate) fn silent(&self) -> Vec<&'static str> {
        self.calls.iter().filter(|(_, kinds)| kinds.is_empty()).map(|(function, _)| function.name).collect()
    }

    fn call(&self, random: &mut Random, function: &Function, depth: usize) -> String {
        let mut parameters = function.parameters.to_vec();
        if function.variadic {
            let last = parameters.pop();
            parameters.extend(last.into_iter().cycle().take(random.below(3)));
        }
        let arguments = parameters.iter().map(|parameter| format!(" {}", self.expression(random, kind(*parameter), depth)));
        format!("({}{})", function.name, arguments.collect::<String>())
    }

    /// Returns an expression of a kind.
    fn expression(&self, random: &mut Random, kind: Option<&str>, depth: usize) -> String {
        if depth > 0 && random.below(3) > 0 {
            let fitting: Vec<&Function> = self
                .calls
                .iter()
                .filter(|(_, kinds)| kind.map_or(!kinds.is_empty(), |kind| kinds.iter().any(|known| known == kind)))
                .map(|(function, _)| *function)
                .collect();
            if let Some(function) = fitting.get(random.below(fitting.len())) {
                return self.call(random, function, depth - 1);
            }
        }
        if kind.is_none() && depth > 0 && random.below(8) == 0 {
            let (a, b) = (self.expression(random, None, depth - 1), self.expression(random, None, depth - 1));
            return format!("({} {a} {b})", random.pick(&["and", "or"]));
        }
        let words: &[&str] = match kind {
            Some("string") => &STRINGS,
            Some("int") => &INTS,
            Some("int64") => &LONGS,
            Some("float64") => &FLOATS,
            Some("bool") => &BOOLS,
            Some("map") => &MAPS,
            Some("slice") => &LISTS,
            Some("words") => &WORDS,
            Some(_) => &["(toDate \"2006-01-02\" $.Values.sealed.date)", "(now)"],
            None => [&STRINGS[..], &STRINGS, &INTS, &FLOATS, &BOOLS, &MAPS, &LISTS, &["$any", ".", "nil"]]
                .get(random.below(8))
                .unwrap_or(&&STRINGS[..]),
        };
        random.pick(words).to_owned()
    }

    /// Returns the body of a template.
    pub(crate) fn body(&self, random: &mut Random, depth: usize) -> String {
        (0..=random.below(3)).map(|_| self.node(random, depth)).collect()
    }

    fn node(&self, random: &mut Random, depth: usize) -> String {
        let any = |random: &mut Random| self.expression(random, None, 2);
        let inner = |random: &mut Random| if depth == 0 { String::from("deep") } else { self.body(random, depth - 1) };
        match random.below(14) {
            0 => String::from("text "),
            1 | 2 => format!("{{{{ if {} }}}}{}{{{{ else }}}}{}{{{{ end }}}}", any(random), inner(random), inner(random)),
            3 => format!("{{{{ with {} }}}}{}{{{{ else }}}}none{{{{ end }}}}", any(random), inner(random)),
            4 | 5 => {
                let kind = if random.below(2) == 0 { "slice" } else { "map" };
                let (list, body) = (self.expression(random, Some(kind), 2), inner(random));
                let leave = random.pick(&[
                    "",
                    "{{ if eq $e $.Values.sealed.word }}{{ break }}{{ end }}",
                    "{{ if $e }}{{ continue }}{{ end }}",
                ]);
                format!("{{{{ range $i, $e := {list} }}}}<{{{{ $i }}}}{leave}{{{{ $e }}}}{body}>{{{{ else }}}}none{{{{ end }}}}")
            }
            6 => format!("{{{{ $any = {} }}}}", any(random)),
            7 => format!("{{{{ $list = {} }}}}", self.expression(random, Some("slice"), 2)),
            8 => format!("{{{{ $_ := set $map {} {} }}}}", self.expression(random, Some("string"), 1), any(random)),
            9 => format!("{{{{ include \"part\" {} }}}}", self.expression(random, Some("map"), 1)),
            10 => format!("{{{{ tpl {} $ }}}}", self.expression(random, Some("string"), 1)),
            11 => "{{ $any }} {{ $map | toJson }} {{ $list | toYaml }}".to_owned(),
            _ => format!("{{{{ {} }}}} ", any(random)),
        }
    }
}
