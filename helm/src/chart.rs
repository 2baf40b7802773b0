//! Charts: files in, a parsed chart out, with its subcharts.

/// A file of a chart directory or archive.
#[derive(Clone, Debug)]
pub struct ChartFile {
    /// Path below the chart's root, with `/`.
    pub path: String,
    /// Contents.
    pub data: Vec<u8>,
}

/// A chart with parsed templates and defaults; `Send + Sync`, shared between renders.
#[derive(Debug)]
pub struct Chart {
    /// `name` of Chart.yaml.
    pub name: String,
}

/// Why a chart cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// Chart.yaml is not there.
    #[error("Chart.yaml is missing")]
    NoMetadata,
}

/// Returns the chart made of `files` (a directory's, before `.helmignore`).
///
/// # Errors
/// [`ChartError`].
pub fn load(files: Vec<ChartFile>) -> Result<Chart, ChartError> {
    let _ = files;
    Err(ChartError::NoMetadata)
}
