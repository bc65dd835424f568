//! The worked numbers of the lecture, exactly. Where a slide slips, PyTorch decides.

use unet_playground::ops::{Attribute, Attributes, Op, Operator};
use unet_playground::tensor::Tensor;

/// All outputs of an operator.
fn run(op: &str, attributes: &[(&str, Attribute)], inputs: &[&Tensor]) -> Vec<Tensor> {
    let values = attributes.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let op = Op::new(op, &Attributes { values, opset: 18, outputs: 1, ..Attributes::default() })
        .unwrap()
        .expect("is supported");
    let inputs: Vec<Option<&Tensor>> =
        inputs.iter().map(|t| if t.is_empty() { None } else { Some(*t) }).collect();
    op.reference(&inputs).unwrap()
}

fn picture(rows: &[&[f32]]) -> Tensor {
    Tensor::f32([1, 1, rows.len(), rows[0].len()], rows.concat()).unwrap()
}

fn text(s: &str) -> Attribute {
    Attribute::Text(s.into())
}

fn ints(v: &[i64]) -> Attribute {
    Attribute::Ints(v.into())
}

fn absent() -> Tensor {
    Tensor::f32([0], []).unwrap()
}

fn scales() -> Tensor {
    Tensor::f32([4], [1.0, 1.0, 2.0, 2.0]).unwrap()
}

#[test]
fn nearest_neighbour() {
    let data = picture(&[&[1.0, 5.0], &[4.0, 8.0]]);
    // torch.nn.Upsample(scale_factor=2, mode="nearest")
    let attributes = [
        ("mode", text("nearest")),
        ("coordinate_transformation_mode", text("asymmetric")),
        ("nearest_mode", text("floor")),
    ];
    let expected = picture(&[
        &[1.0, 1.0, 5.0, 5.0],
        &[1.0, 1.0, 5.0, 5.0],
        &[4.0, 4.0, 8.0, 8.0],
        &[4.0, 4.0, 8.0, 8.0],
    ]);
    assert_eq!(run("Resize", &attributes, &[&data, &absent(), &scales()]), [expected]);
}

#[test]
fn bilinear() {
    let data = picture(&[&[1.0, 5.0], &[4.0, 8.0]]);
    // The slide cuts the second decimal: 1.75 is printed as 1.7, 3.25 as 3.2.
    let expected = picture(&[
        &[1.0, 2.0, 4.0, 5.0],
        &[1.75, 2.75, 4.75, 5.75],
        &[3.25, 4.25, 6.25, 7.25],
        &[4.0, 5.0, 7.0, 8.0],
    ]);
    let attributes = [("mode", text("linear")), ("coordinate_transformation_mode", text("half_pixel"))];
    assert_eq!(run("Resize", &attributes, &[&data, &absent(), &scales()]), [expected]);
}

#[test]
fn unpooling_with_indices() {
    let data = picture(&[
        &[1.0, 2.0, 3.0, 4.0],
        &[5.0, 6.0, 7.0, 8.0],
        &[9.0, 8.0, 7.0, 6.0],
        &[5.0, 4.0, 3.0, 2.0],
    ]);
    let attributes = [("kernel_shape", ints(&[2, 2])), ("strides", ints(&[2, 2]))];
    let pooled = run("MaxPool", &attributes, &[&data]);
    assert_eq!(pooled[0], picture(&[&[6.0, 8.0], &[9.0, 7.0]]));
    assert_eq!(pooled[1], Tensor::i64([1, 1, 2, 2], [5, 7, 8, 10]).unwrap());
    let expected = picture(&[
        &[0.0, 0.0, 0.0, 0.0],
        &[0.0, 6.0, 0.0, 8.0],
        &[9.0, 0.0, 7.0, 0.0],
        &[0.0, 0.0, 0.0, 0.0],
    ]);
    assert_eq!(run("MaxUnpool", &attributes, &[&pooled[0], &pooled[1]]), [expected]);
}

#[test]
fn pixel_shuffle() {
    let planes: Vec<f32> = (0..16).map(|v| v as f32).collect();
    let data = Tensor::f32([1, 4, 2, 2], planes).unwrap();
    let attributes = [("blocksize", Attribute::Int(2)), ("mode", text("CRD"))];
    let expected = picture(&[
        &[0.0, 4.0, 1.0, 5.0],
        &[8.0, 12.0, 9.0, 13.0],
        &[2.0, 6.0, 3.0, 7.0],
        &[10.0, 14.0, 11.0, 15.0],
    ]);
    assert_eq!(run("DepthToSpace", &attributes, &[&data]), [expected]);
}

