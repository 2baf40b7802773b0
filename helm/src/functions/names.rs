//! Functions by name: all tables in one, sorted when this is compiled.
//!
//! In: a name. Out: its function. Rules: no name twice, which does not compile. A chart's parser asks for every word that is no keyword.

use super::{Function, TABLES};

/// How many functions there are.
const COUNT: usize = count();

/// All functions, short names first, names of one length in the order of their bytes: most names are told apart by their lengths alone.
static BY_NAME: [&Function; COUNT] = sorted();

/// Returns the function called `name`.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    let place = BY_NAME.binary_search_by(|function| {
        let other = function.name;
        other.len().cmp(&name.len()).then_with(|| other.as_bytes().cmp(name.as_bytes()))
    });
    let place = place.ok()?;
    BY_NAME.get(place).copied()
}

const fn count() -> usize {
    let mut tables: &[&[Function]] = TABLES;
    let mut count = 0;
    while let [table, rest @ ..] = tables {
        count += table.len();
        tables = rest;
    }
    count
}

/// Sorts by insertion: it runs in the compiler, over some hundred names.
#[expect(clippy::indexing_slicing, reason = "a mistake here fails the build, not a render")]
const fn sorted() -> [&'static Function; COUNT] {
    let mut functions = [&TABLES[0][0]; COUNT];
    let mut tables: &'static [&'static [Function]] = TABLES;
    let mut filled = 0;
    while let [table, rest @ ..] = tables {
        let mut functions_of_table: &'static [Function] = table;
        while let [function, rest @ ..] = functions_of_table {
            let mut place = filled;
            while place > 0 && !precedes(functions[place - 1].name, function.name) {
                functions[place] = functions[place - 1];
                place -= 1;
            }
            functions[place] = function;
            filled += 1;
            functions_of_table = rest;
        }
        tables = rest;
    }
    functions
}

/// Says whether one name stands before another. Two that are equal stop the build.
#[expect(clippy::panic, reason = "a mistake here fails the build, not a render")]
const fn precedes(name: &str, other: &str) -> bool {
    let (mut name, mut other) = (name.as_bytes(), other.as_bytes());
    if name.len() != other.len() {
        return name.len() < other.len();
    }
    loop {
        match (name, other) {
            ([a, rest @ ..], [b, others @ ..]) if *a == *b => (name, other) = (rest, others),
            ([a, ..], [b, ..]) => return *a < *b,
            ([], []) => panic!("two functions have one name"),
            ([], _) => return true,
            (_, []) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::*;

    // Every function is found by its name, and by no part of it.
    #[test]
    fn names_find_their_functions() {
        for function in all() {
            let found = find(function.name).map(|found| found.name);
            assert_eq!(found, Some(function.name));
        }
        assert!(find("").is_none());
        assert!(find("toYam").is_none());
        assert!(find("toYamlPrettyy").is_none());
    }
}
