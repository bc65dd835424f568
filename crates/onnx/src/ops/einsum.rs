//! `Einsum`: products of operands, summed over the labels missing from the result; `torch.einsum`. Labels are
//! letters; an ellipsis stands for broadcast axes.

use super::attributes::Attributes;
use super::elements::{floats, output};
use super::input_info::{InputInfo, checked_shape, input_infos, required_float};
use super::{Cost, OpError, Operator, Role, TensorType};
use std::ops::Range;
use unet_kernels::tensor::{DType, Data, Tensor, strides};

/// Einstein summation of any number of float inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Einsum {
    /// Labels of each operand, `.` for an ellipsis.
    terms: Vec<Vec<char>>,
    /// Labels of the result.
    result: Vec<char>,
}

/// An einsum for operands of known shapes, with labels as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Contraction {
    /// Label of each axis of each operand.
    pub operands: Vec<Vec<usize>>,
    /// Labels of the output's axes, in order.
    pub result: Vec<usize>,
    /// Length of each label's axis. With an ellipsis, an operand's axis may be 1 instead, and is broadcast.
    pub sizes: Vec<usize>,
}

fn labels(text: &str) -> Result<Vec<char>, OpError> {
    let mut labels: Vec<char> = text.replace("...", ".").chars().filter(|c| !c.is_whitespace()).collect();
    let wrong = labels.iter().any(|c| !c.is_ascii_alphabetic() && *c != '.');
    if wrong || labels.iter().filter(|c| **c == '.').count() > 1 {
        return Err(OpError(format!("equation term {text:?} is not understood")));
    }
    labels.shrink_to_fit();
    Ok(labels)
}

impl Einsum {
    pub(super) fn new(a: &Attributes) -> Result<Self, OpError> {
        let equation = a.text("equation")?.ok_or_else(|| OpError("equation is missing".into()))?;
        let (left, right) = match equation.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (equation, None),
        };
        let terms: Vec<Vec<char>> = left.split(',').map(labels).collect::<Result<_, _>>()?;
        let all = || terms.iter().flatten().copied();
        let result = match right {
            Some(text) => labels(text)?,
            // Labels that occur once, in alphabetical order, after the ellipsis.
            None => {
                let mut once: Vec<char> =
                    all().filter(|c| *c != '.' && all().filter(|other| other == c).count() == 1).collect();
                once.sort_unstable();
                all().find(|c| *c == '.').into_iter().chain(once).collect()
            }
        };
        let repeated = result.iter().enumerate().any(|(i, c)| result[..i].contains(c));
        if repeated || result.iter().any(|c| *c != '.' && !all().any(|other| other == *c)) {
            return Err(OpError(format!("the result of equation {equation:?} is not understood")));
        }
        Ok(Self { terms, result })
    }

    /// The contraction for inputs of these shapes.
    ///
    /// # Errors
    /// The number of inputs, or the rank or length of an axis, does not fit the equation.
    pub fn resolve(&self, inputs: &[Option<InputInfo>]) -> Result<Contraction, OpError> {
        if inputs.len() != self.terms.len() {
            return Err(OpError(format!("{} inputs, the equation has {}", inputs.len(), self.terms.len())));
        }
        let shapes: Vec<&[usize]> = (0..inputs.len())
            .map(|i| Ok(required_float(inputs, i, "operand")?.shape()))
            .collect::<Result<_, OpError>>()?;
        let mut letters: Vec<char> = self.terms.iter().flatten().copied().filter(|c| *c != '.').collect();
        letters.sort_unstable();
        letters.dedup();
        // Axes of ellipses come after the letters, counted from the last.
        let mut hidden = 0;
        for (term, shape) in self.terms.iter().zip(&shapes) {
            let named = term.iter().filter(|c| **c != '.').count();
            let more = shape.len().checked_sub(named).filter(|&more| more == 0 || term.contains(&'.'));
            hidden = more
                .ok_or_else(|| OpError(format!("an operand of shape {shape:?} has not {named} axes")))?
                .max(hidden);
        }
        let number = |c: char| letters.iter().position(|letter| *letter == c).unwrap_or(0);
        let spread = |term: &[char], more: usize| -> Vec<usize> {
            let axes = |c: &char| match c {
                '.' => (0..more).map(|i| letters.len() + more - 1 - i).collect(),
                c => vec![number(*c)],
            };
            term.iter().flat_map(axes).collect()
        };
        let mut sizes = vec![1; letters.len() + hidden];
        let mut operands = Vec::new();
        for (term, shape) in self.terms.iter().zip(&shapes) {
            let more = shape.len() + usize::from(term.contains(&'.')) - term.len();
            let operand = spread(term, more);
            for (&label, &len) in operand.iter().zip(*shape) {
                let size = &mut sizes[label];
                match (*size, len) {
                    (_, 1) => {}
                    (1, _) => *size = len,
                    (size, len) if size == len => {}
                    (size, len) => {
                        return Err(OpError(format!("axes of one label have lengths {size} and {len}")));
                    }
                }
            }
            operands.push(operand);
        }
        let letter_of_one = |operand: &[usize], shape: &[usize]| {
            operand.iter().zip(shape).any(|(&label, &len)| label < letters.len() && len != sizes[label])
        };
        if operands.iter().zip(&shapes).any(|(operand, shape)| letter_of_one(operand, shape)) {
            return Err(OpError("axes of one label differ in length".into()));
        }
        let result = spread(&self.result, hidden);
        checked_shape(result.iter().map(|&label| sizes[label]).collect())?;
        Ok(Contraction { operands, result, sizes })
    }
}

