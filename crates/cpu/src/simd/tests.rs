use super::*;

const A: Px = [1.5, -2.5, 0.0, 7.25];
const B: Px = [2.0, -3.0, -0.5, 7.25];

fn each(f: impl Fn(f32, f32) -> f32) -> Px {
    std::array::from_fn(|i| f(A[i], B[i]))
}

#[test]
fn arithmetic_is_by_lane() {
    let (a, b) = (F32x4::from(A), F32x4::from(B));
    assert_eq!((a + b).to_array(), each(|a, b| a + b));
    assert_eq!((a - b).to_array(), each(|a, b| a - b));
    assert_eq!((a * b).to_array(), each(|a, b| a * b));
    assert_eq!((a / b).to_array(), each(|a, b| a / b));
    assert_eq!((-a).to_array(), each(|a, _| -a));
    assert_eq!(a.mul_add(b, b).to_array(), each(|a, b| a * b + b));
    assert_eq!(a.min(b).to_array(), each(f32::min));
    assert_eq!(a.max(b).to_array(), each(f32::max));
    assert_eq!(a.abs().to_array(), each(|a, _| a.abs()));
    assert_eq!(a.copysign(b).to_array(), each(f32::copysign));
    assert_eq!(a.sum(), 6.25);
}

#[test]
fn rounding_is_half_to_even() {
    let a = F32x4::from(A);
    assert_eq!(a.floor().to_array(), [1.0, -3.0, 0.0, 7.0]);
    assert_eq!(a.ceil().to_array(), [2.0, -2.0, 0.0, 8.0]);
    assert_eq!(a.round().to_array(), [2.0, -2.0, 0.0, 7.0]);
}

#[test]
fn nan_on_the_left_stays_and_on_the_right_is_ignored() {
    let nan = F32x4::splat(f32::NAN);
    let one = F32x4::splat(1.0);
    assert!(nan.max(one).to_array().iter().all(|x| x.is_nan()));
    assert!(nan.min(one).to_array().iter().all(|x| x.is_nan()));
    assert_eq!(one.max(nan).to_array(), [1.0; 4]);
    assert_eq!(one.min(nan).to_array(), [1.0; 4]);
}

#[test]
fn comparison_selects() {
    let (a, b) = (F32x4::from(A), F32x4::from(B));
    assert_eq!(a.lt(b).select(a, b).to_array(), each(f32::min));
    assert_eq!(b.le(a).select(a, b).to_array(), each(f32::max));
}

#[test]
fn powers_of_two_are_exact() {
    let v = F32x4::from([-126.0, 0.0, 3.0, 127.0]);
    assert_eq!(v.exp2_whole().to_array(), [2f32.powi(-126), 1.0, 8.0, 2f32.powi(127)]);
}

#[test]
fn transpose_swaps_rows_and_columns() {
    let rows: [Px; 4] = std::array::from_fn(|i| std::array::from_fn(|j| (4 * i + j) as f32));
    let columns = F32x4::transpose(rows.map(F32x4::from)).map(F32x4::to_array);
    for i in 0..4 {
        for j in 0..4 {
            assert_eq!(columns[j][i], rows[i][j]);
        }
    }
}
