//! What a network is for, as declared in its file: a task is data.
//!
//! `metadata_props` of the model:
//! * `input`, `output`: JSON such as `{"color": "rgb", "range": [0, 1]}`. `range` contains the tensor values of
//!   the minimum and the maximum, and `color` is one of
//!   * `rgb`: three channels, byte 0 to byte 255;
//!   * `gray`: luma, byte 0 to byte 255;
//!   * `lab-l`: CIE L\* of 0 to 100 (D65);
//!   * `lab-ab`, outputs only: CIE a\* and b\*, −128 to 128; L\* is the input's;
//!   * `edges`: one channel, from no edge to an edge; pictures show edges black on white;
//!   * `classes`, outputs only: probabilities (softmax) or logits; `"classes": ["background", …]` names them, and
//!     the result is a label picture ([`crate::image::labels`]);
//!   * `mask` and `mask-logits`, outputs only: one channel, the probability of the second of two classes, or its
//!     logit (the sigmoid is applied here); names and result as for `classes`.
//! * `input.scale`: factor by which the picture is enlarged first (bicubic, rounded to 8 bits).
//! * `tiling`: `tiles` if any part can be computed alone, `whole` if the network has to see the whole frame although
//!   its operators do not require it. `input.side` is then the approximate shorter side of the network's frame in
//!   pixels; the result is resized to full size. `both`, for networks with RGB output: chroma from one reduced
//!   whole-frame run, lightness from full-resolution tiles.
//! * `optional`: JSON of inputs that have a default and that users can set, by name: `{"kind": "number",
//!   "range": [0.1, 1]}`, `{"kind": "noise-level", "range": [0, 50]}` or `{"kind": "color-hints", "stride": 4}`
//!   ([`OptionalInput`]).
//! * `task`, `family`, `strategy`, `title`: texts for people.
//!
//! Defaults suit a first export without metadata: colors by the number of channels, range 0 to 1, tiles.

mod optional;
mod order;
mod port_spec;

use crate::error::{Error, Result};
use crate::graph::{Graph, Port};
use crate::image::labels;
use crate::image::planar::Encoding;
use crate::tensor::DType;
pub use optional::{Likely, OptionalDescription, OptionalInput};
pub use order::channels_first;
use order::{may_be_picture, shape_text};
use port_spec::{Color, PortSpec, invalid};
use serde::Serialize;
use std::collections::BTreeMap;

/// Conversion of pictures to a network's input, and of its output to a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Index of the picture among the graph's inputs.
    pub port: usize,
    input: PortSpec,
    output: PortSpec,
    /// Division of pictures that are too large for one run.
    pub tiling: Tiling,
    optional: optional::Optional,
    /// Values of `task`, `family`, `strategy`, `title`.
    texts: [Option<String>; 4],
}

/// Required view of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tiling {
    /// Any part can be computed alone.
    Tiles,
    /// The frame must not be divided.
    Whole,
    /// Chroma from the whole frame, lightness from tiles.
    Both,
}

/// A task in words and numbers, for people and programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Identifier of the task, such as `denoise`.
    pub task: Option<String>,
    /// Architecture or survey that the network belongs to, such as `unet`.
    pub family: Option<String>,
    /// Upsampling method of the network, such as `bilinear`.
    pub strategy: Option<String>,
    /// Title, one line for people.
    pub title: Option<String>,
    /// Encoding of the network's input.
    pub input: Channel,
    /// Encoding of the network's output.
    pub output: Channel,
    /// Classes; empty unless the output is classes.
    pub classes: Vec<Class>,
    /// Enlargement of the picture before the network; 1 for none.
    pub scale: u32,
    /// Approximate shorter side of the network's frame, in pixels; `None` for no resizing.
    pub side: Option<u32>,
    /// Division of pictures that are too large for one run.
    pub tiling: Tiling,
    /// Optional inputs, by name.
    pub optional: BTreeMap<String, OptionalDescription>,
}

/// Encoding of a network's input or output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Channel {
    color: Color,
    range: [f32; 2],
}

/// A class of a segmentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Name in the file, or the class's number.
    pub name: String,
    /// Color in views of labels, sRGB.
    pub color: [u8; 3],
}

