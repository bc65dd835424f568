//! `Model`: planning and running on typed arrays.

use super::convert::{self, object};
use super::host::{Browser, option};
use super::types;
use crate::error::Error;
use crate::graph::Port;
use crate::order::map;
use crate::plan::Selection;
use crate::session;
use crate::tensor::{DType, Tensor};
use js_sys::{Array, Object, Promise, Reflect};
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// A loaded network.
#[wasm_bindgen]
pub struct Model {
    pub(super) inner: Rc<session::Model>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described<'a> {
    name: &'a str,
    r#type: &'static str,
    shape: Option<&'a [Option<usize>]>,
}

fn describe(port: &Port) -> Described<'_> {
    Described {
        name: &port.name,
        r#type: if port.dtype == DType::F32 { "float32" } else { "int64" },
        shape: port.shape.as_deref(),
    }
}

fn ports(ports: &[Port]) -> JsValue {
    ports.iter().map(|port| convert::json(&describe(port))).collect::<Array>().into()
}

#[wasm_bindgen]
impl Model {
    /// Inputs: name, type, and shape with `null` where dynamic.
    #[wasm_bindgen(getter, unchecked_return_type = "Port[]")]
    pub fn inputs(&self) -> JsValue {
        ports(&self.inner.graph().inputs)
    }

    /// Outputs, like `inputs`.
    #[wasm_bindgen(getter, unchecked_return_type = "Port[]")]
    pub fn outputs(&self) -> JsValue {
        ports(&self.inner.graph().outputs)
    }

    /// `metadata_props` of the file.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, string>")]
    pub fn metadata(&self) -> JsValue {
        convert::json(&self.inner.graph().metadata)
    }

    /// Task of the model: its purpose, and its input and output as pictures; `undefined` if it can only be
    /// run on tensors.
    #[wasm_bindgen(getter, unchecked_return_type = "Task | undefined")]
    pub fn task(&self) -> JsValue {
        self.inner.describe().map_or(JsValue::UNDEFINED, |told| convert::json(&told))
    }

    /// Plans a run for an input shape: an array, or an object of arrays by input name.
    #[wasm_bindgen(unchecked_return_type = "Plan")]
    pub fn plan(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number[] | Record<string, number[]>")] shape: JsValue,
    ) -> Result<JsValue, JsValue> {
        let summary = self.shapes(&shape).and_then(|shapes| self.inner.plan(&shapes));
        summary.map(|summary| types::plan(&summary)).map_err(|e| convert::error(&e))
    }

    /// Weights that a node reads, in the order of its inputs, each with a histogram; empty for most nodes.
    #[wasm_bindgen(unchecked_return_type = "Weights[]")]
    pub fn weights(&self, node: &str) -> Result<JsValue, JsValue> {
        self.inner.weights(node).map(|weights| convert::json(&weights)).map_err(|e| convert::error(&e))
    }

