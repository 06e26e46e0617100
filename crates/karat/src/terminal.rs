//! The engine's progress on a terminal: one bar at a time, gone when its stage is over.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use karat_record::{Reporter, Stage};

use crate::output::{Output, number};

/// Shows progress on standard error, where that is a terminal, and notes as lines.
pub struct Terminal {
    output: Output,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Terminal {
    pub fn new(output: Output) -> Terminal {
        Terminal { output, bars: Mutex::default() }
    }

    fn name(stage: &Stage) -> String {
        format!("{} {}", stage.verb, stage.noun).trim().to_owned()
    }
}

impl Reporter for Terminal {
    fn started(&self, stage: &Stage, total: Option<u64>) {
        if self.output.json {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total).with_style(style(
                "  {msg}  {bar:30}  {bytes}/{total_bytes}  {prefix}  {eta} left",
            )),
            None => ProgressBar::new_spinner().with_style(style("  {msg}  {spinner} {elapsed}")),
        };
        bar.set_message(Self::name(stage));
        bar.enable_steady_tick(Duration::from_millis(120));
        if let Ok(mut bars) = self.bars.lock()
            && let Some(old) = bars.insert(Self::name(stage), bar)
        {
            old.finish_and_clear();
        }
    }

    fn progress(&self, stage: &Stage, position: u64, rows: u64) {
        let Ok(bars) = self.bars.lock() else { return };
        if let Some(bar) = bars.get(&Self::name(stage)) {
            let seconds = bar.elapsed().as_secs_f64().max(0.001);
            let rate = number((rows as f64 / seconds) as u64);
            bar.set_position(position);
            bar.set_prefix(format!("{} rows, {rate}/s", number(rows)));
        }
    }

    fn ended(&self, stage: &Stage, _: &str) {
        let Ok(mut bars) = self.bars.lock() else { return };
        if let Some(bar) = bars.remove(&Self::name(stage)) {
            bar.finish_and_clear();
        }
    }

    fn note(&self, text: &str) {
        let Ok(bars) = self.bars.lock() else { return };
        let say = || self.output.line(format!("  note: {text}"));
        match bars.values().next() {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is well formed")
}