/// Equal but for the last bit: 3 · 0.3 is not the float that is closest to 0.9.
fn assert_rounded(actual: &[Tensor], expected: &Tensor) {
    assert_eq!(actual[0].shape(), expected.shape());
    let (actual, expected) = (actual[0].as_f32().unwrap(), expected.as_f32().unwrap());
    let close = actual.iter().zip(expected).all(|(a, e)| (a - e).abs() <= f32::EPSILON * e.abs());
    assert!(close, "{actual:?}, expected {expected:?}");
}

/// Examples 1 and 2 share data and kernel.
fn small_kernel() -> (Tensor, Tensor) {
    (picture(&[&[1.0, 2.0], &[3.0, 4.0]]), picture(&[&[0.1, -0.2], &[0.3, -0.1]]))
}

#[test]
fn transposed_convolution_1() {
    let (data, kernel) = small_kernel();
    let expected = picture(&[&[0.1, 0.0, -0.4], &[0.6, 0.3, -1.0], &[0.9, 0.9, -0.4]]);
    assert_rounded(&run("ConvTranspose", &[], &[&data, &kernel]), &expected);
}

#[test]
fn transposed_convolution_2_with_stride() {
    let (data, kernel) = small_kernel();
    let expected = picture(&[
        &[0.1, -0.2, 0.2, -0.4],
        &[0.3, -0.1, 0.6, -0.2],
        &[0.3, -0.6, 0.4, -0.8],
        &[0.9, -0.3, 1.2, -0.4],
    ]);
    assert_rounded(&run("ConvTranspose", &[("strides", ints(&[2, 2]))], &[&data, &kernel]), &expected);
}

#[test]
fn transposed_convolution_3_with_padding_output_padding_and_bias() {
    let data = picture(&[&[1.0, 2.0], &[3.0, 4.0]]);
    let kernel = picture(&[&[3.0, 0.0, -2.0], &[1.0, 1.0, 1.0], &[-3.0, 0.0, 2.0]]);
    let strides = ("strides", ints(&[2, 2]));
    let full = picture(&[
        &[3.0, 0.0, 4.0, 0.0, -4.0],
        &[1.0, 1.0, 3.0, 2.0, 2.0],
        &[6.0, 0.0, 2.0, 0.0, -4.0],
        &[3.0, 3.0, 7.0, 4.0, 4.0],
        &[-9.0, 0.0, -6.0, 0.0, 8.0],
    ]);
    assert_eq!(run("ConvTranspose", std::slice::from_ref(&strides), &[&data, &kernel]), [full]);

    let bias = Tensor::f32([1], [0.1]).unwrap();
    let padded = [strides.clone(), ("pads", ints(&[1, 1, 1, 1]))];
    let expected = picture(&[&[1.1, 3.1, 2.1], &[0.1, 2.1, 0.1], &[3.1, 7.1, 4.1]]);
    assert_eq!(run("ConvTranspose", &padded, &[&data, &kernel, &bias]), [expected]);

    let larger = [strides, ("pads", ints(&[1, 1, 1, 1])), ("output_padding", ints(&[1, 1]))];
    let expected = picture(&[
        &[1.1, 3.1, 2.1, 2.1],
        &[0.1, 2.1, 0.1, -3.9],
        &[3.1, 7.1, 4.1, 4.1],
        &[0.1, -5.9, 0.1, 8.1],
    ]);
    assert_eq!(run("ConvTranspose", &larger, &[&data, &kernel, &bias]), [expected]);
}

#[test]
fn transposed_convolution_of_64_gives_127_or_128() {
    let data = Tensor::f32([1, 1, 64, 64], vec![1.0; 64 * 64]).unwrap();
    for (kernel, expected) in [(3, 127), (4, 128)] {
        let weight = Tensor::f32([1, 1, kernel, kernel], vec![1.0; kernel * kernel]).unwrap();
        let attributes = [("strides", ints(&[2, 2])), ("pads", ints(&[1, 1, 1, 1]))];
        let output = run("ConvTranspose", &attributes, &[&data, &weight]);
        assert_eq!(output[0].shape(), [1, 1, expected, expected]);
    }
}
