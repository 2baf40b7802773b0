//! The trees of a chart's templates, each parsed when it is first asked for.
//!
//! In: a [`Chart`], then texts of its templates. Out: their trees, shared between renders and threads.
//! Rules: one tree for one text, as the same helpers often come with several subcharts; much text is parsed on two threads.
//! Not here: names of templates, which decide about mistakes too (`check_name`).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use crate::chart::Chart;
use crate::template::ast::Parsed;
use crate::template::{ParseError, parse};

/// A tree, or the first mistake in its text.
type Tree = Result<Arc<Parsed>, ParseError>;

/// Where the tree of a text will be.
type Place = Arc<OnceLock<Tree>>;

/// Bytes of text for which a second thread is worth its start: one is some 0.2 ms late, in which 16 KiB are parsed; below this it wins
/// nothing by the clock and costs a processor.
const SHARED_BYTES: usize = 64 << 10;

/// Trees by text.
#[derive(Debug)]
pub(super) struct Trees {
    /// By where a text lies in memory: it is as long as that and never compared. The chart that owns the texts is kept beside this, and
    /// nobody can change it.
    places: BTreeMap<Address, Place>,
}

/// Where a text lies and how long it is.
type Address = (usize, usize);

fn address(text: &[u8]) -> Address {
    (text.as_ptr().addr(), text.len())
}

impl Trees {
    /// Returns room for the trees of a chart and its subcharts.
    pub(super) fn of(chart: &Chart) -> Self {
        // By length first: texts of other lengths are told apart without a look at them.
        let mut by_text: BTreeMap<(usize, &[u8]), Place> = BTreeMap::new();
        let mut places = BTreeMap::new();
        let mut waiting = vec![chart];
        while let Some(next) = waiting.pop() {
            for template in &next.templates {
                let text = template.data.as_slice();
                let place = by_text.entry((text.len(), text)).or_default();
                places.insert(address(text), Arc::clone(place));
            }
            waiting.extend(&next.dependencies);
        }
        Self { places }
    }

    /// Parses those of these texts that are not parsed yet.
    pub(super) fn parse_all<'t>(&self, texts: impl Iterator<Item = &'t [u8]>) {
        let place = |text| self.places.get(&address(text)).filter(|place| place.get().is_none()).map(|place| (place, text));
        let mut waiting: Vec<(&Place, &[u8])> = texts.filter_map(place).collect();
        // The largest first, so that neither thread waits long for the other at the end; equal texts beside one another.
        waiting.sort_by_key(|(place, text)| (Reverse(text.len()), Arc::as_ptr(place).addr()));
        waiting.dedup_by_key(|(place, _)| Arc::as_ptr(place));
        if waiting.iter().map(|(_, text)| text.len()).sum::<usize>() < SHARED_BYTES {
            return;
        }
        let next = AtomicUsize::new(0);
        let parse = || {
            while let Some((place, text)) = waiting.get(next.fetch_add(1, Ordering::Relaxed)) {
                // A mistake counts where the text is used.
                let _tree = place.get_or_init(|| parse(text).map(Arc::new));
            }
        };
        thread::scope(|scope| {
            // Where no thread is to be had, this one parses all of them.
            let _helper = thread::Builder::new().spawn_scoped(scope, parse);
            parse();
        });
    }

    /// Returns the tree of a text.
    pub(super) fn get(&self, text: &[u8]) -> Tree {
        let parse = || parse(text).map(Arc::new);
        self.places.get(&address(text)).map_or_else(parse, |place| place.get_or_init(parse).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{ChartFile, load};

    fn chart(files: &[(&str, &str)]) -> Chart {
        let file = |(path, text): &(&str, &str)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() };
        load(files.iter().map(file).collect()).unwrap()
    }

    // Equal texts have one tree, wherever they lie; it is parsed when it is asked for.
    #[test]
    fn equal_texts_share_a_tree() {
        let head = "apiVersion: v2\nname: a\nversion: 1.0.0\n";
        let chart = chart(&[
            ("Chart.yaml", head),
            ("templates/_a.tpl", "{{ define \"a\" }}1{{ end }}"),
            ("templates/_b.tpl", "{{ define \"a\" }}2{{ end }}"),
            ("templates/_c.tpl", "{{ if }}"),
            ("charts/b/Chart.yaml", head),
            ("charts/b/templates/_a.tpl", "{{ define \"a\" }}1{{ end }}"),
        ]);
        let trees = Trees::of(&chart);
        let text = |chart: &Chart, index: usize| trees.get(&chart.templates[index].data);
        let below = text(&chart.dependencies[0], 0).unwrap();
        assert!(Arc::ptr_eq(&text(&chart, 0).unwrap(), &below));
        assert!(!Arc::ptr_eq(&text(&chart, 1).unwrap(), &below));
        assert_eq!(text(&chart, 2).unwrap_err().message, "missing value for if");
    }

    // Texts that two threads share are parsed as those of one, mistakes included; what is there already stays.
    #[test]
    fn two_threads_parse_the_same_trees() {
        let large = |name: &str, end: &str| {
            format!("{{{{ define \"{name}\" }}}}{}{{{{ end }}}}{end}", "{{ .a }} b\n".repeat(SHARED_BYTES / 20))
        };
        let files: Vec<(String, String)> = ["a", "b", "c", "a"]
            .iter()
            .enumerate()
            .map(|(index, name)| (format!("templates/{index}"), large(name, if *name == "c" { "{{ if }}" } else { "" })))
            .chain([("Chart.yaml".to_owned(), "apiVersion: v2\nname: a\nversion: 1.0.0\n".to_owned())])
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let chart = chart(&files);
        let trees = Trees::of(&chart);
        let texts = || chart.templates.iter().map(|template| template.data.as_slice());
        let early = trees.get(texts().nth(1).unwrap()).unwrap();
        trees.parse_all(texts());
        assert!(trees.places.values().all(|place| place.get().is_some()));
        let found: Vec<Tree> = texts().map(|text| trees.get(text)).collect();
        assert!(Arc::ptr_eq(found[1].as_ref().unwrap(), &early));
        assert!(Arc::ptr_eq(found[0].as_ref().unwrap(), found[3].as_ref().unwrap()));
        assert_eq!(found[0].as_ref().unwrap().defines[0].name, "a");
        assert_eq!(found[2].as_ref().unwrap_err().message, "missing value for if");
    }

    // A text of another chart is parsed all the same.
    #[test]
    fn other_texts_are_parsed() {
        let trees = Trees::of(&chart(&[("Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n")]));
        assert_eq!(trees.get(b"{{ define \"a\" }}{{ end }}").unwrap().defines.len(), 1);
    }
}
