//! Placement after fusion: removes unused steps, places concatenations and reshapes without copying, and
//! computes lifetimes.

use super::{ConstId, Kernel, Layout, Operand, Plan, PlanValue, ValueId};

pub(super) fn place(plan: &mut Plan) {
    remove_unused(plan);
    join_in_place(plan);
    reshape_in_place(plan);
    lifetimes(plan);
}

/// Drops steps, second outputs, values and constants that nothing reads, and renumbers the rest.
fn remove_unused(plan: &mut Plan) {
    let mut used = vec![false; plan.values.len()];
    plan.inputs.iter().chain(&plan.outputs).for_each(|v| used[v.0] = true);
    let mut kept = Vec::new();
    for mut step in std::mem::take(&mut plan.steps).into_iter().rev() {
        if !step.outputs.iter().any(|v| used[v.0]) {
            continue;
        }
        // The first output is always written; only positions of maxima can be dropped.
        let first = step.outputs[0];
        step.outputs.retain(|v| *v == first || used[v.0]);
        let inputs = step.inputs.iter().filter_map(|operand| match operand {
            Operand::Value(v) => Some(v),
            Operand::Const(_) => None,
        });
        inputs.chain(&step.outputs).for_each(|v| used[v.0] = true);
        kept.push(step);
    }
    kept.reverse();
    let mut constants = vec![false; plan.constants.len()];
    for step in &mut kept {
        each_constant(step, &mut |id| constants[id.0] = true);
    }
    let (value_at, constant_at) = (renumber(&used), renumber(&constants));
    for step in &mut kept {
        each_constant(step, &mut |id| id.0 = constant_at[id.0]);
        for operand in &mut step.inputs {
            if let Operand::Value(v) = operand {
                v.0 = value_at[v.0];
            }
        }
        step.outputs.iter_mut().for_each(|v| v.0 = value_at[v.0]);
    }
    plan.inputs.iter_mut().chain(&mut plan.outputs).for_each(|v| v.0 = value_at[v.0]);
    keep(&mut plan.values, &used);
    keep(&mut plan.constants, &constants);
    plan.steps = kept;
}

fn renumber(used: &[bool]) -> Vec<usize> {
    used.iter()
        .scan(0, |next, &used| {
            let at = *next;
            *next += usize::from(used);
            Some(at)
        })
        .collect()
}

fn keep<T>(items: &mut Vec<T>, used: &[bool]) {
    let mut used = used.iter();
    items.retain(|_| used.next() == Some(&true));
}

/// Visits every constant that a step names, to read or renumber it.
fn each_constant(step: &mut super::Step, visit: &mut impl FnMut(&mut ConstId)) {
    for operand in &mut step.inputs {
        if let Operand::Const(id) = operand {
            visit(id);
        }
    }
    step.kernel.each_constant(visit);
}

/// Lets operands of a concatenation be written directly into its result where they fill whole blocks of four
/// channels.
fn join_in_place(plan: &mut Plan) {
    for i in 0..plan.steps.len() {
        let step = &plan.steps[i];
        let joined = step.outputs[0];
        let whole = &plan.values[joined.0];
        if !matches!(step.kernel, Kernel::Concat { axis: 1 })
            || whole.layout != Layout::Nchwc4
            || whole.shape[0] != 1
        {
            continue;
        }
        let mut channel = 0;
        for operand in step.inputs.clone() {
            let channels = match operand {
                Operand::Value(v) => plan.values[v.0].shape[1],
                Operand::Const(c) => plan.constants[c.0].tensor.shape()[1],
            };
            let last = channel + channels == plan.values[joined.0].shape[1];
            if let Operand::Value(v) = operand
                && plan.values[v.0].parent.is_none()
                && channel % 4 == 0
                && (channels % 4 == 0 || last)
                && !plan.inputs.contains(&v)
            {
                let plane: usize = plan.values[joined.0].shape[2..].iter().product();
                plan.values[v.0].parent = Some((joined, channel * plane));
            }
            channel += channels;
        }
    }
}

/// Lets a reshaped value share its operand's memory if both store their elements in the same order.
fn reshape_in_place(plan: &mut Plan) {
    for step in &plan.steps {
        let (Kernel::Reshape { first: 0 }, &[Operand::Value(from)], &[to]) =
            (&step.kernel, &step.inputs[..], &step.outputs[..])
        else {
            continue;
        };
        let [operand, result] = [from, to].map(|id| &plan.values[id.0]);
        let alike = match (operand.layout, result.layout) {
            (Layout::RowMajor, Layout::RowMajor) => true,
            (Layout::Nchwc4, Layout::Nchwc4) => {
                let plane = |value: &PlanValue| value.shape[2..].iter().product::<usize>();
                operand.shape[..2] == result.shape[..2] && plane(operand) == plane(result)
            }
            (Layout::RowMajor, Layout::Nchwc4) | (Layout::Nchwc4, Layout::RowMajor) => false,
        };
        if alike && operand.dtype == result.dtype && result.parent.is_none() {
            plan.values[to.0].parent = Some((from, 0));
        }
    }
}

fn lifetimes(plan: &mut Plan) {
    let end = plan.steps.len();
    for value in &mut plan.values {
        value.live = (end, 0);
    }
    let mut spans: Vec<(ValueId, usize)> = Vec::new();
    spans.extend(plan.inputs.iter().map(|&v| (v, 0)));
    spans.extend(plan.outputs.iter().map(|&v| (v, end)));
    for (i, step) in plan.steps.iter().enumerate() {
        spans.extend(step.outputs.iter().map(|&v| (v, i)));
        spans.extend(step.inputs.iter().filter_map(|operand| match operand {
            Operand::Value(v) => Some((*v, i)),
            Operand::Const(_) => None,
        }));
    }
    for (v, at) in spans {
        let mut next = Some(v);
        while let Some(v) = next {
            let PlanValue { live, parent, .. } = &mut plan.values[v.0];
            *live = (live.0.min(at), live.1.max(at));
            next = parent.map(|(parent, _)| parent);
        }
    }
}
