//! Views of labels out of options objects.

use super::host::option;
use crate::error::{Error, Result};
use crate::image::labels::View;
use js_sys::{Array, JsString, Number};
use wasm_bindgen::JsValue;

/// The view that `{ mode, … }` means, and the chosen classes.
///
/// # Errors
/// `InvalidInput` for an unknown mode, and where a class is no index.
pub fn view(options: &JsValue) -> Result<(View, Vec<u8>)> {
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
