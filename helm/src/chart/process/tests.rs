//! What the table of whole charts cannot show: leaves, sharing, bounds.

use super::*;
use crate::chart::{ChartFile, load};

/// Returns the chart of some files, a path and a text each.
fn chart(files: &[(&str, &str)]) -> Chart {
    let file = |(path, text): &(&str, &str)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() };
    load(files.iter().map(file).collect()).unwrap()
}

/// Returns values; their leaves are numbered in document order.
fn values(text: &str) -> Map {
    let documents = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap();
    let mut next = 0;
    let value = from_file(&documents, &mut |_| {
        next += 1;
        Some(LeafId(next - 1))
    });
    table(&value.unwrap()).unwrap()
}

const TWO: [(&str, &str); 3] = [
    (
        "Chart.yaml",
        "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n- {name: a, version: '*', condition: live, tags: [t]}\n\
         - {name: b, version: '*', condition: 'none,dead'}\n",
    ),
    ("charts/a/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n"),
    ("charts/b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n"),
];

// Who takes part depends on the conditions and tags that decided, and so does who does not.
#[test]
fn decisions_keep_their_leaves() {
    let chart = chart(&TWO);
    let resolved =
        process(&chart, &values("live: true\ndead: false\ntags: {t: false}\n"), Profile::default(), &mut |_, _| None).unwrap();
    let taking_part: Vec<_> = resolved.root.subcharts.iter().map(|sub| (sub.path.as_str(), sub.decided_by.as_slice())).collect();
    assert_eq!(taking_part, [("x/charts/a", [LeafId(0), LeafId(2)].as_slice())]);
    assert_eq!(resolved.removed_by.as_slice(), [LeafId(1)]);
}

// The values of a subchart are the map its parent has under its name.
#[test]
fn values_are_shared() {
    let chart = chart(&TWO);
    let resolved = process(&chart, &values("a: {k: 1}"), Profile::default(), &mut |_, _| None).unwrap();
    let own = table_at(&resolved.root.values, "a").unwrap();
    assert!(resolved.root.subcharts.iter().any(|sub| sub.metadata.name == "a" && sub.values.same(&own)));
}

// Leaves of default values are asked for by the file they are in, and found where they flow.
#[test]
fn default_leaves_are_asked_for() {
    let chart = chart(&[TWO[0], TWO[1], TWO[2], ("values.yaml", "v: 1\n"), ("charts/a/values.yaml", "w: 2\n")]);
    let mut asked = Vec::new();
    let resolved = process(&chart, &Map::new(), Profile::default(), &mut |file, node| {
        asked.push(format!("{file}:{}", node.span.start));
        Some(LeafId(u32::try_from(asked.len()).unwrap()))
    })
    .unwrap();
    assert_eq!(asked, ["values.yaml:1:4", "charts/a/values.yaml:1:4"]);
    assert_eq!(resolved.root.values.get(b"v").unwrap().leaves.as_slice(), [LeafId(1)]);
    assert_eq!(table_at(&resolved.root.values, "a").unwrap().get(b"w").unwrap().leaves.as_slice(), [LeafId(2)]);
}

// Aliases count: the last that fits is rendered, one more is refused.
#[test]
fn charts_of_a_render_are_bounded() {
    let check = |aliases: usize| {
        let mut yaml = "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n".to_owned();
        (0..aliases).for_each(|index| yaml.push_str(&format!("- {{name: a, version: '*', alias: a{index}}}\n")));
        let chart = chart(&[("Chart.yaml", &yaml), TWO[1]]);
        process(&chart, &Map::new(), Profile::default(), &mut |_, _| None).map(|resolved| resolved.root.subcharts.len())
    };
    assert_eq!(check(RENDERED_CHARTS), Ok(RENDERED_CHARTS));
    assert_eq!(check(RENDERED_CHARTS + 1), Err(ProcessError::TooManyCharts { limit: RENDERED_CHARTS }));
}

// The place of imported values is bounded in depth.
#[test]
fn imported_paths_are_bounded() {
    let check = |keys: usize| {
        let path = vec!["k"; keys].join(".");
        let yaml = format!(
            "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n- {{name: a, version: '*', import-values: [{{child: d, parent: {path}}}]}}\n"
        );
        let chart = chart(&[("Chart.yaml", &yaml), TWO[1], ("charts/a/values.yaml", "d: {z: 1}\n")]);
        process(&chart, &Map::new(), Profile::default(), &mut |_, _| None)
            .map(|resolved| table_at(&resolved.root.values, &path).unwrap().len())
    };
    assert_eq!(check(16), Ok(1));
    assert_eq!(check(17), Err(ProcessError::ImportTooDeep { dependency: "a".to_owned(), limit: 16 }));
}

// One table imported below itself ends.
#[test]
fn imports_into_each_other_end() {
    let yaml = "apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n- name: a\n  version: '*'\n  import-values:\n  \
                - {child: d, parent: p.q}\n  - {child: d, parent: p.q.r}\n  - {child: d, parent: p.q}\n";
    let chart = chart(&[("Chart.yaml", yaml), TWO[1], ("charts/a/values.yaml", "d: {z: 1}\n")]);
    let resolved = process(&chart, &Map::new(), Profile::default(), &mut |_, _| None).unwrap();
    assert_eq!(table_at(&resolved.root.values, "p.q.r").unwrap().len(), 1);
}

// Messages are helm's where helm has them.
#[test]
fn refusals_are_in_helms_words() {
    let refused = |files: &[(&str, &str)]| {
        process(&chart(files), &Map::new(), Profile::default(), &mut |_, _| None).unwrap_err().to_string()
    };
    assert_eq!(refused(&TWO[..1]), "found in Chart.yaml, but missing in charts/ directory: a, b");
    assert_eq!(
        refused(&[("Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\ntype: library\n")]),
        "library charts are not installable"
    );
}
