//! Guest: a policy as WebAssembly, with fuel or without, asked as the program asks it.
//!
//! In: machine code that the build script made. Out: how many findings the policy has, and the fuel it used.
//! Rules: the engine is the program's but for fuel; each question gets a fresh instance with a limit of memory.
//! Not here: the other limits of a call and what an answer may contain (`cmp/src/policies`).

use std::error::Error;

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store, StoreLimits, StoreLimitsBuilder};

use contract::tidegate::policy::types::Level;
use contract::{Policy, PolicyImports, PolicyPre};

mod contract {
    wasmtime::component::bindgen!({ world: "policy", path: "../wit" });
}

pub(crate) use contract::tidegate::policy::types::{self, Context, DocumentSet};

/// Far more than one question needs; it only has to be counted down.
const FUEL_UNITS: u64 = u64::MAX / 2;

/// Whether instructions are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fuel {
    /// As in the program.
    Counted,
    /// To see what counting costs.
    Uncounted,
}

/// A policy, loaded and linked.
pub(crate) struct Guest {
    engine: Engine,
    linked: PolicyPre<Session>,
    fuel: Fuel,
}

/// What it answered.
pub(crate) struct Answer {
    pub(crate) findings: usize,
    /// Nothing where it was not counted.
    pub(crate) fuel_units: Option<u64>,
}

struct Session {
    limits: StoreLimits,
}

impl types::Host for Session {}

impl PolicyImports for Session {
    // No built-in policy logs.
    fn log(&mut self, _level: Level, _message: String) {}
}

/// Returns the engine as the program has it, but for fuel.
///
/// # Errors
/// It does not know the target that this was built for.
pub(crate) fn engine(fuel: Fuel) -> wasmtime::Result<Engine> {
    let mut configuration = engine::configuration(env!("POLICY_TARGET"))?;
    configuration.consume_fuel(fuel == Fuel::Counted);
    Engine::new(&configuration)
}

impl Guest {
    /// Loads and links machine code.
    ///
    /// # Errors
    /// It is of another engine, or no policy.
    #[expect(unsafe_code, reason = "the engine cannot check machine code; the build script of this crate made it")]
    pub(crate) fn load(engine: &Engine, compiled: &'static [u8], fuel: Fuel) -> wasmtime::Result<Guest> {
        // SAFETY: `compiled` is what `Engine::precompile_component` of this engine's version made in the build script, in this program's
        // own bytes since.
        let component = unsafe { Component::deserialize(engine, compiled) }?;
        let mut linker = Linker::new(engine);
        Policy::add_to_linker::<Session, HasSelf<Session>>(&mut linker, |session| session)?;
        let linked = PolicyPre::new(linker.instantiate_pre(&component)?)?;
        Ok(Guest { engine: engine.clone(), linked, fuel })
    }

    /// Starts it afresh, gives it its settings, and asks about all objects.
    ///
    /// # Errors
    /// It refuses the settings or has no verdict.
    pub(crate) fn ask(&self, settings: &str, context: &Context, documents: &DocumentSet) -> Result<Answer, Box<dyn Error>> {
        let limits = StoreLimitsBuilder::new().memory_size(engine::MEMORY_LIMIT_BYTES).build();
        let mut store = Store::new(&self.engine, Session { limits });
        store.limiter(|session| &mut session.limits);
        if self.fuel == Fuel::Counted {
            store.set_fuel(FUEL_UNITS)?;
        }
        let policy = self.linked.instantiate(&mut store)?;
        policy.call_init(&mut store, settings)?.map_err(|errors| format!("the settings are refused: {errors:?}"))?;
        let report = policy.call_check_manifests(&mut store, context, documents)?;
        let report = report.map_err(|error| format!("no verdict: {error:?}"))?;
        let fuel_units = match self.fuel {
            Fuel::Counted => Some(FUEL_UNITS - store.get_fuel()?),
            Fuel::Uncounted => None,
        };
        Ok(Answer { findings: report.findings.len(), fuel_units })
    }
}
