//! `PRelu`: x < 0 ? slope·x : x. `torch.nn.PReLU`; the slope broadcasts to x's shape (one per
//! channel has shape `[C, 1, 1]`).

/// Inputs X and slope.
#[derive(Debug, Clone, PartialEq)]
pub struct PRelu;
