//! Exact fractions, for sizes that are halved and doubled.

/// `num / den` in lowest terms, `den > 0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Numerator.
    pub num: i64,
    /// Denominator, positive.
    pub den: i64,
}

pub(super) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Ratio {
    /// 0
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };
    /// 1
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// Makes a reduced fraction; `None` if `den` is zero or the fraction overflows.
    pub fn new(num: i64, den: i64) -> Option<Self> {
        if den == 0 || num == i64::MIN || den == i64::MIN {
            return None;
        }
        let g = gcd(num, den).max(1) * den.signum();
        Some(Self { num: num / g, den: den / g })
    }

    /// `self·other`, or `None` on overflow.
    pub fn checked_mul(self, other: Ratio) -> Option<Self> {
        Self::new(self.num.checked_mul(other.num)?, self.den.checked_mul(other.den)?)
    }

    /// `self + other`, or `None` on overflow.
    pub fn checked_add(self, other: Ratio) -> Option<Self> {
        let left = self.num.checked_mul(other.den)?;
        let right = other.num.checked_mul(self.den)?;
        Self::new(left.checked_add(right)?, self.den.checked_mul(other.den)?)
    }

    /// `self·n`, or `None` on overflow.
    pub fn times(self, n: i64) -> Option<Self> {
        self.checked_mul(Self::new(n, 1)?)
    }

    /// The smaller of the two.
    pub fn min(self, other: Ratio) -> Self {
        if self.less(other) { self } else { other }
    }

    /// The larger of the two.
    pub fn max(self, other: Ratio) -> Self {
        if self.less(other) { other } else { self }
    }

    fn less(self, other: Ratio) -> bool {
        i128::from(self.num) * i128::from(other.den) < i128::from(other.num) * i128::from(self.den)
    }

    /// Rounds down.
    pub fn floor(self) -> i64 {
        self.num.div_euclid(self.den)
    }

    /// Rounds up.
    pub fn ceil(self) -> i64 {
        -(-self.num).div_euclid(self.den)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduces_and_rounds() {
        let r = Ratio::new(6, -4).unwrap();
        assert_eq!(r, Ratio { num: -3, den: 2 });
        assert_eq!((r.floor(), r.ceil()), (-2, -1));
        assert_eq!(r.checked_add(Ratio::ONE).unwrap(), Ratio { num: -1, den: 2 });
        assert_eq!(r.checked_mul(r).unwrap(), Ratio { num: 9, den: 4 });
        assert_eq!(r.min(Ratio::ZERO), r);
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::new(i64::MAX, 1).unwrap().times(2), None);
    }
}
