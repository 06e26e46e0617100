//! The waterfall for terminals: aligned, within its width, harmless.

use crate::sample::{WILD, check, drawings, waterfall};
use karat_chart::{Chart, Waterfall};

fn example() -> Waterfall {
    let mut chart = waterfall(-6.0, &[8.0, -2.0, 0.0]);
    chart.steps[2].right = String::new();
    chart.steps[2].level = "missing".to_owned();
    chart
}

#[test]
fn a_waterfall_is_a_table_with_bars() {
    let expected = "\
field    A-1   B-2   level     weight
Prior                            -6.0  ████████│          ┊
field 0  Anna  Anne  similar     +8.0  ██████████▌        ┊
field 1  Anna  Anne  similar     -2.0          ██▌        ┊
field 2  Anna  –     missing      0.0          │          ┊
Total                             0.0          │          ┊

-6.0 prior +6.0 fields = 0.0 bits
match probability 50.0%
┊ merge +9.0
";
    assert_eq!(example().text(80, false), expected);
}

#[test]
fn no_line_is_wider_than_asked_for() {
    let mut chart = example();
    chart.steps[0].left =
        "a value that goes on and on, far beyond what any terminal has".to_owned();
    chart.steps[1].label = "東京都千代田区".repeat(5);
    for width in [40, 60, 80, 120, 400] {
        for line in chart.text(width, false).lines() {
            let wide =
                line.chars().filter(|letter| ('\u{2e80}'..'\u{a000}').contains(letter)).count();
            assert!(line.chars().count() + wide <= width, "{width}: {line}");
        }
    }
    assert_eq!(chart.text(0, false), chart.text(40, false));
}

#[test]
fn values_cannot_reach_the_terminal() {
    let mut chart = example();
    chart.steps[0].left = WILD.to_owned();
    chart.steps[0].level = "\u{202e}evil\r\n\u{9b}31m".to_owned();
    let text = chart.text(200, false);
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}'));
    assert_eq!(text.lines().count(), example().text(200, false).lines().count());
}

#[test]
fn colours_change_nothing_but_the_colours() {
    let (plain, coloured) = (example().text(80, false), example().text(80, true));
    assert!(coloured.contains("\x1b[36m█") && coloured.contains("\x1b[33m█"));
    let mut bare = coloured;
    for code in ["0", "1", "2", "33", "36"] {
        bare = bare.replace(&format!("\x1b[{code}m"), "");
    }
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&bare), trimmed(&plain));
}

#[test]
fn weights_that_are_none_and_no_steps_at_all_are_written() {
    for chart in [
        waterfall(f64::NAN, &[f64::INFINITY, f64::NEG_INFINITY, 1e300]),
        waterfall(0.0, &[]),
        waterfall(-1e15, &[1e15]),
        waterfall(0.0, &[1e-9]),
    ] {
        drawings(&chart).iter().for_each(|svg| check(svg));
        let lines = chart.text(80, true).lines().count();
        assert_eq!(lines, 3 + chart.steps.len() + 4, "{}", chart.title());
    }
}
