//! Fusion: operations after a convolution are applied while its result is still in registers.
//!
//! One pass in execution order merges each step into the producer of its operand, if nothing else reads that
//! operand:
//! * element functions and additions of equal shape into convolutions and element functions;
//! * x·sigmoid(x) into one function;
//! * depthwise 1×1 convolutions into the group norm or channel norm before them; otherwise
//! * depthwise 1×1 convolutions (batch normalization, per-channel constants) into the convolution before
//!   them: into its weights if nothing stands between, else as scale and shift after the activation. Batch
//!   normalization after ReLU is not folded into a *following* convolution, because that would change the
//!   value of its zero padding.

use super::{
    Binary, ConstId, Constant, DepthMode, Epilogue, Kernel, Layout, Operand, Plan, Step, Unary, ValueId,
};
use std::collections::HashMap;
use std::sync::Arc;
use unet_kernels::error::Result;
use unet_kernels::tensor::Tensor;

/// Block size and channel order of a depth-to-space.
type Shuffle = ([usize; 2], DepthMode);

pub(super) fn fuse(plan: &mut Plan) -> Result<()> {
    let mut fusion = Fusion {
        readers: readers(plan),
        producer: HashMap::new(),
        done: Vec::with_capacity(plan.steps.len()),
        constants: std::mem::take(&mut plan.constants),
    };
    for step in std::mem::take(&mut plan.steps) {
        let index = fusion.done.len();
        let Some(step) = fusion.merge(step, plan)? else { continue };
        for &out in &step.outputs {
            fusion.producer.insert(out, index);
        }
        fusion.done.push(Some(step));
    }
    plan.steps = fusion.done.into_iter().flatten().collect();
    plan.constants = fusion.constants;
    Ok(())
}

/// Number of readers of each value; being returned counts as one.
pub(super) fn readers(plan: &Plan) -> Vec<usize> {
    let mut readers = vec![0; plan.values.len()];
    let read = plan.steps.iter().flat_map(|step| &step.inputs);
    for operand in read {
        if let Operand::Value(v) = operand {
            readers[v.0] += 1;
        }
    }
    for v in &plan.outputs {
        readers[v.0] += 1;
    }
    readers
}

struct Fusion {
    readers: Vec<usize>,
    producer: HashMap<ValueId, usize>,
    /// Steps so far; `None` for a step merged into a later one.
    done: Vec<Option<Step>>,
    constants: Vec<Constant>,
}

impl Fusion {
    /// The step with its producers absorbed; `None` if an earlier step absorbed it.
    fn merge(&mut self, mut step: Step, plan: &Plan) -> Result<Option<Step>> {
        match &step.kernel {
            Kernel::Unary(function) => {
                let function = *function;
                if matches!(function, Unary::IntToFloat | Unary::FloatToInt) {
                    return Ok(Some(step));
                }
                let Some(at) = self.only_source(&step, 0) else { return Ok(Some(step)) };
                if self.absorb_function(at, function, &step)? { Ok(None) } else { Ok(Some(step)) }
            }
            Kernel::Conv { weight, epilogue, .. } if self.is_channel_scale(&step, plan) => {
                let Some(at) = self.only_source(&step, 0) else { return Ok(Some(step)) };
                let factor = self.floats(*weight);
                let shift = match epilogue.bias {
                    Some(bias) => self.floats(bias),
                    None => vec![0.0; factor.len()],
                };
                if self.absorb_scale(at, &factor, &shift, &step)? { Ok(None) } else { Ok(Some(step)) }
            }
            Kernel::Binary { op: Binary::Mul, activation: Unary::Identity } => match self.silu(&mut step) {
                true => self.merge(step, plan),
                false => Ok(Some(step)),
            },
            Kernel::Binary { op: op @ (Binary::Add | Binary::Sub), activation: Unary::Identity } => {
                let negate_second = *op == Binary::Sub;
                self.absorb_convolution(&mut step, negate_second, plan)?;
                Ok(Some(step))
            }
            _ => Ok(Some(step)),
        }
    }

