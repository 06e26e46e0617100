//! Numbers with a fixed count of decimals, as DuckDB reads `0.88`: `0.1 + 0.2 = 0.3` is true.

use std::cmp::Ordering;
use std::fmt;

/// The most digits a DECIMAL has.
pub const MAXIMUM_WIDTH: u8 = 38;

/// `digits / 10^scale`; equal only with the same scale (`1.0` is printed unlike `1.00`), use
/// [`Decimal::compare`] for the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i128,
    scale: u8,
}

impl Decimal {
    /// `None` when the digits or the scale exceed 38.
    pub fn new(digits: i128, scale: u8) -> Option<Decimal> {
        let fits = scale <= MAXIMUM_WIDTH && digits.unsigned_abs() < 10u128.pow(38);
        fits.then_some(Decimal { digits, scale })
    }

    /// Reads plain digits with at most one point and a sign; `None` for anything else.
    pub fn parse(written: &str) -> Option<Decimal> {
        let (negative, unsigned) = match written.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, written.strip_prefix('+').unwrap_or(written)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let joined = format!("{}{fraction}", whole.trim_start_matches('0'));
        let digits = if joined.is_empty() { 0 } else { joined.parse::<i128>().ok()? };
        let scale = u8::try_from(fraction.len()).ok()?;
        Decimal::new(if negative { -digits } else { digits }, scale)
    }

    /// The whole number without decimals.
    pub fn whole(number: i64) -> Decimal {
        Decimal { digits: number.into(), scale: 0 }
    }

    /// The digits without the point.
    pub fn digits(self) -> i128 {
        self.digits
    }

    /// How many of the digits stand behind the point.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The nearest DOUBLE.
    pub fn to_f64(self) -> f64 {
        if self.digits.unsigned_abs() < 1 << 53 && self.scale <= 22 {
            return self.digits as f64 / 10f64.powi(self.scale.into());
        }
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The nearest whole number, halves away from zero.
    pub fn to_integer(self) -> Option<i64> {
        i64::try_from(self.rounded(0)?.digits).ok()
    }

    /// The same number with another count of decimals, halves rounded away from zero.
    pub fn rounded(self, scale: u8) -> Option<Decimal> {
        if scale >= self.scale {
            let factor = 10i128.checked_pow(u32::from(scale - self.scale))?;
            return Decimal::new(self.digits.checked_mul(factor)?, scale);
        }
        let factor = 10i128.checked_pow(u32::from(self.scale - scale))?;
        let half = factor / 2 * self.digits.signum();
        Decimal::new((self.digits + half) / factor, scale)
    }

    /// The next whole number below (`up` = false) or above, without decimals.
    pub fn toward(self, up: bool) -> Option<Decimal> {
        let factor = 10i128.checked_pow(self.scale.into())?;
        let floor = self.digits.div_euclid(factor);
        let exact = self.digits.rem_euclid(factor) == 0;
        Decimal::new(if up && !exact { floor + 1 } else { floor }, 0)
    }

    /// The number without its sign.
    pub fn abs(self) -> Decimal {
        Decimal { digits: self.digits.abs(), ..self }
    }

    /// The number with the other sign.
    pub fn negated(self) -> Decimal {
        Decimal { digits: -self.digits, ..self }
    }

    /// Both numbers with the larger of their scales.
    fn aligned(self, other: Decimal) -> Option<(i128, i128, u8)> {
        let scale = self.scale.max(other.scale);
        Some((self.rounded(scale)?.digits, other.rounded(scale)?.digits, scale))
    }

    /// The sum, `None` beyond 38 digits.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let (left, right, scale) = self.aligned(other)?;
        Decimal::new(left.checked_add(right)?, scale)
    }

    /// The product, `None` beyond 38 digits.
    pub fn multiply(self, other: Decimal) -> Option<Decimal> {
        Decimal::new(self.digits.checked_mul(other.digits)?, self.scale + other.scale)
    }

    /// The remainder with the sign of `self`, `None` for a zero divisor.
    pub fn remainder(self, other: Decimal) -> Option<Decimal> {
        let (left, right, scale) = self.aligned(other)?;
        Decimal::new(left.checked_rem(right)?, scale)
    }

    /// The order of the numbers.
    pub fn compare(self, other: Decimal) -> Ordering {
        match self.aligned(other) {
            Some((left, right, _)) => left.cmp(&right),
            None => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        match fraction {
            "" => write!(out, "{sign}{whole}"),
            _ => write!(out, "{sign}{whole}.{fraction}"),
        }
    }
}
