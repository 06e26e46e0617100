//! What later exports of the same companies say otherwise: who came, what was put right, who is
//! gone, and rows that contradict what was known. Each case is told with what is true of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::agent::Agent;
use super::cast::{Line, Part, Style};
use super::company::Company;
use super::evidence::{Kind, shared};
use super::person::Person;
use super::random::Random;
use super::teams::Team;
use super::writing::{Table, json_strings};

/// The first export, and the follow-ups that it may be of.
pub const FIRST: u8 = 1;
const NEW: u8 = 2;
const CORRECTED: u8 = 3;
const REMOVED: u8 = 4;
const CONTRADICTED: u8 = 5;

/// What is true of two records, or of one, from a follow-up on.
#[derive(Clone, Debug)]
pub struct Case {
    batch: u8,
    what: &'static str,
    /// SOURCE:KEY; the second one was there before.
    a: String,
    b: String,
    is: Is,
    /// What the reviewer says, where a person has to decide.
    reason: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Together,
    Apart,
    /// The first record is no more.
    Gone,
}

/// What the later exports say otherwise.
#[derive(Default)]
pub struct FollowUps {
    /// Agents whose rows are left out, by place.
    pub gone: HashSet<usize>,
    /// What the rows of agents say from now on, by place.
    pub changed: BTreeMap<usize, Agent>,
    /// Rows behind the others: the person, and the agent.
    pub joined: Vec<(usize, Agent)>,
    cases: Vec<Case>,
}

/// The first export.
pub struct First<'a> {
    pub teams: &'a [Team],
    pub parts: &'a [Part],
    pub people: &'a [Person],
    pub companies: &'a [Company],
}

/// An agent or a person on a page, and the record of the same person on a page.
#[derive(Clone)]
struct Known {
    person: usize,
    member: String,
    kind: Option<Kind>,
}

/// What all follow-ups up to `batch` say otherwise.
pub fn follow(random: &mut Random, first: &First<'_>, agents: &[Agent], batch: u8) -> FollowUps {
    let mut follow = FollowUps::default();
    if batch == FIRST {
        return follow;
    }
    let each = (agents.len() / 500).clamp(2, 20);
    let known = first.known(agents);
    let strangers = known.iter().filter(|known| known.kind.is_none());
    follow.come(random, first, strangers.take(each));
    let (by_email, others): (Vec<&Known>, Vec<&Known>) = known
        .iter()
        .filter(|known| known.kind.is_some())
        .partition(|k| k.kind == Some(Kind::Email));
    let mut by_email = by_email.into_iter();
    if batch >= CORRECTED {
        follow.correct(
            first,
            agents,
            (by_email.by_ref().take(each), others.into_iter().take(each)),
        );
    }
    let leaving: Vec<&Known> = by_email.by_ref().take(each).collect();
    if batch >= REMOVED {
        follow.leave(agents, &leaving, batch);
    }
    if batch >= CONTRADICTED {
        follow.contradict(first, agents, (by_email, each));
    }
    follow
}

impl First<'_> {
    /// Everybody plain who is on a page under the full name and with the own address, which
    /// nobody else has: agents by what their row shares with the page, and who is no agent.
    fn known(&self, agents: &[Agent]) -> Vec<Known> {
        let offices: HashSet<&str> =
            self.teams.iter().flat_map(|team| &team.offices).map(String::as_str).collect();
        let mut names: HashMap<(usize, String), usize> = HashMap::new();
        let mut addresses: HashMap<&str, usize> = HashMap::new();
        for person in self.people {
            *names.entry((person.team, person.name.full().to_lowercase())).or_default() += 1;
            *addresses.entry(&person.email).or_default() += 1;
        }
        let is_alone = |person: &Person| {
            names[&(person.team, person.name.full().to_lowercase())] == 1
                && addresses[person.email.as_str()] == 1
                && !person.left_email
        };
        let is_plain = |place: usize| {
            self.parts.get(place).is_none_or(|part| {
                part.style == Style::Plain
                    && part.line == Line::Own
                    && !part.role_email
                    && !part.shares
            })
        };
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for company in self.companies {
            for (position, member) in company.members() {
                let person = &self.people[member.person];
                let shows = member.email.as_deref() == Some(person.email.as_str());
                if !shows
                    || !is_alone(person)
                    || !is_plain(member.person)
                    || !seen.insert(member.person)
                {
                    continue;
                }
                let kind = agents.get(member.person).map(|agent| shared(agent, member, &offices));
                if kind != Some(Kind::Other) && member.name != person.name.full() {
                    continue;
                }
                let member_key = format!("members:{}:{position}", company.key);
                all.push(Known { person: member.person, member: member_key, kind });
            }
        }
        all
    }
}

fn name(agent: &Agent) -> String {
    format!("agents:{}", agent.key)
}

