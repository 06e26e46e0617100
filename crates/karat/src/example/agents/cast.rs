//! Decides who the agents are: names, teams, and who shares a name, a number or an address.

use super::contact::Contacts;
use super::naming::{Name, Spelling};
use super::person::{Person, World};
use super::random::{Random, Shares, deal, scaled};
use super::teams::Team;

/// All counts of this generator are those of 5000 agents.
pub const WHOLE: usize = 5000;

/// How an agent's name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    OneWord,
    Capitals,
    /// With credentials, comma, quotes, brackets or a partner.
    Decorated,
    /// No person: "Open House Agent 1".
    Numbered,
    Accented,
}

/// Which of the cleaned contact columns have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub email: bool,
    pub phone: bool,
}

/// Whose name a person's name is made from; a place in the list of agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    Nobody,
    Namesake(usize),
    Relative(usize),
    Near(usize),
}

/// Whose number an agent gives first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Own,
    /// A line of the team's office.
    Office(usize),
}

/// What is decided about each agent; the agent at place `i` is the person at place `i`.
pub struct Part {
    pub style: Style,
    pub reach: Reach,
    pub line: Line,
    /// True if the address given is the team's.
    pub role_email: bool,
    /// True if the number or address is shared with a relative, so that it must be shown as it is.
    pub shares: bool,
    team: usize,
    tie: Tie,
    email_of: Option<usize>,
    phone_of: Option<usize>,
}

/// Decides about all agents of `teams`; adds office lines where more are shared than there are.
pub fn decide(random: &mut Random, contacts: &mut Contacts, teams: &mut [Team]) -> Vec<Part> {
    let n = teams.iter().map(|team| team.agents).sum();
    let styles = deal(random, n, &STYLES);
    let reaches = deal(random, n, &REACHES);
    let owners = teams.iter().enumerate().flat_map(|(i, t)| std::iter::repeat_n(i, t.agents));
    let parts: Vec<Part> = owners
        .zip(styles.into_iter().zip(reaches))
        .map(|(team, (style, reach))| Part {
            style,
            reach,
            line: Line::Own,
            role_email: false,
            shares: false,
            team,
            tie: Tie::Nobody,
            email_of: None,
            phone_of: None,
        })
        .collect();
    let mut casting = Casting::new(parts, teams);
    casting.share_offices(random, contacts, teams);
    casting.share_addresses(random);
    casting.tie_names(random);
    casting.parts
}

const STYLES: Shares<'static, Style> = Shares {
    whole: WHOLE,
    counts: &[
        (Style::OneWord, 36),
        (Style::Capitals, 27),
        (Style::Decorated, 54),
        (Style::Numbered, 3),
        (Style::Accented, 75),
    ],
    rest: Style::Plain,
};

const REACHES: Shares<'static, Reach> = Shares {
    whole: WHOLE,
    counts: &[
        (Reach { email: true, phone: false }, 64),
        (Reach { email: false, phone: true }, 63),
        (Reach { email: false, phone: false }, 1689),
    ],
    rest: Reach { email: true, phone: true },
};

/// Agents sharing one office line, per line: 44 lines with 265 uses.
const OFFICE_LINES: [usize; 44] = [
    28, 21, 17, 14, 12, 10, 9, 8, 8, 7, 7, 6, 6, 6, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
];

struct Casting {
    parts: Vec<Part>,
    /// First agent of each team, and their number.
    spans: Vec<(usize, usize)>,
    taken: Vec<bool>,
}

impl Casting {
    fn new(parts: Vec<Part>, teams: &[Team]) -> Casting {
        let mut first = 0;
        let spans = teams
            .iter()
            .map(|team| {
                let span = (first, team.agents);
                first += team.agents;
                span
            })
            .collect();
        let taken = vec![false; parts.len()];
        Casting { parts, spans, taken }
    }

    /// Up to `wanted` agents of one team who are in no other group; at least 2, or nobody.
    fn group(&mut self, random: &mut Random, wanted: usize, fits: fn(&Part) -> bool) -> Vec<usize> {
        const TRIES: usize = 60;
        for attempt in 0..=TRIES {
            let agent = random.below(self.parts.len());
            // The largest team comes first.
            let team = if attempt == TRIES { 0 } else { self.parts[agent].team };
            let (first, size) = self.spans[team];
            if size < wanted && attempt < TRIES {
                continue;
            }
            let mut free: Vec<usize> = (first..first + size)
                .filter(|&agent| !self.taken[agent] && fits(&self.parts[agent]))
                .collect();
            if free.len() >= wanted || (attempt == TRIES && free.len() > 1) {
                random.shuffle(&mut free);
                free.truncate(wanted);
                free.iter().for_each(|&agent| self.taken[agent] = true);
                return free;
            }
        }
        Vec::new()
    }

