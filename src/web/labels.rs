//! Labels: views from options objects, masks, and their agreement with labels.

use super::convert;
use super::engine::Engine;
use super::host::option;
use super::picture::Picture;
use crate::error::{Error, Result};
use crate::image::labels::View;
use crate::image::mask;
use js_sys::{Array, JsString, Number};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Engine {
    /// Reads a mask as a label picture: gray levels are class indices, 255 for an unknown class; or the
    /// colors in which `view` draws classes, transparent for class 0.
    pub fn labels(&self, mask: &Picture, classes: u8) -> Result<Picture, JsValue> {
        mask::labels(&mask.0, classes).map(Picture::of).map_err(|e| convert::error(&e))
    }

    /// Agreement of a label picture with a true one of the same size, as shares from 0 to 1: correct pixels,
    /// mean intersection over union, and that of each class; NaN if undefined.
    #[wasm_bindgen(js_name = scoreLabels)]
    pub fn score_labels(&self, labels: &Picture, truth: &Picture, classes: u8) -> Result<Vec<f64>, JsValue> {
        let agreement = mask::agreement(&labels.0, &truth.0, classes).map_err(|e| convert::error(&e))?;
        let mut shares = vec![agreement.pixel_accuracy(), agreement.mean_iou().unwrap_or(f64::NAN)];
        for class in 0..classes {
            shares.push(agreement.iou(class.into()).unwrap_or(f64::NAN));
        }
        Ok(shares)
    }
}

/// Reads the view `{ mode, … }` and its selected classes.
///
/// # Errors
/// `InvalidInput` for an unknown mode, or a class that is not an index.
pub(super) fn view(options: &JsValue) -> Result<(View, Vec<u8>)> {
    let wrong = |what: &str| Error::InvalidInput(what.into());
    let view = match option::<JsString>(options, "mode").map(String::from).as_deref() {
        Some("classes") => View::Classes,
        Some("overlay") => {
            let opacity = option::<Number>(options, "opacity").map_or(0.5, |opacity| opacity.value_of());
            View::Overlay { opacity: opacity as f32 }
        }
        Some("cutout") => View::Cutout,
        _ => return Err(wrong("the mode of a view must be \"classes\", \"overlay\" or \"cutout\"")),
    };
    let chosen =
        option::<Array>(options, "classes").ok_or_else(|| wrong("a view needs a list of classes"))?;
    let index = |class: JsValue| {
        let index = class.as_f64().filter(|&n| n.fract() == 0.0 && (0.0..256.0).contains(&n));
        index.map(|n| n as u8).ok_or_else(|| wrong("classes are given by their indices, 0 to 255"))
    };
    Ok((view, chosen.iter().map(index).collect::<Result<_>>()?))
}
