//! What the engine refuses, though the reference can: it must say so, and not compute something else.

const INTEGERS: &str = "arithmetic on integers that depend on the picture";
const REDUCTIONS: &str = "reductions of integers that depend on the picture";
const SHAPES: &str = "is supported in shape arithmetic only";
const EARLY: &str = "is supported where it can be computed before the run";
const CONSTANT: &str = "constant Indices are not supported";
const COMPUTED: &str = "the weight must be constant";
const PRODUCTS: &str = "products of what depends on the picture";

/// File, beginning of the case's name, words of the refusal.
const REFUSED: &[(&str, &str, &str)] = &[
    ("conv", "weights as inputs", COMPUTED),
    ("And", "", SHAPES),
    ("Or", "", SHAPES),
    ("Xor", "", SHAPES),
    ("Not", "", EARLY),
    ("Equal", "", SHAPES),
    ("Greater", "", SHAPES),
    ("GreaterOrEqual", "", SHAPES),
    ("Less", "", SHAPES),
    ("LessOrEqual", "", SHAPES),
    ("Where", "", EARLY),
    ("Mod", "", SHAPES),
    ("ScatterND", "", EARLY),
    ("MaxUnpool", "", CONSTANT),
    ("Add", "add_int", INTEGERS),
    ("Add", "add_uint", INTEGERS),
    ("Clip", "clip_default_int8", INTEGERS),
    ("Div", "div_int", INTEGERS),
    ("Div", "div_uint", INTEGERS),
    ("Max", "max_int", INTEGERS),
    ("Max", "max_uint", INTEGERS),
    ("Min", "min_int", INTEGERS),
    ("Min", "min_uint", INTEGERS),
    ("Mul", "mul_int", INTEGERS),
    ("Mul", "mul_uint", INTEGERS),
    ("Pow", "pow_types_int", INTEGERS),
    ("ReduceMax", "reduce_max_bool", REDUCTIONS),
    ("ReduceMin", "reduce_min_bool", REDUCTIONS),
    ("ReduceProd", "", PRODUCTS),
    ("Sub", "sub_int", INTEGERS),
    ("Sub", "sub_uint", INTEGERS),
];

/// The words with which the engine must refuse a case; `None` where it must not.
pub fn refused(file: &str, case: &str) -> Option<&'static str> {
    let of_case = |(f, prefix, _): &&(&str, &str, &str)| *f == file && case.starts_with(prefix);
    REFUSED.iter().find(of_case).map(|(_, _, words)| *words)
}
