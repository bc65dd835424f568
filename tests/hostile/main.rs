//! Hostile files: each is an error with a code, and with the node's name where one is to blame; and
//! the next good model runs.

mod exercise;
mod writer;

use exercise::exercise;
use std::collections::BTreeMap;
use unet_playground::Error;
use unet_playground::session::{BackendChoice, Engine, Unhurried};
use writer::*;

/// x (1×2×h×w) through a 3×3 convolution, batch normalisation of constants, and pooling.
fn good() -> Model {
    let weight: Vec<f32> = (0..36).map(|v| v as f32 * 0.1 - 1.5).collect();
    let pads = ints_attribute("pads", &[1, 1, 1, 1]);
    let nodes = vec![
        node("first", "Conv", &["x", "w", "b"], &["a"], &[pads]),
        node("second", "Relu", &["a"], &["c"], &[]),
        node("third", "Add", &["c", "x"], &["d"], &[]),
        node("fourth", "Reshape", &["d", "s"], &["y"], &[]),
    ];
    let initializers = vec![
        floats("w", &[2, 2, 3, 3], &weight),
        floats("b", &[2], &[0.5, -0.5]),
        integers("s", &[4], &[0, 1, -1, 2]),
    ];
    Model::new(nodes, initializers)
}

/// Xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// The bytes with one to four of them changed.
    fn flip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut broken = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(broken.len());
            broken[at] = match self.below(3) {
                0 => self.below(256) as u8,
                1 => broken[at].wrapping_add(1),
                _ => broken[at] ^ (1 << self.below(8)),
            };
        }
        broken
    }
}

/// A model of one node named `bad`.
fn single(op: &str, inputs: &[&str], attributes: &[Vec<u8>], initializers: Vec<Vec<u8>>) -> Vec<u8> {
    Model::new(vec![node("bad", op, inputs, &["y"], attributes)], initializers).bytes()
}

fn assert_refused(what: &str, bytes: &[u8], code: &str, names: &str) {
    let error = exercise(bytes).expect_err(what);
    assert_eq!(error.code(), code, "{what}: {error}");
    assert!(error.to_string().contains(names), "{what}: {error} does not name {names:?}");
    assert!(exercise(&good().bytes()).is_ok(), "{what}: the next model does not run");
}

#[test]
fn the_good_model_runs() {
    let output = exercise(&good().bytes()).unwrap();
    assert_eq!(output[0].shape(), [1, 1, 36, 2]);
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = good().bytes();
    for len in 0..bytes.len() {
        let error = match exercise(&bytes[..len]) {
            Ok(_) => panic!("{len} of {} bytes run", bytes.len()),
            Err(error) => error,
        };
        assert_eq!(error.code(), "invalid-model", "{len} bytes: {error}");
    }
}

#[test]
fn random_bytes_are_survived() {
    let bytes = good().bytes();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let (mut ran, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let broken = random.flip(&bytes);
        match exercise(&broken) {
            Ok(_) => ran += 1,
            Err(_) => refused += 1,
        }
    }
    for _ in 0..2_000 {
        let noise: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
        assert!(exercise(&noise).is_err());
    }
    assert!(ran > 1000 && refused > 1000, "{ran} ran, {refused} were refused");
}

/// Every model of the fixtures, broken many times over: all operators, and every kind of attribute.
/// HOSTILE_ROUNDS asks for more than the usual rounds.
#[test]
fn broken_fixtures_are_survived() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let rounds = std::env::var("HOSTILE_ROUNDS").map_or(20, |text| text.parse().expect("a number"));
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ rounds);
    let mut count = 0;
    for folder in ["conformance", "ops"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the fixtures are there") {
            let bytes = std::fs::read(entry.expect("is readable").path()).expect("is readable");
            let file = safetensors::SafeTensors::deserialize(&bytes).expect("is a fixture");
            let models = file.tensors().into_iter().filter(|(name, _)| name.ends_with("/model"));
            for (_, model) in models.filter(|(_, model)| model.data().len() < 4000) {
                for _ in 0..rounds {
                    // Whether it is refused or runs does not matter, but that it comes back does.
                    drop(exercise(&random.flip(model.data())));
                    count += 1;
                }
            }
        }
    }
    assert!(count >= 500 * rounds, "{count} models");
}

