//! What people see: numbers, tables, problems, colours.

use std::io::{IsTerminal, Write};

use karat_record::{Problem, Problems};

/// Where output goes and how.
#[derive(Clone, Debug, Default)]
pub struct Output {
    pub json: bool,
    colour: bool,
    secrets: Vec<String>,
}

impl Output {
    pub fn new(json: bool) -> Output {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Output { json, colour: std::io::stdout().is_terminal() && !plain, secrets: Vec::new() }
    }

    /// From now on these texts are never printed.
    pub fn hide(&mut self, secrets: Vec<String>) {
        self.secrets.extend(secrets);
    }

    /// Texts that are never printed.
    pub fn secrets(&self) -> Vec<String> {
        self.secrets.clone()
    }

    fn safe(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }

    /// A line for people; nothing when JSON is wanted.
    pub fn line(&self, text: impl AsRef<str>) {
        if !self.json {
            self.put(std::io::stdout(), text.as_ref());
        }
    }

    /// A line that is the result itself, in whatever format.
    pub fn result(&self, text: impl AsRef<str>) {
        self.put(std::io::stdout(), text.as_ref());
    }

    /// The JSON document, when JSON is wanted.
    pub fn document(&self, json: &serde_json::Value) {
        if self.json {
            let text = serde_json::to_string_pretty(json).unwrap_or_default();
            self.put(std::io::stdout(), &text);
        }
    }

    /// Problems, on standard error: what, where, what next.
    pub fn problems(&self, problems: &Problems) {
        let many = problems.0.len() > 1;
        for problem in &problems.0 {
            let problem = problem.clone().hint(problem.next());
            self.put(std::io::stderr(), &format!("error: {problem}"));
        }
        if many {
            self.put(std::io::stderr(), &format!("{} problems", problems.0.len()));
        }
        if self.json {
            let list = problems.0.iter().map(|p| self.problem_json(p)).collect::<Vec<_>>();
            self.document(&serde_json::json!({ "status": "failed", "problems": list }));
        }
    }

    fn problem_json(&self, problem: &Problem) -> serde_json::Value {
        serde_json::json!({
            "kind": format!("{:?}", problem.kind).to_lowercase(),
            "what": self.safe(&problem.what),
            "place": problem.place.as_ref().map(ToString::to_string),
            "hint": self.safe(problem.next()),
        })
    }

    /// Asks for yes or no; nothing where nobody sits at a terminal to answer.
    pub fn ask(&self, question: &str) -> Option<bool> {
        if self.json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return None;
        }
        drop(write!(std::io::stderr(), "{} [y/N] ", self.safe(question)));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).ok()?;
        Some(is_yes(&answer))
    }

    /// Someone who stops reading, such as `head`, is no problem of ours.
    fn put(&self, mut stream: impl Write, text: &str) {
        drop(writeln!(stream, "{}", self.safe(text)));
    }

    /// Whether colours are used.
    pub fn is_coloured(&self) -> bool {
        self.colour
    }

    /// Columns of the terminal, or of a usual one where there is none.
    pub fn width(&self) -> usize {
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let found = console::Term::stdout().size_checked().map(|(_, columns)| columns.into());
        asked.or(found).unwrap_or(120)
    }

    /// Text that stands out.
    pub fn strong(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Text that stands back.
    pub fn faint(&self, text: &str) -> String {
        if self.colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Whether an answer is yes; anything else is no.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// A whole number with commas: `1,234,567`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Numbers inside a sentence with commas.
pub fn with_commas(sentence: &str) -> String {
    let grouped = sentence.split(' ').map(|word| match word.parse::<u64>() {
        Ok(n) => number(n),
        Err(_) => word.to_owned(),
    });
    grouped.collect::<Vec<_>>().join(" ")
}

/// A duration in the unit that suits it.
pub fn duration(took: std::time::Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 0.001 {
        "0 ms".to_owned()
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// Rows in columns; `right` says which are numbers.
pub fn table(rows: &[Vec<String>], right: &[bool]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let pad = " ".repeat(widths[at] - cell.chars().count());
            if right.get(at) == Some(&true) { pad + cell } else { cell.clone() + &pad }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_in_threes() {
        for (n, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(number(n), shown);
        }
        assert_eq!(with_commas("5000 rows read: 4998 new"), "5,000 rows read: 4,998 new");
    }

    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", "Yes\n"].iter().all(|answer| is_yes(answer)));
        assert!(["", "\n", "n\n", "yep\n"].iter().all(|answer| !is_yes(answer)));
    }

    #[test]
    fn secrets_are_never_printed() {
        let mut output = Output::default();
        output.hide(vec!["s3cret".to_owned()]);
        assert_eq!(output.safe("url s3cret"), "url ***");
    }
}
