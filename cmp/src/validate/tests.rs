//! Tests of this stage on documents made by hand.
