//! Limits: what one call of one policy may use.
//!
//! In: nothing. Out: the constants, and [`Usage`], which the engine asks while a guest runs.
//! Rules: over a limit is a failure of the policy, which denies; nothing is cut off.

use wasmtime::ResourceLimiter;

/// Work of one call in units of fuel (about one per instruction). Ten rules over 100 objects took 23 million where the guest read JSON;
/// this ends an endless loop after about a second, on every machine at the same instruction.
pub(super) const FUEL_UNITS: u64 = 2_000_000_000;

/// Memory of one guest in bytes. An application of the largest size that is read has 20 MB of JSON, parsed about five
/// times that.
pub(super) const MEMORY_LIMIT_BYTES: usize = 256 * 1024 * 1024;

/// Elements of one guest's table; Rust guests have some hundred functions in theirs.
pub(super) const TABLE_LIMIT_ELEMENTS: usize = 20_000;

/// Instances in a component: the module and the two that join it to `log`.
pub(super) const INSTANCE_LIMIT: usize = 8;

/// Tables in a component.
pub(super) const TABLE_LIMIT: usize = 4;

/// Memories in a component: a guest has one.
pub(super) const MEMORY_LIMIT: usize = 1;

/// Bytes given to one call. More would not fit the guest's memory when parsed.
pub(super) const INPUT_LIMIT_BYTES: usize = 32 * 1024 * 1024;

/// Bytes that one call may hand to the host, log lines and answer each.
pub(super) const ANSWER_LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// Findings of one call. Nobody reads more, and a rule that fires for everything is wrong.
pub(super) const FINDING_LIMIT: usize = 1000;

/// Facts of one application and policy: ten for each of the objects that an application may have.
pub(super) const FACT_LIMIT: usize = 50_000;

/// Length of a message or a help in bytes: they stand in one line of a report.
pub(super) const MESSAGE_LIMIT_BYTES: usize = 1024;

/// Length of a pointer in bytes: a nesting of 128 with keys of ordinary length.
pub(super) const PATH_LIMIT_BYTES: usize = 4096;

/// Log lines of one call.
pub(super) const LOG_LIMIT_LINES: usize = 100;

/// The limit that a guest went over while it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Exceeded {
    /// Memory.
    #[error("it asked for more than {} MiB of memory", MEMORY_LIMIT_BYTES / (1024 * 1024))]
    Memory,
    /// Table elements.
    #[error("it asked for more than {TABLE_LIMIT_ELEMENTS} table elements")]
    Table,
    /// Log lines.
    #[error("it logged more than {LOG_LIMIT_LINES} lines")]
    LogLines,
    /// The length of a log line.
    #[error("it logged a line of more than {MESSAGE_LIMIT_BYTES} bytes")]
    LogLine,
}

/// Answers the engine's questions whether a guest may grow.
#[derive(Debug, Default)]
pub(super) struct Usage;

impl ResourceLimiter for Usage {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > MEMORY_LIMIT_BYTES { Err(Exceeded::Memory.into()) } else { Ok(true) }
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > TABLE_LIMIT_ELEMENTS { Err(Exceeded::Table.into()) } else { Ok(true) }
    }

    fn instances(&self) -> usize {
        INSTANCE_LIMIT
    }

    fn tables(&self) -> usize {
        TABLE_LIMIT
    }

    fn memories(&self) -> usize {
        MEMORY_LIMIT
    }
}