    /// Turns x·sigmoid(x), the exported form of SiLU, into one function.
    fn silu(&mut self, product: &mut Step) -> bool {
        let sigmoid_of = |i: usize| {
            let at = self.only_source(product, i)?;
            let made = self.done[at].as_ref()?;
            let same = made.inputs[0] == product.inputs[1 - i];
            (same && made.kernel == Kernel::Unary(Unary::Sigmoid)).then_some(at)
        };
        let Some(sigmoid) = (0..2).find_map(sigmoid_of).and_then(|at| self.done[at].take()) else {
            return false;
        };
        if let Operand::Value(x) = sigmoid.inputs[0] {
            self.readers[x.0] -= 1;
        }
        product.kernel = Kernel::Unary(Unary::Silu);
        product.inputs = sigmoid.inputs;
        product.nodes.extend(sigmoid.nodes);
        true
    }

    /// Producer of operand `i`, if this step is its only reader.
    fn only_source(&self, step: &Step, i: usize) -> Option<usize> {
        let Some(&Operand::Value(v)) = step.inputs.get(i) else { return None };
        if self.readers[v.0] != 1 {
            return None;
        }
        let at = *self.producer.get(&v)?;
        let made = self.done[at].as_ref()?;
        (made.outputs.len() == 1 && made.outputs[0] == v).then_some(at)
    }

    /// The convolution at `at`, or the one whose result the depth-to-space at `at` rearranges (element-wise
    /// and channel-wise functions commute with it).
    fn convolution(&self, at: usize) -> Option<(usize, Option<Shuffle>)> {
        let step = self.done[at].as_ref()?;
        match step.kernel {
            Kernel::Conv { .. } => Some((at, None)),
            Kernel::DepthToSpace { block, mode, .. } => {
                let before = self.only_source(step, 0)?;
                let made = self.done[before].as_ref()?;
                matches!(made.kernel, Kernel::Conv { .. }).then_some((before, Some((block, mode))))
            }
            _ => None,
        }
    }

    fn absorb_function(&mut self, at: usize, function: Unary, step: &Step) -> Result<bool> {
        if let Some((conv, _)) = self.convolution(at) {
            if let (Unary::Affine { scale, shift }, true) = (function, self.is_bare(conv)) {
                let channels = self.channels(conv);
                self.scale_weights(conv, &vec![scale; channels], &vec![shift; channels])?;
            } else {
                let Some(epilogue) = self.epilogue(conv) else { return Ok(false) };
                if epilogue.activation != Unary::Identity || epilogue.scale_shift.is_some() {
                    return Ok(false);
                }
                epilogue.activation = function;
            }
        } else if let Some(Step { kernel: Kernel::Binary { activation, .. }, .. }) = &mut self.done[at] {
            if *activation != Unary::Identity {
                return Ok(false);
            }
            *activation = function;
        } else {
            return Ok(false);
        }
        self.rename(at, step);
        Ok(true)
    }

    /// Merges a scale and shift into the norm at `at`.
    fn absorb_scale_in_norm(
        &mut self,
        at: usize,
        factor: &[f32],
        shift: &[f32],
        step: &Step,
    ) -> Result<bool> {
        let (scale, own) = match self.done[at].as_ref().map(|made| &made.kernel) {
            Some(Kernel::ChannelNorm { scale, shift, .. } | Kernel::GroupNorm { scale, shift, .. }) => {
                (scale.map(|id| self.floats(id)), shift.map(|id| self.floats(id)))
            }
            _ => return Ok(false),
        };
        let scaled = |v: Option<Vec<f32>>, default: f32| -> Vec<f32> {
            let v = v.unwrap_or_else(|| vec![default; factor.len()]);
            v.iter().zip(factor).map(|(v, f)| v * f).collect()
        };
        let new_scale = self.vector(scaled(scale, 1.0))?;
        let new_shift = scaled(own, 0.0).iter().zip(shift).map(|(a, b)| a + b).collect();
        let new_shift = self.vector(new_shift)?;
        if let Some(Kernel::ChannelNorm { scale, shift, .. } | Kernel::GroupNorm { scale, shift, .. }) =
            self.done[at].as_mut().map(|made| &mut made.kernel)
        {
            (*scale, *shift) = (Some(new_scale), Some(new_shift));
        }
        self.rename(at, step);
        Ok(true)
    }

