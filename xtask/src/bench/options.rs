//! Arguments of a bench: `--name value` and `--flag`.

use anyhow::{Context, Result, bail};

pub struct Options(Vec<(String, Option<String>)>);

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Options> {
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        for argument in arguments {
            match (argument.strip_prefix("--"), found.last_mut()) {
                (Some(name), _) => found.push((name.to_owned(), None)),
                (None, Some((_, value @ None))) => *value = Some(argument.clone()),
                (None, _) => bail!("unexpected argument {argument}"),
            }
        }
        Ok(Options(found))
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub fn text<'a>(&'a self, name: &str, standard: &'a str) -> &'a str {
        let value = self.0.iter().find(|(n, _)| n == name).and_then(|(_, value)| value.as_deref());
        value.unwrap_or(standard)
    }

    pub fn number(&self, name: &str, standard: u64) -> Result<u64> {
        let text = self.text(name, "").replace('_', "");
        if text.is_empty() {
            return Ok(standard);
        }
        text.parse().with_context(|| format!("--{name} must be a number"))
    }
}
