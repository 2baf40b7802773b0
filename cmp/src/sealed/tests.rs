//! Tests of where sealed text may stand.
