//! The upsampling lab: one operator on a small matrix.

use super::convert;
use super::host::option;
use crate::error::{Error, Result};
use crate::lab::{self, How, TransposedConv, Upsampling};
use crate::tensor::Tensor;
use js_sys::{Boolean, JsString, Number, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** An operator, its settings by their PyTorch names, and a matrix of at most 8 by 8. */
export interface UpsampleRequest {
  operator: "nearest" | "bilinear" | "bicubic" | "pixel-shuffle" | "max-unpool" | "transposed-conv";
  /** [1, C, H, W] */
  input: Tensor;
  /** nearest, bilinear, bicubic: scale_factor; pixel-shuffle: upscale_factor. */
  factor?: number;
  alignCorners?: boolean;
  kernelSize?: number;
  stride?: number;
  padding?: number;
  outputPadding?: number;
  /** [1, 1, kh, kw] */
  kernel?: Tensor;
  bias?: number;
}

/** A result, [1, C, H, W], with the origin of each number. N is the number of input cells. */
export interface Upsampled {
  output: { data: Float32Array; shape: number[] };
  /** Interpolation and shuffling, [N, C, H, W]: the weight of each input cell. */
  weights?: { data: Float32Array; shape: number[] };
  /** Max-unpool, [1, C, h, w]: the maxima. */
  maxima?: { data: Float32Array; shape: number[] };
  /** Max-unpool: positions of the maxima within their planes. */
  indices?: { data: BigInt64Array; shape: number[] };
  /** Max-unpool, [N, C, h, w]: 1 where a window contains the cell. */
  windows?: { data: Float32Array; shape: number[] };
  /** Transposed-conv, [N, 1, H, W]: number of the kernel cell, from 1, that multiplies the input cell; 0: none. */
  kernelCells?: { data: Float32Array; shape: number[] };
  /** Transposed-conv, [N, 1, H, W]: the output after stamping this cell and those before it. */
  sums?: { data: Float32Array; shape: number[] };
  /** Transposed-conv: the input with zeros between and around its cells, as numbers of input cells from 1. */
  spread?: { data: Float32Array; shape: number[] };
}
"#;

/// Applies one operator to a small matrix, and explains every number of the result.
#[wasm_bindgen(unchecked_return_type = "Upsampled")]
pub fn upsample(
    #[wasm_bindgen(unchecked_param_type = "UpsampleRequest")] request: JsValue,
) -> std::result::Result<JsValue, JsValue> {
    upsampled(&request).map(JsValue::from).map_err(|e| convert::error(&e))
}

fn upsampled(request: &JsValue) -> Result<Object> {
    let worked = lab::work(&upsampling(request)?, &tensor(request, "input")?)?;
    let result = Object::new();
    // Setting a property of a plain object cannot fail.
    let set = |name: &str, tensor| drop(Reflect::set(&result, &name.into(), &convert::from_tensor(tensor)));
    set("output", worked.output);
    match worked.how {
        How::Weights(weights) => set("weights", weights),
        How::Pooled { maxima, indices, windows } => {
            set("maxima", maxima);
            set("indices", indices);
            set("windows", windows);
        }
        How::Stamped { kernel_cells, sums, spread } => {
            set("kernelCells", kernel_cells);
            set("sums", sums);
            set("spread", spread);
        }
    }
    Ok(result)
}

fn upsampling(request: &JsValue) -> Result<Upsampling> {
    let scale = count(request, "factor")?;
    let kernel = count(request, "kernelSize")?;
    let (stride, padding) = (count(request, "stride")?, count(request, "padding")?);
    let align_corners = option::<Boolean>(request, "alignCorners").is_some_and(|v| v.value_of());
    let operator = option::<JsString>(request, "operator").map(String::from).unwrap_or_default();
    Ok(match operator.as_str() {
        "nearest" => Upsampling::Nearest { scale },
        "bilinear" => Upsampling::Bilinear { scale, align_corners },
        "bicubic" => Upsampling::Bicubic { scale, align_corners },
        "pixel-shuffle" => Upsampling::PixelShuffle { factor: scale },
        "max-unpool" => Upsampling::MaxUnpool { kernel, stride, padding },
        "transposed-conv" => Upsampling::TransposedConv(TransposedConv {
            kernel: tensor(request, "kernel")?,
            stride,
            padding,
            output_padding: count(request, "outputPadding")?,
            bias: option::<Number>(request, "bias").map_or(0.0, |v| v.value_of() as f32),
        }),
        _ => return Err(Error::InvalidInput("the lab does not have this operator".into())),
    })
}

/// A nonnegative integer; 0 if absent.
fn count(request: &JsValue, name: &str) -> Result<usize> {
    let value = option::<Number>(request, name).map_or(0.0, |v| v.value_of());
    if value.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&value) {
        return Ok(value as usize);
    }
    Err(Error::InvalidInput([name, " must be a small whole number"].concat()))
}

fn tensor(request: &JsValue, name: &str) -> Result<Tensor> {
    let given: JsValue = option(request, name).unwrap_or(JsValue::UNDEFINED);
    let part = |key| option::<JsValue>(&given, key).unwrap_or(JsValue::UNDEFINED);
    convert::tensor(&part("data"), &part("shape"))
}
