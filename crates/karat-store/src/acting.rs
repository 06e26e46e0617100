//! For whom Karat acts and through what: said in every transaction, so that the audit knows.

use crate::name::quoted;

/// Who a session's changes are attributed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acting {
    /// The person that Karat acts for; none where nobody asked.
    pub person: Option<String>,
    pub interface: Interface,
    pub run: Option<i64>,
}

/// Through what a change came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interface {
    /// A command that somebody typed.
    Cli,
    /// A run that nobody typed.
    #[default]
    Run,
    /// A page in a browser.
    Page,
    /// A program, over HTTP.
    Api,
}

impl Interface {
    /// Its name in the database.
    pub fn word(self) -> &'static str {
        match self {
            Interface::Cli => "cli",
            Interface::Run => "run",
            Interface::Page => "page",
            Interface::Api => "api",
        }
    }
}

impl Acting {
    /// The statements that say it for the open transaction alone: a pooler may give the
    /// connection to somebody else afterwards.
    pub(crate) fn said(&self) -> String {
        let person = quoted(self.person.as_deref().unwrap_or_default());
        let run = self.run.map(|run| run.to_string()).unwrap_or_default();
        format!(
            "set local karat.person = {person}; set local karat.interface = {}; \
             set local karat.run = {}",
            self.interface.word(),
            quoted(&run)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_quotes() {
        let acting = Acting { person: Some("O'Hara".to_owned()), ..Acting::default() };
        assert_eq!(
            acting.said(),
            "set local karat.person = 'O''Hara'; set local karat.interface = run; \
             set local karat.run = ''"
        );
    }
}
