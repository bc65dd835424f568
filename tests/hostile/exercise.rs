//! What every file, however broken, has to survive: loading, inference, a small run by the
//! references and one by the engine. Shared by the tests and the fuzzer.

use std::collections::BTreeMap;
use unet_playground::graph::Graph;
use unet_playground::ops::{Fact, input_infos};
use unet_playground::plan::Selection;
use unet_playground::session::{BackendChoice, Engine, Unhurried};
use unet_playground::tensor::{DType, Data, Tensor};
use unet_playground::{Error, onnx};

/// Elementary steps beyond which a run is left out.
const MAX_WORK: u64 = 1 << 20;

/// Loads the bytes and, if they are a model, runs it on a small input. An error is a fine result.
pub(crate) fn exercise(bytes: &[u8]) -> Result<Vec<Tensor>, Error> {
    let graph = onnx::load(bytes, &BTreeMap::new())?;
    let shapes: Vec<Vec<usize>> = graph
        .inputs
        .iter()
        .map(|port| {
            let declared = port.shape.clone().unwrap_or(vec![Some(1), Some(2), None, None]);
            declared.iter().map(|d| d.unwrap_or(6)).collect()
        })
        .collect();
    let facts = graph.facts(&shapes)?;
    if work(&graph, &facts) > MAX_WORK {
        return Err(Error::InvalidInput("too much work for a test".into()));
    }
    let inputs: Vec<Tensor> =
        graph.inputs.iter().zip(shapes).map(|(port, shape)| ramp(port.dtype, shape)).collect();
    let names = graph.inputs.iter().map(|port| port.name.clone());
    let by_name = names.zip(inputs.iter().cloned()).collect();
    let expected = graph.run_reference(&inputs);
    let actual = pollster::block_on(async {
        let host = Unhurried::default();
        let engine = Engine::create(BackendChoice::Cpu, &host).await?;
        let model = engine.load(bytes, &BTreeMap::new())?;
        model.run(by_name, &Selection::default(), &host).await
    });
    if let (Ok(expected), Ok(actual)) = (&expected, &actual) {
        let shapes = |tensors: &[Tensor]| tensors.iter().map(|t| t.shape().to_vec()).collect::<Vec<_>>();
        assert_eq!(shapes(expected), shapes(actual), "the engine's shapes are not the references'");
    }
    expected
}

fn work(graph: &Graph, facts: &[Option<Fact>]) -> u64 {
    let inputs = graph.inputs.iter().filter_map(|port| facts[port.edge.0].as_ref());
    let read: u64 = inputs.map(|f| f.shape.iter().product::<usize>() as u64).sum();
    graph.nodes.iter().fold(read, |sum, node| {
        let fact = |edge: &Option<_>| edge.and_then(|e: unet_playground::graph::EdgeId| facts[e.0].as_ref());
        let inputs: Vec<Option<&Fact>> = node.inputs.iter().map(fact).collect();
        let inputs = input_infos(&inputs);
        let outputs: Vec<Fact> = node.outputs.iter().filter_map(|e| fact(e).cloned()).collect();
        sum.saturating_add(node.work(&inputs, &outputs))
    })
}

fn ramp(dtype: DType, shape: Vec<usize>) -> Tensor {
    let len = shape.iter().product::<usize>();
    let data = match dtype {
        DType::F32 => Data::F32((0..len).map(|i| i as f32 * 0.125 - 2.0).collect()),
        DType::I64 => Data::I64((0..len).map(|i| i as i64 % 5).collect()),
    };
    Tensor::new(shape, data).expect("the length follows from the shape")
}
