//! Conversion of values between Rust and JavaScript.

use crate::error::Error;
use crate::tensor::{Data, Tensor};
use js_sys::{Array, BigInt64Array, Float32Array, Int32Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};

/// A JavaScript `Error` with a `code`.
pub(super) fn error(error: &Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    if *error == Error::Aborted {
        js.set_name("AbortError");
    }
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &error.code().into());
    js.into()
}

fn wrong(message: &str) -> Error {
    Error::InvalidInput(message.into())
}

/// Reads an object whose entries are byte arrays.
pub(super) fn files(object: &JsValue) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    if let Some(object) = object.dyn_ref::<Object>() {
        for entry in Object::entries(object).iter() {
            let entry = Array::from(&entry);
            let bytes = entry.get(1).dyn_into::<Uint8Array>();
            let bytes = bytes.map_err(|_| wrong("externalData must map file names to Uint8Arrays"))?;
            files.insert(entry.get(0).as_string().unwrap_or_default(), bytes.to_vec());
        }
    }
    Ok(files)
}

/// Strings of the object under `key`, by name; empty if absent.
pub(super) fn texts(options: &JsValue, key: &str) -> BTreeMap<String, String> {
    let Some(object) = super::host::option::<Object>(options, key) else { return BTreeMap::new() };
    let entry = |entry: JsValue| {
        let entry = Array::from(&entry);
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    };
    Object::entries(&object).iter().filter_map(entry).collect()
}

/// Reads an array of sizes.
pub(super) fn shape(value: &JsValue) -> Result<Vec<usize>, Error> {
    let sizes = value.dyn_ref::<Array>().ok_or_else(|| wrong("a shape must be an array of numbers"))?;
    let size = |v: JsValue| {
        let n = v.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(n));
        n.map(|n| n as usize).ok_or_else(|| wrong("a shape must consist of integers from 0 on"))
    };
    sizes.iter().map(size).collect()
}

/// A property of a value; undefined if absent.
pub(super) fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Reads `{ data, shape }`, as made by [`from_tensor`].
pub(super) fn to_tensor(value: &JsValue) -> Result<Tensor, Error> {
    tensor(&get(value, "data"), &get(value, "shape"))
}

/// Reads a typed array and its shape.
pub(super) fn tensor(data: &JsValue, dims: &JsValue) -> Result<Tensor, Error> {
    let data = if let Some(floats) = data.dyn_ref::<Float32Array>() {
        Data::F32(floats.to_vec())
    } else if let Some(ints) = data.dyn_ref::<BigInt64Array>() {
        Data::I64(ints.to_vec())
    } else if let Some(ints) = data.dyn_ref::<Int32Array>() {
        Data::I64(ints.to_vec().into_iter().map(i64::from).collect())
    } else {
        return Err(wrong("data must be a Float32Array, BigInt64Array or Int32Array"));
    };
    Tensor::new(shape(dims)?, data)
}

/// Makes `{ data, shape }`.
pub(super) fn from_tensor(tensor: Tensor) -> Object {
    let (dims, data) = tensor.into_parts();
    let data: JsValue = match data {
        Data::F32(floats) => Float32Array::from(&floats[..]).into(),
        Data::I64(ints) => BigInt64Array::from(&ints[..]).into(),
    };
    object(&[("data", data), ("shape", sizes(&dims))])
}

pub(super) fn sizes(sizes: &[usize]) -> JsValue {
    list(sizes.iter().map(|&size| Some(size as f64)))
}

/// An array of numbers, or null.
pub(super) fn list(numbers: impl Iterator<Item = Option<f64>>) -> JsValue {
    numbers.map(|number| number.map_or(JsValue::NULL, JsValue::from)).collect::<Array>().into()
}

pub(super) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A JavaScript value as plain data.
///
/// # Errors
/// `InvalidInput` for values of another type.
pub(super) fn parse<T: DeserializeOwned>(value: &JsValue) -> Result<T, Error> {
    let text = js_sys::JSON::stringify(value).map(String::from).unwrap_or_default();
    serde_json::from_str(&text).map_err(|e| Error::InvalidInput(e.to_string()))
}

/// Plain data as a JavaScript value.
pub(super) fn json(value: &impl Serialize) -> JsValue {
    let text = serde_json::to_string(value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::UNDEFINED)
}
