//! Inspection of a network at work: inputs, feature maps, times and losses.

use super::convert;
use super::engine::{Engine, point};
use super::host::{Browser, option};
use super::model::{Model, names};
use super::picture::Picture;
use crate::error::{Error, Result};
use crate::image;
use crate::image::features::{Colors, Grid, Scale};
use crate::session;
use js_sys::{Array, Float32Array, JsString, Number, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Inspected crop for a model that can be tiled; a model that needs the whole frame gets it. */
export interface InspectOptions {
  /** Center of the crop, in picture pixels; the picture's center by default. */
  at?: { x: number; y: number };
  /** Side of the crop, in pixels of the model's input: 1-1024, by default 256. */
  side?: number;
}

export interface CutOptions {
  /** Values to set to zero: "name", or "name>node" for one edge. */
  cut?: string[];
  signal?: AbortSignal;
}

export interface LossOptions extends CutOptions {
  /** Loss with the last color of the map; by default the maximum. */
  scale?: number;
}

/** Loss per pixel: absolute error, averaged over red, green and blue, 0-1; for classes cross-entropy in nats. */
export interface Loss {
  /** Heat map in the colors of `difference`, over all of `rect`, at the output's size; for classes at the size of the
   *  model's output, with pixels without a label transparent. */
  map: Picture;
  mean: number;
  max: number;
}

export interface Profile {
  /** Kernels in execution order. */
  kernels: KernelTime[];
  /** One entry for each of `nodes`; null if the node has no kernel of its own. */
  milliseconds: (number | null)[];
  /** One entry for each of `nodes`: index of the node whose kernel computes it; null for nodes with a time, and those that take none. */
  within: (number | null)[];
}

export interface FeaturesView {
  /** First channel, and number of channels. */
  first: number; count: number;
  /** Number of maps side by side. */
  columns: number;
  /** Transparent pixels between maps, 0-64; 0 by default. */
  gap?: number;
  /** Value range of the scale. local: each channel's own; global: that of all channels. */
  scale: "local" | "global";
  /** gray: black to white. signed: blue below zero, near white at zero, red above. */
  colors: "gray" | "signed";
}

/** Positions of a pooling window, row by row, with their colors. */
export interface PoolingWindow { height: number; width: number; colors: [number, number, number][]; }

/** An initializer that a node reads, with statistics of its finite values. */
export interface Weights {
  name: string;
  /** Shape as read by the node. */
  shape: number[];
  min: number; max: number; mean: number; std: number;
  /** Histogram of 64 bins from `min` to `max`. */
  counts: number[];
}
"#;

/// A model at work on a picture or a crop of it.
#[wasm_bindgen]
pub struct Inspection {
    inner: Rc<session::Inspection>,
}

#[wasm_bindgen]
impl Engine {
    /// Prepares the inspection of the model on a picture.
    #[wasm_bindgen(unchecked_return_type = "Promise<Inspection>")]
    pub fn inspect(
        &self,
        picture: &Picture,
        model: &Model,
        #[wasm_bindgen(unchecked_optional_param_type = "InspectOptions")] options: JsValue,
    ) -> Promise {
        let side = option::<Number>(&options, "side").map(|side| side.value_of() as usize);
        match model.inner.inspect(&picture.0, point(&options, "at"), side) {
            Ok(inner) => Promise::resolve(&JsValue::from(Inspection { inner: Rc::new(inner) })),
            Err(e) => Promise::reject(&convert::error(&e)),
        }
    }
}

/// Kind of result to compute.
enum Question {
    Output,
    Features(String),
    Loss { reference: Rc<image::Picture>, scale: Option<f32> },
    Profile,
}

#[wasm_bindgen]
impl Inspection {
    /// Inspected crop of the picture, in picture pixels.
    #[wasm_bindgen(getter, unchecked_return_type = "{ x: number; y: number; width: number; height: number }")]
    pub fn rect(&self) -> JsValue {
        let rect = self.inner.rect();
        let entries = [("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height)];
        convert::object(&entries.map(|(name, value)| (name, value.into()))).into()
    }

    /// Shape of the model's input, [1, C, H, W].
    #[wasm_bindgen(getter, unchecked_return_type = "number[]")]
    pub fn shape(&self) -> JsValue {
        convert::sizes(self.inner.tensor().shape())
    }

    /// Every node of the graph at this size, in topological order.
    #[wasm_bindgen(getter, unchecked_return_type = "PlanNode[]")]
    pub fn nodes(&self) -> JsValue {
        convert::json(&self.inner.nodes())
    }

    /// The input as the model sees it.
    pub fn input(&self) -> std::result::Result<Picture, JsValue> {
        self.inner.input().map(Picture::of).map_err(|e| convert::error(&e))
    }

    /// Result for `rect`, as `process` returns it, with values set to zero.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn output(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "CutOptions")] options: JsValue,
    ) -> Promise {
        self.answer(Question::Output, &options)
    }

    /// Runs up to one value, given by its name in the graph.
    #[wasm_bindgen(unchecked_return_type = "Promise<Features>")]
    pub fn features(
        &self,
        value: String,
        #[wasm_bindgen(unchecked_optional_param_type = "CutOptions")] options: JsValue,
    ) -> Promise {
        self.answer(Question::Features(value), &options)
    }

    /// Times every node on the engine's backend, averaged over several runs. On a GPU without timestamps,
    /// every kernel's time includes the round trip to the GPU.
    #[wasm_bindgen(unchecked_return_type = "Promise<Profile>")]
    pub fn profile(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "{ signal?: AbortSignal }")] options: JsValue,
    ) -> Promise {
        self.answer(Question::Profile, &options)
    }

    /// Loss against `reference`, which has the size of `process`'s result for the picture; for classes it is
    /// a label picture.
    #[wasm_bindgen(unchecked_return_type = "Promise<Loss>")]
    pub fn loss(
        &self,
        reference: &Picture,
        #[wasm_bindgen(unchecked_optional_param_type = "LossOptions")] options: JsValue,
    ) -> Promise {
        let scale = option::<Number>(&options, "scale").map(|scale| scale.value_of() as f32);
        self.answer(Question::Loss { reference: reference.0.clone(), scale }, &options)
    }
}

