//! Charts that ask for more than a render may cost, and the limit each of them meets.
//!
//! Rules: every chart is made here and small as text; what it asks for is not. Each meets one limit first, whose words it names.

use helm::chart::ChartFile;

/// A hostile chart.
#[derive(Debug)]
pub(crate) struct Hostile {
    /// What it tries.
    pub(crate) name: &'static str,
    /// Its files.
    pub(crate) files: Vec<ChartFile>,
    /// Words of the refusal.
    pub(crate) refused: &'static str,
}

const STEPS: &str = "the render takes more than 4000000 steps";
const MEMORY: &str = "the values of the render take more than 83886080 bytes";
const TEXT: &str = "16777216 bytes";
const DEPTH: &str = "templates call one another more than 1000 deep";
const NESTING: &str = "constructs nest more than 200 deep";
const NODES: &str = "a template has more than 200000 nodes";
const SCHEMA: &str = "takes more than 200000 steps to check";

/// Values that hold each other many times over: sixty levels, each of which holds the one below twice.
const KNOT: &str = "{{$l := dict}}{{range 60}}{{$l = dict \"a\" $l \"b\" $l}}{{end}}";

/// Charts of one template.
const TEMPLATES: &[(&str, &str, &str)] = &[
    ("loops within loops", "{{range 1000000}}{{range 1000000}}{{end}}{{end}}", STEPS),
    ("a loop over a large number", "{{range 1000000000000}}{{end}}", STEPS),
    (
        "a tree of calls",
        "{{define \"a\"}}{{include \"a\" .}}{{end}}{{define \"b\"}}{{if gt (int .) 0}}{{include \"b\" (sub . 1)}}{{include \"b\" (sub . 1)}}{{end}}{{end}}{{include \"b\" 40}}",
        STEPS,
    ),
    ("a template that calls itself", "{{define \"a\"}}{{include \"a\" .}}{{end}}{{include \"a\" .}}", DEPTH),
    ("a text that runs itself", "{{$d := dict \"t\" \"{{tpl .t .}}\"}}{{tpl $d.t $d}}", DEPTH),
    (
        "texts run once each",
        "{{range 1000000}}{{$x := tpl (printf \"{{/* %d */}}%s\" . (repeat 1000 \"{{.}}\")) .}}{{end}}",
        MEMORY,
    ),
    ("output without end", "{{range 4000}}{{range 10000}}aaaaaaaaaaaaaaaa{{end}}{{end}}", TEXT),
    (
        "output kept at every level",
        "{{define \"a\"}}{{repeat 1000000 \"a\"}}{{include \"a\" .}}{{end}}{{include \"a\" .}}",
        MEMORY,
    ),
    ("lists within lists", "{{$l := list}}{{range 4000}}{{range 10000}}{{$l = list $l .}}{{end}}{{end}}", MEMORY),
    ("maps within maps", "{{$l := dict}}{{range 4000}}{{range 10000}}{{$l = dict \"a\" $l}}{{end}}{{end}}", MEMORY),
    (
        "many entries",
        "{{$d := dict}}{{range 4000}}{{$i := .}}{{range 10000}}{{$_ := set $d (printf \"%d-%d\" $i .) .}}{{end}}{{end}}",
        MEMORY,
    ),
    ("many texts", "{{$s := repeat 1000000 \"a\"}}{{$l := list}}{{range 100000}}{{$l = list $l (cat $s .)}}{{end}}", STEPS),
    ("a list that grows one by one", "{{$l := list}}{{range 1000000}}{{$l = append $l .}}{{end}}", STEPS),
    ("a list that doubles", "{{$l := list 1 2 3 4}}{{range 40}}{{$l = concat $l $l}}{{end}}", TEXT),
    ("a text that doubles", "{{$s := \"abcdefgh\"}}{{range 40}}{{$s = cat $s $s}}{{end}}", TEXT),
    ("a text repeated", "{{repeat 2000000000 \"abc\"}}", TEXT),
    ("numbers without end", "{{until 2000000000}}", TEXT),
    ("a sequence without end", "{{seq 1 2000000000}}", TEXT),
    ("an indent without end", "{{indent 2000000000 \"a\"}}", TEXT),
    ("a random text without end", "{{randAscii 2000000000}}", TEXT),
    ("a template of many nodes in a text", "{{$x := tpl (repeat 1000000 \"{{.}}\") .}}", NODES),
    ("a template of many levels in a text", "{{$x := tpl (repeat 100000 \"{{if 1}}\") .}}", NESTING),
    (
        "each compared with each",
        "{{$l := list}}{{range 3000}}{{$l = append $l (list . (repeat 1000 \"a\"))}}{{end}}{{uniq $l}}{{range 100}}{{$x := uniq $l}}{{end}}",
        STEPS,
    ),
    ("sorting over and over", "{{$l := until 200000}}{{range 1000}}{{$x := sortAlpha $l}}{{end}}", STEPS),
    ("hashing over and over", "{{$s := repeat 10000000 \"a\"}}{{range 100000}}{{$x := sha512sum $s}}{{end}}", STEPS),
    ("searching over and over", "{{$s := repeat 10000000 \"a\"}}{{range 100000}}{{$x := contains \"b\" $s}}{{end}}", STEPS),
    (
        "matching over and over",
        "{{$s := repeat 1000000 \"a\"}}{{range 1000}}{{$x := regexMatch \"(a*)*(b|c)\" $s}}{{end}}",
        STEPS,
    ),
    ("patterns one after another", "{{range 100000}}{{$x := regexMatch (printf \"(\\\\pL{20}|%d)+\" .) \"aaaa\"}}{{end}}", STEPS),
    (
        "a long pattern",
        "{{regexFind (repeat 1000000 \"a?\") \"aaaa\"}}",
        "a regular expression and its text may have 8192 and 1048576 bytes",
    ),
    ("globs over and over", "{{range 100000}}{{$x := $.Files.Glob \"*a*a*a*a*a*a*a*a*a*b\"}}{{end}}", STEPS),
    ("a deep JSON text", "{{fromJson (repeat 1000000 \"[\")}}", "the text nests deeper than 200 levels"),
    (
        "a JSON text of many values",
        "{{fromJsonArray (printf \"[%s1]\" (repeat 1000000 \"1,\"))}}",
        "the text holds more than 200000 values",
    ),
    ("a deep YAML text", "{{fromYaml (repeat 100000 \"[\")}}", "nested deeper than 100 levels"),
    ("a YAML text of many values", "{{fromYaml (printf \"a: [%s1]\" (repeat 1000000 \"1,\"))}}", "more than 200000 values"),
    ("a large TOML text", "{{fromToml (repeat 50000 \"[[a]]\\nb=1\\n\")}}", "a TOML text may have 262144 bytes"),
    ("passwords derived over and over", "{{range 100}}{{$x := derivePassword 1 \"long\" \"a\" \"b\" \"c\"}}{{end}}", STEPS),
];

