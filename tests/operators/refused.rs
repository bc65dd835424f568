//! What the engine refuses, though the reference can: it must say so, and not compute something else.

const INTEGERS: &str = "arithmetic on integers that depend on the picture";
const REDUCTIONS: &str = "reductions of integers that depend on the picture";
const CONSTANT: &str = "constant Indices are not supported";
const COMPUTED: &str = "the weight must be constant";
const PRODUCTS: &str = "products of values that depend on the picture";

/// File, beginning of the case's name, words of the refusal.
const REFUSED: &[(&str, &str, &str)] = &[
    ("conv", "weights as inputs", COMPUTED),
    ("Clip", "clip_default_int8", INTEGERS),
    ("CumSum", "cumsum_1d_int32", INTEGERS),
    ("CumSum", "cumsum_2d_int32", INTEGERS),
    ("Mod", "mod_mixed_sign_int", INTEGERS),
    ("Mod", "mod_broadcast", INTEGERS),
    ("Mod", "mod_int64_fmod", INTEGERS),
    ("Mod", "mod_uint", INTEGERS),
    ("MaxUnpool", "", CONSTANT),
    ("Add", "add_int", INTEGERS),
    ("Add", "add_uint", INTEGERS),
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
pub(crate) fn refused(file: &str, case: &str) -> Option<&'static str> {
    let of_case = |(f, prefix, _): &&(&str, &str, &str)| *f == file && case.starts_with(prefix);
    REFUSED.iter().find(of_case).map(|(_, _, words)| *words)
}
