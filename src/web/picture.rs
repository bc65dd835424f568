//! `Picture`: pixels that stay inside the engine.

use super::convert;
use super::host::option;
use crate::image::{self, Metadata, Notice, Rect, Subsampling};
use js_sys::{Boolean, Uint8ClampedArray};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// An 8-bit sRGB picture with straight alpha.
#[wasm_bindgen]
pub struct Picture(pub(super) Rc<image::Picture>, Vec<Notice>, pub(super) Rc<Metadata>, bool);

/// A notice in JavaScript's form.
#[derive(Serialize)]
struct Told {
    code: &'static str,
    message: String,
    #[serde(flatten)]
    notice: Notice,
}

impl Told {
    fn of(notice: &Notice) -> Self {
        Self { code: notice.code(), message: notice.to_string(), notice: *notice }
    }
}

/// Pictures of more pixels are packed when idle; smaller ones stay unpacked.
const LARGE: u64 = 4 << 20;

impl Picture {
    pub(super) fn of(mut picture: image::Picture) -> Self {
        if picture.rect().pixels() > LARGE {
            // Without memory for packing the picture stays unpacked, which is not an error.
            let _ = picture.pack();
        }
        Self(Rc::new(picture), Vec::new(), Rc::default(), false)
    }

    /// A picture derived from one with this metadata.
    pub(super) fn made(picture: image::Picture, metadata: &Rc<Metadata>) -> Self {
        Self(Self::of(picture).0, Vec::new(), metadata.clone(), false)
    }

    /// A decoded picture with its notices.
    pub(super) fn decoded(decoded: image::Decoded) -> Self {
        Self(Self::of(decoded.picture).0, decoded.notices, Rc::new(decoded.metadata), decoded.lossy)
    }
}

#[wasm_bindgen]
impl Picture {
    /// Width in pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.0.width()
    }

    /// Height in pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.0.height()
    }

    /// Whether any pixel is not opaque.
    #[wasm_bindgen(getter, js_name = hasAlpha)]
    pub fn has_alpha(&self) -> bool {
        self.0.has_alpha()
    }

    /// Memory of the pixels, in bytes.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> f64 {
        self.0.bytes() as f64
    }

    /// Warnings about the file that it was decoded from.
    #[wasm_bindgen(getter, unchecked_return_type = "PictureNotice[]")]
    pub fn notices(&self) -> JsValue {
        convert::json(&self.1.iter().map(Told::of).collect::<Vec<_>>())
    }

    /// RGBA bytes of a rectangle that lies inside the picture.
    pub fn pixels(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Uint8ClampedArray, JsValue> {
        let rgba = self.0.region(Rect::new(x, y, width, height)).map_err(|e| convert::error(&e))?;
        Ok(Uint8ClampedArray::from(&rgba[..]))
    }

    /// RGBA bytes of a rectangle, resized to `outWidth` × `outHeight`, for drawing a viewport.
    pub fn view(
        &self,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        #[wasm_bindgen(js_name = outWidth)] out_width: u32,
        #[wasm_bindgen(js_name = outHeight)] out_height: u32,
    ) -> Result<Uint8ClampedArray, JsValue> {
        let rgba = self.0.view(Rect::new(x, y, width, height), out_width, out_height);
        Ok(Uint8ClampedArray::from(&rgba.map_err(|e| convert::error(&e))?[..]))
    }

    /// A copy whose longer side is at most `maxSide`.
    pub fn thumbnail(&self, #[wasm_bindgen(js_name = maxSide)] max_side: u32) -> Result<Picture, JsValue> {
        self.0.thumbnail(max_side).map(|copy| Picture::made(copy, &self.2)).map_err(|e| convert::error(&e))
    }

    /// Crops the picture, mirrors the crop left to right if requested, then turns it clockwise by `quarters`
    /// of a circle. Pixels are not resampled.
    pub fn cut(
        &self,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        quarters: u32,
        mirrored: bool,
    ) -> Result<Picture, JsValue> {
        let cut = self.0.cut(Rect::new(x, y, width, height), quarters, mirrored);
        cut.map(|cut| Picture::made(cut, &self.2)).map_err(|e| convert::error(&e))
    }

    /// Whether it was decoded from a file with lossy compression (JPEG, lossy WebP).
    #[wasm_bindgen(getter, js_name = isLossy)]
    pub fn is_lossy(&self) -> bool {
        self.3
    }

    /// Whether its source file contains the location where the photo was taken.
    #[wasm_bindgen(getter, js_name = hasLocation)]
    pub fn has_location(&self) -> bool {
        self.2.has_location()
    }

    /// Metadata to write into files; `options.location` keeps the location where the photo was taken.
    fn metadata(&self, options: &JsValue) -> Metadata {
        Metadata::clone(&self.2)
            .with_location(option::<Boolean>(options, "location").is_some_and(|location| location.value_of()))
    }

    /// Encodes a lossless PNG file, with date, camera and resolution of its source file. Option: `location`
    /// (also keep the location where the photo was taken).
    #[wasm_bindgen(js_name = encodePng)]
    pub fn encode_png(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "{ location?: boolean }")] options: JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        image::encode_png_with(&self.0, &self.metadata(&options)).map_err(|e| convert::error(&e))
    }

    /// Adds the same metadata as `encodePng` to a WebP file of this picture that the browser has encoded.
    #[wasm_bindgen(js_name = completeWebp)]
    pub fn complete_webp(
        &self,
        webp: Vec<u8>,
        #[wasm_bindgen(unchecked_optional_param_type = "{ location?: boolean }")] options: JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        image::webp_with(webp, &self.0, &self.metadata(&options)).map_err(|e| convert::error(&e))
    }

    /// Encodes a baseline JPEG file of `quality` 1 to 100, on libjpeg's scale, with the same metadata as
    /// `encodePng`; `subsampling` of chroma is `"420"` (the default) or `"444"`. Transparent pixels are
    /// blended with white.
    #[wasm_bindgen(js_name = encodeJpeg)]
    pub fn encode_jpeg(
        &self,
        quality: f64,
        #[wasm_bindgen(unchecked_optional_param_type = "'420' | '444'")] subsampling: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "{ location?: boolean }")] options: JsValue,
    ) -> Result<Vec<u8>, JsValue> {
        let encode = || {
            let default = subsampling.is_undefined().then(Subsampling::default);
            let subsampling = default.map_or_else(|| convert::parse(&subsampling), Ok)?;
            let quality = convert::parse(&quality.into())?;
            image::encode_jpeg_with(&self.0, quality, subsampling, &self.metadata(&options))
        };
        encode().map_err(|e| convert::error(&e))
    }
}