/// What is done with the knot.
const KNOTS: &[(&str, &str, &str)] = &[
    ("a knot printed", "{{$l}}", STEPS),
    ("a knot as YAML", "{{toYaml $l}}", TEXT),
    ("a knot as JSON", "{{toJson $l}}", STEPS),
    ("a knot as TOML", "{{toToml $l}}", TEXT),
    ("a knot copied", "{{$m := deepCopy $l}}", MEMORY),
    ("a knot merged", "{{$k := deepCopy (dict)}}{{range 60}}{{$k = dict \"a\" $k \"b\" $k}}{{end}}{{$m := merge $k $l}}", STEPS),
    ("a knot compared", "{{$m := dict}}{{range 60}}{{$m = dict \"a\" $m \"b\" $m}}{{end}}{{deepEqual $l $m}}", STEPS),
];

/// Returns every hostile chart.
#[must_use]
pub(crate) fn charts() -> Vec<Hostile> {
    let templates = TEMPLATES.iter().map(|(name, template, refused)| chart(name, &[("templates/a.yaml", template)], refused));
    let knots = KNOTS
        .iter()
        .map(|(name, use_of_it, refused)| chart(name, &[("templates/a.yaml", &format!("{KNOT}{use_of_it}"))], refused));
    templates.chain(knots).chain(sources()).chain(values()).chain(schemas()).chain(dependencies()).collect()
}

/// Returns a chart of these files.
fn chart(name: &'static str, files: &[(&str, &str)], refused: &'static str) -> Hostile {
    let metadata = ("Chart.yaml", "apiVersion: v2\nname: hostile\nversion: 1.0.0\n");
    let own = files.iter().any(|(path, _)| *path == metadata.0);
    let all = files.iter().chain((!own).then_some(&metadata));
    let files = all.map(|(path, text)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() }).collect();
    Hostile { name, files, refused }
}

/// Templates that are hostile before they run, and outputs that are hostile together.
fn sources() -> Vec<Hostile> {
    let template = |name, text: &str, refused| chart(name, &[("templates/a.yaml", text)], refused);
    let mut outputs: Vec<(String, String)> = Vec::new();
    for number in 0..300 {
        outputs.push((format!("templates/{number}.yaml"), "a: {{repeat 3000000 \"b\"}}\n".to_owned()));
    }
    let outputs: Vec<(&str, &str)> = outputs.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    vec![
        template("a template of many nodes", &"{{.}}".repeat(4_000_000 / 5), NODES),
        template("constructs within constructs", &"{{if 1}}".repeat(100_000), NESTING),
        template("parentheses within parentheses", &format!("{{{{{}", "(".repeat(100_000)), NESTING),
        template("branches without end", &format!("{{{{if 1}}}}{}{{{{end}}}}", "{{else if 1}}".repeat(100_000)), NESTING),
        chart("many outputs", &outputs, "the templates print more than 33554432 bytes together"),
        template("a deep document", "a: {{repeat 100000 \"[\"}}", "nested deeper than 100 levels"),
    ]
}

