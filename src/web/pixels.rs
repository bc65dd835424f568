//! Picture operations of `Engine` that need no model.

use super::convert;
use super::engine::Engine;
use super::filter::{filter, number, rect, whole, whole_or};
use super::host::{Browser, option};
use super::picture::Picture;
use crate::error::Result;
use crate::image::checkerboard::Checkerboard;
use crate::image::filter::{Difference, Filter, Filtered, Mix, Sign};
use crate::image::metrics::Comparison;
use crate::image::work::Work;
use crate::image::{self, Metadata};
use crate::session::run_cooperatively;
use js_sys::{Boolean, Promise, Uint8ClampedArray};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface Scores {
  /** PSNR over red, green and blue, in dB; Infinity for equal pictures. */
  psnr: number;
  /** PSNR of luma without the border, in dB, as in papers on super-resolution. */
  psnrLuma: number;
  /** Mean structural similarity, -1 to 1; null if a side is shorter than 11 pixels. */
  ssim: number | null;
  /** Mean absolute error, 0-255. */
  mae: number;
}

export interface MixOptions extends FilterOptions {
  /** 0 is the original, 1 the result. */
  strength: number;
}

export interface DifferenceOptions extends FilterOptions {
  /** A difference of 255 / `gain` has the last color of the scale; 1-255. */
  gain: number;
  /** Whether to show the sign: lighter is red, darker is blue. False by default. */
  signed?: boolean;
}

export interface CheckerboardOptions {
  /** Period of the grid, in pixels: 2 for the last upsampling by two, 4 and 8 for the ones before. */
  period: 2 | 4 | 8;
  signal?: AbortSignal;
}

export interface NoiseLevel {
  /** Sigma of equally strong Gaussian noise on red, green and blue. */
  sigma: number;
  luma: number;
  /** Mean of Cb and Cr. */
  chroma: number;
}

/** Quick analysis of a picture, from which a page can propose a task. */
export interface FirstLook {
  /** Whether every lightness has a single tone: black and white, or sepia. */
  gray: boolean;
  /** Null for pictures too small to estimate it. */
  noise: NoiseLevel | null;
  /** Recommended first task, if any. */
  need: "colors" | "colors-without-noise" | "restoration" | "less-noise" | "twice-the-size" | "four-times-the-size" | null;
}

export interface ScoreOptions {
  /** Number of pixels at each side that `psnrLuma` ignores: the scale of super-resolution. 0 by default. */
  border?: number;
  signal?: AbortSignal;
}
"#;

