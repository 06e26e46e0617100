//! Decides whom the companies' websites list: agents, and people no agents' file knows.

use super::agent::Agent;
use super::cast::{Line, Part, Style, WHOLE};
use super::naming::{Name, Spelling};
use super::person::{Person, World};
use super::random::{Random, Shares, deal};
use super::teams::Team;

/// A person listed on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Place in the list of people.
    pub person: usize,
    pub insist: Insist,
}

/// The contact that must be on the page, because the case is about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insist {
    Nothing,
    Email,
    Phone,
}

/// A company's website as somebody researched it.
pub struct Page {
    /// Place in the list of teams.
    pub team: usize,
    pub listed: Vec<Listed>,
}

/// How somebody the agents' file does not know came to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Fresh,
    /// Another person of an agent's name, in the agent's team.
    Namesake,
    /// The same, in any other team.
    NamesakeElsewhere,
    /// A relative who shares the agent's address.
    FamilyEmail,
    /// A relative who shares the agent's number.
    FamilyPhone,
    /// Who got the address of an agent who left.
    Successor,
    /// Somebody in the agent's team whose name is one letter away.
    Near,
}

const ORIGINS: Shares<'static, Origin> = Shares {
    whole: 2 * WHOLE / 5,
    counts: &[
        (Origin::Namesake, 6),
        (Origin::NamesakeElsewhere, 20),
        (Origin::FamilyEmail, 15),
        (Origin::FamilyPhone, 20),
        (Origin::Successor, 6),
        (Origin::Near, 10),
    ],
    rest: Origin::Fresh,
};

/// Marks the teams whose website was researched: about 23 % of the agents are in no such team.
pub fn mark_researched(random: &mut Random, teams: &mut [Team]) {
    let agents: usize = teams.iter().map(|team| team.agents).sum();
    // Never the first team, which is the largest: it is the hard one.
    let mut order: Vec<usize> = (1..teams.len()).collect();
    random.shuffle(&mut order);
    teams.iter_mut().for_each(|team| team.researched = true);
    let mut without = 0;
    for place in order {
        let team = &mut teams[place];
        if team.agents > 0 && (without + team.agents) * 100 <= agents * 23 {
            without += team.agents;
            team.researched = false;
        }
    }
}

/// The pages of all researched companies, with `members` people listed on them in total; adds
/// the people who are no agents to `people`.
pub fn pages(
    random: &mut Random,
    world: &mut World<'_>,
    people: &mut Vec<Person>,
    known: &Known<'_>,
    members: usize,
) -> Vec<Page> {
    let mut lists = Lists::new(random, world.teams);
    let mut pool: Vec<usize> = (0..known.parts.len())
        .filter(|&agent| world.teams[people[agent].team].researched)
        .filter(|&agent| known.parts[agent].style != Style::Numbered)
        .collect();
    random.shuffle(&mut pool);
    let wanted = members * 60 / 100;
    for &person in &pool {
        if lists.total >= wanted {
            break;
        }
        let listed = Listed { person, insist: Insist::Nothing };
        lists.add(random, people[person].team, listed, wanted);
    }
    let left = members - lists.total;
    let mut origins = deal(random, left, &ORIGINS);
    while lists.total < members {
        let origin = origins.pop().unwrap_or(Origin::Fresh);
        let stranger = Stranger { origin, pool: &pool, known };
        let (person, insist) = stranger.invent(random, world, people);
        let team = person.team;
        people.push(person);
        let listed = Listed { person: people.len() - 1, insist };
        lists.add(random, team, listed, members);
    }
    lists.pages(random)
}

/// What the agents' file says.
pub struct Known<'a> {
    pub parts: &'a [Part],
    pub agents: &'a [Agent],
}

struct Lists {
    first: Vec<Vec<Listed>>,
    /// The second time, for the companies researched twice.
    second: Vec<Option<Vec<Listed>>>,
    researched: Vec<usize>,
    total: usize,
}

impl Lists {
    fn new(random: &mut Random, teams: &[Team]) -> Lists {
        let agents: usize = teams.iter().map(|team| team.agents).sum();
        let small = (agents / 60).max(8);
        Lists {
            first: vec![Vec::new(); teams.len()],
            second: teams
                .iter()
                .map(|team| team.researched && team.agents <= small && random.chance(70))
                .map(|twice| twice.then(Vec::new))
                .collect(),
            researched: (0..teams.len()).filter(|&team| teams[team].researched).collect(),
            total: 0,
        }
    }

