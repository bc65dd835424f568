//! Inference for given input shapes: types and shapes of all edges, and the values of edges that do not
//! depend on the inputs' elements.

use super::{EdgeId, Graph, Node, Port, TO_LAST, permuted};
use crate::ops::{Cost, Fact, InputInfo, MAX_ELEMENTS, OpError, Operator, Role, checked_shape, input_infos};
use std::sync::Arc;
use unet_kernels::error::{Error, Result};
use unet_kernels::tensor::Tensor;

/// Maximum number of elements that folding may produce in one pass, over all constants: enough for shape
/// arithmetic and tables, plus a multiple of each weight's elements. A few bytes of file must not expand to
/// hundreds of megabytes.
const MAX_FOLDED_ELEMENTS: u64 = 4 << 20;
const MAX_FOLDED_PER_WEIGHT: u64 = 8;

/// Maximum number of elementary steps that folding may take in one pass; see [`Node::work`].
const MAX_FOLDING_WORK: u64 = 1 << 28;

/// Remaining limits of a pass.
pub(super) struct Budget {
    elements: u64,
    work: u64,
}

impl Budget {
    pub(super) fn new(graph: &Graph) -> Self {
        let weights: u64 = graph.initializers.values().map(|tensor| tensor.len() as u64).sum();
        Self {
            elements: MAX_FOLDED_ELEMENTS + MAX_FOLDED_PER_WEIGHT * weights,
            // Each folding reads and writes its elements.
            work: MAX_FOLDING_WORK + 2 * MAX_FOLDED_PER_WEIGHT * weights,
        }
    }
}

impl Graph {
    /// Shapes of all inputs: `picture` at `port`, the declared shapes elsewhere.
    pub fn input_shapes(&self, port: usize, picture: [usize; 4]) -> Vec<Vec<usize>> {
        let declared = |i: usize| -> Vec<usize> {
            let shape = self.inputs[i].shape.as_deref().unwrap_or(&[]);
            shape.iter().map(|d| d.unwrap_or(1)).collect()
        };
        (0..self.inputs.len()).map(|i| if i == port { picture.to_vec() } else { declared(i) }).collect()
    }

    /// Facts of every edge (by [`super::EdgeId`]) for inputs of these shapes, in order; `None` for edges
    /// without a producer. Shape arithmetic and constants are folded; a constant that is implausibly large
    /// for the file, in elements or in work, stays unknown and is computed in the run.
    ///
    /// # Errors
    /// `InvalidInput` if a shape does not fit its input, `InvalidNode` naming the first node that refuses
    /// these shapes.
    pub fn facts(&self, shapes: &[Vec<usize>]) -> Result<Vec<Option<Fact>>> {
        if shapes.len() != self.inputs.len() {
            let (given, wanted) = (shapes.len(), self.inputs.len());
            return Err(Error::InvalidInput(format!("{given} inputs are given, the model has {wanted}")));
        }
        let mut facts: Vec<Option<Fact>> = vec![None; self.edges.len()];
        for (edge, tensor) in &self.initializers {
            facts[edge.0] = Some(constant(tensor.clone()));
        }
        for (port, shape) in self.inputs.iter().zip(shapes) {
            port.check(shape)?;
            let shape = port.edge_shape(shape);
            facts[port.edge.0] = Some(Fact { dtype: port.dtype, shape, value: None });
        }
        let mut budget = Budget::new(self);
        for node in &self.nodes {
            for (edge, fact) in node.outputs.iter().zip(node.facts(&facts, &mut budget)?) {
                if let Some(edge) = edge {
                    facts[edge.0] = Some(fact);
                }
            }
        }
        Ok(facts)
    }
}

fn constant(tensor: Arc<Tensor>) -> Fact {
    Fact { dtype: tensor.dtype(), shape: tensor.shape().to_vec(), value: Some(tensor) }
}

impl Node {
    /// Facts of the outputs.
    pub(super) fn facts(&self, edges: &[Option<Fact>], budget: &mut Budget) -> Result<Vec<Fact>> {
        let inputs: Vec<Option<&Fact>> =
            self.inputs.iter().map(|edge| edge.and_then(|e| edges[e.0].as_ref())).collect();
        let types = self.op.infer(&input_infos(&inputs)).map_err(|e| self.error(e))?;
        if self.outputs.len() > types.len() {
            let reason = format!("{} outputs are listed, but it has {}", self.outputs.len(), types.len());
            return Err(self.error(OpError(reason)));
        }
        let mut facts = Vec::new();
        for (dtype, shape) in types {
            let bytes = shape.iter().fold(4u64, |bytes, &len| bytes.saturating_mul(len as u64));
            let limit = 4 * MAX_ELEMENTS as u64;
            if bytes > limit {
                let what = format!("a value of shape {shape:?}, which node {:?} makes,", self.name);
                return Err(Error::TooLarge { what, needed: bytes, limit });
            }
            let shape = checked_shape(shape).map_err(|e| self.error(e))?;
            // An empty tensor is always known.
            let value = shape.contains(&0).then(|| Arc::new(Tensor::empty(dtype, shape.clone())));
            facts.push(Fact { dtype, shape, value });
        }
        if facts.iter().all(|fact| fact.value.is_some()) {
            return Ok(facts);
        }
        if let Some(values) = self.fold(&inputs, &facts, budget)? {
            facts = values.into_iter().map(constant).collect();
        }
        Ok(facts)
    }

