//! Filters out of options objects.

use super::host::option;
use crate::error::{Error, Result};
use crate::image::filter::{
    Blur, Edges, Filter, Gray, Interpolation, Kernel, Median, Resize, Saturation, Unsharp,
};
use crate::image::{Noise, Picture, Rect};
use js_sys::{JsString, Number};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What degrades a picture, to see what restores it. Equal seeds (whole numbers from 0, which is the default)
 *  give equal noise, and a part of a picture has the noise of the whole. */
export type Degradation =
  /** x + n; `sigma` 0-255, of 255. */
  | { kind: "gaussian-noise"; sigma: number; seed?: number }
  /** x + x n; `sigma` 0-1. */
  | { kind: "speckle"; sigma: number; seed?: number }
  /** Pixels that turn white or black; `probability` 0-1. */
  | { kind: "salt-and-pepper"; probability: number; seed?: number }
  /** Photon noise; white is `peak` photons, 1-255. */
  | { kind: "poisson"; peak: number; seed?: number }
  /** `sigma` 0.1-20 pixels; `noise` is the sigma of Gaussian noise upon it, here and below. */
  | { kind: "gaussian-blur"; sigma: number; noise?: number; seed?: number }
  /** A disk of `radius` 0.5-20 pixels. */
  | { kind: "defocus"; radius: number; noise?: number; seed?: number }
  /** `length` 1-60 pixels; `angle` in degrees, counterclockwise from the right. */
  | { kind: "motion"; length: number; angle: number; noise?: number; seed?: number }
  /** Antialiased bicubic; a whole number 1-8. What is left over at the right or the bottom is cut off. */
  | { kind: "downscale"; scale: number }
  | { kind: "gray" }
  /** Black lines on white; `side`: those that a frame shows whose shorter side has so many pixels, at the picture's size. */
  | { kind: "edges"; side?: number };

export type Interpolation = "nearest" | "bilinear" | "bicubic" | "lanczos3";

/** What restored pictures before there were networks. */
export type Baseline =
  /** Of `side` x `side` pixels; odd, 1-31. */
  | { kind: "mean"; side: number }
  | { kind: "median"; side: number }
  | { kind: "gaussian-blur"; sigma: number }
  /** `sigma` 0.1-20 pixels, `amount` 0-10. */
  | { kind: "unsharp"; sigma: number; amount: number }
  /** A whole number 1-8. */
  | { kind: "upscale"; scale: number; interpolation: Interpolation }
  | { kind: "gray" };

/** Chroma of CIE L*a*b* times `factor`, 0-4. */
export type Adjustment = { kind: "saturation"; factor: number };

export type Filter = Degradation | Baseline | Adjustment;

export interface FilterOptions {
  /** The part of the result to make; all of it by default. */
  rect?: { x: number; y: number; width: number; height: number };
  signal?: AbortSignal;
  /** The share done so far, 0-1. */
  onProgress?: (progress: { fraction: number }) => void;
}
"#;

/// The filter that `{ kind, … }` means for a picture, and what it is applied to.
///
/// # Errors
/// `InvalidInput` for an unknown kind, and where a number is missing or senseless.
pub fn filter(value: &JsValue, picture: &Rc<Picture>) -> Result<(Box<dyn Filter>, Rc<Picture>)> {
    if word(value, "kind")? == "edges" && has(value, "side") {
        let (drawn, enlarge) = Edges::of_frame(picture, whole(value, "side")?)?;
        return Ok((Box::new(enlarge), Rc::new(drawn)));
    }
    Ok((of_picture(value)?, picture.clone()))
}

fn of_picture(value: &JsValue) -> Result<Box<dyn Filter>> {
    let kind = word(value, "kind")?;
    let number = |name: &str| number(value, name);
    let whole = |name: &str| whole(value, name);
    let seed = || whole_or(value, "seed", 0);
    let blur = |kernel: Kernel| {
        let noise = if has(value, "noise") { number("noise")? } else { 0.0 };
        Blur::new(kernel).with_noise(noise, seed()?)
    };
    Ok(match kind.as_str() {
        "gaussian-noise" => Box::new(Noise::gaussian(number("sigma")?, seed()?)?),
        "speckle" => Box::new(Noise::speckle(number("sigma")?, seed()?)?),
        "salt-and-pepper" => Box::new(Noise::salt_and_pepper(number("probability")?, seed()?)?),
        "poisson" => Box::new(Noise::poisson(number("peak")?, seed()?)?),
        "gaussian-blur" => Box::new(blur(Kernel::gaussian(number("sigma")?)?)?),
        "defocus" => Box::new(blur(Kernel::defocus(number("radius")?)?)?),
        "motion" => Box::new(blur(Kernel::motion(number("length")?, number("angle")?)?)?),
        "downscale" => Box::new(Resize::down(whole("scale")?, Interpolation::Bicubic)?),
        "upscale" => Box::new(Resize::up(whole("scale")?, interpolation(value)?)?),
        "gray" => Box::new(Gray),
        "edges" => Box::new(Edges::new()?),
        "mean" => Box::new(Blur::new(Kernel::mean(whole("side")?)?)),
        "median" => Box::new(Median::new(whole("side")?)?),
        "unsharp" => Box::new(Unsharp::new(number("sigma")?, number("amount")?)?),
        "saturation" => Box::new(Saturation::new(number("factor")?)?),
        _ => return Err(wrong("there is no filter of the kind", &kind)),
    })
}

fn interpolation(value: &JsValue) -> Result<Interpolation> {
    let name = word(value, "interpolation")?;
    Ok(match name.as_str() {
        "nearest" => Interpolation::Nearest,
        "bilinear" => Interpolation::Bilinear,
        "bicubic" => Interpolation::Bicubic,
        "lanczos3" => Interpolation::Lanczos3,
        _ => return Err(wrong("there is no interpolation called", &name)),
    })
}

/// The `rect` of a call's options.
///
/// # Errors
/// `InvalidInput` where it is there but lacks a number.
pub fn rect(options: &JsValue) -> Result<Option<Rect>> {
    let Some(rect) = option::<JsValue>(options, "rect").filter(JsValue::is_object) else { return Ok(None) };
    let side = |name: &str| whole(&rect, name);
    Ok(Some(Rect::new(side("x")?, side("y")?, side("width")?, side("height")?)))
}

fn has(value: &JsValue, name: &str) -> bool {
    option::<JsValue>(value, name).is_some_and(|value| !value.is_undefined())
}

fn word(value: &JsValue, name: &str) -> Result<String> {
    let word = option::<JsString>(value, name).map(String::from);
    word.ok_or_else(|| wrong("the options need a text", name))
}

/// A number among options.
pub fn number(value: &JsValue, name: &str) -> Result<f64> {
    let number = option::<Number>(value, name).map(|number| number.value_of());
    number.ok_or_else(|| wrong("the options need a number", name))
}

/// A whole number among options.
pub fn whole(value: &JsValue, name: &str) -> Result<u32> {
    let number = number(value, name)?;
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        return Ok(number as u32);
    }
    Err(wrong("this option must be a whole number from 0 to 4294967295:", name))
}

/// The same, which need not be there.
pub fn whole_or(value: &JsValue, name: &str, or: u32) -> Result<u32> {
    if has(value, name) { whole(value, name) } else { Ok(or) }
}

fn wrong(what: &str, name: &str) -> Error {
    Error::InvalidInput([what, " \"", name, "\""].concat())
}
