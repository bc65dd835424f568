//! Writes ONNX messages by hand, so that broken ones can be made as easily as good ones.

/// A length-delimited field.
pub(crate) fn field(tag: u64, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    [varint(tag << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

/// A varint field.
pub(crate) fn int(tag: u64, value: i64) -> Vec<u8> {
    [varint(tag << 3), varint(value as u64)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A tensor message with these fields after its name, type and shape.
pub(crate) fn tensor(name: &str, data_type: i64, dims: &[i64], rest: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|&d| int(1, d)).collect();
    [dims, int(2, data_type), field(8, name), rest.to_vec()].concat()
}

/// A float tensor with raw data.
pub(crate) fn floats(name: &str, dims: &[i64], values: &[f32]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor(name, 1, dims, &field(9, raw))
}

/// An integer tensor with raw data.
pub(crate) fn integers(name: &str, dims: &[i64], values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor(name, 7, dims, &field(9, raw))
}

/// An input or output of float type; −1 is a dynamic dimension.
pub(crate) fn port(name: &str, dims: &[i64]) -> Vec<u8> {
    let dims: Vec<u8> =
        dims.iter().flat_map(|&d| field(1, if d < 0 { field(2, "n") } else { int(1, d) })).collect();
    let tensor_type = [int(1, 1), field(2, dims)].concat();
    [field(1, name), field(2, field(1, tensor_type))].concat()
}

pub(crate) fn ints_attribute(name: &str, values: &[i64]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|&v| int(8, v)).collect();
    [field(1, name), values, int(20, 7)].concat()
}

pub(crate) fn int_attribute(name: &str, value: i64) -> Vec<u8> {
    [field(1, name), int(3, value), int(20, 2)].concat()
}

pub(crate) fn text_attribute(name: &str, value: &str) -> Vec<u8> {
    [field(1, name), field(4, value), int(20, 3)].concat()
}

/// A node of the default domain.
pub(crate) fn node(
    name: &str,
    op: &str,
    inputs: &[&str],
    outputs: &[&str],
    attributes: &[Vec<u8>],
) -> Vec<u8> {
    let list = |tag, names: &[&str]| names.iter().flat_map(|n| field(tag, n)).collect::<Vec<u8>>();
    let attributes: Vec<u8> = attributes.iter().flat_map(|a| field(5, a)).collect();
    [list(1, inputs), list(2, outputs), field(3, name), field(4, op), attributes].concat()
}

/// The parts of a model; `x` in, `y` out unless said otherwise.
pub(crate) struct Model {
    pub opset: i64,
    pub nodes: Vec<Vec<u8>>,
    pub initializers: Vec<Vec<u8>>,
    pub inputs: Vec<Vec<u8>>,
    pub outputs: Vec<Vec<u8>>,
}

impl Model {
    pub(crate) fn new(nodes: Vec<Vec<u8>>, initializers: Vec<Vec<u8>>) -> Self {
        let any = [1, 2, -1, -1];
        Self { opset: 18, nodes, initializers, inputs: vec![port("x", &any)], outputs: vec![port("y", &any)] }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let list = |tag, parts: &[Vec<u8>]| parts.iter().flat_map(|p| field(tag, p)).collect::<Vec<u8>>();
        let graph = [
            list(1, &self.nodes),
            field(2, "graph"),
            list(5, &self.initializers),
            list(11, &self.inputs),
            list(12, &self.outputs),
        ]
        .concat();
        [int(1, 8), field(7, graph), field(8, int(2, self.opset))].concat()
    }
}
