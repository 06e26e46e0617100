//! How likely a difference is: two-sided tails of Student's t and of the normal distribution.

/// The probability that |t| of `freedom` degrees of freedom is above `t`, which is not negative: the
/// regularised incomplete beta function I(ν/(ν + t²); ν/2, 1/2) (Abramowitz and Stegun 26.7.1).
pub fn student_tail(t: f64, freedom: f64) -> f64 {
    beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The probability that a normal deviate is further than `z` from 0, where `z` is not negative:
/// erfc(z/√2), by its series (Abramowitz and Stegun 7.1.6) or, far out, its continued fraction
/// (7.1.14).
pub fn normal_tail(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let front = (-x * x).exp() / std::f64::consts::PI.sqrt();
    if x > 2.5 {
        let fraction = (1..60).rev().fold(x, |rest, k| x + f64::from(k) / 2.0 / rest);
        return front / fraction;
    }
    let (mut term, mut sum) = (2.0 * x, 0.0);
    for n in 1..80 {
        sum += term;
        term *= 2.0 * x * x / f64::from(2 * n + 1);
    }
    1.0 - front * sum
}

/// The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun
/// 26.5.8, evaluated by Lentz's method).
fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on one side of the mean only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_low(1.0 - x, b, a);
    }
    beta_low(x, a, b)
}

fn beta_low(x: f64, a: f64, b: f64) -> f64 {
    let front = a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    let no_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / no_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for m in 1..1000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / no_zero(1.0 + term * d);
            c = no_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    front.exp() * fraction / a
}

/// ln Γ of a positive number: its series (Abramowitz and Stegun 6.1.41), from 10 on.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 10.0 {
        product *= x;
        x += 1.0;
    }
    let square = x * x;
    let series =
        1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series / x - f64::ln(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        // Critical values of published tables.
        for (t, freedom, p) in [
            (12.706, 1.0, 0.05),
            (63.657, 1.0, 0.01),
            (4.303, 2.0, 0.05),
            (5.841, 3.0, 0.01),
            (12.924, 3.0, 0.001),
            (2.228, 10.0, 0.05),
            (3.646, 30.0, 0.001),
            (2.626, 100.0, 0.01),
        ] {
            let found = student_tail(t, freedom);
            assert!((found / p - 1.0).abs() < 2e-3, "{t} {freedom}: {found}");
        }
        for (z, p) in [(1.959_964, 0.05), (2.575_829, 0.01), (3.290_527, 0.001)] {
            assert!((normal_tail(z) / p - 1.0).abs() < 1e-4, "{z}: {}", normal_tail(z));
        }
        assert!((normal_tail(3.5) / 4.652_581_6e-4 - 1.0).abs() < 1e-7);
        assert!((normal_tail(3.536) / normal_tail(3.5355) - 1.0).abs() < 0.01, "both ways meet");
        assert_eq!((student_tail(0.0, 3.0), normal_tail(0.0)), (1.0, 1.0));
        assert!(normal_tail(60.0) < 1e-300);
    }

    #[test]
    fn gamma_is_that_of_factorials() {
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        assert!((ln_gamma(6.0) - 120f64.ln()).abs() < 1e-12);
    }
}
