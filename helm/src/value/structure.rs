//! Go's struct types: what Helm's scope holds besides maps.
//!
//! Rules: an object of such a type has the fields templates reach in its map; here is what the type is called, in which order its
//! fields print, and how Go's JSON writes them.

/// The package of Helm's own types: Go prints it with their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// `chartutil`, in Helm 3.
    Chartutil,
    /// `common`, since Helm 4.
    Common,
}

/// A Go struct type, or a pointer to one.
#[derive(Debug, PartialEq, Eq)]
pub struct StructType {
    /// Its name, as `%T` prints it.
    pub name: &'static str,
    /// Its fields as `%v` prints them, in the order declared.
    pub printed: &'static [&'static str],
    /// Its fields as `encoding/json` writes them, in the order declared.
    pub written: &'static [Written],
}

impl StructType {
    /// Says whether it is a pointer.
    #[must_use]
    pub fn is_pointer(&self) -> bool {
        self.name.starts_with('*')
    }
}

/// `KubeVersion` of either package; alone, it prints as its version.
pub static KUBE_VERSION: StructType = StructType {
    name: "KubeVersion",
    printed: &["Version", "Major", "Minor"],
    written: &[Written::always("Version", "Version"), Written::always("Major", "Major"), Written::always("Minor", "Minor")],
};

/// A field in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The field.
    pub field: &'static str,
    /// The key it gets.
    pub key: &'static str,
    /// What becomes of it where it is empty.
    pub empty: Empty,
}

/// What becomes of an empty field in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// It is written.
    Written,
    /// It is left out, as `omitempty` says.
    Omitted,
}

impl Written {
    /// Returns a field that is always written.
    #[must_use]
    pub const fn always(field: &'static str, key: &'static str) -> Self {
        Self { field, key, empty: Empty::Written }
    }

    /// Returns a field that is written unless it is empty.
    #[must_use]
    pub const fn filled(field: &'static str, key: &'static str) -> Self {
        Self { field, key, empty: Empty::Omitted }
    }
}