impl Contraction {
    /// Shape of the output.
    pub fn shape(&self) -> Vec<usize> {
        self.result.iter().map(|&label| self.sizes[label]).collect()
    }

    /// Labels to sum over.
    fn summed(&self) -> Vec<usize> {
        (0..self.sizes.len()).filter(|label| !self.result.contains(label)).collect()
    }
}

impl Operator for Einsum {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        Ok(vec![(DType::F32, self.resolve(inputs)?.shape())])
    }

    /// Sums in double precision.
    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        let of = self.resolve(&input_infos(inputs))?;
        let (shape, summed) = (of.shape(), of.summed());
        let terms: Vec<usize> = summed.iter().map(|&label| of.sizes[label]).collect();
        let operands = (0..inputs.len()).map(|i| floats(inputs, i)).collect::<Result<Vec<_>, _>>()?;
        // Stride of each operand for each label.
        let steps: Vec<Vec<usize>> = (of.operands.iter().zip(input_infos(inputs)))
            .map(|(labels, input)| {
                let own = input.map_or(&[][..], InputInfo::shape);
                let mut steps = vec![0; of.sizes.len()];
                for ((&label, &len), stride) in labels.iter().zip(own).zip(strides(own)) {
                    steps[label] += if len == 1 { 0 } else { stride };
                }
                steps
            })
            .collect();
        let (outer, inner) = (strides(&shape), strides(&terms));
        let mut at = vec![0; of.sizes.len()];
        let mut y = Vec::new();
        for i in 0..shape.iter().product() {
            (0..shape.len()).for_each(|a| at[of.result[a]] = i / outer[a] % shape[a]);
            let mut sum = 0.0;
            for t in 0..terms.iter().product() {
                (0..terms.len()).for_each(|a| at[summed[a]] = t / inner[a] % terms[a]);
                let factor = |(x, steps): (&&[f32], &Vec<usize>)| {
                    f64::from(x[steps.iter().zip(&at).map(|(step, at)| step * at).sum::<usize>()])
                };
                sum += operands.iter().zip(&steps).map(factor).product::<f64>();
            }
            y.push(sum as f32);
        }
        output(shape, Data::F32(y))
    }

    fn role(&self) -> Role {
        Role::Computes
    }

    fn weights(&self) -> Range<usize> {
        0..usize::MAX
    }

    fn cost(&self, inputs: &[Option<InputInfo>], _: &[InputInfo]) -> Cost {
        let Ok(of) = self.resolve(inputs) else { return Cost::MOVES };
        Cost::each(super::cost::len(&of.sizes), inputs.len() as u64)
    }
}
