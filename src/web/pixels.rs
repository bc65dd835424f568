//! What `Engine` does to pictures without a model.

use super::convert;
use super::engine::Engine;
use super::filter::{filter, rect};
use super::host::{Browser, option};
use super::picture::Picture;
use crate::error::Result;
use crate::image;
use crate::image::filter::{Filter, Filtered};
use crate::image::metrics::Comparison;
use crate::session::attend;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface Scores {
  /** Over red, green and blue, in dB; Infinity for equal pictures. */
  psnr: number;
  /** Of luma without the border, in dB, as papers on super-resolution have it. */
  psnrLuma: number;
  /** -1 to 1; null where a side is shorter than 11 pixels. */
  ssim: number | null;
  /** Mean absolute error, 0-255. */
  mae: number;
}

export interface ScoreOptions {
  /** Pixels on each side that do not count for `psnrLuma`: the scale of super-resolution. 0 by default. */
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
        #[wasm_bindgen(unchecked_param_type = "Filter")] kind: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "FilterOptions")] options: JsValue,
    ) -> Promise {
        let (source, host) = (picture.0.clone(), Browser::new(&options, vec![self.freed.clone()]));
        future_to_promise(async move {
            let made = async { made(&*filter(&kind)?, &source, &options, &host).await };
            made.await.map_err(|e| convert::error(&e))
        })
    }

    /// How close a picture is to what it should be; both of one size. Alpha does not count.
    #[wasm_bindgen(unchecked_return_type = "Promise<Scores>")]
    pub fn score(
        &self,
        picture: &Picture,
        reference: &Picture,
        #[wasm_bindgen(unchecked_optional_param_type = "ScoreOptions")] options: JsValue,
    ) -> Promise {
        let (picture, reference) = (picture.0.clone(), reference.0.clone());
        let host = Browser::new(&options, vec![self.freed.clone()]);
        future_to_promise(async move {
            let scores = async {
                let border = option::<js_sys::Number>(&options, "border").map_or(0.0, |n| n.value_of());
                let mut comparison = Comparison::new(&picture, &reference, border as u32)?;
                attend(&mut comparison, &host).await?;
                Ok(comparison.scores())
            };
            let scores = scores.await.map_err(|e| convert::error(&e))?;
            Ok(convert::object(&[
                ("psnr", scores.psnr.into()),
                ("psnrLuma", scores.psnr_luma.into()),
                ("ssim", scores.ssim.map_or(JsValue::NULL, JsValue::from)),
                ("mae", scores.mae.into()),
            ])
            .into())
        })
    }
}

/// The result of a filter, or the part of it that `options.rect` names.
async fn made(
    filter: &dyn Filter,
    source: &image::Picture,
    options: &JsValue,
    host: &Browser,
) -> Result<JsValue> {
    let mut filtered = Filtered::new(filter, source, rect(options)?)?;
    attend(&mut filtered, host).await?;
    Ok(Picture::of(filtered.into_picture()).into())
}