impl FollowUps {
    /// People who were known from a page only get a row.
    fn come<'a>(
        &mut self,
        random: &mut Random,
        first: &First<'_>,
        strangers: impl Iterator<Item = &'a Known>,
    ) {
        for Known { person, member, .. } in strangers {
            let who = &first.people[*person];
            let agent = Agent {
                key: random.uuid(),
                full_name: who.name.full(),
                first_name: Some(who.name.given.clone()),
                last_name: Some(who.name.family.clone()),
                emails: vec![who.email.clone()],
                phones: vec![who.mobile.clone()],
                raw_email: Some(json_strings(&[&who.email])),
                raw_phone: None,
            };
            self.case((NEW, "was known from a page only"), (name(&agent), member), Is::Together);
            self.joined.push((*person, agent));
        }
    }

    /// Agents with another address besides, and agents who had none and get the one of their page.
    fn correct<'a>(
        &mut self,
        first: &First<'_>,
        agents: &[Agent],
        (more, none): (impl Iterator<Item = &'a Known>, impl Iterator<Item = &'a Known>),
    ) {
        for Known { person, member, .. } in more {
            let agent = self.change(agents, *person);
            agent.emails.push(first.people[*person].other_email.clone());
            let (agent, what) = (name(agent), "has a second address");
            self.case((CORRECTED, what), (agent, member), Is::Together);
        }
        for Known { person, member, .. } in none {
            let who = &first.people[*person];
            let agent = self.change(agents, *person);
            agent.emails = vec![who.email.clone()];
            agent.full_name = who.name.full();
            let (agent, what) = (name(agent), "gets the address of the page");
            let why = (Is::Together, "one address and one person");
            self.decided((CORRECTED, what), (agent, member), why);
        }
    }

    /// Agents who are gone; half of them are back in the last follow-up.
    fn leave(&mut self, agents: &[Agent], leaving: &[&Known], batch: u8) {
        for (at, Known { person, member, .. }) in leaving.iter().enumerate() {
            let agent = name(&agents[*person]);
            if batch >= CONTRADICTED && at % 2 == 0 {
                self.case((CONTRADICTED, "came back"), (agent, member), Is::Together);
                continue;
            }
            self.gone.insert(*person);
            self.case((REMOVED, "left"), (agent, member), Is::Gone);
        }
    }

    /// Agents whose row has the address of another one of the team, and agents who have another
    /// surname now.
    fn contradict<'a>(
        &mut self,
        first: &First<'_>,
        agents: &[Agent],
        (mut by_email, each): (impl Iterator<Item = &'a Known>, usize),
    ) {
        for Known { person, member, .. } in by_email.by_ref().take(each) {
            let who = &first.people[*person];
            let agent = self.change(agents, *person);
            let other = &first.people[(*person + 1) % first.parts.len()].name.family;
            agent.full_name = format!("{} {other}", who.name.given);
            agent.last_name = Some(other.clone());
            let (agent, what) = (name(agent), "has another surname");
            let why = (Is::Together, "took another surname");
            self.decided((CONTRADICTED, what), (agent, member), why);
        }
        let left: Vec<&Known> = by_email.collect();
        let mut used = HashSet::new();
        for a in &left {
            if used.len() >= 2 * each || used.contains(&a.person) {
                continue;
            }
            let is_other = |b: &&&Known| {
                let (x, y) = (&first.people[a.person], &first.people[b.person]);
                x.team == y.team
                    && x.name.family != y.name.family
                    && x.name.given != y.name.given
                    && !used.contains(&b.person)
            };
            let Some(b) = left.iter().find(is_other) else { continue };
            used.extend([a.person, b.person]);
            let agent = self.change(agents, a.person);
            agent.emails = vec![first.people[b.person].email.clone()];
            let (agent, what) = (name(agent), "has the address of somebody else");
            let why = (Is::Apart, "the address of somebody else was typed in");
            self.decided((CONTRADICTED, what), (agent, &b.member), why);
        }
    }

    /// The row of an agent, to be changed.
    fn change(&mut self, agents: &[Agent], person: usize) -> &mut Agent {
        self.changed.entry(person).or_insert_with(|| agents[person].clone())
    }

    fn case(&mut self, (batch, what): (u8, &'static str), (a, b): (String, &str), is: Is) {
        self.cases.push(Case { batch, what, a, b: b.to_owned(), is, reason: None });
    }

    fn decided(
        &mut self,
        told: (u8, &'static str),
        pair: (String, &str),
        (is, reason): (Is, &'static str),
    ) {
        self.case(told, pair, is);
        if let Some(case) = self.cases.last_mut() {
            case.reason = Some(reason);
        }
    }

    /// `followups.csv`: what is true of which records from which follow-up on.
    pub fn table(&self) -> Table {
        let mut table = Table::plain(&["batch", "case", "a", "b", "is"]);
        for Case { batch, what, a, b, is, .. } in &self.cases {
            let is = match is {
                Is::Together => "together",
                Is::Apart => "apart",
                Is::Gone => "gone",
            };
            table.row(&[&batch.to_string(), what, a, b, is]);
        }
        table
    }

    /// `decisions.sh`: what a reviewer decides who knows what is true.
    pub fn decisions(&self) -> String {
        let mut script = DECISIONS.to_owned();
        for Case { a, b, is, reason, .. } in &self.cases {
            let Some(reason) = reason else { continue };
            let verb = if *is == Is::Apart { "refuse" } else { "accept" };
            script += &format!("karat review {verb} agents {a} {b} --reason \"{reason}\"\n");
        }
        script
    }
}

const DECISIONS: &str = "#!/bin/sh
# What a reviewer decides about the follow-ups, by key. Run it in the project's folder.
set -e
";
