//! The one error type of the crate. Every message names what is wrong and where; `code()` is
//! stable and is what the page and other callers branch on.

/// What went wrong. Messages are sentences for people, [`Error::code`] is for programs.
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
    /// An operator outside the supported set.
    #[error("node {node:?}: operator {op} is not supported{}", reason.map_or(String::new(), |reason| format!("; {reason}")))]
    UnsupportedOperator {
        /// Name of the node, or what stands for it where it has none.
        node: String,
        /// Operator with its domain, as the file has it.
        op: String,
        /// What of it is unsupported, where other uses are supported.
        reason: Option<&'static str>,
    },
    /// A node whose attributes, inputs or shapes are wrong or not supported.
    #[error("node {node:?} ({op}): {reason}")]
    InvalidNode {
        /// Name of the node, or what stands for it where it has none.
        node: String,
        /// ONNX name of the operator.
        op: String,
        /// What does not fit, naming the input or the attribute.
        reason: String,
    },
    /// An input given to a run does not fit the model.
    #[error("{0}")]
    InvalidInput(String),
    /// More memory than the limit allows would be needed; known before anything is allocated.
    #[error("{what} needs {needed} bytes, and the limit is {limit}")]
    TooLarge {
        /// What would be allocated.
        what: String,
        /// Bytes.
        needed: u64,
        /// Bytes.
        limit: u64,
    },
    /// The allocator refused.
    #[error("out of memory: {0} bytes could not be allocated")]
    OutOfMemory(u64),
    /// The caller stopped the run.
    #[error("the run was stopped")]
    Aborted,
    /// No WebGPU (or native) adapter, or it lacks what is needed.
    #[error("no usable GPU: {0}")]
    NoGpu(String),
    /// The GPU went away in mid-run; nothing is wrong with the model or the input.
    #[error("the GPU was lost: {0}")]
    DeviceLost(String),
    /// The GPU ran out of memory.
    #[error("the GPU is out of memory: {0}")]
    GpuOutOfMemory(String),
    /// The GPU reported an error that is a defect of this engine.
    #[error("GPU error: {0}")]
    Gpu(String),
    /// A state of this engine that should not be.
    #[error("this is a defect of the engine: {0}")]
    Internal(String),
    /// Bytes that are not a picture, or a broken one.
    #[error("this picture cannot be read: {0}")]
    InvalidPicture(String),
    /// A picture format or variant that the library does not decode but a browser may.
    #[error("this picture format is not built in: {0}")]
    UnsupportedPicture(String),
    /// More pixels than the limits of a picture; known before anything is allocated.
    #[error(
        "the picture is {width} × {height} pixels; the limit is {max_side} a side and {max_pixels} pixels in all"
    )]
    PictureTooLarge {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Longest side that is allowed, in pixels.
        max_side: u32,
        /// Pixels that are allowed in all.
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

/// What can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
