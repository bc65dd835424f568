//! The error type of the engine. Every message names what is wrong and where; [`Error::code`] is stable, and
//! is what the page and other callers branch on.

/// Failure of an operation. Messages are sentences for people, [`Error::code`] is for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not an ONNX model, or the model breaks a rule of the format.
    #[error("this is not a usable ONNX model: {0}")]
    InvalidModel(String),
    /// The model keeps tensors in a second file that was not given.
    #[error(
        "the model keeps its weights in a second file, {0:?}, which was not given; bring both files together"
    )]
    MissingExternalData(String),
    /// An unsupported operator.
    #[error("node {node:?}: operator {op} is not supported{}", reason.map_or(String::new(), |reason| format!("; {reason}")))]
    UnsupportedOperator {
        /// Name of the node, or a description if it has none.
        node: String,
        /// Operator with its domain, as written in the file.
        op: String,
        /// The unsupported use, where other uses of the operator are supported.
        reason: Option<&'static str>,
    },
    /// A node whose attributes, inputs or shapes are invalid or unsupported.
    #[error("node {node:?} ({op}): {reason}")]
    InvalidNode {
        /// Name of the node, or a description if it has none.
        node: String,
        /// ONNX name of the operator.
        op: String,
        /// The mismatch, naming the input or the attribute.
        reason: String,
    },
    /// An input of a run that does not fit the model.
    #[error("{0}")]
    InvalidInput(String),
    /// A request above the memory limit, refused before anything is allocated.
    #[error("{what} needs {needed} bytes, and the limit is {limit}")]
    TooLarge {
        /// Subject of the allocation.
        what: String,
        /// Requested size, in bytes.
        needed: u64,
        /// Limit, in bytes.
        limit: u64,
    },
    /// The allocator refused a request of this many bytes.
    #[error("out of memory: {0} bytes could not be allocated")]
    OutOfMemory(u64),
    /// The caller stopped the run.
    #[error("the run was stopped")]
    Aborted,
    /// No WebGPU (or native) adapter, or one that lacks a required feature.
    #[error("no usable GPU: {0}")]
    NoGpu(String),
    /// The GPU was lost during the run; model and input are fine.
    #[error("the GPU was lost: {0}")]
    DeviceLost(String),
    /// The GPU ran out of memory.
    #[error("the GPU is out of memory: {0}")]
    GpuOutOfMemory(String),
    /// The GPU reported an error caused by a defect of this engine.
    #[error("GPU error: {0}")]
    Gpu(String),
    /// An impossible state: a defect of this engine.
    #[error("this is a defect of the engine: {0}")]
    Internal(String),
    /// Bytes that are not a picture, or a damaged picture.
    #[error("this picture cannot be read: {0}")]
    InvalidPicture(String),
    /// A picture format or variant that this library does not decode but a browser may.
    #[error("this picture format is not built in: {0}")]
    UnsupportedPicture(String),
    /// A picture above the pixel limits, refused before anything is allocated.
    #[error(
        "the picture is {width} × {height} pixels; the limit is {max_side} a side and {max_pixels} pixels in all"
    )]
    PictureTooLarge {
        /// Width, in pixels.
        width: u32,
        /// Height, in pixels.
        height: u32,
        /// Maximum side length, in pixels.
        max_side: u32,
        /// Maximum number of pixels.
        max_pixels: u64,
    },
}

impl Error {
    /// Stable kebab-case identifier of the variant.
    pub fn code(&self) -> &'static str {
        match self {
            Error::InvalidModel(_) => "invalid-model",
            Error::MissingExternalData(_) => "missing-external-data",
            Error::UnsupportedOperator { .. } => "unsupported-operator",
            Error::InvalidNode { .. } => "invalid-node",
            Error::InvalidInput(_) => "invalid-input",
            Error::TooLarge { .. } => "too-large",
            Error::OutOfMemory(_) => "out-of-memory",
            Error::Aborted => "aborted",
            Error::NoGpu(_) => "no-gpu",
            Error::DeviceLost(_) => "device-lost",
            Error::GpuOutOfMemory(_) => "gpu-out-of-memory",
            Error::Gpu(_) => "gpu-error",
            Error::Internal(_) => "internal",
            Error::InvalidPicture(_) => "invalid-picture",
            Error::UnsupportedPicture(_) => "unsupported-picture",
            Error::PictureTooLarge { .. } => "picture-too-large",
        }
    }
}

/// Result with [`Error`] as its default error.
pub type Result<T, E = Error> = std::result::Result<T, E>;
