//! Nanoseconds that the cleaning rules on the way of every load take per value: the best of some
//! rounds, once for values that are clean already and once for values as people write them.
#![expect(clippy::print_stdout, reason = "an example prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use karat_rules::clean::{self, Context, Rule};

const ROUNDS: usize = 15;
const VALUES: usize = 20_000;

const CASES: [(&str, &str, &[&str]); 8] = [
    ("email", "clean", &["jane.doe@example.com", "bob42@mail.example.org", "x_y-z@a-b.co.uk"]),
    ("email", "raw", &[" Jane.Doe@Example.COM", "mailto:bob42@mail.example.org", "BOB@A-B.co.uk"]),
    ("phone", "clean", &["+12125550100", "+13055550123", "+14155550199"]),
    ("phone", "raw", &["(212) 555-0100", "305.555.0123 x4", "1-415-555-0199"]),
    ("person_name", "clean", &["jane doe", "mary-ann o'neil", "juan carlos de la cruz"]),
    ("person_name", "raw", &["DOE, Jane A.", "Dr. Mary-Ann O'Neil", "Juan Carlos de la Cruz"]),
    ("date_month_first", "clean", &["1984-07-31", "2001-12-01", "1999-02-28"]),
    ("date_month_first", "raw", &["7/31/1984", "12/01/2001", "1999-02-28 00:00:00"]),
];

fn main() {
    let context = Context::default();
    for (name, what, texts) in CASES {
        let Some(rule) = clean::named(name) else { continue };
        println!("{name:<18} {what:<6} {:>7.1} ns", best(rule, texts, &context));
    }
}

fn best(rule: &Rule, texts: &[&str], context: &Context) -> f64 {
    let round = |_| {
        let since = Instant::now();
        for at in 0..VALUES {
            black_box(rule.apply(black_box(texts[at % texts.len()]), context));
        }
        since.elapsed().as_nanos() as f64 / VALUES as f64
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}