    /// Lists a person, mostly also the second time if that stays within `limit`.
    fn add(&mut self, random: &mut Random, team: usize, listed: Listed, limit: usize) {
        self.first[team].push(listed);
        self.total += 1;
        if let Some(second) = &mut self.second[team]
            && self.total < limit
            && random.chance(880)
        {
            second.push(listed);
            self.total += 1;
        }
    }

    fn pages(self, random: &mut Random) -> Vec<Page> {
        let mut pages = Vec::new();
        for (team, second) in self.second.into_iter().enumerate() {
            if self.researched.binary_search(&team).is_err() {
                continue;
            }
            for list in [Some(self.first[team].clone()), second].into_iter().flatten() {
                let mut listed = list;
                random.shuffle(&mut listed);
                pages.push(Page { team, listed });
            }
        }
        pages
    }
}

struct Stranger<'a> {
    origin: Origin,
    /// Agents of researched teams.
    pool: &'a [usize],
    known: &'a Known<'a>,
}

impl Stranger<'_> {
    fn invent(
        &self,
        random: &mut Random,
        world: &mut World<'_>,
        people: &mut [Person],
    ) -> (Person, Insist) {
        let Some(agent) = self.anchor(random, people) else {
            let team = self.any_team(random, world.teams, people);
            let spelling = if random.chance(15) { Spelling::Accented } else { Spelling::Plain };
            let name = world.naming.fresh(random, spelling);
            return (world.person(random, name, team), Insist::Nothing);
        };
        let name = self.name(random, world, &people[agent].name);
        let team = match self.origin {
            Origin::NamesakeElsewhere => self.any_team(random, world.teams, people),
            _ => people[agent].team,
        };
        let mut person = world.person(random, name, team);
        match self.origin {
            Origin::FamilyEmail => person.email.clone_from(&people[agent].email),
            Origin::FamilyPhone => person.mobile.clone_from(&people[agent].mobile),
            Origin::Successor => {
                person.email.clone_from(&people[agent].email);
                people[agent].left_email = true;
            }
            _ => {}
        }
        let insist = match self.origin {
            Origin::FamilyEmail | Origin::Successor => Insist::Email,
            Origin::FamilyPhone => Insist::Phone,
            _ => Insist::Nothing,
        };
        (person, insist)
    }

    fn name(&self, random: &mut Random, world: &mut World<'_>, agent: &Name) -> Name {
        match self.origin {
            Origin::Namesake | Origin::NamesakeElsewhere => agent.clone(),
            Origin::Near => world.naming.near(random, agent),
            Origin::FamilyEmail | Origin::FamilyPhone => world.naming.relative(random, agent),
            Origin::Fresh | Origin::Successor => world.naming.fresh(random, Spelling::Plain),
        }
    }

    /// The agent the stranger has something in common with.
    fn anchor(&self, random: &mut Random, people: &[Person]) -> Option<usize> {
        if self.origin == Origin::Fresh || self.pool.is_empty() {
            return None;
        }
        let tries = (0..50).map(|_| self.pool[random.below(self.pool.len())]);
        tries.into_iter().find(|&place| {
            let (part, person) = (&self.known.parts[place], &people[place]);
            let agent = &self.known.agents[place];
            let fits = match self.origin {
                Origin::FamilyEmail | Origin::Successor => agent.emails.contains(&person.email),
                Origin::FamilyPhone => {
                    part.line == Line::Own && agent.phones.contains(&person.mobile)
                }
                _ => true,
            };
            fits && part.style == Style::Plain && !part.shares && !person.left_email
        })
    }

    fn any_team(&self, random: &mut Random, teams: &[Team], people: &[Person]) -> usize {
        if !self.pool.is_empty() && random.chance(850) {
            return people[self.pool[random.below(self.pool.len())]].team;
        }
        for _ in 0..100 {
            let team = random.below(teams.len());
            if teams[team].researched {
                return team;
            }
        }
        0
    }
}
