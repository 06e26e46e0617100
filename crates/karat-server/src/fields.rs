//! The fields of a form, where one may be given several times.

use serde::Deserialize;

/// Names and what was given under them, in the order of the form.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// All that was given under a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of = self.0.iter().filter(move |(field, _)| field == name);
        of.map(|(_, given)| given.as_str())
    }

    /// What was given under a name first.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }
}