    fn absorb_scale(&mut self, at: usize, factor: &[f32], shift: &[f32], step: &Step) -> Result<bool> {
        if self.absorb_scale_in_norm(at, factor, shift, step)? {
            return Ok(true);
        }
        let Some((conv, shuffle)) = self.convolution(at) else { return Ok(false) };
        let by_phase = |v: &[f32]| match shuffle {
            None => v.to_vec(),
            Some((block, mode)) => {
                let (phases, c) = (block[0] * block[1], v.len());
                (0..c * phases)
                    .map(|o| if mode == DepthMode::Dcr { v[o % c] } else { v[o / phases] })
                    .collect()
            }
        };
        let (factor, shift) = (by_phase(factor), by_phase(shift));
        if self.is_bare(conv) {
            self.scale_weights(conv, &factor, &shift)?;
        } else {
            let (factor, shift) = (self.vector(factor)?, self.vector(shift)?);
            match self.epilogue(conv) {
                Some(epilogue) if epilogue.scale_shift.is_none() => {
                    epilogue.scale_shift = Some((factor, shift))
                }
                _ => return Ok(false),
            }
        }
        self.rename(at, step);
        Ok(true)
    }

    /// Merges an addition into the convolution that produces one of its operands, and moves that convolution
    /// to the addition's position, where the other operand is available too.
    fn absorb_convolution(&mut self, sum: &mut Step, negate_second: bool, plan: &Plan) -> Result<()> {
        let output = &plan.values[sum.outputs[0].0];
        let fits = |operand: &Operand| match operand {
            Operand::Value(v) => {
                plan.values[v.0].layout == Layout::Nchwc4 && plan.values[v.0].shape == output.shape
            }
            Operand::Const(_) => false,
        };
        if !sum.inputs.iter().all(fits) || sum.inputs[0] == sum.inputs[1] {
            return Ok(());
        }
        let candidate = |i: usize| {
            let at = self.only_source(sum, i)?;
            let conv = matches!(self.done[at].as_ref()?.kernel, Kernel::Conv { .. });
            // y = a − b is b's convolution with negated weights plus a, but not the reverse.
            (conv && self.is_bare(at) && !(negate_second && i == 0)).then_some((at, i))
        };
        let Some((at, i)) = (0..2).filter_map(candidate).max() else { return Ok(()) };
        if negate_second {
            let channels = self.channels(at);
            self.scale_weights(at, &vec![-1.0; channels], &vec![0.0; channels])?;
        }
        let Some(mut conv) = self.done[at].take() else { return Ok(()) };
        conv.inputs.push(sum.inputs[1 - i]);
        conv.outputs.clone_from(&sum.outputs);
        conv.name.clone_from(&sum.name);
        conv.nodes.append(&mut sum.nodes);
        if let Kernel::Conv { epilogue, .. } = &mut conv.kernel {
            epilogue.residual = true;
        }
        *sum = conv;
        Ok(())
    }

    fn rename(&mut self, at: usize, step: &Step) {
        if let Some(made) = &mut self.done[at] {
            made.outputs.clone_from(&step.outputs);
            made.name.clone_from(&step.name);
            made.nodes.extend_from_slice(&step.nodes);
        }
        self.producer.insert(step.outputs[0], at);
    }

    fn epilogue(&mut self, at: usize) -> Option<&mut Epilogue> {
        match &mut self.done[at].as_mut()?.kernel {
            Kernel::Conv { epilogue, .. } => Some(epilogue),
            _ => None,
        }
    }

    /// Whether nothing but a bias follows the sum.
    fn is_bare(&self, at: usize) -> bool {
        match self.done[at].as_ref().map(|step| &step.kernel) {
            Some(Kernel::Conv { epilogue, .. }) => {
                epilogue.activation == Unary::Identity && !epilogue.residual && epilogue.scale_shift.is_none()
            }
            _ => false,
        }
    }