    /// Values of the outputs, if they follow from known inputs within the budget.
    fn fold(
        &self,
        inputs: &[Option<&Fact>],
        outputs: &[Fact],
        budget: &mut Budget,
    ) -> Result<Option<Vec<Arc<Tensor>>>> {
        let inputs_known = input_infos(inputs);
        if let Some(values) = self.op.of_shapes(&inputs_known) {
            return Ok(Some(values.into_iter().map(Arc::new).collect()));
        }
        let values: Option<Vec<Option<&Arc<Tensor>>>> = inputs
            .iter()
            .map(|input| input.map_or(Some(None), |fact| fact.value.as_ref().map(Some)))
            .collect();
        let Some(values) = values else { return Ok(None) };
        if self.op.role() == Role::Identity
            && let Some(Some(value)) = values.first()
        {
            return Ok(Some(vec![(*value).clone()]));
        }
        let elements: u64 = outputs.iter().map(|f| f.shape.iter().product::<usize>() as u64).sum();
        let work = self.work(&inputs_known, outputs);
        if elements > budget.elements || work > budget.work {
            return Ok(None);
        }
        budget.elements -= elements;
        budget.work -= work;
        let values: Vec<Option<&Tensor>> = values.iter().map(|v| v.map(Arc::as_ref)).collect();
        let outputs = self.op.reference(&values).map_err(|e| self.error(e))?;
        Ok(Some(outputs.into_iter().map(Arc::new).collect()))
    }

    /// Upper bound on the elementary steps of the reference for these inputs and outputs.
    pub fn work(&self, inputs: &[Option<InputInfo>], outputs: &[Fact]) -> u64 {
        let outputs: Vec<InputInfo> = outputs.iter().map(InputInfo::from).collect();
        let Cost { flops, steps } = self.op.cost(inputs, &outputs);
        let values = inputs.iter().flatten().chain(&outputs);
        let len = |value: &InputInfo| value.shape().iter().fold(1u64, |n, &d| n.saturating_mul(d as u64));
        values.fold(flops.saturating_add(steps), |n, value| n.saturating_add(len(value)))
    }

    /// Multiplications and additions for values of these facts; 0 if the result is known before the run.
    pub fn flops(&self, facts: &[Option<Fact>]) -> u64 {
        let fact = |edge: &Option<EdgeId>| edge.and_then(|edge| facts[edge.0].as_ref());
        let outputs: Vec<&Fact> = self.outputs.iter().filter_map(fact).collect();
        if outputs.iter().all(|output| output.value.is_some()) {
            return 0;
        }
        let inputs: Vec<Option<InputInfo>> =
            self.inputs.iter().map(|edge| fact(edge).map(InputInfo::from)).collect();
        let outputs: Vec<InputInfo> = outputs.into_iter().map(InputInfo::from).collect();
        self.op.cost(&inputs, &outputs).flops
    }

    /// An error with the node's name.
    pub(crate) fn error(&self, e: OpError) -> Error {
        Error::InvalidNode { node: self.name.clone(), op: self.op.name().into(), reason: e.0 }
    }
}

impl Port {
    /// Shape of the edge for a given shape of the port.
    fn edge_shape(&self, given: &[usize]) -> Vec<usize> {
        match <[usize; 4]>::try_from(given) {
            Ok(picture) if self.channels_last => permuted(picture, TO_LAST).to_vec(),
            _ => given.to_vec(),
        }
    }

    /// Checks that an input may have this shape.
    ///
    /// # Errors
    /// `InvalidInput` with the input's name, its declared and its given shape.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        let invalid = |reason: String| Error::InvalidInput(format!("input {:?}: {reason}", self.name));
        checked_shape(shape.to_vec()).map_err(|e| invalid(e.0))?;
        if shape.contains(&0) {
            return Err(invalid(format!("shape {shape:?} is empty")));
        }
        let Some(declared) = &self.shape else { return Ok(()) };
        let fits = declared.len() == shape.len()
            && declared.iter().zip(shape).all(|(d, &size)| d.is_none_or(|d| d == size));
        if fits {
            return Ok(());
        }
        let dims: Vec<String> =
            declared.iter().map(|d| d.map_or("?".into(), |d: usize| d.to_string())).collect();
        Err(invalid(format!("shape {shape:?} does not fit [{}]", dims.join(", "))))
    }
}