#[test]
fn broken_graphs_are_refused() {
    let cyclic = vec![
        node("one", "Add", &["x", "q"], &["p"], &[]),
        node("two", "Relu", &["p"], &["q"], &[]),
        node("three", "Relu", &["q"], &["y"], &[]),
    ];
    assert_refused("a cycle", &Model::new(cyclic, vec![]).bytes(), "invalid-model", "\"one\"");

    let own = single("Add", &["x", "y"], &[], vec![]);
    assert_refused("a node that reads itself", &own, "invalid-model", "\"bad\"");

    let missing = single("Add", &["x", "nowhere"], &[], vec![]);
    assert_refused("a missing input", &missing, "invalid-node", "\"nowhere\"");

    let twice = vec![node("one", "Relu", &["x"], &["y"], &[]), node("two", "Tanh", &["x"], &["y"], &[])];
    assert_refused("two producers", &Model::new(twice, vec![]).bytes(), "invalid-model", "\"two\"");

    let mut model = good();
    model.initializers.push(floats("w", &[1], &[0.0]));
    assert_refused("an initializer twice", &model.bytes(), "invalid-model", "\"w\"");

    let mut model = good();
    model.initializers.push(floats("a", &[1], &[0.0]));
    assert_refused("a value both constant and computed", &model.bytes(), "invalid-model", "\"first\"");

    let mut model = good();
    model.initializers.remove(1);
    assert_refused("a missing initializer", &model.bytes(), "invalid-node", "\"first\"");

    let mut model = good();
    model.outputs.clear();
    assert_refused("no output", &model.bytes(), "invalid-model", "output");

    let mut model = good();
    model.outputs = vec![port("elsewhere", &[1])];
    assert_refused("an output that nothing makes", &model.bytes(), "invalid-model", "\"elsewhere\"");

    let mut model = good();
    model.opset = 9;
    assert_refused("an old operator set", &model.bytes(), "invalid-model", "operator set 9");
    assert_refused("no graph", &field(8, int(2, 18)), "invalid-model", "no graph");
}

#[test]
fn a_split_into_nothing_is_refused() {
    let mut model = good();
    model.nodes.insert(0, node("bad", "Split", &["w"], &[], &[]));
    assert_refused("no outputs", &model.bytes(), "invalid-node", "\"bad\"");
}

/// What a run of the model on a 6×6 picture would be, as the page asks for it before.
fn planned(bytes: &[u8]) -> Result<(), Error> {
    let engine = pollster::block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default()))?;
    engine.load(bytes, &BTreeMap::new())?.plan(&[vec![1, 2, 6, 6]]).map(drop)
}

/// Where positions of pooling are looked for as PyTorch exports them.
#[test]
fn a_difference_that_goes_nowhere_is_survived() {
    let size = |side: i64| ints_attribute("kernel_shape", &[side, side]);
    let nodes = vec![
        node("pool", "MaxPool", &["x"], &["m", "flat"], &[size(2)]),
        node("own", "MaxPool", &["x"], &["n", "places"], &[size(1)]),
        node("first", "Slice", &["places", "zeros", "ones", "axes"], &["origin"], &[]),
        node("bad", "Sub", &["flat", "origin"], &[], &[]),
        node("last", "Relu", &["x"], &["y"], &[]),
    ];
    let initializers = [("zeros", [0, 0]), ("ones", [1, 1]), ("axes", [2, 3])]
        .map(|(name, values)| integers(name, &[2], &values));
    planned(&Model::new(nodes, initializers.to_vec()).bytes()).map_err(|e| e.to_string()).unwrap();
}

#[test]
fn places_are_no_picture() {
    let mut model =
        Model::new(vec![node("last", "ArgMax", &["x"], &["y"], &[int_attribute("axis", 1)])], vec![]);
    model.inputs = vec![port("x", &[1, 3, -1, -1])];
    let engine = pollster::block_on(Engine::create(BackendChoice::Cpu, &Unhurried::default())).unwrap();
    let error =
        engine.load(&model.bytes(), &BTreeMap::new()).unwrap().geometry().expect_err("integers").to_string();
    assert!(error.contains("export the scores"), "{error}");
}

