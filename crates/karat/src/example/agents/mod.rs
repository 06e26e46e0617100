//! The generator of the example project "agents": two lists of invented people, and the truth.
//!
//! `new_agents.csv` is an export of a customer system, `raw_company_info.csv` what researchers
//! collected from companies' websites. About 60 % of the people on the websites are agents too.
//! Names are random pairs from lists, addresses and numbers cannot belong to anybody.

mod agent;
mod agent_contact;
mod agent_name;
mod cast;
mod company;
mod contact;
mod evidence;
mod extras;
mod fold;
mod followup;
mod member;
mod naming;
mod person;
mod roster;
mod spoil;
mod stamp;
mod teams;
#[cfg(test)]
mod tests;
mod truth;
mod writing;

use std::fs;
use std::io;
use std::path::Path;

use super::{name_lists, random};
use agent::Cast;
use contact::Contacts;
pub use followup::FIRST;
use followup::First;
use naming::Naming;
use person::World;
use random::Random;
use roster::Known;
use truth::Truth;

/// How much to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows of `new_agents.csv`.
    pub agents: usize,
    /// People with a name on all team pages of `raw_company_info.csv` together.
    pub members: usize,
}

impl Default for Size {
    fn default() -> Size {
        Size { agents: 5000, members: 5000 }
    }
}

/// What was generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub agents: usize,
    pub teams: usize,
    /// Rows of `raw_company_info.csv`.
    pub companies: usize,
    pub members: usize,
    pub people: usize,
    /// True pairs of an agent and a member, by what they share; in the order of [`KINDS`].
    pub pairs: [usize; 5],
}

/// Writes `data/new_agents.csv`, `data/raw_company_info.csv`, `truth/truth.csv` and
/// `truth/pairs.csv` below `dir`. The same seed gives the same bytes. Batches from 2 to 5 are what
/// later exports say, each with all before it; they go over the first one's files, beside
/// `truth/followups.csv` with what is true of them and `decisions.sh`.
///
/// # Errors
/// If a file or folder cannot be written.
pub fn generate(dir: &Path, size: Size, seed: u64, batch: u8) -> io::Result<Written> {
    let mut contacts = Contacts::default();
    let mut sizes = teams::sizes(size.agents);
    // Companies the agents' file has never heard of; at least one, so that everybody has a team.
    sizes.extend(std::iter::repeat_n(0, 1 + sizes.len() / 33));
    let mut teams = teams::invent(&mut Random::new(seed, 1), &mut contacts, &sizes);
    roster::mark_researched(&mut Random::new(seed, 2), &mut teams);
    let parts = cast::decide(&mut Random::new(seed, 3), &mut contacts, &mut teams);

    let mut world = World { teams: &teams, naming: Naming::new(), contacts };
    let mut people = cast::people(&mut Random::new(seed, 4), &mut world, &parts);
    let shown = Cast { teams: &teams, parts: &parts, people: &people };
    let agents = agent::agents(&mut Random::new(seed, 5), &shown, &mut world.contacts);

    let known = Known { parts: &parts, agents: &agents };
    let random = &mut Random::new(seed, 7);
    let pages = roster::pages(random, &mut world, &mut people, &known, size.members);
    let companies = company::companies(&mut Random::new(seed, 8), &teams, &people, pages);
    let companies_table = company::table(&mut Random::new(seed, 9), &teams, &companies);
    let first = First { teams: &teams, parts: &parts, people: &people, companies: &companies };
    let follow = followup::follow(&mut Random::new(seed, 10), &first, &agents, batch);
    let shown = Cast { teams: &teams, parts: &parts, people: &people };
    let agents_table = agent::table(&mut Random::new(seed, 6), &shown, (&agents, &follow));
    let truth = Truth::new(&teams, (&agents, &follow), &companies);

    let (data, known) = (dir.join("data"), dir.join("truth"));
    fs::create_dir_all(&data)?;
    fs::create_dir_all(&known)?;
    agents_table.save(&data.join("new_agents.csv"))?;
    companies_table.save(&data.join("raw_company_info.csv"))?;
    truth.people().save(&known.join("truth.csv"))?;
    let (pairs_table, pairs) = truth.pairs();
    pairs_table.save(&known.join("pairs.csv"))?;
    if batch > FIRST {
        follow.table().save(&known.join("followups.csv"))?;
        fs::write(dir.join("decisions.sh"), follow.decisions())?;
    }
    Ok(Written {
        agents: agents.len() - follow.gone.len() + follow.joined.len(),
        teams: teams.iter().filter(|team| team.agents > 0).count(),
        companies: companies.len(),
        members: companies.iter().map(|company| company.members().count()).sum(),
        people: people.len(),
        pairs,
    })
}
