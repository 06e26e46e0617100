//! Who everybody is: the files a resolution is measured against.

use std::collections::{BTreeMap, HashSet};

use super::agent::Agent;
use super::company::Company;
use super::evidence::{KINDS, shared};
use super::followup::FollowUps;
use super::teams::Team;
use super::writing::Table;

/// The generated records.
pub struct Truth<'a> {
    teams: &'a [Team],
    /// By the place of the person.
    agents: BTreeMap<usize, &'a Agent>,
    companies: &'a [Company],
}

impl<'a> Truth<'a> {
    /// The agent at place `i` is the person at place `i`; some are gone, and some joined.
    pub fn new(
        teams: &'a [Team],
        (agents, follow): (&'a [Agent], &'a FollowUps),
        companies: &'a [Company],
    ) -> Truth<'a> {
        let known = agents.iter().enumerate().filter(|(place, _)| !follow.gone.contains(place));
        let known =
            known.map(|(place, agent)| (place, follow.changed.get(&place).unwrap_or(agent)));
        let joined = follow.joined.iter().map(|(person, agent)| (*person, agent));
        Truth { teams, agents: known.chain(joined).collect(), companies }
    }

    /// `truth.csv`: the person behind each record. Elements of a page without a name, and lists
    /// that are none, are not records of anybody.
    pub fn people(&self) -> Table {
        let mut table = Table::plain(&["source", "key", "person_id"]);
        for (place, agent) in &self.agents {
            table.row(&["agents", &agent.key, &(place + 1).to_string()]);
        }
        for company in self.companies {
            for (position, member) in company.members() {
                let key = format!("{}:{position}", company.key);
                table.row(&["members", &key, &(member.person + 1).to_string()]);
            }
        }
        table
    }

    /// `pairs.csv`: the records of one person in both files and what they share, and how many
    /// pairs share what.
    pub fn pairs(&self) -> (Table, [usize; 5]) {
        let offices: HashSet<&str> =
            self.teams.iter().flat_map(|team| &team.offices).map(String::as_str).collect();
        let mut table = Table::plain(&["agent_key", "member_key", "kind"]);
        let mut counts = [0; 5];
        for company in self.companies {
            for (position, member) in company.members() {
                let Some(agent) = self.agents.get(&member.person) else { continue };
                let kind = shared(agent, member, &offices);
                let key = format!("{}:{position}", company.key);
                table.row(&[&agent.key, &key, kind.word()]);
                counts[kind as usize] += 1;
            }
        }
        debug_assert!(KINDS.iter().enumerate().all(|(place, &kind)| kind as usize == place));
        (table, counts)
    }
}
