//! Optional inputs of a network, as described in the entry `optional` of its metadata.

use super::side::invalid;
use crate::error::Result;
use crate::graph::Graph;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Greatest `stride` of color hints.
const MAX_STRIDE: usize = 64;

/// An optional input of a network.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionalInput {
    /// One number, least to greatest.
    Number {
        /// Least and greatest value.
        range: [f32; 2],
    },
    /// The standard deviation of the picture's noise, of 255, least to greatest. Where none is given, it is what
    /// [`crate::image::noise_level`] estimates; the file's default stands in where nothing can be estimated.
    NoiseLevel {
        /// Least and greatest value.
        range: [f32; 2],
    },
    /// N × 3 × H/stride × W/stride: a\* and b\* in the range of the output where a color is given, and 0 elsewhere; 1 where
    /// one is given, and 0 elsewhere.
    ColorHints {
        /// Pixels of the frame to a pixel of this input, along both axes.
        stride: usize,
        /// Values inside the network that tell which colors it finds likely.
        likely: Option<Likely>,
    },
}

/// The JSON of an optional input. Not an enum: a tagged one adds some kilobytes to the download.
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
    /// What is wrong with it, if anything.
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
                Err("a number has a range, and nothing else")
            }
            Self { kind: Kind::ColorHints, .. } => Err("color hints have a stride, and perhaps likely"),
        }
    }
}

/// The values in which a network of color classes (Zhang, Isola and Efros 2016) says how likely each of them is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Likely {
    /// Name of a value N × Q × H/stride × W/stride.
    pub probabilities: String,
    /// Name of an initializer 2 × Q × 1 × 1: the classes' a\* and b\* in the range of the output.
    pub colors: String,
}

/// An optional input, for people and programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum OptionalDescription {
    /// One number.
    Number {
        /// Least and greatest value.
        range: [f32; 2],
        /// The file's own value.
        default: f32,
    },
    /// The standard deviation of the picture's noise, of 255.
    NoiseLevel {
        /// Least and greatest value.
        range: [f32; 2],
        /// What stands in where nothing can be estimated.
        default: f32,
    },
    /// Colors of single places.
    ColorHints {
        /// Whether [`crate::session::Model::likely_colors`] can tell which colors the network itself finds likely.
        likely: bool,
    },
}

/// The optional inputs that `metadata` describes, each with what is told of it.
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
        let port = port.ok_or_else(|| wrong(&format!("{name:?} is no input that has a default")))?;
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

/// The default of a number.
fn number(name: &str, [low, high]: [f32; 2], default: &[f32]) -> Result<f32> {
    match *default {
        [default] if low < high && (low..=high).contains(&default) => Ok(default),
        _ => {
            let reason = "needs one float within its range, from the least to the greatest, as its default";
            Err(invalid("optional", &format!("{name:?} {reason}")))
        }
    }
}
