//! All supported operators as one type, generated from the table in [`super`].

use super::*;
use unet_kernels::tensor::Tensor;

/// Defines [`Op`] from the table; a row is a variant, its ONNX name and its construction from attributes.
macro_rules! define {
    (
        |$a:ident| families: $($family:ident)*;
        $($variant:ident = $name:literal $make:expr;)*
    ) => {
        /// Every supported operator.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Op {
            $(#[doc = concat!("ONNX's `", $name, "`.")]
            $variant(super::$variant),)*
            $(#[doc = concat!("One of the ONNX operators that [`", stringify!($family), "`](super::", stringify!($family), ") stands for.")]
            $family(super::$family),)*
        }

        impl Op {
            /// The operator of a node; `None` if the name is not in the set.
            ///
            /// # Errors
            /// An attribute is missing, of the wrong type, or has a value that is not supported.
            pub fn new(op_type: &str, $a: &Attributes) -> Result<Option<Self>, OpError> {
                $(if let Some(op) = super::$family::new(op_type, $a)? {
                    return Ok(Some(Self::$family(op)));
                })*
                Ok(Some(match op_type {
                    $($name => Self::$variant($make),)*
                    _ => return Ok(None),
                }))
            }

            /// ONNX name of the operator.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    $(Self::$family(op) => op.name(),)*
                }
            }

            /// ONNX names of all operators, sorted.
            pub fn names() -> Vec<&'static str> {
                let mut names = vec![$($name),*];
                $(names.extend(super::$family::names());)*
                names.sort_unstable();
                names
            }

            fn operator(&self) -> &dyn Operator {
                match self {
                    $(Self::$variant(op) => op,)*
                    $(Self::$family(op) => op,)*
                }
            }
        }
    };
}
operators!(define);

/// Reason why an operator will never be supported, and a way around it.
pub fn never(op_type: &str) -> Option<&'static str> {
    match op_type {
        "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike" | "Bernoulli"
        | "Multinomial" => Some(
            "it draws random numbers, and no two runs would give the same picture; export the network without \
                 noise (`eval()`, or noise of strength 0), or make the noise an input",
        ),
        "Loop" | "Scan" | "SequenceMap" => {
            Some("export with `torch.export`, which unrolls Python's, or for a fixed size")
        }
        _ => None,
    }
}

impl Operator for Op {
    fn infer(&self, inputs: &[Option<InputInfo>]) -> Result<Vec<TensorType>, OpError> {
        self.operator().infer(inputs)
    }

    fn reference(&self, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, OpError> {
        self.operator().reference(inputs)
    }

    fn of_shapes(&self, inputs: &[Option<InputInfo>]) -> Option<Vec<Tensor>> {
        self.operator().of_shapes(inputs)
    }

    fn role(&self) -> Role {
        self.operator().role()
    }

    fn weights(&self) -> std::ops::Range<usize> {
        self.operator().weights()
    }

    fn cost(&self, inputs: &[Option<InputInfo>], outputs: &[InputInfo]) -> Cost {
        self.operator().cost(inputs, outputs)
    }
}
