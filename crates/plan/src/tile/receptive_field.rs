//! Receptive fields by forward propagation: position i of a value depends on input positions `jump·i + lo` to
//! `jump·i + hi`, or on the whole input.

use super::ratio::{Ratio, gcd};
use super::table::{grid_of, offsets};
use crate::{AxisIndex, AxisTaps, Footprint, Kernel, Layout, Operand, Plan, ValueId};
use unet_kernels::tensor::Tensor;

/// Receptive field of an output position along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceptiveField {
    /// Input pixels per output pixel: 1/2 for a network that doubles the size.
    pub jump: Ratio,
    /// First and last input position, in pixels, that output position 0 depends on (`lo` is usually
    /// negative). `None` if every pixel depends on the whole frame: global pooling and normalization,
    /// resizing with aligned corners, or an unrecognized dependence.
    pub extent: Option<(Ratio, Ratio)>,
    /// Tiles start at multiples of this number, and accepted sizes differ by multiples of it.
    pub multiple: usize,
}

/// Dependence of one position of a value on the input.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Field {
    /// No dependence.
    Nothing,
    /// The whole input, without a pixel grid.
    Whole,
    /// A window on a grid of `jump` pixels; an extent of `None` is the whole frame.
    Grid { jump: Ratio, extent: Option<(Ratio, Ratio)> },
}

/// Receptive field of `output` in `input` along one axis (0 = y, 1 = x). `None` if the output is not on a
/// pixel grid of the input, or does not depend on it.
pub fn receptive_field(plan: &Plan, input: ValueId, output: ValueId, axis: usize) -> Option<ReceptiveField> {
    let mut fields = vec![Field::Nothing; plan.values.len()];
    for &other in &plan.inputs {
        fields[other.0] = Field::Whole;
    }
    if plan.values[input.0].layout == Layout::Nchwc4 {
        fields[input.0] = Field::Grid { jump: Ratio::ONE, extent: Some((Ratio::ZERO, Ratio::ZERO)) };
    }
    let mut multiple = 1i64;
    for step in &plan.steps {
        let of = |operand: &Operand| match operand {
            Operand::Value(v) => fields[v.0],
            Operand::Const(c) => of_constant(&plan.constants[c.0].tensor, axis),
        };
        let joined = step.inputs.iter().map(of).fold(Field::Nothing, join);
        let before = step.inputs.iter().find_map(|operand| match operand {
            Operand::Value(v) => plan.values[v.0].shape.get(2 + axis).copied(),
            Operand::Const(_) => None,
        });
        for out in &step.outputs {
            let value = &plan.values[out.0];
            let after = value.shape.get(2 + axis).copied().filter(|_| value.layout == Layout::Nchwc4);
            let onward = match joined {
                Field::Grid { jump, extent } => propagate(&step.kernel, axis, (before, after), jump, extent)
                    .map_or(Field::Whole, |(jump, extent)| Field::Grid { jump, extent }),
                other => other,
            };
            if let (Field::Grid { jump: from, .. }, Field::Grid { jump, .. }) = (joined, onward)
                && jump != from
                && jump.max(from) == jump
            {
                multiple = (multiple / gcd(multiple, jump.num)).checked_mul(jump.num)?;
            }
            // Reshapes lose the grid, as around group normalization: if the value becomes a picture again,
            // its size determines the grid.
            let regained = || {
                let jump = Ratio::new(plan.values[input.0].shape[2 + axis] as i64, after? as i64)?;
                (jump.num == 1 || jump.den == 1).then_some(jump)
            };
            fields[out.0] = match onward {
                Field::Whole => regained().map_or(onward, |jump| Field::Grid { jump, extent: None }),
                _ => onward,
            };
        }
    }
    match fields[output.0] {
        Field::Grid { jump, extent } => {
            Some(ReceptiveField { jump, extent, multiple: usize::try_from(multiple).ok()? })
        }
        Field::Nothing | Field::Whole => None,
    }
}

