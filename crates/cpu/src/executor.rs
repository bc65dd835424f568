//! Incremental execution of a plan in one memory block.

use super::aligned::Aligned;
use super::layout;
use super::prepare;
use super::task::{Buffers, Task};
use super::weights::{Packed, Packing, WeightCache};
use std::ops::Range;
use std::sync::Arc;
use unet_kernels::error::Result;
use unet_kernels::order::ascending;
use unet_kernels::tensor::Tensor;
use unet_plan::{Operand, Plan, ValueId, arena};

/// Cost of moving one element between memory and registers, in arithmetic operations.
const ELEMENT_COST: u64 = 8;

/// Executes a plan, one run at a time: [`start`](Executor::start), then [`advance`](Executor::advance) until
/// it returns true, then [`outputs`](Executor::outputs).
pub struct Executor {
    plan: Arc<Plan>,
    steps: Vec<Ready>,
    /// Range of each value in `memory`.
    places: Vec<Range<usize>>,
    memory: Aligned,
    scratch: Aligned,
    total_cost: u64,
    /// Next step, and its next unit.
    at: (usize, usize),
    /// Cost of the finished steps.
    done: u64,
}

/// A step prepared to run.
struct Ready {
    task: Box<dyn Task>,
    inputs: Vec<Source>,
    cost: u64,
}

enum Source {
    Value(ValueId),
    Const(Packed),
}

impl Executor {
    /// Packs weights that `cache` does not hold yet, and allocates all memory.
    ///
    /// # Errors
    /// `OutOfMemory` if the allocator refuses, `TooLarge` if the sizes exceed the address space.
    pub fn new(plan: Arc<Plan>, cache: &mut WeightCache) -> Result<Self> {
        cache.drop_unused();
        let arena = arena::assign(&plan)?;
        let places = plan.values.iter().zip(&arena.offsets).map(|(v, &at)| at..at + v.len()).collect();
        let mut steps = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            let task = prepare(&plan, step, &arena.offsets, cache)?;
            let mut elements: u64 = step.outputs.iter().map(|v| plan.values[v.0].len() as u64).sum();
            let mut inputs = Vec::with_capacity(step.inputs.len());
            for &operand in &step.inputs {
                inputs.push(match operand {
                    Operand::Value(v) => {
                        elements += plan.values[v.0].len() as u64;
                        Source::Value(v)
                    }
                    Operand::Const(c) => {
                        let constant = &plan.constants[c.0];
                        Source::Const(cache.get(constant, Packing::Operand(constant.layout))?)
                    }
                });
            }
            let cost = step.flops / task.saving() + ELEMENT_COST * elements;
            steps.push(Ready { task, inputs, cost });
        }
        let scratch = steps.iter().map(|step| step.task.scratch()).max().unwrap_or(0);
        Ok(Self {
            total_cost: steps.iter().map(|step| step.cost).sum(),
            at: (steps.len(), 0),
            steps,
            places,
            memory: Aligned::zeros(arena.len)?,
            scratch: Aligned::zeros(scratch)?,
            plan,
            done: 0,
        })
    }

    /// Working memory of the kernels in bytes.
    pub fn scratch_bytes(&self) -> u64 {
        self.scratch.len() as u64 * 4
    }

    /// Copies the inputs in, in the order of [`Plan::inputs`], and restarts.
    ///
    /// # Errors
    /// Those of [`Plan::check`].
    pub fn start(&mut self, inputs: &[&Tensor]) -> Result<()> {
        self.plan.check(inputs)?;
        for (tensor, id) in inputs.iter().zip(&self.plan.inputs) {
            let value = &self.plan.values[id.0];
            layout::write_tensor(tensor, value.layout, &mut self.memory[self.places[id.0].clone()]);
        }
        self.at = (0, 0);
        self.done = 0;
        Ok(())
    }

    /// Executes about `budget` operations (the cost of the kernels actually used, memory traffic included),
    /// at least one unit of work. Returns whether the run has finished.
    pub fn advance(&mut self, budget: u64) -> bool {
        let mut left = budget.max(1);
        while left > 0 && self.at.0 < self.steps.len() {
            left = left.saturating_sub(self.piece(left));
        }
        self.at.0 == self.steps.len()
    }

    /// Like [`Executor::advance`], but stops at the end of the step, so that it can be timed.
    pub fn advance_step(&mut self, budget: u64) -> bool {
        if self.at.0 < self.steps.len() {
            self.piece(budget);
        }
        self.at.0 == self.steps.len()
    }

    /// Executes the next step, at most to its end, and returns the cost.
    fn piece(&mut self, budget: u64) -> u64 {
        let (index, unit) = self.at;
        let (units, cost) = (self.steps[index].task.units(), self.steps[index].cost);
        let per_unit = (cost / units.max(1) as u64).max(1);
        let count = (budget / per_unit).clamp(1, (units - unit).max(1) as u64) as usize;
        let end = (unit + count).min(units);
        if unit < end {
            self.run(index, unit..end);
        }
        self.at = (index, end);
        if end == units {
            self.done += cost;
            self.at = (index + 1, 0);
        }
        per_unit.saturating_mul(count as u64)
    }

    /// Name of each step's kernel.
    pub fn kernels(&self) -> impl Iterator<Item = &'static str> {
        self.steps.iter().map(|step| step.task.name())
    }

    /// Finished share of the work, 0..=1.
    pub fn progress(&self) -> f32 {
        let (index, unit) = self.at;
        let Some(step) = self.steps.get(index) else { return 1.0 };
        let part = step.cost as f64 * unit as f64 / step.task.units().max(1) as f64;
        ((self.done as f64 + part) / self.total_cost.max(1) as f64) as f32
    }

    /// Index of the next step; the number of steps when the run has finished.
    pub fn step(&self) -> usize {
        self.at.0
    }

    /// Outputs in the order of [`Plan::outputs`], row-major.
    ///
    /// # Errors
    /// `OutOfMemory` if the allocator refuses.
    pub fn outputs(&self) -> Result<Vec<Tensor>> {
        let output = |id: &ValueId| {
            let value = &self.plan.values[id.0];
            let buffer = &self.memory[self.places[id.0].clone()];
            Tensor::new(value.shape.clone(), layout::to_data(buffer, value.layout, &value.shape, value.dtype))
        };
        self.plan.outputs.iter().map(output).collect()
    }

    fn run(&mut self, index: usize, units: Range<usize>) {
        let Ready { task, inputs, .. } = &self.steps[index];
        let outputs: Vec<Range<usize>> =
            self.plan.steps[index].outputs.iter().map(|v| self.places[v.0].clone()).collect();
        let (gaps, mut outputs) = split(&mut self.memory, &outputs);
        let inputs: Vec<&[f32]> = inputs
            .iter()
            .map(|source| match source {
                Source::Const(packed) => packed,
                Source::Value(v) => within(&gaps, self.places[v.0].clone()),
            })
            .collect();
        let scratch = &mut self.scratch[..task.scratch()];
        task.run(units, Buffers { inputs: &inputs, outputs: &mut outputs, scratch });
    }
}