#[wasm_bindgen]
impl Engine {
    /// Degrades a picture, restores it without a network, or adjusts it.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn filter(
        &self,
        picture: &Picture,
        #[wasm_bindgen(unchecked_param_type = "FilterSpec")] kind: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "FilterOptions")] options: JsValue,
    ) -> Promise {
        let made =
            filter(&kind, &picture.0).and_then(|(filter, source)| made(filter, source, &picture.2, &options));
        self.promise(&options, made)
    }

    /// Blends a result with its original, which is resized first if necessary.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn mix(
        &self,
        original: &Picture,
        result: &Picture,
        #[wasm_bindgen(unchecked_param_type = "MixOptions")] options: JsValue,
    ) -> Promise {
        let mix = number(&options, "strength").and_then(|strength| Mix::new(original.0.clone(), strength));
        self.promise(&options, mix.and_then(|mix| made(Box::new(mix), result.0.clone(), &result.2, &options)))
    }

    /// Heat map of a picture's difference from a reference of the same size.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn difference(
        &self,
        picture: &Picture,
        reference: &Picture,
        #[wasm_bindgen(unchecked_param_type = "DifferenceOptions")] options: JsValue,
    ) -> Promise {
        let signed = option::<Boolean>(&options, "signed").is_some_and(|signed| signed.value_of());
        let difference = number(&options, "gain")
            .and_then(|gain| Difference::new(reference.0.clone(), sign(signed), gain))
            .and_then(|difference| made(Box::new(difference), picture.0.clone(), &Rc::default(), &options));
        self.promise(&options, difference)
    }

    /// 256 opaque RGBA pixels: the colors of `difference` from minimum to maximum.
    #[wasm_bindgen(js_name = differenceScale)]
    pub fn difference_scale(signed: bool) -> Uint8ClampedArray {
        let least = if signed { -1.0 } else { 0.0 };
        let rgba: Vec<u8> = (0..=255)
            .flat_map(|i| {
                let [r, g, b] = sign(signed).color(least + (1.0 - least) * i as f32 / 255.0);
                [r, g, b, 255]
            })
            .collect();
        Uint8ClampedArray::from(&rgba[..])
    }

    /// Similarity of a picture to a reference of the same size. Alpha is ignored.
    #[wasm_bindgen(unchecked_return_type = "Promise<Scores>")]
    pub fn score(
        &self,
        picture: &Picture,
        reference: &Picture,
        #[wasm_bindgen(unchecked_optional_param_type = "ScoreOptions")] options: JsValue,
    ) -> Promise {
        let comparison = whole_or(&options, "border", 0)
            .and_then(|border| Comparison::new(picture.0.clone(), reference.0.clone(), border));
        self.promise(&options, comparison.map(|comparison| Box::new(comparison) as Box<dyn Job>))
    }

    /// Noise of a picture: standard deviations, of 255.
    #[wasm_bindgen(js_name = noiseLevel, unchecked_return_type = "NoiseLevel")]
    pub fn noise_level(&self, picture: &Picture) -> std::result::Result<JsValue, JsValue> {
        image::noise_level(&picture.0).map(|level| convert::json(&level)).map_err(|e| convert::error(&e))
    }

    /// Analyzes what a picture seems to need: colors, less noise or more pixels.
    #[wasm_bindgen(js_name = firstLook, unchecked_return_type = "FirstLook")]
    pub fn first_look(&self, picture: &Picture) -> std::result::Result<JsValue, JsValue> {
        image::first_look(&picture.0).map(|look| convert::json(&look)).map_err(|e| convert::error(&e))
    }

    /// Strength of an upsampling grid's pattern relative to its surroundings in the spectrum, in dB from 0;
    /// for pictures of at least 64 × 64 pixels.
    #[wasm_bindgen(unchecked_return_type = "Promise<number>")]
    pub fn checkerboard(
        &self,
        picture: &Picture,
        #[wasm_bindgen(unchecked_param_type = "CheckerboardOptions")] options: JsValue,
    ) -> Promise {
        let meter = whole(&options, "period").and_then(|period| Checkerboard::new(picture.0.clone(), period));
        self.promise(&options, meter.map(|meter| Box::new(meter) as Box<dyn Job>))
    }
}

impl Engine {
    /// One future type for all of them, because each type adds kilobytes of code.
    fn promise(&self, options: &JsValue, job: Result<Box<dyn Job>>) -> Promise {
        let host = Browser::new(options);
        future_to_promise(async move {
            let mut job = job.map_err(|e| convert::error(&e))?;
            run_cooperatively(&mut *job, &host).await.map_err(|e| convert::error(&e))?;
            Ok(job.result())
        })
    }
}

/// Work, and its result for JavaScript.
trait Job: Work {
    fn result(self: Box<Self>) -> JsValue;
}

type Shared = Rc<image::Picture>;

/// Result of a filter on a picture with this metadata.
struct Made {
    filtered: Filtered<'static, Shared>,
    metadata: Rc<Metadata>,
}

impl Work for Made {
    fn steps(&self) -> usize {
        self.filtered.steps()
    }

    fn step(&mut self, index: usize) -> Result<()> {
        self.filtered.step(index)
    }
}

impl Job for Made {
    fn result(self: Box<Self>) -> JsValue {
        Picture::made(self.filtered.into_picture(), &self.metadata).into()
    }
}

impl Job for Comparison<Shared> {
    fn result(self: Box<Self>) -> JsValue {
        let scores = self.scores();
        let entries = [
            ("psnr", scores.psnr.into()),
            ("psnrLuma", scores.psnr_luma.into()),
            ("ssim", scores.ssim.map_or(JsValue::NULL, JsValue::from)),
            ("mae", scores.mae.into()),
        ];
        convert::object(&entries).into()
    }
}

impl Job for Checkerboard<Shared> {
    fn result(self: Box<Self>) -> JsValue {
        self.decibels().into()
    }
}

/// Computes a filter's result, or the region `options.rect` of it.
fn made(
    filter: Box<dyn Filter>,
    source: Shared,
    metadata: &Rc<Metadata>,
    options: &JsValue,
) -> Result<Box<dyn Job>> {
    let filtered = Filtered::new(filter, source, rect(options)?)?;
    Ok(Box::new(Made { filtered, metadata: metadata.clone() }))
}

fn sign(signed: bool) -> Sign {
    if signed { Sign::Signed } else { Sign::Absolute }
}
