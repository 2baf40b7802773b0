//! What the suite runs with: cases, the estate they change, the program.

pub(crate) mod case;
pub(crate) mod estate;
pub(crate) mod run;