impl Task {
    /// Reads the metadata of a graph.
    ///
    /// # Errors
    /// `InvalidModel` if the metadata is malformed, `InvalidInput` if the model does not take exactly one
    /// picture.
    pub fn of(graph: &Graph) -> Result<Self> {
        let pictures: Vec<usize> =
            (0..graph.inputs.len()).filter(|&i| is_picture(&graph.inputs[i])).collect();
        let [port] = pictures[..] else { return Err(not_one_picture(graph)) };
        if graph.inputs.len() > 1 {
            let others: Vec<&str> = graph.inputs.iter().map(|port| port.name.as_str()).collect();
            return Err(Error::InvalidInput(format!(
                "this model has several inputs, {others:?}; only run() can set them"
            )));
        }
        let tiling = match graph.metadata.get("tiling").map(String::as_str) {
            None | Some("tiles") => Tiling::Tiles,
            Some("whole") => Tiling::Whole,
            Some("both") => Tiling::Both,
            Some(other) => {
                let reason = format!("must be \"tiles\", \"whole\" or \"both\", not {other:?}");
                return Err(invalid("tiling", &reason));
            }
        };
        let input = PortSpec::of(&graph.metadata, "input")?;
        let output = PortSpec::of(&graph.metadata, "output")?;
        if input.side.is_some() && tiling == Tiling::Tiles {
            return Err(invalid("input", "a side is for models whose tiling is \"whole\" or \"both\""));
        }
        if tiling == Tiling::Both && (input.side.is_none() || output.color.is_some_and(|c| c != Color::Rgb)) {
            return Err(invalid("tiling", "\"both\" needs an input with a side and an output that is rgb"));
        }
        let texts = ["task", "family", "strategy", "title"].map(|key| graph.metadata.get(key).cloned());
        let optional = optional::of(graph)?;
        Ok(Self { port, input, output, tiling, optional, texts })
    }

    /// The picture encoding for an input of this many channels.
    ///
    /// # Errors
    /// `InvalidInput` if no picture has this many, `InvalidModel` if the metadata contradicts it.
    pub fn input(&self, channels: usize) -> Result<Encoding> {
        self.input.encoding(channels, "takes")
    }

    /// The picture encoding for an output of this many channels. Same errors as [`Task::input`].
    pub fn output(&self, channels: usize) -> Result<Encoding> {
        self.output.encoding(channels, "makes")
    }

    /// Enlargement of the picture before the network.
    pub fn scale(&self) -> u32 {
        self.input.scale
    }

    /// Approximate shorter side of the network's frame, in pixels; `None` for no resizing.
    pub fn side(&self) -> Option<u32> {
        self.input.side
    }

    /// Optional inputs, by name.
    pub fn optional(&self) -> impl Iterator<Item = (&str, &OptionalInput)> {
        self.optional.iter().map(|(name, (input, _))| (name.as_str(), input))
    }

    /// Description of a model with these numbers of channels. Errors as for [`Task::input`].
    pub fn describe(&self, in_channels: usize, out_channels: usize) -> Result<Description> {
        let input = Channel { color: self.input.color(in_channels, "takes")?, range: self.input.range };
        let output = Channel { color: self.output.color(out_channels, "makes")?, range: self.output.range };
        let (count, names): (usize, &[&str]) = match output.color {
            Color::Classes => (out_channels, &[]),
            Color::Mask | Color::MaskLogits => (2, &["background", "object"]),
            Color::Rgb | Color::Gray | Color::LabL | Color::LabAb | Color::Edges => (0, &[]),
        };
        let class = |i: usize| {
            let usual = names.get(i).map_or_else(|| i.to_string(), ToString::to_string);
            let name = self.output.classes.get(i).cloned().unwrap_or(usual);
            Class { name, color: labels::color(i as u8) }
        };
        let [task, family, strategy, title] = self.texts.clone();
        Ok(Description {
            task,
            family,
            strategy,
            title,
            input,
            output,
            classes: (0..count).map(class).collect(),
            scale: self.input.scale,
            side: self.input.side,
            tiling: self.tiling,
            optional: self.optional.iter().map(|(name, (_, told))| (name.clone(), told.clone())).collect(),
        })
    }
}

/// Whether a channels-first port is a picture.
fn is_picture(port: &Port) -> bool {
    let channels = |shape: &[Option<usize>]| matches!(shape, [_, None | Some(1 | 3), _, _]);
    may_be_picture(port) && port.shape.as_deref().is_none_or(channels)
}