    fn is_channel_scale(&self, step: &Step, plan: &Plan) -> bool {
        let Kernel::Conv { window, groups, weight, epilogue } = &step.kernel else { return false };
        let channels = self.constants[weight.0].tensor.shape()[0];
        window.kernel == [1, 1]
            && window.stride == [1, 1]
            && window.pad_begin == [0, 0]
            && *groups == channels
            && self.constants[weight.0].tensor.shape()[1] == 1
            && *epilogue == Epilogue::plain(epilogue.bias)
            && match step.inputs[0] {
                Operand::Value(v) => plan.values[v.0].shape == plan.values[step.outputs[0].0].shape,
                Operand::Const(_) => false,
            }
    }

    fn channels(&self, at: usize) -> usize {
        match self.done[at].as_ref().map(|step| &step.kernel) {
            Some(Kernel::Conv { weight, .. }) => self.constants[weight.0].tensor.shape()[0],
            _ => 0,
        }
    }

    /// Scales the convolution's result through its weights and bias.
    fn scale_weights(&mut self, at: usize, factor: &[f32], shift: &[f32]) -> Result<()> {
        let Some(Kernel::Conv { weight, epilogue, .. }) =
            self.done[at].as_ref().map(|step| step.kernel.clone())
        else {
            return Ok(());
        };
        let tensor = self.constants[weight.0].tensor.clone();
        let per_channel = tensor.len() / factor.len().max(1);
        let mut scaled = self.floats(weight);
        for (row, f) in scaled.chunks_mut(per_channel.max(1)).zip(factor) {
            row.iter_mut().for_each(|w| *w *= f);
        }
        let bias = match epilogue.bias {
            Some(bias) => self.floats(bias),
            None => vec![0.0; factor.len()],
        };
        let bias = bias.iter().zip(factor).zip(shift).map(|((b, f), s)| b * f + s).collect();
        let weight = self.constant(Tensor::f32(tensor.shape(), scaled)?);
        let bias = self.vector(bias)?;
        if let Some(Step { kernel: Kernel::Conv { weight: old, epilogue, .. }, .. }) = &mut self.done[at] {
            *old = weight;
            epilogue.bias = Some(bias);
        }
        Ok(())
    }

    fn floats(&self, id: ConstId) -> Vec<f32> {
        self.constants[id.0].tensor.as_f32().map(<[f32]>::to_vec).unwrap_or_default()
    }

    fn vector(&mut self, data: Vec<f32>) -> Result<ConstId> {
        Ok(self.constant(Tensor::f32(vec![data.len()], data)?))
    }

    fn constant(&mut self, tensor: Tensor) -> ConstId {
        self.constants.push(Constant { tensor: Arc::new(tensor), layout: Layout::RowMajor });
        ConstId(self.constants.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Prepared, Selection};
    use super::*;
    use unet_onnx::read;

    /// Kernels of a case of `tests/fixtures/nets`.
    fn kernels(file: &str, name: &str, input: [usize; 4]) -> Vec<Kernel> {
        let path = format!("{}/../../tests/fixtures/nets/{file}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let model = tensors.tensor(&format!("{name}/model")).unwrap();
        let graph = read::load(model.data(), &Default::default()).unwrap();
        let facts = graph.facts(&[input.to_vec()]).unwrap();
        let prepared = Prepared::new(&graph, &facts, &Selection::default()).unwrap();
        prepared.plan.steps.iter().map(|step| step.kernel.clone()).collect()
    }

    #[test]
    fn silu_is_fused_into_the_preceding_convolution() {
        for name in ["attentive, dynamo", "attentive, legacy"] {
            let kernels = kernels("attentive", name, [1, 3, 12, 16]);
            let silu = |kernel: &&Kernel| match kernel {
                Kernel::Conv { epilogue, .. } => epilogue.activation == Unary::Silu,
                _ => false,
            };
            assert_eq!(kernels.iter().filter(silu).count(), 2, "{name}: {kernels:?}");
            assert!(!kernels.contains(&Kernel::Unary(Unary::Sigmoid)), "{name}: {kernels:?}");
        }
    }
}
