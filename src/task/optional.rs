//! Optional inputs of a network, declared in the entry `optional` of its metadata.

use super::port_spec::invalid;
use crate::error::Result;
use crate::graph::Graph;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum `stride` of color hints.
const MAX_STRIDE: usize = 64;

/// An optional input of a network.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionalInput {
    /// A number within a range.
    Number {
        /// Minimum and maximum.
        range: [f32; 2],
    },
    /// Standard deviation of the picture's noise, of 255, within a range. By default it is estimated by
    /// [`crate::image::noise_level`]; the file's default applies if no estimate is possible.
    NoiseLevel {
        /// Minimum and maximum.
        range: [f32; 2],
    },
    /// Color hints, N × 3 × H/stride × W/stride: a\* and b\* in the range of the output and 1 at hinted
    /// pixels, 0 elsewhere.
    ColorHints {
        /// Ratio of the frame's resolution to this input's, along both axes.
        stride: usize,
        /// Value with the colors that the network considers likely.
        likely: Option<Likely>,
    },
}

/// JSON of an optional input. Not an enum, because a tagged one adds some kilobytes to the download.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    kind: Kind,
    range: Option<[f32; 2]>,
    stride: Option<usize>,
    likely: Option<Likely>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Number,
    NoiseLevel,
    ColorHints,
}

impl Declared {
    /// Checks the declaration; an error says what is wrong.
    fn input(self) -> Result<OptionalInput, &'static str> {
        match self {
            Self { kind: Kind::Number, range: Some(range), stride: None, likely: None } => {
                Ok(OptionalInput::Number { range })
            }
            Self { kind: Kind::NoiseLevel, range: Some(range), stride: None, likely: None } => {
                Ok(OptionalInput::NoiseLevel { range })
            }
            Self { kind: Kind::ColorHints, range: None, stride: Some(stride), likely } => {
                Ok(OptionalInput::ColorHints { stride, likely })
            }
            Self { kind: Kind::Number | Kind::NoiseLevel, .. } => {
                Err("a number has a range and nothing else")
            }
            Self { kind: Kind::ColorHints, .. } => Err("color hints have a stride and optionally likely"),
        }
    }
}

/// Color distribution of a network with color classes (Zhang, Isola and Efros 2016).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Likely {
    /// Name of a value N × Q × H/stride × W/stride.
    pub probabilities: String,
    /// Name of an initializer 2 × Q × 1 × 1: the classes' a\* and b\* in the range of the output.
    pub colors: String,
}

/// An optional input, described for people and programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum OptionalDescription {
    /// A number.
    Number {
        /// Minimum and maximum.
        range: [f32; 2],
        /// Default in the file.
        default: f32,
    },
    /// The standard deviation of the picture's noise, of 255.
    NoiseLevel {
        /// Minimum and maximum.
        range: [f32; 2],
        /// Value used if no estimate is possible.
        default: f32,
    },
    /// Colors of single pixels.
    ColorHints {
        /// Whether [`crate::session::Model::likely_colors`] can return the colors that the network considers
        /// likely.
        likely: bool,
    },
}

/// Optional inputs declared in the metadata, with their descriptions.
pub(super) type Optional = BTreeMap<String, (OptionalInput, OptionalDescription)>;

/// Reads the entry `optional` of a graph's metadata.
///
/// # Errors
/// `InvalidModel` if the entry is not such JSON, or names an input that the graph does not have.
pub(super) fn of(graph: &Graph) -> Result<Optional> {
    let Some(text) = graph.metadata.get("optional") else { return Ok(Optional::new()) };
    let wrong = |reason: &str| invalid("optional", reason);
    let inputs: BTreeMap<String, Declared> = serde_json::from_str(text).map_err(|e| wrong(&e.to_string()))?;
    let described = inputs.into_iter().map(|(name, declared)| {
        let input = declared.input().map_err(|reason| wrong(&format!("{name:?}: {reason}")))?;
        let port = graph.optional.iter().find(|port| port.name == name);
        let port = port.ok_or_else(|| wrong(&format!("{name:?} is not an input with a default")))?;
        let default = graph.initializers.get(&port.edge).and_then(|tensor| tensor.as_f32()).unwrap_or(&[]);
        let told = match &input {
            &OptionalInput::Number { range } => {
                OptionalDescription::Number { range, default: number(&name, range, default)? }
            }
            &OptionalInput::NoiseLevel { range } => {
                OptionalDescription::NoiseLevel { range, default: number(&name, range, default)? }
            }
            OptionalInput::ColorHints { stride, likely } => {
                if *stride == 0 || *stride > MAX_STRIDE {
                    return Err(wrong(&format!("the stride of {name:?} must be from 1 to {MAX_STRIDE}")));
                }
                OptionalDescription::ColorHints { likely: likely.is_some() }
            }
        };
        Ok((name, (input, told)))
    });
    described.collect()
}

/// Default of a number.
fn number(name: &str, [low, high]: [f32; 2], default: &[f32]) -> Result<f32> {
    match *default {
        [default] if low < high && (low..=high).contains(&default) => Ok(default),
        _ => {
            let reason = "needs a single float within its range, from minimum to maximum, as its default";
            Err(invalid("optional", &format!("{name:?} {reason}")))
        }
    }
}
