//! Filters from options objects.

use super::convert;
use super::host::option;
use crate::error::{Error, Result};
use crate::image::filter::Filter;
use crate::image::{FilterSpec, Picture, Rect};
use js_sys::Number;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Written by `tests/degradations.rs`.
#[wasm_bindgen(typescript_custom_section)]
const FILTERS: &str = include_str!("filters.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface FilterOptions {
  /** Region of the result to compute; all of it by default. */
  rect?: { x: number; y: number; width: number; height: number };
  signal?: AbortSignal;
  /** Finished share, 0-1. */
  onProgress?: (progress: { fraction: number }) => void;
}
"#;

/// Filter for a picture described by `{ kind, … }`, with the picture that it is applied to.
///
/// # Errors
/// `InvalidInput` for an unknown kind, or for a missing, unknown or out-of-range value.
pub(super) fn filter(value: &JsValue, picture: &Rc<Picture>) -> Result<(Box<dyn Filter>, Rc<Picture>)> {
    let (filter, source) = convert::parse::<FilterSpec>(value)?.filter(picture)?;
    Ok((filter, source.map_or_else(|| picture.clone(), Rc::new)))
}

/// The option `rect` of a call.
///
/// # Errors
/// `InvalidInput` if it is present but lacks a number.
pub(super) fn rect(options: &JsValue) -> Result<Option<Rect>> {
    let Some(rect) = option::<JsValue>(options, "rect").filter(JsValue::is_object) else { return Ok(None) };
    let side = |name: &str| whole(&rect, name);
    Ok(Some(Rect::new(side("x")?, side("y")?, side("width")?, side("height")?)))
}

fn has(value: &JsValue, name: &str) -> bool {
    option::<JsValue>(value, name).is_some_and(|value| !value.is_undefined())
}

/// A numeric option.
pub(super) fn number(value: &JsValue, name: &str) -> Result<f64> {
    let number = option::<Number>(value, name).map(|number| number.value_of());
    number.ok_or_else(|| wrong("the options need a number", name))
}

/// An integer option.
pub(super) fn whole(value: &JsValue, name: &str) -> Result<u32> {
    let number = number(value, name)?;
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        return Ok(number as u32);
    }
    Err(wrong("this option must be a whole number from 0 to 4294967295:", name))
}

/// An integer option with a default.
pub(super) fn whole_or(value: &JsValue, name: &str, or: u32) -> Result<u32> {
    if has(value, name) { whole(value, name) } else { Ok(or) }
}

fn wrong(what: &str, name: &str) -> Error {
    Error::InvalidInput([what, " \"", name, "\""].concat())
}