/// Tables for them would take gigabytes, before any value is found to be too large.
#[test]
fn endless_axes_are_refused() {
    let long = [1, 2, 1, 700_000_000];
    let sizes = || vec![integers("s", &[4], &long)];
    let mut cases = vec![
        ("Tile", single("Tile", &["x", "r"], &[], vec![integers("r", &[4], &[1, 1, 1, 20_000_000])])),
        (
            "Pad",
            single("Pad", &["x", "p"], &[], vec![integers("p", &[8], &[0, 0, 0, 0, 0, 0, 0, 99_000_000])]),
        ),
        ("Expand", single("Expand", &["x", "e"], &[], vec![integers("e", &[5], &[20_000_000, 1, 1, 1, 1])])),
    ];
    for mode in ["nearest", "linear", "cubic"] {
        cases.push((mode, single("Resize", &["x", "", "", "s"], &[text_attribute("mode", mode)], sizes())));
    }
    let spread = Model::new(
        vec![
            node("long", "Tile", &["x", "r"], &["t"], &[]),
            node(
                "bad",
                "ConvTranspose",
                &["t", "w"],
                &["y"],
                &[ints_attribute("strides", &[1, 2000]), ints_attribute("dilations", &[1, 4096])],
            ),
        ],
        vec![integers("r", &[4], &[1, 1, 1, 1500]), floats("w", &[2, 2, 1, 3], &[0.5; 12])],
    );
    cases.push(("ConvTranspose", spread.bytes()));
    for (what, bytes) in cases {
        let error = planned(&bytes).expect_err(what);
        assert_eq!(error.code(), "invalid-node", "{what}: {error}");
        assert!(error.to_string().contains("axis of length"), "{what}: {error}");
    }
}

/// Inside of the engine positions are counted within planes: nothing may see them so.
#[test]
fn computing_with_positions_is_refused() {
    let pool = node("pool", "MaxPool", &["x"], &["m", "i"], &[ints_attribute("kernel_shape", &[2, 2])]);
    let flat = node("bad", "Reshape", &["i", "s"], &["y"], &[]);
    let error = planned(&Model::new(vec![pool, flat], vec![integers("s", &[1], &[-1])]).bytes());
    let error = error.expect_err("positions are reshaped").to_string();
    assert!(error.contains("\"bad\"") && error.contains("Indices"), "{error}");
}

#[test]
fn unsupported_operators_are_named() {
    for op in ["LSTM", "Loop", "Scan", "NonMaxSuppression"] {
        let bytes = single(op, &["x"], &[], vec![]);
        assert_refused(op, &bytes, "unsupported-operator", &format!("\"bad\": operator {op}"));
    }
    let mut foreign = node("bad", "Relu", &["x"], &["y"], &[]);
    foreign.extend(field(7, "com.example"));
    let bytes = Model::new(vec![foreign], vec![]).bytes();
    assert_refused("another domain", &bytes, "unsupported-operator", "com.example.Relu");
}

/// One for every channel of the weight, or one for all.
#[test]
fn zero_points_that_fit_no_weight_are_refused() {
    for (count, fits) in [(1, true), (3, true), (2, false), (0, false)] {
        let nodes = vec![
            node("levels", "DynamicQuantizeLinear", &["x"], &["q", "s", "z"], &[]),
            node("bad", "ConvInteger", &["q", "w", "z", "p"], &["y"], &[]),
        ];
        let levels = |name: &str, dims: &[i64]| {
            let bytes = vec![1u8; dims.iter().product::<i64>() as usize];
            tensor(name, 2, dims, &field(9, bytes))
        };
        let bytes = Model::new(nodes, vec![levels("w", &[3, 2, 1, 1]), levels("p", &[count])]).bytes();
        match exercise(&bytes) {
            Ok(_) => assert!(fits, "{count}"),
            Err(error) => assert!(!fits && error.to_string().contains("\"bad\""), "{count}: {error}"),
        }
    }
}

