//! What the public API promises, on files the real SOPS sealed.

#[cfg(test)]
#[path = "suite/conformance.rs"]
mod conformance;
#[cfg(test)]
#[path = "suite/fixture.rs"]
mod fixture;
#[cfg(test)]
#[path = "suite/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "suite/oracle.rs"]
mod oracle;
#[cfg(test)]
#[path = "suite/properties.rs"]
mod properties;
#[cfg(test)]
#[path = "suite/refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "suite/tampering.rs"]
mod tampering;
