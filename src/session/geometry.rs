//! What sizes a model accepts and how far it sees, found by planning it at sizes it accepts.

use super::model::shapes_for;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::image::planar::Channels;
use crate::plan::{Kernel, Operand, Plan, Prepared, Selection, Step, Window};
use crate::task::{Task, Tiling};
use crate::tensor::DType;
use crate::tile::{Axis, Ratio, reach};

/// Most by which sizes that a network accepts may differ.
const MOST_MULTIPLE: usize = 256;

/// Sizes at which a model without fixed size is tried: multiples of powers of two first, then
/// what networks without padding accept (572 is U-Net's own).
const TRIES: [usize; 10] = [256, 240, 512, 188, 572, 224, 128, 320, 96, 64];

/// A model as a function from pictures to pictures.
#[derive(Debug, Clone)]
pub struct Geometry {
    /// `[y, x]`
    pub axes: [Axis; 2],
    pub in_channels: usize,
    pub out_channels: usize,
}

impl Geometry {
    /// # Errors
    /// `InvalidInput` when the model's first output is not a picture of its input, `InvalidModel`
    /// when its channels or sizes are not what its metadata say; what planning says when no size is
    /// accepted.
    pub fn of(graph: &Graph, task: &Task) -> Result<Self> {
        let declared = |i: usize| graph.inputs[task.port].shape.as_ref().and_then(|shape| shape[i]);
        let channels = declared(1).map_or(vec![3, 1], |c| vec![c]);
        let fixed = [declared(2), declared(3)];
        if let Some(pictures) = declared(0).filter(|&n| n != 1) {
            return Err(Error::InvalidInput(format!(
                "the model takes {pictures} pictures at once; it has to be exported with one, or any number"
            )));
        }
        let (mut lossy, mut first_error) = (None, None);
        for size in TRIES {
            for &c in &channels {
                let lengths = [fixed[0].unwrap_or(size), fixed[1].unwrap_or(size)];
                match Self::at(graph, task, c, lengths, fixed.map(|f| f.is_some())) {
                    Ok((geometry, true)) => return Ok(geometry),
                    Ok((geometry, false)) => lossy = lossy.or(Some(geometry)),
                    Err(e) => first_error = first_error.or(Some(e)),
                }
            }
            if fixed.iter().all(Option::is_some) {
                break;
            }
        }
        lossy.ok_or_else(|| first_error.unwrap_or_else(|| Error::InvalidModel("it accepts no size".into())))
    }

    /// At one size, and whether no pooling leaves a row or column out there: the sizes beside it are found from one
    /// of which none does.
    fn at(
        graph: &Graph,
        task: &Task,
        c: usize,
        [h, w]: [usize; 2],
        fixed: [bool; 2],
    ) -> Result<(Self, bool)> {
        let facts = graph.facts(&shapes_for(graph, task.port, [1, c, h, w]))?;
        let prepared = Prepared::new(graph, &facts, &Selection::default())?;
        let plan = &prepared.plan;
        let not_a_picture = |made: &[usize]| {
            let given = [1, c, h, w];
            Error::InvalidInput(format!(
                "the model's first output is not a picture (N × C × H × W) of its input: of {given:?} it makes {made:?}"
            ))
        };
        let (&input, &output) =
            plan.inputs.first().zip(plan.outputs.first()).ok_or_else(|| not_a_picture(&[]))?;
        let value = &plan.values[output.0];
        let not_a_picture = || not_a_picture(&value.shape);
        if value.dtype != DType::F32 {
            return Err(Error::InvalidInput(
                "the model's first output is integers (of an ArgMax?); export the scores before it".into(),
            ));
        }
        let &[1, out_channels, oh, ow] = &value.shape[..] else {
            return Err(not_a_picture());
        };
        let axis = |i: usize, base: (usize, usize)| -> Result<Axis> {
            let mut reach = reach(plan, input, output, i).ok_or_else(not_a_picture)?;
            if task.tiling == Tiling::Whole {
                reach.extent = None;
            }
            let more = if fixed[i] { None } else { accepted(graph, task, [1, c, h, w], i, reach.multiple) };
            reach.multiple = more.unwrap_or(reach.multiple);
            Ok(Axis { reach, base, fixed: more.is_none() })
        };
        let axes = [axis(0, (h, oh))?, axis(1, (w, ow))?];
        task.input(c)?;
        let chroma = task.output(out_channels)?.channels == Channels::Chroma;
        let same_size = axes.iter().all(|axis| axis.reach.jump == Ratio::ONE && axis.base.0 == axis.base.1);
        if chroma && task.side().is_none() && !same_size {
            return Err(Error::InvalidModel(
                "its metadata call its output \"lab-ab\", but it is not of the input's size".into(),
            ));
        }
        let covers =
            |axis: &Axis| axis.reach.jump.times(axis.base.1 as i64) == Ratio::new(axis.base.0 as i64, 1);
        if task.side().is_some() && !axes.iter().all(covers) {
            return Err(Error::InvalidModel(
                "its metadata give its input a side, but its output leaves out part of the frame".into(),
            ));
        }
        Ok((Self { axes, in_channels: c, out_channels }, plan.steps.iter().all(|step| pools_all(plan, step))))
    }

    /// Size of the result for a picture of this size, `[height, width]` each.
    pub fn output_size(&self, size: [usize; 2]) -> [usize; 2] {
        [0, 1].map(|i| {
            let axis = &self.axes[i];
            let padded = axis.accept(size[i]);
            let jump = axis.reach.jump;
            let surplus = (padded - size[i]) as i64 * jump.den / jump.num;
            axis.output_len(padded).saturating_sub(surplus as usize)
        })
    }

    /// Pixels seen around an output pixel's own place; `None` for the whole frame.
    pub fn halo(&self) -> [Option<usize>; 2] {
        [0, 1].map(|i| {
            let reach = self.axes[i].reach;
            let (lo, hi) = reach.extent?;
            let own = reach.jump.ceil() - 1;
            Some((-lo.floor()).max(hi.ceil() - own).max(0) as usize)
        })
    }
}

/// The least of `multiple` and its doubles by which the size may grow along an axis: not all that a network
/// asks of sizes shows in its grids. `None` where none is accepted.
fn accepted(graph: &Graph, task: &Task, shape: [usize; 4], axis: usize, multiple: usize) -> Option<usize> {
    let fits = |&more: &usize| {
        let mut shape = shape;
        shape[2 + axis] += more;
        graph.facts(&shapes_for(graph, task.port, shape)).is_ok()
    };
    let doubles = std::iter::successors(Some(multiple), |more| Some(more * 2));
    doubles.take_while(|&more| more <= MOST_MULTIPLE.max(multiple)).find(fits)
}

/// Whether windows side by side, if that is what the step pools by, cover all that it reads.
fn pools_all(plan: &Plan, step: &Step) -> bool {
    let (Kernel::MaxPool { window } | Kernel::AveragePool { window, .. }) = &step.kernel else { return true };
    let Some(Operand::Value(read)) = step.inputs.first() else { return true };
    let Window { kernel, stride, pad_begin, .. } = *window;
    let side_by_side = kernel == stride && pad_begin == [0; 2];
    !side_by_side || (0..2).all(|i| plan.values[read.0].shape[2 + i].is_multiple_of(stride[i]))
}