#[test]
fn broken_tensors_are_refused() {
    let with = |tensor: Vec<u8>| single("Add", &["x", "w"], &[], vec![tensor]);
    let cases = [
        ("10⁹ elements in a few bytes", tensor("w", 1, &[1000, 1000, 1000], &field(9, [0; 8]))),
        ("10⁹ elements in none", tensor("w", 1, &[1_000_000_000], &[])),
        ("overflowing shape", tensor("w", 1, &[i64::MAX, i64::MAX], &field(9, [0; 8]))),
        ("overflowing shape with a 0", tensor("w", 1, &[0, i64::MAX, i64::MAX], &[])),
        ("negative dimension", tensor("w", 1, &[-1], &field(9, [0; 4]))),
        ("half an element", tensor("w", 1, &[1], &field(9, [0; 2]))),
        ("too many elements", tensor("w", 1, &[1], &field(9, [0; 8]))),
        ("strings", tensor("w", 8, &[1], &[])),
        ("an unknown type", tensor("w", 99, &[1], &field(9, [0; 4]))),
        ("too many dimensions", tensor("w", 1, &[1; 40], &field(9, [0; 4]))),
    ];
    for (what, tensor) in cases {
        assert_refused(what, &with(tensor), "invalid-model", "\"w\"");
    }
    let entry = |key: &str, value: &str| field(13, [field(1, key), field(2, value)].concat());
    let elsewhere = [entry("location", "dir/weights.bin"), int(14, 1)].concat();
    let outside = with(tensor("w", 1, &[1], &elsewhere));
    assert_refused("a second file", &outside, "missing-external-data", "\"dir/weights.bin\"");
}

#[test]
fn absurd_attributes_are_refused_with_the_node() {
    let weight = || floats("w", &[1, 2, 1, 1], &[1.0, 1.0]);
    let conv = |attributes: &[Vec<u8>]| single("Conv", &["x", "w"], attributes, vec![weight()]);
    let big = i64::MAX;
    let cases = [
        ("pads", conv(&[ints_attribute("pads", &[big, big, big, big])])),
        ("negative pads", conv(&[ints_attribute("pads", &[-1, 0, 0, 0])])),
        ("three pads", conv(&[ints_attribute("pads", &[1, 1, 1])])),
        ("strides of 0", conv(&[ints_attribute("strides", &[0, 0])])),
        ("strides", conv(&[ints_attribute("strides", &[big, big])])),
        ("dilations", conv(&[ints_attribute("dilations", &[big, 1])])),
        ("group of 0", conv(&[int_attribute("group", 0)])),
        ("group", conv(&[int_attribute("group", big)])),
        ("wrong type", conv(&[text_attribute("group", "1")])),
        ("given twice", conv(&[int_attribute("group", 1), int_attribute("group", 1)])),
        ("auto_pad", conv(&[text_attribute("auto_pad", "SAME")])),
        ("kernel_shape", conv(&[ints_attribute("kernel_shape", &[3, 3])])),
        ("pool without a kernel", single("MaxPool", &["x"], &[], vec![])),
        (
            "pool larger than x",
            single("MaxPool", &["x"], &[ints_attribute("kernel_shape", &[99, 99])], vec![]),
        ),
        ("blocksize", single("DepthToSpace", &["x"], &[int_attribute("blocksize", big)], vec![])),
        ("axis", single("Softmax", &["x"], &[int_attribute("axis", big)], vec![])),
        ("perm", single("Transpose", &["x"], &[ints_attribute("perm", &[0, 0, 1, 2])], vec![])),
        ("mode", single("Resize", &["x"], &[text_attribute("mode", "lanczos")], vec![])),
        ("no sizes", single("Resize", &["x"], &[], vec![])),
    ];
    for (what, bytes) in cases {
        assert_refused(what, &bytes, "invalid-node", "\"bad\"");
    }
}

