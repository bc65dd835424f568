//! What the engine refuses, though the reference can: it must say so, and not compute something else.

const INTEGERS: &str = "integers and truth values that depend on the picture";
const SHAPES: &str = "operators for shape arithmetic, on what depends on the picture";
const CONSTANT: &str = "positions that no pooling made";
const COMPUTED: &str = "a parameter that is not constant";

/// File, beginning of the case's name, what is refused.
const REFUSED: &[(&str, &str, &str)] = &[
    ("conv", "weights as inputs", COMPUTED),
    ("And", "", INTEGERS),
    ("Or", "", INTEGERS),
    ("Xor", "", INTEGERS),
    ("Not", "", INTEGERS),
    ("Equal", "", INTEGERS),
    ("Greater", "", INTEGERS),
    ("GreaterOrEqual", "", INTEGERS),
    ("Less", "", INTEGERS),
    ("LessOrEqual", "", INTEGERS),
    ("Where", "", INTEGERS),
    ("Mod", "", SHAPES),
    ("ScatterND", "", SHAPES),
    ("MaxUnpool", "", CONSTANT),
    ("Add", "add_uint8", INTEGERS),
    ("Div", "div_int", INTEGERS),
    ("Div", "div_uint8", INTEGERS),
    ("Max", "max_int", INTEGERS),
    ("Max", "max_uint8", INTEGERS),
    ("Min", "min_int", INTEGERS),
    ("Min", "min_uint8", INTEGERS),
    ("Mul", "mul_uint8", INTEGERS),
    ("Pow", "pow_types_int", INTEGERS),
    ("ReduceMax", "reduce_max_bool", INTEGERS),
    ("ReduceMin", "reduce_min_bool", INTEGERS),
    ("Sub", "sub_uint8", INTEGERS),
];

/// Whether the engine must refuse a case.
pub fn is_refused(file: &str, case: &str) -> bool {
    REFUSED.iter().any(|(f, prefix, _)| *f == file && case.starts_with(prefix))
}
