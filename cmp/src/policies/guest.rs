//! Guests: calls of the contract, each in a store of its own.
//!
//! In: a component and a question. Out: the answer as the guest gave it, with what it logged.
//! Rules: the linker offers `log` and nothing else; every store has all limits before the first instruction runs.
//! Not here: what an answer may contain (`answer`).

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Store, Trap};

use self::contract::tidegate::policy::types::{Context, DocumentSet, Level};
use self::contract::{Policy, PolicyImports, PolicyPre};
use super::LogLine;
use super::answer::clean;
use super::asked::bytes;
use super::failure::Reason;
use super::limits::{ANSWER_LIMIT_BYTES, Exceeded, FUEL_UNITS, INPUT_LIMIT_BYTES, LOG_LIMIT_LINES, MESSAGE_LIMIT_BYTES, Usage};

mod contract {
    wasmtime::component::bindgen!({
        world: "policy",
        path: "../policies/wit",
        imports: { default: trappable },
    });
}

pub(super) use contract::tidegate::policy::types;

/// A policy, linked and ready to be started.
pub(super) struct Guest {
    engine: Engine,
    linked: PolicyPre<Session>,
}

/// What a policy is asked.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    /// The layers, with a document each.
    Layers(&'a Context, &'a [types::Layer], &'a DocumentSet),
    /// The merged values.
    Values(&'a Context, &'a DocumentSet),
    /// The objects.
    Manifests(&'a Context, &'a DocumentSet),
    /// The fleet.
    Fleet(&'a [types::Member]),
}

/// What it answered.
pub(super) struct Answer {
    pub(super) said: Said,
    pub(super) log: Vec<LogLine>,
    /// What it has used of [`FUEL_UNITS`], start and settings included.
    pub(super) fuel_units: u64,
}

/// What it said, by the question.
pub(super) enum Said {
    /// Of layers or values.
    Findings(Vec<types::Finding>),
    /// Of objects.
    Report(types::Report),
    /// Of the fleet.
    Fleet(Vec<types::FleetFinding>),
}

/// The host's side of one call.
#[derive(Default)]
struct Session {
    usage: Usage,
    log: Vec<LogLine>,
}

impl types::Host for Session {}

impl PolicyImports for Session {
    fn log(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        if self.log.len() >= LOG_LIMIT_LINES {
            return Err(Exceeded::LogLines.into());
        }
        if message.len() > MESSAGE_LIMIT_BYTES {
            return Err(Exceeded::LogLine.into());
        }
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
        };
        self.log.push(LogLine { level, message: clean(&message) });
        Ok(())
    }
}

impl Guest {
    /// Links a component. It fails where the component wants more than `log`.
    pub(super) fn link(engine: &Engine, component: &Component) -> Result<Guest, Reason> {
        let mut linker = Linker::new(engine);
        let linked = Policy::add_to_linker::<Session, HasSelf<Session>>(&mut linker, |session| session)
            .and_then(|()| linker.instantiate_pre(component))
            .and_then(PolicyPre::new);
        Ok(Guest { engine: engine.clone(), linked: linked.map_err(reason)? })
    }

    /// Offers settings; the inner error is what the policy says of them.
    pub(super) fn configure(&self, settings: &str) -> Result<Result<(), Vec<types::SettingsError>>, Reason> {
        let (mut store, policy) = self.start()?;
        policy.call_init(&mut store, settings).map_err(reason)
    }

    /// Starts the policy afresh, with these settings, and asks.
    pub(super) fn ask(&self, settings: &str, question: Question<'_>) -> Result<Answer, Reason> {
        let bytes = question.bytes();
        if bytes > INPUT_LIMIT_BYTES {
            return Err(Reason::Input { bytes });
        }
        let (mut store, policy) = self.start()?;
        // The policy took these settings when it was configured.
        policy.call_init(&mut store, settings).map_err(reason)?.map_err(|_refused| Reason::Settings)?;
        let verdict = match question {
            Question::Layers(context, layers, documents) => {
                let verdict = policy.call_check_layers(&mut store, context, layers, documents);
                verdict.map(|verdict| verdict.map(Said::Findings))
            }
            Question::Values(context, documents) => {
                policy.call_check_values(&mut store, context, documents).map(|verdict| verdict.map(Said::Findings))
            }
            Question::Manifests(context, documents) => {
                policy.call_check_manifests(&mut store, context, documents).map(|verdict| verdict.map(Said::Report))
            }
            Question::Fleet(members) => policy.call_check_fleet(&mut store, members).map(|verdict| verdict.map(Said::Fleet)),
        };
        match verdict.map_err(reason)? {
            Ok(said) => {
                let fuel_units = FUEL_UNITS - store.get_fuel().map_err(reason)?;
                Ok(Answer { said, log: store.into_data().log, fuel_units })
            }
            Err(types::PolicyError::MalformedInput(text) | types::PolicyError::Failed(text)) => {
                Err(Reason::Declined(shortened(&text)))
            }
        }
    }

    fn start(&self) -> Result<(Store<Session>, Policy), Reason> {
        let mut store = Store::new(&self.engine, Session::default());
        store.limiter(|session| &mut session.usage);
        store.set_hostcall_fuel(ANSWER_LIMIT_BYTES);
        store.set_fuel(FUEL_UNITS).map_err(reason)?;
        let policy = self.linked.instantiate(&mut store).map_err(reason)?;
        Ok((store, policy))
    }
}

impl Question<'_> {
    fn bytes(&self) -> usize {
        match self {
            Question::Layers(_, _, documents) | Question::Values(_, documents) | Question::Manifests(_, documents) => {
                bytes(documents)
            }
            Question::Fleet(members) => {
                let facts = members.iter().flat_map(|member| &member.facts);
                facts.map(|fact| fact.key.len() + fact.value.len() + fact.path.len()).sum()
            }
        }
    }
}

fn reason(error: wasmtime::Error) -> Reason {
    match (error.downcast_ref::<Exceeded>(), error.downcast_ref::<Trap>()) {
        (Some(exceeded), _) => Reason::Exceeded(*exceeded),
        (None, Some(Trap::OutOfFuel)) => Reason::Fuel,
        (None, Some(Trap::StackOverflow)) => Reason::Stack,
        (None, Some(trap)) => Reason::Trap(*trap),
        (None, None) => Reason::Contract(error.into()),
    }
}

/// The words of a guest that cannot judge or takes no settings. Too many of them are none: they are a courtesy, not a
/// verdict.
pub(super) fn shortened(text: &str) -> String {
    if text.len() > MESSAGE_LIMIT_BYTES { "(more than may stand in a report)".to_owned() } else { clean(text) }
}
