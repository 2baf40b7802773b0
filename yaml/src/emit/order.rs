//! The order of keys.
//!
//! In and out: keys as bytes. Rules: go-yaml v2's natural order, which is not always an order.

use std::cmp::Ordering;

use crate::lossy;
use unicode_general_category::{GeneralCategory, get_general_category};

/// Compares keys as go-yaml v2 sorts them (digits as numbers, letters after other characters).
///
/// This is no total order (`5` < `12` < `1a` < `5`): never hand it to the standard library's sorts, which may panic; use
/// [`sort_naturally`].
///
/// # Source
/// go-yaml v2 `sorter.go`, `keyList.Less`.
#[must_use]
pub fn natural_order(a: &[u8], b: &[u8]) -> Ordering {
    ordered(a, b, AfterDigits::OthersFirst)
}

/// What comes first after digits that both keys have: go-yaml v2 has letters last everywhere, v3 first after digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterDigits {
    OthersFirst,
    LettersFirst,
}

fn ordered(a: &[u8], b: &[u8], after_digits: AfterDigits) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_ascii() && b.is_ascii() {
        return ordered_characters(a, b, after_digits);
    }
    let [a, b] = [a, b].map(|key| lossy::decode(key).chars().collect::<Vec<_>>());
    ordered_characters(&a, &b, after_digits)
}

/// Compares keys that are not equal, as bytes where they are ASCII.
fn ordered_characters<C: Copy + Eq + Into<char>>(a: &[C], b: &[C], after_digits: AfterDigits) -> Ordering {
    let common = a.iter().zip(b).take_while(|(left, right)| left == right).count();
    let (Some(&left), Some(&right)) = (a.get(common), b.get(common)) else { return a.len().cmp(&b.len()) };
    let (left, right): (char, char) = (left.into(), right.into());
    let digits = common.checked_sub(1).and_then(|before| a.get(before)).is_some_and(|before| is_digit((*before).into()));
    match (is_letter(left), is_letter(right)) {
        (true, false) if digits && after_digits == AfterDigits::LettersFirst => Ordering::Less,
        (false, true) if digits && after_digits == AfterDigits::LettersFirst => Ordering::Greater,
        (true, true) => left.cmp(&right),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let after_digits = (left == '0' || right == '0') && follows_a_number(a.get(..common).unwrap_or_default());
            let start = i64::from(after_digits);
            let (left_number, left_length) = number(a.get(common..).unwrap_or_default(), start);
            let (right_number, right_length) = number(b.get(common..).unwrap_or_default(), start);
            left_number.cmp(&right_number).then(left_length.cmp(&right_length)).then(left.cmp(&right))
        }
    }
}

/// Sorts items by their keys as go-yaml v2 sorts a map's.
///
/// Stable, deterministic and safe for any keys. Where keys form a cycle, go-yaml's own result depends on chance and ours on the
/// order the items come in; keys in byte order are a good one to begin with.
pub fn sort_naturally<T>(items: &mut Vec<T>, key: impl Fn(&T) -> &[u8]) {
    let sorted = merge_sort(std::mem::take(items), &|left: &T, right: &T| natural_order(key(left), key(right)));
    *items = sorted;
}

/// Sorts items by their keys as go-yaml v3 sorts a map's; otherwise as [`sort_naturally`].
///
/// # Source
/// go-yaml v3 `sorter.go`, `keyList.Less`.
pub fn sort_prettily<T>(items: &mut Vec<T>, key: impl Fn(&T) -> &[u8]) {
    let order = |left: &T, right: &T| ordered(key(left), key(right), AfterDigits::LettersFirst);
    *items = merge_sort(std::mem::take(items), &order);
}

/// Sorts without asking that `compare` be a total order, which the standard library's sorts do. Recursion depth: log2 of length.
fn merge_sort<T>(mut items: Vec<T>, compare: &impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    if items.is_sorted_by(|left, right| compare(left, right) != Ordering::Greater) {
        return items;
    }
    let right = merge_sort(items.split_off(items.len() / 2), compare);
    let left = merge_sort(items, compare);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = if compare(first, second) == Ordering::Greater { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Says whether text ends in digits that are not all zeros.
fn follows_a_number<C: Copy + Into<char>>(before: &[C]) -> bool {
    before
        .iter()
        .rev()
        .map(|character| (*character).into())
        .take_while(|character| is_digit(*character))
        .any(|character| character != '0')
}

/// Returns the number at the start of text, overflowing as Go's does, and how many digits it has.
fn number<C: Copy + Into<char>>(text: &[C], start: i64) -> (i64, usize) {
    let digits = text.iter().map(|character| (*character).into()).take_while(|character| is_digit(*character));
    digits.fold((start, 0), |(value, length), digit| {
        let step = i64::from(u32::from(digit)) - i64::from(u32::from('0'));
        (value.wrapping_mul(10).wrapping_add(step), length + 1)
    })
}

/// Go's `unicode.IsLetter`.
fn is_letter(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphabetic();
    }
    matches!(
        get_general_category(character),
        GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::TitlecaseLetter
            | GeneralCategory::ModifierLetter
            | GeneralCategory::OtherLetter
    )
}

/// Go's `unicode.IsDigit`.
fn is_digit(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    get_general_category(character) == GeneralCategory::DecimalNumber
}
