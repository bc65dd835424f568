//! `Where`: condition ? X : Y with broadcasting (`torch.where`), and `Not`.

/// Inputs condition (0 or not), X, Y.
#[derive(Debug, Clone, PartialEq)]
pub struct Where;

/// Input X of 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Not;
