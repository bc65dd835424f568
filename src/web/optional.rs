//! Values for a network's optional inputs, and its likely colors.

use super::convert;
use super::engine::{Engine, place};
use super::host::Browser;
use super::model::Model;
use super::picture::Picture;
use crate::error::{Error, Result};
use crate::image::lab;
use crate::session::OptionalValues;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen]
impl Engine {
    /// Colors that a network with color classes considers likely at a pixel of a picture, the likeliest
    /// first. Options: `optional` (values for optional inputs), `signal`.
    #[wasm_bindgen(js_name = likelyColors, unchecked_return_type = "Promise<LikelyColor[]>")]
    pub fn likely_colors(
        &self,
        picture: &Picture,
        model: &Model,
        #[wasm_bindgen(unchecked_param_type = "{ x: number; y: number }")] at: JsValue,
        #[wasm_bindgen(
            unchecked_optional_param_type = "{ optional?: OptionalValues; signal?: AbortSignal }"
        )]
        options: JsValue,
    ) -> Promise {
        let (source, inner, host) = (picture.0.clone(), model.inner.clone(), Browser::new(&options));
        let at = place(&at).ok_or_else(|| Error::InvalidInput("a position is { x, y }".into()));
        future_to_promise(async move {
            let find = async { inner.likely_colors(&source, at?, &values(&options)?, &host).await };
            find.await.map(|colors| convert::json(&colors)).map_err(|e| convert::error(&e))
        })
    }

    /// CIE L\*, a\* and b\* of an sRGB color in bytes.
    pub fn lab(&self, red: u8, green: u8, blue: u8) -> Vec<f32> {
        lab::from_srgb([red, green, blue]).to_vec()
    }
}

/// The option `optional`.
pub(super) fn values(options: &JsValue) -> Result<OptionalValues> {
    let given = convert::get(options, "optional");
    if given.is_undefined() { Ok(OptionalValues::default()) } else { convert::parse(&given) }
}