/// Gaps between the written ranges with their offsets, and the written ranges in their original order.
type Parts<'a> = (Vec<(usize, &'a [f32])>, Vec<&'a mut [f32]>);

fn split<'a>(memory: &'a mut [f32], written: &[Range<usize>]) -> Parts<'a> {
    let order = written.iter().enumerate().map(|(i, range)| [range.start as u64, 0, i as u64]);
    let mut gaps = Vec::with_capacity(written.len() + 1);
    let mut parts: Vec<&mut [f32]> = written.iter().map(|_| Default::default()).collect();
    let (mut rest, mut at) = (memory, 0);
    for [_, _, i] in ascending(order.collect()) {
        let i = i as usize;
        let (gap, tail) = rest.split_at_mut(written[i].start - at);
        let (part, tail) = tail.split_at_mut(written[i].len());
        gaps.push((at, &*gap));
        parts[i] = part;
        rest = tail;
        at = written[i].end;
    }
    gaps.push((at, rest));
    (gaps, parts)
}

/// A read range within one gap. A range within the written part (a concatenation's operand that is in place
/// already) yields an empty slice.
fn within<'a>(gaps: &[(usize, &'a [f32])], range: Range<usize>) -> &'a [f32] {
    let gap = gaps.iter().find(|(at, gap)| *at <= range.start && range.end <= at + gap.len());
    gap.map_or(&[], |(at, gap)| &gap[range.start - at..range.end - at])
}