    fn share_offices(&mut self, random: &mut Random, contacts: &mut Contacts, teams: &mut [Team]) {
        let n = self.parts.len();
        let mut lines = vec![0; teams.len()];
        let count = OFFICE_LINES.len() * n.min(WHOLE) / WHOLE;
        for wanted in &OFFICE_LINES[..count.max(usize::from(n > 5))] {
            let wanted = wanted * n.max(WHOLE) / WHOLE;
            let group = self.group(random, wanted, |part| part.reach.phone);
            let Some(team) = group.first().map(|&agent| self.parts[agent].team) else { continue };
            let line = lines[team];
            lines[team] += 1;
            if teams[team].offices.len() <= line {
                teams[team].offices.push(contacts.phone(random));
            }
            for agent in group {
                self.parts[agent].line = Line::Office(line);
            }
        }
    }

    fn share_addresses(&mut self, random: &mut Random) {
        for _ in 0..scaled(3, self.parts.len(), WHOLE) {
            for agent in self.group(random, 3, |part| part.reach.email) {
                self.parts[agent].role_email = true;
            }
        }
        for _ in 0..scaled(2, self.parts.len(), WHOLE) {
            if let [p, q] = *self.group(random, 2, |part| plain(part) && part.reach.email) {
                self.relate(p, q);
                self.parts[q].email_of = Some(p);
            }
        }
        for _ in 0..scaled(39, self.parts.len(), WHOLE) {
            if let [p, q] = *self.group(random, 2, |part| plain(part) && part.reach.phone) {
                self.relate(p, q);
                self.parts[q].phone_of = Some(p);
            }
        }
    }

    fn relate(&mut self, p: usize, q: usize) {
        self.parts[q].tie = Tie::Relative(p);
        self.parts[p].shares = true;
        self.parts[q].shares = true;
    }

    /// 7 pairs of one name in a team, 18 of one name in two teams, 8 of almost one name.
    fn tie_names(&mut self, random: &mut Random) {
        let n = self.parts.len();
        for _ in 0..scaled(7, n, WHOLE) {
            if let [p, q] = *self.group(random, 2, plain) {
                self.parts[q].tie = Tie::Namesake(p);
            }
        }
        for _ in 0..scaled(8, n, WHOLE) {
            if let [p, q] = *self.group(random, 2, plain) {
                self.parts[q].tie = Tie::Near(p);
            }
        }
        for _ in 0..scaled(18, n, WHOLE) {
            let (p, q) = (random.below(n), random.below(n));
            let (a, b) = (&self.parts[p], &self.parts[q]);
            let free = !self.taken[p] && !self.taken[q] && plain(a) && plain(b);
            if free && a.team != b.team {
                self.taken[p] = true;
                self.taken[q] = true;
                self.parts[q].tie = Tie::Namesake(p);
            }
        }
    }
}

fn plain(part: &Part) -> bool {
    part.style == Style::Plain
}

/// The people who play the parts, in the same order.
pub fn people(random: &mut Random, world: &mut World<'_>, parts: &[Part]) -> Vec<Person> {
    let mut names: Vec<Name> = parts
        .iter()
        .map(|part| match (part.tie, part.style) {
            (Tie::Nobody, Style::Accented) => world.naming.fresh(random, Spelling::Accented),
            (Tie::Nobody, Style::OneWord) => world.naming.fresh(random, Spelling::OneWord),
            (Tie::Nobody, _) => world.naming.fresh(random, Spelling::Plain),
            _ => Name::default(),
        })
        .collect();
    for (place, part) in parts.iter().enumerate() {
        names[place] = match part.tie {
            Tie::Nobody => continue,
            Tie::Namesake(other) => names[other].clone(),
            Tie::Relative(other) => world.naming.relative(random, &names[other]),
            Tie::Near(other) => world.naming.near(random, &names[other]),
        };
    }
    let mut people: Vec<Person> =
        names.into_iter().zip(parts).map(|(name, p)| world.person(random, name, p.team)).collect();
    for (place, part) in parts.iter().enumerate() {
        if let Some(other) = part.email_of {
            people[place].email = people[other].email.clone();
        }
        if let Some(other) = part.phone_of {
            people[place].mobile = people[other].mobile.clone();
        }
    }
    people
}
