//! What is around the content of every page: who is there, and where they are.

use karat_pipeline::account::{Person, Role};

/// The frame of a page.
pub struct Frame {
    pub title: String,
    /// The project's name.
    pub project: String,
    pub person: Person,
    /// The part of the navigation that the page is of.
    pub part: &'static str,
}

/// The parts that people go between, and their addresses.
const PARTS: [(&str, &str); 11] = [
    ("Home", "/"),
    ("Uploads", "/uploads"),
    ("Jobs", "/jobs"),
    ("Entities", "/entities"),
    ("Review", "/review"),
    ("Datasets", "/datasets"),
    ("Quality", "/quality"),
    ("Models", "/models"),
    ("Lineage", "/lineage"),
    ("Outputs", "/outputs"),
    ("Runs", "/runs"),
];

impl Frame {
    pub fn parts(&self) -> Vec<(&'static str, &'static str, bool)> {
        let accounts = (self.person.role == Role::Admin).then_some(("Accounts", "/accounts"));
        let all = PARTS.into_iter().chain(accounts);
        all.map(|(name, at)| (name, at, name == self.part)).collect()
    }

    pub fn may_act(&self) -> bool {
        self.person.role >= Role::Operator
    }
}
