//! `Engine`: backends, models and pictures.

use super::convert;
use super::filter::whole;
use super::host::{Browser, option};
use super::model::{Model, tile_event};
use super::optional::values;
use super::picture::Picture;
use super::types;
use crate::error::Error;
use crate::image::{self, labels};
use crate::order::map;
use crate::session::{self, BackendChoice};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// Loads models and runs them on the GPU or the CPU. Pending promises keep everything that they need alive,
/// even after the engine and its models are freed. A `signal` aborts them.
#[wasm_bindgen]
pub struct Engine {
    inner: Rc<session::Engine>,
}

#[wasm_bindgen]
impl Engine {
    /// Creates an engine. `options.backend`: `"auto"` (the default), `"webgpu"` or `"cpu"`.
    /// `options.threads`: number of tiles of a picture to run at once on the CPU, in separate workers;
    /// `"auto"` (the default): the number of cores.
    #[wasm_bindgen(unchecked_return_type = "Promise<Engine>")]
    pub fn create(
        #[wasm_bindgen(
            unchecked_optional_param_type = "{ backend?: 'auto' | 'webgpu' | 'cpu'; threads?: number | 'auto' }"
        )]
        options: JsValue,
    ) -> Promise {
        let wanted = option::<js_sys::JsString>(&options, "backend").map(String::from);
        // The package's entry point has converted it to a number, and provides `process` with helpers.
        let threads = option::<js_sys::Number>(&options, "threads").map_or(1.0, |threads| threads.value_of());
        future_to_promise(async move {
            let choice = match wanted.as_deref() {
                None | Some("auto") => BackendChoice::Auto,
                Some("webgpu") => BackendChoice::WebGpu,
                Some("cpu") => BackendChoice::Cpu,
                Some(other) => {
                    let message =
                        format!("the backend must be \"auto\", \"webgpu\" or \"cpu\", not {other:?}");
                    return Err(convert::error(&Error::InvalidInput(message)));
                }
            };
            let host = Browser::new(&JsValue::UNDEFINED);
            let inner = session::Engine::create(choice, &host).await.map_err(|e| convert::error(&e))?;
            inner.set_threads(threads as usize);
            Ok(Engine { inner: Rc::new(inner) }.into())
        })
    }

    /// Number of tiles of a picture that run at once on the CPU.
    #[wasm_bindgen(getter)]
    pub fn threads(&self) -> usize {
        self.inner.threads()
    }

    /// Backend in use: `"webgpu"` or `"cpu"`.
    #[wasm_bindgen(getter, unchecked_return_type = "'webgpu' | 'cpu'")]
    pub fn backend(&self) -> String {
        self.inner.backend().into()
    }

    /// Reason for the choice of backend, as a sentence.
    #[wasm_bindgen(getter, js_name = backendReason)]
    pub fn backend_reason(&self) -> String {
        self.inner.reason().to_string()
    }

    /// Reason for the choice of backend, as an identifier.
    #[wasm_bindgen(getter, js_name = backendReasonCode, unchecked_return_type = "BackendReasonCode")]
    pub fn backend_reason_code(&self) -> String {
        self.inner.reason().code().into()
    }

    /// Name of the GPU in use.
    #[wasm_bindgen(getter)]
    pub fn adapter(&self) -> Option<String> {
        self.inner.adapter()
    }

    /// Loads an ONNX file; `options.externalData` maps the names of its data files to their bytes, and
    /// `options.metadata` has entries that override the file's `metadata_props`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Model>")]
    pub fn load(
        &self,
        bytes: Vec<u8>,
        #[wasm_bindgen(
            unchecked_optional_param_type = "{ externalData?: Record<string, Uint8Array>; metadata?: Record<string, string> }"
        )]
        options: JsValue,
    ) -> Promise {
        let metadata = convert::texts(&options, "metadata");
        let inner = self.inner.clone();
        let files =
            convert::files(&option::<JsValue>(&options, "externalData").unwrap_or(JsValue::UNDEFINED));
        future_to_promise(async move {
            let load = || {
                let files = files?;
                let external = map(files.iter().map(|(name, bytes)| (name.clone(), &bytes[..])));
                inner.load_as(&bytes, &external, metadata)
            };
            let model = load().map_err(|e| convert::error(&e))?;
            Ok(Model { inner: Rc::new(model) }.into())
        })
    }

    /// Decodes a PNG, JPEG, WebP, GIF, BMP or TIFF file.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn decode(&self, bytes: Vec<u8>) -> Promise {
        future_to_promise(async move {
            let decoded = image::read(&bytes).map_err(|e| convert::error(&e))?;
            Ok(Picture::decoded(decoded).into())
        })
    }

    /// Makes a picture from RGBA bytes, row by row.
    #[wasm_bindgen(js_name = pictureFromRgba)]
    pub fn picture_from_rgba(&self, rgba: &[u8], width: u32, height: u32) -> Result<Picture, JsValue> {
        image::Picture::from_rgba(width, height, rgba).map(Picture::of).map_err(|e| convert::error(&e))
    }

    /// Draws a label picture, the result of `process` for a model with classes, over the picture that it
    /// belongs to.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn view(
        &self,
        picture: &Picture,
        labels: &Picture,
        #[wasm_bindgen(unchecked_param_type = "LabelView")] options: JsValue,
    ) -> Promise {
        let (source, metadata, labels) = (picture.0.clone(), picture.2.clone(), labels.0.clone());
        future_to_promise(async move {
            let draw = || {
                let (view, chosen) = super::labels::view(&options)?;
                labels::draw(&source, &labels, view, &chosen)
            };
            Ok(Picture::made(draw().map_err(|e| convert::error(&e))?, &metadata).into())
        })
    }

    /// Estimates the cost of `process` for a picture, or for a size alone. If the picture would be refused,
    /// `fits` is false and `reason` says why.
    #[wasm_bindgen(unchecked_return_type = "Estimate")]
    pub fn estimate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Picture | { width: number; height: number }")] size: JsValue,
        model: &Model,
        #[wasm_bindgen(unchecked_optional_param_type = "{ tile?: number }")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        // An empty picture takes no memory; it cannot be made for an impossible size.
        let picture = || image::Picture::new(whole(&size, "width")?, whole(&size, "height")?);
        let (width, height) = picture().map_err(|e| convert::error(&e))?.size();
        match model.inner.estimate(width, height, tile_side(&options)) {
            Ok(estimate) => Ok(types::estimate(&estimate)),
            Err(ref error @ Error::TooLarge { needed, .. }) if needed > 0 => {
                Ok(types::refused(needed, &error.to_string()))
            }
            Err(error @ Error::PictureTooLarge { .. }) => Ok(types::refused(0, &error.to_string())),
            Err(e) => Err(convert::error(&e)),
        }
    }

    /// Runs a model on a picture, tile by tile. Options: `tile` (longest side in input pixels), `near` (tiles
    /// around this point of the input come first), `optional` (values for the network's optional inputs),
    /// `signal`, `onTile`, `onProgress`, and `help`, which runs [`Model::tile`] on another thread.
    #[wasm_bindgen(unchecked_return_type = "Promise<Picture>")]
    pub fn process(
        &self,
        picture: &Picture,
        model: &Model,
        #[wasm_bindgen(unchecked_optional_param_type = "ProcessOptions")] options: JsValue,
    ) -> Promise {
        let (source, metadata, inner) = (picture.0.clone(), picture.2.clone(), model.inner.clone());
        let host = Browser::new(&options);
        let on_tile = option::<Function>(&options, "onTile");
        let (tile, near) = (tile_side(&options), point(&options, "near"));
        let wanted = values(&options).map(|values| session::ProcessOptions { tile, near, values });
        future_to_promise(async move {
            let painted = |event: session::TileEvent| {
                host.tiles.set((event.done, event.tiles));
                session::Scheduler::progress(&host, event.done as f32 / event.tiles as f32);
                if let (Some(callback), Ok(tile)) = (&on_tile, tile_event(&event)) {
                    // Exceptions of the callback are ignored; the run continues.
                    let _ = callback.call1(&JsValue::NULL, &tile);
                }
            };
            let wanted = wanted.map_err(|e| convert::error(&e))?;
            let processed = inner.process(&source, wanted, &host, painted).await;
            let processed = processed.map_err(|e| convert::error(&e))?;
            Ok(Picture::made(processed.picture, &metadata).into())
        })
    }

    /// Simulates the loss of the GPU during a run, for tests.
    #[wasm_bindgen(js_name = loseDevice)]
    pub fn lose_device(&self) {
        self.inner.lose_device();
    }
}

/// The option `name`, `{ x, y }`.
pub(super) fn point(options: &JsValue, name: &str) -> Option<[u32; 2]> {
    place(&convert::get(options, name))
}

/// Reads `{ x, y }`.
pub(super) fn place(point: &JsValue) -> Option<[u32; 2]> {
    let along = |name: &str| option::<js_sys::Number>(point, name).map(|n| n.value_of() as u32);
    Some([along("x")?, along("y")?])
}

fn tile_side(options: &JsValue) -> Option<usize> {
    let side = option::<js_sys::Number>(options, "tile")?.value_of();
    (side >= 1.0).then_some(side as usize)
}
