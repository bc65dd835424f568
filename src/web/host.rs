//! The browser's clock, macrotasks, abort signal, progress callback and helpers.

use super::convert;
use crate::error::{Error, Result};
use crate::session::Scheduler;
use crate::tensor::Tensor;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, MessageChannel, Performance};

/// Options `signal`, `onProgress` and `help` of a call.
pub(super) struct Browser {
    performance: Option<Performance>,
    signal: Option<AbortSignal>,
    on_progress: Option<Function>,
    /// Maps a helper's number, a tile's data and its shape to a promise of `{ data, shape }`.
    help: Option<Function>,
    /// Tile counts that `onProgress` gets besides the finished share.
    pub tiles: Cell<(usize, usize)>,
}

impl Browser {
    pub(super) fn new(options: &JsValue) -> Self {
        let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok();
        Self {
            performance: performance.and_then(|p| p.dyn_into().ok()),
            signal: option(options, "signal"),
            on_progress: option(options, "onProgress"),
            help: option(options, "help"),
            tiles: Cell::new((0, 0)),
        }
    }
}

/// A property of an options object, if present and of this type.
pub(super) fn option<T: JsCast>(options: &JsValue, name: &str) -> Option<T> {
    if !options.is_object() {
        return None;
    }
    Reflect::get(options, &name.into()).ok()?.dyn_into().ok()
}

impl Scheduler for Browser {
    fn now(&self) -> f64 {
        self.performance.as_ref().map_or_else(js_sys::Date::now, Performance::now)
    }

    /// Posts a message to this context: unlike timers, browsers do not delay it.
    async fn pause(&self) {
        let Ok(channel) = MessageChannel::new() else { return };
        let (port, far) = (channel.port1(), channel.port2());
        let arrived = Promise::new(&mut |resolve, _| {
            port.set_onmessage(Some(&resolve));
            if far.post_message(&JsValue::NULL).is_err() {
                // No message will arrive.
                let _ = resolve.call0(&JsValue::NULL);
            }
        });
        // The promise is never rejected.
        let _ = JsFuture::from(arrived).await;
        port.close();
    }

    fn stopped(&self) -> bool {
        self.signal.as_ref().is_some_and(AbortSignal::aborted)
    }

    fn progress(&self, fraction: f32) {
        let Some(callback) = &self.on_progress else { return };
        let (done, tiles) = self.tiles.get();
        let event = js_sys::Object::new();
        for (name, value) in
            [("fraction", f64::from(fraction)), ("tilesDone", done as f64), ("tiles", tiles as f64)]
        {
            // Setting a property of a plain object cannot fail.
            let _ = Reflect::set(&event, &name.into(), &value.into());
        }
        // Exceptions of the callback are ignored; the run continues.
        let _ = callback.call1(&JsValue::NULL, &event);
    }

    async fn help(&self, helper: usize, input: Tensor) -> Result<Tensor> {
        let failed = |what: &str| Error::Internal(format!("helper {helper}: {what}"));
        let help = self.help.as_ref().ok_or_else(|| failed("there is none"))?;
        let input = convert::from_tensor(input);
        let [data, shape] = ["data", "shape"].map(|key| convert::get(&input, key));
        let asked = Array::of3(&(helper as f64).into(), &data, &shape);
        let promised = help.apply(&JsValue::NULL, &asked).map_err(|_| failed("it cannot be asked"))?;
        match JsFuture::from(Promise::resolve(&promised)).await {
            Ok(output) => convert::to_tensor(&output),
            Err(_) if self.stopped() => Err(Error::Aborted),
            Err(_) => Err(failed("it has failed")),
        }
    }
}
