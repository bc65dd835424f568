//! What a network is for, read from its file: a task is data.
//!
//! `metadata_props` of the model:
//! * `input`, `output`: JSON such as `{"color": "rgb", "range": [0, 1]}`. `color` is `rgb` (three
//!   channels) or `gray` (one, luma); `range` is the values of byte 0 and byte 255.
//! * `tiling`: `tiles` where any part may be computed alone, `whole` where the network has to see
//!   the whole frame although its operators do not force that.
//!
//! A file without them has the defaults of a student's first export: colour by the number of
//! channels, range 0 to 1, tiles.

use crate::error::{Error, Result};
use crate::graph::{Graph, Port};
use crate::image::planar::{Channels, Encoding};
use crate::tensor::DType;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How pictures become a network's input, and its output a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Place of the picture among the graph's inputs.
    pub port: usize,
    /// `None` channels: as many as the network takes.
    input: Side,
    output: Side,
    /// The frame must not be cut into tiles.
    pub whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
struct Side {
    color: Option<Color>,
    range: [f32; 2],
}

impl Default for Side {
    fn default() -> Self {
        Self { color: None, range: [0.0, 1.0] }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Rgb,
    Gray,
}

impl Task {
    /// # Errors
    /// `InvalidModel` when the metadata make no sense, `InvalidInput` when the model does not take
    /// exactly one picture.
    pub fn of(graph: &Graph) -> Result<Self> {
        let pictures: Vec<usize> =
            (0..graph.inputs.len()).filter(|&i| is_picture(&graph.inputs[i])).collect();
        let [port] = pictures[..] else {
            let message =
                "this model does not take exactly one picture (float, N × C × H × W with 1 or 3 channels)";
            return Err(Error::InvalidInput(message.into()));
        };
        if graph.inputs.len() > 1 {
            let others: Vec<&str> = graph.inputs.iter().map(|port| port.name.as_str()).collect();
            return Err(Error::InvalidInput(format!(
                "this model has several inputs, {others:?}; only run() can give them"
            )));
        }
        let whole = match graph.metadata.get("tiling").map(String::as_str) {
            None | Some("tiles") => false,
            Some("whole") => true,
            Some(other) => {
                return Err(invalid("tiling", &format!("{other:?} is neither \"tiles\" nor \"whole\"")));
            }
        };
        Ok(Self {
            port,
            input: side(&graph.metadata, "input")?,
            output: side(&graph.metadata, "output")?,
            whole,
        })
    }

    /// The picture encoding for an input of this many channels.
    ///
    /// # Errors
    /// `InvalidInput` when no picture has this many.
    pub fn input(&self, channels: usize) -> Result<Encoding> {
        self.input.encoding(channels, "takes")
    }

    /// The picture encoding for an output of this many channels. Same errors as [`Task::input`].
    pub fn output(&self, channels: usize) -> Result<Encoding> {
        self.output.encoding(channels, "makes")
    }
}

fn is_picture(port: &Port) -> bool {
    let channels = |shape: &[Option<usize>]| matches!(shape, [_, None | Some(1 | 3), _, _]);
    port.dtype == DType::F32 && port.shape.as_deref().is_none_or(channels)
}

fn invalid(key: &str, reason: &str) -> Error {
    Error::InvalidModel(format!("its metadata entry {key:?} is wrong: {reason}"))
}

fn side(metadata: &BTreeMap<String, String>, key: &str) -> Result<Side> {
    let Some(text) = metadata.get(key) else { return Ok(Side::default()) };
    let side: Side = serde_json::from_str(text).map_err(|e| invalid(key, &e.to_string()))?;
    let [low, high] = side.range;
    if !(low.is_finite() && high.is_finite()) || low == high {
        return Err(invalid(key, "the two ends of its range must be finite and differ"));
    }
    Ok(side)
}

impl Side {
    fn encoding(&self, channels: usize, verb: &str) -> Result<Encoding> {
        let by_count = match channels {
            3 => Channels::Rgb,
            1 => Channels::Luma,
            _ => {
                return Err(Error::InvalidInput(format!(
                    "the model {verb} {channels} channels; a picture has 1 or 3"
                )));
            }
        };
        let wrong = match self.color {
            Some(Color::Rgb) => by_count != Channels::Rgb,
            Some(Color::Gray) => by_count != Channels::Luma,
            None => false,
        };
        if wrong {
            return Err(Error::InvalidInput(format!(
                "the model {verb} {channels} channels, but its metadata say {:?}",
                self.color
            )));
        }
        Ok(Encoding { channels: by_count, low: self.range[0], high: self.range[1] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::EdgeId;
    use std::collections::HashMap;

    fn graph(channels: Option<usize>, metadata: &[(&str, &str)]) -> Graph {
        let port = Port {
            name: "x".into(),
            edge: EdgeId(0),
            dtype: DType::F32,
            shape: Some(vec![None, channels, None, None]),
        };
        Graph {
            nodes: vec![],
            edges: vec![],
            inputs: vec![port],
            outputs: vec![],
            initializers: HashMap::new(),
            metadata: metadata.iter().map(|&(k, v)| (k.into(), v.into())).collect(),
            opset: 17,
        }
    }

    #[test]
    fn without_metadata_the_channels_decide() {
        let task = Task::of(&graph(Some(3), &[])).unwrap();
        assert!(!task.whole);
        assert_eq!(task.input(3).unwrap(), Encoding { channels: Channels::Rgb, low: 0.0, high: 1.0 });
        assert_eq!(task.output(1).unwrap().channels, Channels::Luma);
        assert_eq!(task.output(2).unwrap_err().code(), "invalid-input");
    }

    #[test]
    fn metadata_set_range_color_and_tiling() {
        let metadata = [("input", r#"{"color":"gray","range":[-1,1]}"#), ("tiling", "whole")];
        let task = Task::of(&graph(Some(1), &metadata)).unwrap();
        assert!(task.whole);
        assert_eq!(task.input(1).unwrap(), Encoding { channels: Channels::Luma, low: -1.0, high: 1.0 });
        assert!(task.input(3).is_err());
    }

    #[test]
    fn nonsense_is_named() {
        for (key, value) in [("input", "rgb"), ("output", r#"{"range":[1,1]}"#), ("tiling", "yes")] {
            let error = Task::of(&graph(Some(3), &[(key, value)])).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
        }
        assert!(Task::of(&graph(Some(4), &[])).is_err());
    }
}