impl Inspection {
    /// One future type for all calls, because each type adds kilobytes of code.
    fn answer(&self, question: Question, options: &JsValue) -> Promise {
        let host = Browser::new(options);
        let (inner, cut) = (self.inner.clone(), names(options, "cut"));
        future_to_promise(async move {
            let answered = answer(&inner, question, cut, &host).await;
            answered.map_err(|e| convert::error(&e))
        })
    }
}

async fn answer(
    inner: &session::Inspection,
    question: Question,
    cut: Vec<String>,
    host: &Browser,
) -> Result<JsValue> {
    Ok(match question {
        Question::Output => Picture::of(inner.output(cut, host).await?).into(),
        Question::Features(value) => Features(inner.features(value, cut, host).await?).into(),
        Question::Profile => {
            let session::Profile { kernels, milliseconds, within } = inner.profile(host).await?;
            let within = within.iter().map(|node| node.map(|node| node as f64));
            let entries = [
                ("kernels", convert::json(&kernels)),
                ("milliseconds", convert::list(milliseconds.into_iter())),
                ("within", convert::list(within)),
            ];
            convert::object(&entries).into()
        }
        Question::Loss { reference, scale } => {
            let loss = inner.loss(&reference, cut, host).await?;
            let map = loss.map(scale.unwrap_or(loss.max))?;
            let entries = [
                ("map", Picture::of(map).into()),
                ("mean", loss.mean.into()),
                ("max", f64::from(loss.max).into()),
            ];
            convert::object(&entries).into()
        }
    })
}

/// Channels of one value inside the network.
#[wasm_bindgen]
pub struct Features(image::Features);

#[wasm_bindgen]
impl Features {
    /// Shape of the value, N×C×H×W for pictures.
    #[wasm_bindgen(getter, unchecked_return_type = "number[]")]
    pub fn shape(&self) -> JsValue {
        convert::sizes(self.0.shape())
    }

    /// Number of channels.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.0.channels
    }

    /// Width of a channel.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width
    }

    /// Height of a channel.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// Minimum and maximum finite value of all channels.
    #[wasm_bindgen(getter, unchecked_return_type = "[number, number]")]
    pub fn range(&self) -> JsValue {
        convert::list(self.0.range.iter().map(|&end| Some(end.into())))
    }

    /// Minimum and maximum finite value of each channel, in pairs.
    #[wasm_bindgen(getter)]
    pub fn ranges(&self) -> Float32Array {
        Float32Array::from(&self.0.ranges[..])
    }

    /// Whether the values are integers, such as the positions that max-pooling returns.
    #[wasm_bindgen(getter)]
    pub fn integer(&self) -> bool {
        self.0.is_integer()
    }

    /// For positions of maxima: the window, and the colors that `picture` uses for its positions.
    #[wasm_bindgen(getter, unchecked_return_type = "PoolingWindow | undefined")]
    pub fn window(&self) -> JsValue {
        let Some(positions) = self.0.positions else { return JsValue::UNDEFINED };
        let [height, width] = positions.window.kernel.map(|side| JsValue::from(side as u32));
        let color = |color: [u8; 3]| convert::list(color.iter().map(|&part| Some(part.into())));
        let colors = self.0.places().into_iter().map(color).collect::<Array>().into();
        convert::object(&[("height", height), ("width", width), ("colors", colors)]).into()
    }

    /// Draws channels side by side, one pixel per value; for positions of maxima, their indices within the
    /// window.
    pub fn picture(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FeaturesView")] options: JsValue,
    ) -> std::result::Result<Picture, JsValue> {
        let picture = grid(&options).and_then(|grid| self.0.picture(grid));
        picture.map(Picture::of).map_err(|e| convert::error(&e))
    }

    /// A single value.
    pub fn value(&self, channel: usize, x: usize, y: usize) -> std::result::Result<f64, JsValue> {
        self.0.value(channel, x, y).map_err(|e| convert::error(&e))
    }
}

fn grid(options: &JsValue) -> Result<Grid> {
    // NaN and negative numbers become 0, which is rejected below.
    let count = |name: &str| option::<Number>(options, name).map_or(0, |value| value.value_of() as usize);
    let text = |name: &str| option::<JsString>(options, name).map(String::from).unwrap_or_default();
    let scale = match &*text("scale") {
        "local" => Scale::Local,
        "global" => Scale::Global,
        _ => return Err(Error::InvalidInput("the scale must be \"local\" or \"global\"".into())),
    };
    let colors = match &*text("colors") {
        "gray" => Colors::Gray,
        "signed" => Colors::Signed,
        _ => return Err(Error::InvalidInput("the colors must be \"gray\" or \"signed\"".into())),
    };
    let gap = u32::try_from(count("gap")).unwrap_or(u32::MAX);
    Ok(Grid { first: count("first"), count: count("count"), columns: count("columns"), gap, scale, colors })
}
