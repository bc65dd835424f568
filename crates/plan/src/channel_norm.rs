//! Layer normalization of every pixel's channels, as exporters write it out: (x − m)/√(mean((x − m)²) + ε)
//! with m the mean over channels. One kernel replaces six passes over memory.
//!
//! Scale and shift after it are per-channel constants, which [fusion](super::fuse) merges into it.

use super::fuse::readers;
use super::{Binary, Kernel, Layout, Operand, Plan, ReduceKind, Step, Unary, ValueId};
use std::collections::HashMap;

/// Replaces every such group of steps by one kernel.
pub(super) fn gather(plan: &mut Plan) {
    let made = |(index, step): (usize, &Step)| step.outputs.iter().map(|&v| (v, index)).collect::<Vec<_>>();
    let producer = plan.steps.iter().enumerate().flat_map(made).collect();
    let known = Known { plan, producer, readers: readers(plan) };
    let norms: Vec<Norm> = (0..plan.steps.len()).filter_map(|last| norm(&known, last)).collect();
    for norm in norms {
        norm.replace(plan);
    }
    plan.steps.retain(|step| !step.outputs.is_empty());
}

/// A match: the operand, and the steps that compute its norm, the last one first.
struct Norm {
    x: Operand,
    epsilon: f32,
    steps: Vec<usize>,
}

impl Norm {
    /// Turns the last step into the norm and clears the others' outputs, so that they are dropped.
    fn replace(self, plan: &mut Plan) {
        let Some((&last, others)) = self.steps.split_first() else { return };
        for &step in others {
            let nodes = std::mem::take(&mut plan.steps[step].nodes);
            plan.steps[last].nodes.extend(nodes);
            plan.steps[step].outputs.clear();
        }
        let step = &mut plan.steps[last];
        step.kernel = Kernel::ChannelNorm { epsilon: self.epsilon, scale: None, shift: None };
        step.inputs = vec![self.x];
    }
}

/// A plan with the producer of each value and its number of readers.
struct Known<'a> {
    plan: &'a Plan,
    producer: HashMap<ValueId, usize>,
    readers: Vec<usize>,
}

/// The norm that ends in step `last`.
fn norm(known: &Known, last: usize) -> Option<Norm> {
    let step = &known.plan.steps[last];
    let &[a, b] = &step.inputs[..] else { return None };
    let (ways, is_quotient): (&[[Operand; 2]], bool) = match step.kernel {
        Kernel::Binary { op: Binary::Div, activation: Unary::Identity } => (&[[a, b]], true),
        Kernel::Binary { op: Binary::Mul, activation: Unary::Identity } => (&[[a, b], [b, a]], false),
        _ => return None,
    };
    ways.iter().find_map(|&[difference, other]| {
        let mut trail = Trail { known, steps: vec![last] };
        let (x, epsilon) = trail.norm(difference, other, is_quotient)?;
        trail.nobody_else_reads().then_some(Norm { x, epsilon, steps: trail.steps })
    })
}

/// Steps visited by a search, from the last one back.
struct Trail<'a> {
    known: &'a Known<'a>,
    steps: Vec<usize>,
}

impl<'a> Trail<'a> {
    /// The producer of an operand.
    fn back(&mut self, operand: Operand) -> Option<&'a Step> {
        let Operand::Value(v) = operand else { return None };
        let &index = self.known.producer.get(&v)?;
        if !self.steps.contains(&index) {
            self.steps.push(index);
        }
        Some(&self.known.plan.steps[index])
    }

    /// x and ε of (x − m)/√…, or of (x − m)·(1/√…).
    fn norm(&mut self, difference: Operand, other: Operand, is_quotient: bool) -> Option<(Operand, f32)> {
        let mut root = self.back(other)?;
        if !is_quotient {
            root = match root.kernel {
                Kernel::Unary(Unary::Reciprocal) => self.back(root.inputs[0])?,
                _ => return None,
            };
        }
        let Kernel::Unary(Unary::Sqrt) = root.kernel else { return None };
        let sum = self.back(root.inputs[0])?;
        let Kernel::Unary(Unary::Affine { scale: 1.0, shift: epsilon }) = sum.kernel else { return None };
        let square = self.mean(sum.inputs[0])?;
        let square = self.back(square)?;
        let &[one, two] = &square.inputs[..] else { return None };
        let is_product =
            matches!(square.kernel, Kernel::Binary { op: Binary::Mul, activation: Unary::Identity });
        let x = self.centered(difference)?;
        (is_product && self.centered(one)? == x && self.centered(two)? == x).then_some((x, epsilon))
    }

    /// The operand of a mean over channels.
    fn mean(&mut self, operand: Operand) -> Option<Operand> {
        let step = self.back(operand)?;
        matches!(step.kernel, Kernel::ReduceChannels(ReduceKind::Mean)).then(|| step.inputs[0])
    }

    /// The operand x of x − mean(x).
    fn centered(&mut self, operand: Operand) -> Option<Operand> {
        let step = self.back(operand)?;
        let &[x, mean] = &step.inputs[..] else { return None };
        let is_difference =
            matches!(step.kernel, Kernel::Binary { op: Binary::Sub, activation: Unary::Identity });
        (is_difference && self.mean(mean)? == x && self.is_planes(x)).then_some(x)
    }

    fn is_planes(&self, operand: Operand) -> bool {
        match operand {
            Operand::Value(v) => self.known.plan.values[v.0].layout == Layout::Nchwc4,
            Operand::Const(_) => false,
        }
    }

    /// Whether only steps of the trail read the outputs of all steps but the last.
    fn nobody_else_reads(&self) -> bool {
        let Known { plan, readers, .. } = self.known;
        let read = |v: ValueId| {
            let inputs = self.steps.iter().flat_map(|&step| &plan.steps[step].inputs);
            inputs.filter(|&&operand| operand == Operand::Value(v)).count()
        };
        self.steps[1..].iter().flat_map(|&step| &plan.steps[step].outputs).all(|&v| read(v) == readers[v.0])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Prepared, Selection};
    use super::*;
    use unet_onnx::read;

    /// Kernels of a case of `tests/fixtures/nets/channel_normed`.
    fn kernels(name: &str) -> Vec<Kernel> {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/nets/channel_normed.safetensors");
        let bytes = std::fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let model = tensors.tensor(&format!("{name}/model")).unwrap();
        let graph = read::load(model.data(), &Default::default()).unwrap();
        let facts = graph.facts(&[vec![1, 3, 8, 12]]).unwrap();
        let prepared = Prepared::new(&graph, &facts, &Selection::default()).unwrap();
        prepared.plan.steps.iter().map(|step| step.kernel.clone()).collect()
    }

    #[test]
    fn one_kernel_replaces_six() {
        for name in
            ["root, dynamo", "root, legacy", "reciprocal, dynamo", "reciprocal, legacy", "last, dynamo"]
        {
            let kernels = kernels(name);
            let norms = |kernel: &&Kernel| {
                matches!(kernel, Kernel::ChannelNorm { scale: Some(_), shift: Some(_), .. })
            };
            assert_eq!(kernels.iter().filter(norms).count(), 2, "{name}: {kernels:?}");
            assert!(
                kernels
                    .iter()
                    .all(|kernel| matches!(kernel, Kernel::ChannelNorm { .. } | Kernel::Conv { .. })),
                "{name}: {kernels:?}"
            );
        }
    }

    #[test]
    fn intermediates_with_other_readers_stay() {
        let kernels = kernels("shared, dynamo");
        assert!(!kernels.iter().any(|kernel| matches!(kernel, Kernel::ChannelNorm { .. })), "{kernels:?}");
    }
}
