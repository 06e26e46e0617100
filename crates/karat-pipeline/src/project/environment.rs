//! Where settings come from besides the project file: `.env` files and the process.

use std::collections::BTreeMap;
use std::path::Path;

use karat_record::{Kind, Place, Problem, Result};

/// A setting in force, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    /// As it may be shown: secrets are not in it.
    pub shown: String,
    /// `default`, `karat.toml:4`, `environment variable DATABASE_URL`, `--database-url`.
    pub origin: String,
}

/// Variables by name, each with where it came from.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, (String, String)>);

impl Variables {
    /// The variables of the process win over those of the files, later files over earlier ones.
    pub fn gather(files: &[(String, String)], process: &BTreeMap<String, String>) -> Result<Self> {
        let mut found = Variables::default();
        for (path, text) in files {
            for (name, value) in parse(path, text)? {
                found.0.insert(name, (value, path.clone()));
            }
        }
        for (name, value) in process.iter().filter(|(_, value)| !value.is_empty()) {
            let origin = format!("environment variable {name}");
            found.0.insert(name.clone(), (value.clone(), origin));
        }
        Ok(found)
    }

    /// The value of a variable and where it came from.
    pub fn get(&self, name: &str) -> Option<(&str, &str)> {
        self.0.get(name).map(|(value, origin)| (value.as_str(), origin.as_str()))
    }
}

/// Reads `NAME=value` lines; `#` begins a comment, `export ` is passed over, quotes around a
/// value go. Problems name the line and not its text, which may hold a secret.
fn parse(path: &str, text: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let name = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match name {
            Some((name, value)) if !name.is_empty() && name.chars().all(plain) => {
                found.push((name.to_owned(), unquoted(value).to_owned()));
            }
            _ => {
                let problem = Problem::new(Kind::Project, "this line is not NAME=value");
                let problem = problem.at(Place::line(path, i as u64 + 1));
                return Err(problem.hint("comments begin with #"));
            }
        }
    }
    Ok(found)
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|v| v.strip_suffix(quote)) {
            return inner;
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

/// Reads an environment file that has to be there.
pub fn required_file(path: &Path, shown: &str) -> Result<(String, String)> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        let problem = Problem::io("read the environment file", Path::new(shown), &e);
        Problem { kind: Kind::Project, ..problem }
            .hint("it holds lines such as DATABASE_URL=postgresql://...; copy .env.example")
    })?;
    Ok((shown.to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_people_write_them() {
        let text = "# c\nA=1\nexport B = \"x # y\"\nC='z' \nD=q # note\n\nE=\n";
        let found = parse(".env", text).unwrap();
        let expected = [("A", "1"), ("B", "x # y"), ("C", "z"), ("D", "q"), ("E", "")];
        assert_eq!(found, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_bad_line_is_named_but_not_repeated() {
        let problem = parse(".env", "A=1\ns3cret\n").unwrap_err().to_string();
        assert!(problem.contains(".env:2") && !problem.contains("s3cret"), "{problem}");
    }

    #[test]
    fn the_process_wins_over_files() {
        let files = [(".env".to_owned(), "A=file\nB=file".to_owned())];
        let process = BTreeMap::from([("A".to_owned(), "process".to_owned())]);
        let found = Variables::gather(&files, &process).unwrap();
        assert_eq!(found.get("A"), Some(("process", "environment variable A")));
        assert_eq!(found.get("B"), Some(("file", ".env")));
    }
}