/// Values files.
fn values() -> Vec<Hostile> {
    let values = |name, text: &str, refused| chart(name, &[("values.yaml", text)], refused);
    let bomb = |item: &str| {
        let lines = (1..10).map(|level| {
            let before = vec![format!("*a{}", level - 1); 10].join(",");
            format!("a{level}: &a{level} [{before}]\n")
        });
        format!("a0: &a0 [{item}]\n{}", lines.collect::<String>())
    };
    vec![
        values("values nested without end", &format!("a: {}", "[".repeat(50_000)), "nested deeper than 100 levels"),
        values("values of many nodes", &format!("a: [{}1]", "1,".repeat(1_500_000)), "more than 1000000 values"),
        values("values by aliases", &bomb("x,x,x,x,x,x,x,x,x,x"), "aliases expand to more values than allowed"),
        values("a large values file", &format!("a: {}", "b".repeat(5_000_000)), "more than 4194304"),
    ]
}

/// Schemas.
fn schemas() -> Vec<Hostile> {
    let schema =
        |name, values: &str, schema: &str| chart(name, &[("values.yaml", values), ("values.schema.json", schema)], SCHEMA);
    let doubling = (0..60).map(|level| {
        let next = format!("{{\"$ref\":\"#/$defs/d{}\"}}", level + 1);
        format!("\"d{level}\":{{\"allOf\":[{next},{next}]}},")
    });
    let doubling =
        format!("{{\"$defs\":{{{}\"d60\":{{\"type\":\"object\"}}}},\"$ref\":\"#/$defs/d0\"}}", doubling.collect::<String>());
    let alternative = "{\"items\":{\"$ref\":\"#/$defs/x\"},\"minItems\":1,\"type\":\"array\"}";
    let alternatives = format!(
        "{{\"properties\":{{\"a\":{{\"$ref\":\"#/$defs/x\"}}}},\"$defs\":{{\"x\":{{\"anyOf\":[{alternative},{alternative}]}}}}}}"
    );
    let pattern = "{\"pattern\":\"(\\\\pL{50}|a)*\"},".repeat(2000);
    let items = |count: usize, item: &str| {
        format!("{{\"properties\":{{\"a\":{{\"items\":{{\"allOf\":[{}{{}}]}}}}}}}}", item.repeat(count))
    };
    let list = format!("a: [{}1]", "1,".repeat(20_000));
    let numbers: String = (2..20_000).map(|number| format!("{number},")).collect();
    vec![
        schema("a schema whose parts ask twice", "a: {b: c}", &doubling),
        schema("alternatives within alternatives", &format!("a: {}{}", "[".repeat(60), "]".repeat(60)), &alternatives),
        schema("patterns without end", "a: [x]", &items(1, &pattern)),
        schema("many violations", &list, &items(100, "{\"type\":\"string\"},")),
        schema("a long enumeration", &list, &items(1, &format!("{{\"enum\":[{numbers}0]}},"))),
    ]
}

/// Subcharts.
fn dependencies() -> Vec<Hostile> {
    let sub = ("charts/d/Chart.yaml", "apiVersion: v2\nname: d\nversion: 1.0.0\n");
    let entry = |rest: String| format!("- {{name: d, version: '*', repository: '', {rest}}}\n");
    let with = |entries: String| format!("apiVersion: v2\nname: hostile\nversion: 1.0.0\ndependencies:\n{entries}");
    let aliases = with((0..2000).map(|number| entry(format!("alias: d{number}"))).collect());
    let imports: Vec<String> = (0..30_000).map(|number| format!("{{child: a, parent: p{number}}}")).collect();
    let imports = with(entry(format!("import-values: [{}]", imports.join(", "))));
    let table: String = (0..1000).map(|number| format!("  b{number}: 1\n")).collect();
    let nested: Vec<String> = (1..40).map(|depth| format!("{}Chart.yaml", "charts/d/".repeat(depth))).collect();
    let nested: Vec<(&str, &str)> = nested.iter().map(|path| (path.as_str(), sub.1)).collect();
    vec![
        chart(
            "aliases without end",
            &[("Chart.yaml", &aliases), sub],
            "the chart and its subcharts are more than 300, aliases counted",
        ),
        chart(
            "imports without end",
            &[("Chart.yaml", &imports), sub, ("charts/d/values.yaml", &format!("a:\n{table}"))],
            "merging the values of the chart and its subcharts takes more than a render may",
        ),
        chart("charts within charts", &nested, "lies deeper than 16 charts"),
    ]
}
