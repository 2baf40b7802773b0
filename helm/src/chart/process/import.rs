//! Imported values: what a chart takes over from its subcharts as defaults of its own.

use yaml::Node;

use super::{Draft, ProcessError, table, table_at};
use crate::chart::{Chart, Import};
use crate::gofmt;
use crate::meter;
use crate::profile::Profile;
use crate::value::{Data, Map, Value};
use crate::values::coalesce::{self, CoalesceError};
use crate::values::from_node;

/// The table a subchart offers values in.
const EXPORTS: &str = "exports";
/// The place of imported values that become the chart's own at the root.
const ROOT: &str = ".";

/// Keys of the path imported values get: values nest as deep as files may, and deeper by this at every level of charts; they are
/// walked by recursion.
const PATH_KEYS: usize = 16;

/// Makes what is imported part of the defaults, from the deepest chart up. A chart's own defaults win, nulls among them.
///
/// # Source
/// helm `pkg/chart/v2/util/dependencies.go`, `processDependencyImportValues`, `processImportValues`.
pub(super) fn import<'a>(root: &mut Draft<'a>, profile: Profile) -> Result<(), ProcessError> {
    Walk { profile, taken: Vec::new() }.chart(root)
}

struct Walk<'a> {
    profile: Profile,
    /// The dependencies whose imports were taken: the chart, and the name it has for the other.
    taken: Vec<(&'a Chart, String)>,
}

impl<'a> Walk<'a> {
    fn chart(&mut self, draft: &mut Draft<'a>) -> Result<(), ProcessError> {
        for sub in &mut draft.subcharts {
            self.chart(sub)?;
        }
        let Some(mut declared) = draft.metadata.dependencies.take() else { return Ok(()) };
        let values = coalesce::defaults(&draft.chart_values())?;
        let imported = Map::new();
        for dependency in &mut declared {
            if self.is_first(draft.chart, &dependency.name) {
                dependency.imports = dependency.import_values.iter().filter_map(read).collect();
            }
            for one in &dependency.imports {
                if one.parent.split('.').count() > PATH_KEYS {
                    return Err(ProcessError::ImportTooDeep { dependency: dependency.name.clone(), limit: PATH_KEYS });
                }
                if let Some(table) = table_at(&values, &format!("{}.{}", dependency.name, one.child)) {
                    coalesce::put_under(&imported, &nested(&one.parent, table));
                    meter::check().map_err(CoalesceError::from)?;
                }
            }
        }
        coalesce::put_under(&values, &imported);
        draft.defaults = values;
        draft.metadata.dependencies = Some(declared);
        Ok(())
    }

    /// Says whether imports count. In Helm 3 all copies of a chart share them, and after the first has taken them there are none.
    fn is_first(&mut self, chart: &'a Chart, dependency: &str) -> bool {
        let is_taken = self.taken.iter().any(|(other, name)| std::ptr::eq(*other, chart) && name == dependency);
        self.taken.push((chart, dependency.to_owned()));
        self.profile.copies_aliased_charts() || !is_taken
    }
}

/// Returns what an entry of `import-values` asks for; nothing where it is neither a string nor a mapping.
fn read(node: &Node) -> Option<Import> {
    let value = from_node(node, &mut |_| None);
    match (&node.value, table(&value)) {
        (yaml::Value::String(name), _) => Some(Import { child: format!("{EXPORTS}.{name}"), parent: ROOT.to_owned() }),
        (_, Some(map)) => Some(Import { child: printed(&map, b"child"), parent: printed(&map, b"parent") }),
        _ => None,
    }
}

/// Returns a field as Go prints it: `<nil>` where it is absent.
fn printed(map: &Map, key: &[u8]) -> String {
    let value = map.get(key).unwrap_or_default();
    match &value.data {
        Data::Nil => "<nil>".to_owned(),
        _ => String::from_utf8_lossy(gofmt::value(&value).as_bytes()).into_owned(),
    }
}

/// Returns `table` below the keys of a path.
fn nested(path: &str, table: Map) -> Map {
    if path == ROOT {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| {
        let outer = Map::new();
        outer.insert(key.as_bytes(), Value::map(inner));
        outer
    })
}
