//! Limits: what a binary may consist of before a compiler sees it.
//!
//! In: a module or a component. Out: nothing, or the first limit that it goes over.
//! Rules: compile time grows faster than most of these do, so each is checked by reading alone. What reading cannot foresee is stopped
//! by the limits of the process that compiles (`worker`).

use wasmparser::{Operator, Parser, Payload};

use crate::error::{CompileError, malformed};

/// Largest module or component in bytes. Ours have 0.2 MB; an interpreter of another language has 2 to 20.
pub const BINARY_LIMIT_BYTES: usize = 32 * 1024 * 1024;

/// Largest function in bytes. Compile time grows faster than a function does: one of 1.4 MB held Cranelift for 21 s.
pub const FUNCTION_LIMIT_BYTES: usize = 256 * 1024;

/// Functions of all modules together. The largest interpreter we tried has some 25,000.
pub const FUNCTION_LIMIT: usize = 60_000;

/// Locals of one function, its parameters not counted. Each costs at every branch; large interpreters' main loops have some hundreds.
pub const LOCAL_LIMIT: u32 = 5_000;

/// Depth of blocks in one function. A `switch` of an interpreter nests one block for each of its cases.
pub const NESTING_LIMIT: usize = 2_000;

/// Modules and components within a component, itself counted: a policy has its module and two that join it to `log`.
pub const PART_LIMIT: usize = 16;

/// What was counted over all modules.
#[derive(Default)]
struct Count {
    functions: usize,
    parts: usize,
}

/// Checks a binary against all limits of this module.
pub(crate) fn check(binary: &[u8]) -> Result<(), CompileError> {
    if binary.len() > BINARY_LIMIT_BYTES {
        return Err(CompileError::BinaryTooLarge { bytes: binary.len() });
    }
    let mut count = Count::default();
    for payload in Parser::new(0).parse_all(binary) {
        check_payload(&payload.map_err(malformed)?, &mut count)?;
    }
    Ok(())
}

fn check_payload(payload: &Payload<'_>, count: &mut Count) -> Result<(), CompileError> {
    match payload {
        Payload::Version { .. } => {
            count.parts += 1;
            within(count.parts, PART_LIMIT, CompileError::TooManyParts)
        }
        Payload::CodeSectionStart { count: functions, .. } => {
            count.functions = count.functions.saturating_add(size(u64::from(*functions)));
            within(count.functions, FUNCTION_LIMIT, CompileError::TooManyFunctions)
        }
        Payload::CodeSectionEntry(body) => check_function(body),
        _ => Ok(()),
    }
}

/// Checks that a binary begins with no more than the host gives a guest. The host refuses it too, when it starts the guest.
pub(crate) fn check_beginnings(binary: &[u8]) -> Result<(), CompileError> {
    for payload in Parser::new(0).parse_all(binary) {
        check_beginning(&payload.map_err(malformed)?)?;
    }
    Ok(())
}

fn check_beginning(payload: &Payload<'_>) -> Result<(), CompileError> {
    match payload {
        Payload::TableSection(tables) => tables.clone().into_iter().try_for_each(|table| {
            let table = table.map_err(malformed)?;
            let elements = size(table.ty.initial);
            let refused = CompileError::TableTooLarge { elements };
            if elements > engine::TABLE_LIMIT_ELEMENTS { Err(refused) } else { Ok(()) }
        }),
        Payload::MemorySection(memories) => memories.clone().into_iter().try_for_each(|memory| {
            let memory = memory.map_err(malformed)?;
            let page = 1_u64.checked_shl(memory.page_size_log2.unwrap_or(WASM_PAGE_LOG2)).unwrap_or(u64::MAX);
            let bytes = size(memory.initial.saturating_mul(page));
            if bytes > engine::MEMORY_LIMIT_BYTES { Err(CompileError::MemoryTooLarge { bytes }) } else { Ok(()) }
        }),
        _ => Ok(()),
    }
}

/// A page of WebAssembly's memories has two to this power bytes.
const WASM_PAGE_LOG2: u32 = 16;

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn within(counted: usize, limit: usize, refused: CompileError) -> Result<(), CompileError> {
    if counted > limit { Err(refused) } else { Ok(()) }
}

fn check_function(body: &wasmparser::FunctionBody<'_>) -> Result<(), CompileError> {
    let bytes = body.range().len();
    if bytes > FUNCTION_LIMIT_BYTES {
        return Err(CompileError::FunctionTooLarge { bytes });
    }
    let mut locals = 0_u32;
    for group in body.get_locals_reader().map_err(malformed)? {
        locals = locals.saturating_add(group.map_err(malformed)?.0);
    }
    if locals > LOCAL_LIMIT {
        return Err(CompileError::TooManyLocals { locals });
    }
    let mut depth = 0_usize;
    for operator in body.get_operators_reader().map_err(malformed)? {
        match operator.map_err(malformed)? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::TryTable { .. } => depth += 1,
            Operator::End => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > NESTING_LIMIT {
            return Err(CompileError::TooDeep);
        }
    }
    Ok(())
}