fn not_one_picture(graph: &Graph) -> Error {
    let found: Vec<String> = graph
        .inputs
        .iter()
        .map(|port| {
            let kind = if port.dtype == DType::F32 { "float" } else { "integer" };
            format!("{:?} ({kind} {})", port.name, shape_text(port))
        })
        .collect();
    let channels = match &graph.inputs[..] {
        [Port { shape: Some(shape), .. }] => match shape[..] {
            [_, Some(channels), _, _] => format!(" of {channels} channels"),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let found = if found.is_empty() { "none".into() } else { found.join(", ") };
    Error::InvalidInput(format!(
        "this model must take exactly one picture (float, N × C × H × W or N × H × W × C, with 1 or 3 channels); \
         its input{channels} is {found}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::EdgeId;
    use crate::image::planar::Channels;
    use std::collections::HashMap;

    fn graph(channels: Option<usize>, metadata: &[(&str, &str)]) -> Graph {
        let port = Port {
            name: "x".into(),
            edge: EdgeId(0),
            dtype: DType::F32,
            shape: Some(vec![None, channels, None, None]),
            channels_last: false,
        };
        Graph {
            nodes: vec![],
            edges: vec![],
            inputs: vec![port],
            optional: vec![],
            outputs: vec![],
            initializers: HashMap::new(),
            metadata: metadata.iter().map(|&(k, v)| (k.into(), v.into())).collect(),
            opset: 17,
            derived: Default::default(),
        }
    }

    #[test]
    fn without_metadata_the_channels_decide() {
        let task = Task::of(&graph(Some(3), &[])).unwrap();
        assert_eq!(task.tiling, Tiling::Tiles);
        assert_eq!((task.scale(), task.side()), (1, None));
        assert_eq!(task.input(3).unwrap(), Encoding { channels: Channels::Rgb, low: 0.0, high: 1.0 });
        assert_eq!(task.output(1).unwrap().channels, Channels::Luma);
        assert_eq!(task.output(2).unwrap_err().code(), "invalid-input");
    }

    #[test]
    fn metadata_set_range_color_and_tiling() {
        let metadata = [("input", r#"{"color":"gray","range":[-1,1],"side":256}"#), ("tiling", "whole")];
        let task = Task::of(&graph(Some(1), &metadata)).unwrap();
        assert_eq!((task.tiling, task.side()), (Tiling::Whole, Some(256)));
        assert_eq!(task.input(1).unwrap(), Encoding { channels: Channels::Luma, low: -1.0, high: 1.0 });
        assert_eq!(task.input(3).unwrap_err().code(), "invalid-model");
        let metadata = [("input", r#"{"color":"edges"}"#), ("output", r#"{"color":"lab-ab"}"#)];
        let task = Task::of(&graph(Some(1), &metadata)).unwrap();
        assert_eq!(task.input(1).unwrap(), Encoding { channels: Channels::Luma, low: 1.0, high: 0.0 });
        assert_eq!(task.output(2).unwrap().channels, Channels::Chroma);
    }

    #[test]
    fn classes_have_names_and_colors() {
        let named =
            [("output", r#"{"color":"classes","classes":["background","cat"]}"#), ("task", "segment")];
        let task = Task::of(&graph(Some(3), &named)).unwrap();
        let told = task.describe(3, 2).unwrap();
        assert_eq!((told.task.as_deref(), told.title), (Some("segment"), None));
        assert_eq!(told.classes[1], Class { name: "cat".into(), color: [230, 159, 0] });
        let error = task.describe(3, 4).unwrap_err();
        assert_eq!(error.code(), "invalid-model");
        assert!(
            error.to_string().contains("4 channels") && error.to_string().contains("2 classes"),
            "{error}"
        );
        let numbered = Task::of(&graph(Some(3), &[("output", r#"{"color":"classes"}"#)])).unwrap();
        assert_eq!(numbered.describe(3, 3).unwrap().classes[2].name, "2");
        assert!(numbered.describe(3, 257).is_err());
    }

    #[test]
    fn a_mask_is_one_channel_of_two_classes() {
        let mask = |json: &str| Task::of(&graph(Some(3), &[("output", json)])).unwrap();
        for (json, channels) in [
            (r#"{"color":"mask"}"#, Channels::Mask { logits: false }),
            (r#"{"color":"mask-logits"}"#, Channels::Mask { logits: true }),
        ] {
            let task = mask(json);
            assert_eq!(task.output(1).unwrap().channels, channels);
            assert_eq!(task.output(2).unwrap_err().code(), "invalid-model");
            let told = task.describe(3, 1).unwrap();
            assert_eq!(
                told.classes.iter().map(|class| &class.name[..]).collect::<Vec<_>>(),
                ["background", "object"]
            );
        }
        assert_eq!(
            mask(r#"{"color":"mask","classes":["road","hole"]}"#).describe(3, 1).unwrap().classes[1].name,
            "hole"
        );
        assert!(mask(r#"{"color":"mask","classes":["hole"]}"#).describe(3, 1).is_err());
        assert!(Task::of(&graph(Some(3), &[("input", r#"{"color":"mask"}"#)])).is_err());
    }

    #[test]
    fn malformed_metadata_is_named() {
        for (key, value) in [
            ("input", "rgb"),
            ("input", r#"{"color":"lab-ab"}"#),
            ("input", r#"{"color":"hsv"}"#),
            ("input", r#"{"scale":0}"#),
            ("input", r#"{"scale":1000000}"#),
            ("input", r#"{"side":256}"#),
            ("output", r#"{"range":[1,1]}"#),
            ("output", r#"{"range":[-3e38,3e38]}"#),
            ("tiling", "yes"),
            ("tiling", "both"),
        ] {
            let error = Task::of(&graph(Some(3), &[(key, value)])).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
        }
        assert!(Task::of(&graph(Some(4), &[])).is_err());
    }
}