    /// Runs on one array and its shape, or on `{ name: { data, shape } }`. Options: `signal`, `onProgress`;
    /// with named inputs also `outputs` (names of values to return) and `cut` (values to set to zero,
    /// `"name"` or `"name>node"`).
    #[wasm_bindgen(unchecked_return_type = "Promise<any>")]
    pub fn run(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | Record<string, Tensor>")] input: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number[] | RunOptions")] second: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] third: JsValue,
    ) -> Promise {
        let named = !input.is_instance_of::<js_sys::Float32Array>();
        let options = if named { second.clone() } else { third };
        let host = Browser::new(&options);
        let (inner, cut) = (self.inner.clone(), names(&options, "cut"));
        let selection = Selection { outputs: names(&options, "outputs"), cut };
        let inputs = if named { by_name(&input) } else { single(&input, &second) };
        future_to_promise(async move {
            let names = if selection.outputs.is_empty() {
                inner.graph().outputs.iter().map(|port| port.name.clone()).collect()
            } else {
                selection.outputs.clone()
            };
            let run = async { inner.run(inputs?, &selection, &host).await };
            let outputs = run.await.map_err(|e| convert::error(&e))?;
            let mut outputs = outputs.into_iter().map(convert::from_tensor);
            if !named {
                return Ok(outputs.next().map_or(JsValue::UNDEFINED, JsValue::from));
            }
            let result = Object::new();
            for (name, output) in names.iter().zip(outputs) {
                Reflect::set(&result, &name.into(), &output)?;
            }
            Ok(result.into())
        })
    }

    /// Times every kernel of a run, averaged over several runs. Inputs and options (`signal`) as in `run`. On
    /// a GPU without timestamps, every kernel's time includes the round trip to the GPU.
    #[wasm_bindgen(unchecked_return_type = "Promise<KernelTime[]>")]
    pub fn profile(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array | Record<string, Tensor>")] input: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "number[] | { signal?: AbortSignal }")]
        second: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "{ signal?: AbortSignal }")] third: JsValue,
    ) -> Promise {
        let named = !input.is_instance_of::<js_sys::Float32Array>();
        let (inner, host) = (self.inner.clone(), Browser::new(if named { &second } else { &third }));
        let inputs = if named { by_name(&input) } else { single(&input, &second) };
        future_to_promise(async move {
            let times = async { inner.profile(inputs?, &host).await };
            times.await.map(|times| convert::json(&times)).map_err(|e| convert::error(&e))
        })
    }

    /// Runs on the input of one tile and returns the output, as a helper of `process`. Options: `signal`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Tensor>")]
    pub fn tile(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] data: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number[]")] shape: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "{ signal?: AbortSignal }")] options: JsValue,
    ) -> Promise {
        let (inner, host) = (self.inner.clone(), Browser::new(&options));
        let input = convert::tensor(&data, &shape);
        future_to_promise(async move {
            let run = async { inner.tile(input?, &host).await };
            run.await.map(|output| convert::from_tensor(output).into()).map_err(|e| convert::error(&e))
        })
    }

    /// Frees the buffers of the last run; the next run allocates them again. Does nothing during a run.
    pub fn release(&self) {
        self.inner.release();
    }
}

impl Model {
    fn shapes(&self, given: &JsValue) -> Result<Vec<Vec<usize>>, Error> {
        let ports = &self.inner.graph().inputs;
        if given.is_instance_of::<Array>() {
            let [_] = ports[..] else {
                return Err(Error::InvalidInput(
                    "a model with several inputs needs its shapes by name".into(),
                ));
            };
            return Ok(vec![convert::shape(given)?]);
        }
        let shape = |port: &Port| {
            convert::shape(&convert::get(given, &port.name))
                .map_err(|e| Error::InvalidInput(format!("input {:?}: {e}", port.name)))
        };
        ports.iter().map(shape).collect()
    }
}

fn single(data: &JsValue, shape: &JsValue) -> Result<BTreeMap<String, Tensor>, Error> {
    Ok(map([(String::new(), convert::tensor(data, shape)?)]))
}

fn by_name(inputs: &JsValue) -> Result<BTreeMap<String, Tensor>, Error> {
    let inputs = inputs.dyn_ref::<Object>();
    let inputs =
        inputs.ok_or_else(|| Error::InvalidInput("inputs must be a Float32Array or an object".into()))?;
    let one = |entry: JsValue| {
        let entry = Array::from(&entry);
        let (name, value) = (entry.get(0).as_string().unwrap_or_default(), entry.get(1));
        let tensor =
            convert::to_tensor(&value).map_err(|e| Error::InvalidInput(format!("input {name:?}: {e}")))?;
        Ok((name, tensor))
    };
    Ok(map(Object::entries(inputs).iter().map(one).collect::<Result<Vec<_>, Error>>()?))
}

/// A list of names; empty if absent.
pub(super) fn names(options: &JsValue, key: &str) -> Vec<String> {
    option::<Array>(options, key).map_or(vec![], |list| list.iter().filter_map(|v| v.as_string()).collect())
}

/// Makes `{ x, y, width, height, pixels }` of a finished tile.
pub(super) fn tile_event(event: &session::TileEvent) -> Result<Object, Error> {
    let rect = event.rect;
    let pixels = js_sys::Uint8ClampedArray::from(&event.picture.region(rect)?[..]);
    Ok(object(&[
        ("x", rect.x.into()),
        ("y", rect.y.into()),
        ("width", rect.width.into()),
        ("height", rect.height.into()),
        ("pixels", pixels.into()),
    ]))
}