/// A constant that varies along the axis, such as coordinates, belongs to the whole frame.
fn of_constant(tensor: &Tensor, axis: usize) -> Field {
    let shape = tensor.shape();
    let (Some(at), Some(values)) = ((shape.len() + axis).checked_sub(2), tensor.as_f32()) else {
        return Field::Nothing;
    };
    let inner: usize = shape[at + 1..].iter().product();
    let differs = |i: usize| !(i / inner).is_multiple_of(shape[at]) && values[i] != values[i - inner];
    if (inner..values.len()).any(differs) { Field::Whole } else { Field::Nothing }
}

/// Joins the fields of operands combined element by element, which must share a grid.
fn join(a: Field, b: Field) -> Field {
    match (a, b) {
        (Field::Nothing, other) | (other, Field::Nothing) => other,
        (Field::Whole, Field::Whole) => Field::Whole,
        (Field::Whole, Field::Grid { jump, .. }) | (Field::Grid { jump, .. }, Field::Whole) => {
            Field::Grid { jump, extent: None }
        }
        (Field::Grid { jump, extent }, Field::Grid { jump: other, extent: theirs }) => {
            if jump != other {
                return Field::Whole;
            }
            let extent = extent.zip(theirs).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
            Field::Grid { jump, extent }
        }
    }
}

type Extent = Option<(Ratio, Ratio)>;

/// Field after a kernel; `None` if the result is not on a pixel grid.
fn propagate(
    kernel: &Kernel,
    axis: usize,
    (before, after): (Option<usize>, Option<usize>),
    jump: Ratio,
    extent: Extent,
) -> Option<(Ratio, Extent)> {
    let (before, after) = (before?, after?);
    match kernel.footprint(axis) {
        Footprint::Pointwise if before == after => Some((jump, extent)),
        Footprint::Window { stride, lo, hi } => Some((jump.times(stride)?, widen(extent, jump, lo, hi))),
        Footprint::Upsampled { factor, lo, hi } => {
            let finer = jump.checked_mul(Ratio::new(1, factor)?)?;
            Some((finer, widen(extent, finer, lo, hi)))
        }
        Footprint::Gathered(AxisIndex::Same) => Some((jump, extent)),
        // A single row, as when wrapping around, is not a grid.
        Footprint::Gathered(AxisIndex::Table(index)) if index.len() == 1 => None,
        Footprint::Gathered(AxisIndex::Table(index)) => {
            let taps = AxisTaps { taps: 1, index: index.clone(), weight: vec![1.0; index.len()] };
            let (finer, moved) = resample(&taps, (before, after), jump, extent)?;
            // Cropped positions count as seen: padding that follows must not mistake a tile's border for the
            // picture's.
            let cropped = jump.times(before as i64 - after as i64)?;
            let seen = moved
                .zip(extent)
                .filter(|_| finer == jump)
                .and_then(|((low, high), (lo, hi))| Some((low.min(lo), high.max(hi.checked_add(cropped)?))));
            Some((finer, seen.or(moved)))
        }
        Footprint::Resampled(taps) => resample(taps, (before, after), jump, extent),
        Footprint::Whole => Some((jump, None)),
        Footprint::Pointwise | Footprint::NoGrid => None,
    }
}

fn widen(extent: Extent, jump: Ratio, lo: i64, hi: i64) -> Extent {
    let (low, high) = extent?;
    Some((low.checked_add(jump.times(lo)?)?, high.checked_add(jump.times(hi)?)?))
}

fn resample(
    taps: &AxisTaps,
    (before, after): (usize, usize),
    jump: Ratio,
    extent: Extent,
) -> Option<(Ratio, Extent)> {
    match grid_of(taps, before, after) {
        Some(grid) => {
            let finer = jump.checked_mul(grid.step)?;
            let moved = extent.and_then(|(low, high)| {
                let (lo, hi) = offsets(taps, &grid, jump, finer)?;
                Some((low.checked_add(lo)?, high.checked_add(hi)?))
            });
            Some((finer, moved))
        }
        None => Some((jump.checked_mul(Ratio::new(before as i64, after as i64)?)?, None)),
    }
}