#[test]
fn absurd_operands_are_refused_with_the_node() {
    let with = |op: &str, inputs: &[&str], tensor: Vec<u8>| single(op, inputs, &[], vec![tensor]);
    let big = 1_000_000_000;
    let cases = [
        ("Expand", with("Expand", &["x", "w"], integers("w", &[4], &[big, 2, 6, 6]))),
        ("Expand overflows", with("Expand", &["x", "w"], integers("w", &[5], &[big, big, 2, 6, 6]))),
        ("Tile", with("Tile", &["x", "w"], integers("w", &[4], &[big, big, big, big]))),
        ("negative Tile", with("Tile", &["x", "w"], integers("w", &[4], &[-1, 1, 1, 1]))),
        ("Pad", with("Pad", &["x", "w"], integers("w", &[8], &[i64::MAX; 8]))),
        ("Pad of three", with("Pad", &["x", "w"], integers("w", &[3], &[1; 3]))),
        ("Reshape", with("Reshape", &["x", "w"], integers("w", &[2], &[-1, -1]))),
        ("Reshape to another size", with("Reshape", &["x", "w"], integers("w", &[1], &[5]))),
        ("scales", with("Resize", &["x", "", "w"], floats("w", &[4], &[1.0, 1.0, 1e30, 1e30]))),
        ("scale NaN", with("Resize", &["x", "", "w"], floats("w", &[4], &[1.0, 1.0, f32::NAN, 1.0]))),
        ("negative scale", with("Resize", &["x", "", "w"], floats("w", &[4], &[1.0, 1.0, -1.0, 1.0]))),
        ("sizes", with("Resize", &["x", "", "", "w"], integers("w", &[4], &[1, 2, big, big]))),
        ("Gather", with("Gather", &["w", "w"], integers("w", &[1], &[99]))),
        ("Conv on integers", with("Conv", &["x", "w"], integers("w", &[1, 2, 1, 1], &[1, 1]))),
        ("Conv on a vector", with("Conv", &["x", "w"], floats("w", &[2], &[1.0, 1.0]))),
        ("ConstantOfShape", with("ConstantOfShape", &["w"], integers("w", &[3], &[big, big, big]))),
        ("shapes", with("Add", &["x", "w"], floats("w", &[5], &[0.0; 5]))),
        ("types", with("Add", &["x", "w"], integers("w", &[1], &[0]))),
        ("a shape that is data", single("Reshape", &["x", "x"], &[], vec![])),
        ("division by zero", with("Div", &["w", "w"], integers("w", &[1], &[0]))),
    ];
    for (what, bytes) in cases {
        assert_refused(what, &bytes, "invalid-node", "\"bad\"");
    }
}

#[test]
fn an_input_that_does_not_fit_is_named() {
    let graph = unet_playground::onnx::load(&good().bytes(), &Default::default()).unwrap();
    for shape in [vec![1, 3, 4, 4], vec![2, 4, 4], vec![1, 2, 1 << 20, 1 << 20]] {
        let error = graph.facts(&[shape]).unwrap_err();
        assert!(matches!(&error, Error::InvalidInput(m) if m.contains("\"x\"")), "{error}");
    }
}

#[test]
fn a_small_file_makes_no_large_constant() {
    let nodes = vec![node("bad", "ConstantOfShape", &["s"], &["y"], &[])];
    let model = Model::new(nodes, vec![integers("s", &[1], &[60_000_000])]);
    let graph = unet_playground::onnx::load(&model.bytes(), &Default::default()).unwrap();
    let facts = graph.facts(&[vec![1, 2, 6, 6]]).unwrap();
    let output = facts[graph.outputs[0].edge.0].as_ref().unwrap();
    assert_eq!((output.shape.as_slice(), output.value.is_none()), (&[60_000_000][..], true));
}

#[test]
fn constants_are_folded_within_limits() {
    // 2 Gi elements that nobody needs as a constant stay unknown, and loading stays cheap.
    let shape = integers("s", &[2], &[40_000, 50_000]);
    let nodes = vec![
        node("fill", "ConstantOfShape", &["s"], &["big"], &[]),
        node("size", "Size", &["big"], &["y"], &[]),
    ];
    let mut model = Model::new(nodes, vec![shape]);
    model.outputs = vec![port("y", &[])];
    let output = exercise(&model.bytes()).unwrap();
    assert_eq!(output[0].as_i64(), Some(&[2_000_000_000][..]));
}
