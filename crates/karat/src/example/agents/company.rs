//! One row of `raw_company_info.csv` for each time a company's website was researched.

use super::contact::{ROLES, written_phone};
use super::member::{Member, member};
use super::person::Person;
use super::random::{Random, scaled};
use super::roster::{Insist, Listed, Page};
use super::stamp;
use super::teams::Team;
use super::writing::{Table, json_string};

const HEADER: [&str; 10] = [
    "research_uuid",
    "team_id",
    "website",
    "team_page_url",
    "team_members",
    "research_email",
    "research_phone",
    "analysis",
    "master_brokerage_name",
    "ingested_at",
];

/// A website as researched once.
pub struct Company {
    pub key: String,
    /// Place in the list of teams.
    team: usize,
    roster: Roster,
    moment: u64,
}

enum Roster {
    List(Vec<Element>),
    /// What is no list at all: JSON, or nothing.
    Broken(String),
}

enum Element {
    Member(Member),
    /// JSON of an element that names nobody, or is no record.
    Junk(String),
}

/// The companies behind the pages, with all that is wrong with their lists.
pub fn companies(
    random: &mut Random,
    teams: &[Team],
    people: &[Person],
    pages: Vec<Page>,
) -> Vec<Company> {
    let mut companies: Vec<Company> = pages
        .into_iter()
        .map(|page| {
            let elements = page.listed.iter().map(|&listed| {
                let (person, team) = (&people[listed.person], &teams[page.team]);
                Element::Member(member(random, listed, person, team))
            });
            let roster = Roster::List(elements.collect());
            company(random, page.team, roster)
        })
        .collect();
    add_junk(random, teams, people, &mut companies);
    let broken = broken(random, teams, people);
    companies.extend(broken);
    random.shuffle(&mut companies);
    companies
}

fn company(random: &mut Random, team: usize, roster: Roster) -> Company {
    Company { key: random.uuid(), team, roster, moment: stamp::moment(random) }
}

/// Puts elements nobody can use between the others: 40 without a name, 10 that are only text,
/// 8 nulls in 5000.
fn add_junk(random: &mut Random, teams: &[Team], people: &[Person], companies: &mut [Company]) {
    let members: usize = companies.iter().map(|company| company.members().count()).sum();
    if companies.is_empty() {
        return;
    }
    for kind in 0..3 {
        for _ in 0..scaled([40, 10, 8][kind], members, 5000) {
            let place = random.below(companies.len());
            let team = companies[place].team;
            let somebody = random.below(people.len());
            let listed = Listed { person: somebody, insist: Insist::Nothing };
            let record = member(random, listed, &people[somebody], &teams[team]);
            let junk = match kind {
                0 => record.nameless(random).json(),
                1 => json_string(&record.name),
                _ => "null".to_owned(),
            };
            if let Roster::List(elements) = &mut companies[place].roster {
                let at = random.below(elements.len() + 1);
                elements.insert(at, Element::Junk(junk));
            }
        }
    }
}

/// Companies whose list is none: an object, a text, or missing.
fn broken(random: &mut Random, teams: &[Team], people: &[Person]) -> Vec<Company> {
    let count = scaled(13, teams.len(), 721);
    // From the end, where the small teams are.
    let places = (0..teams.len()).rev().filter(|&team| !teams[team].researched);
    let mut broken = Vec::new();
    for (number, team) in places.take(count).enumerate() {
        let somebody = people.iter().position(|person| person.team == team).unwrap_or_default();
        let listed = Listed { person: somebody, insist: Insist::Nothing };
        let record = member(random, listed, &people[somebody], &teams[team]);
        let json = match number % 3 {
            0 => record.json(),
            1 => String::new(),
            _ => json_string("see website"),
        };
        broken.push(company(random, team, Roster::Broken(json)));
    }
    broken
}

impl Company {
    /// The members with a name, and their place in the list from 1.
    pub fn members(&self) -> impl Iterator<Item = (usize, &Member)> {
        let elements = match &self.roster {
            Roster::List(elements) => elements.as_slice(),
            Roster::Broken(_) => &[],
        };
        elements.iter().enumerate().filter_map(|(place, element)| match element {
            Element::Member(member) => Some((place + 1, member)),
            Element::Junk(_) => None,
        })
    }

    fn team_members(&self) -> String {
        match &self.roster {
            Roster::Broken(json) => json.clone(),
            Roster::List(elements) => {
                let elements: Vec<String> = elements
                    .iter()
                    .map(|element| match element {
                        Element::Member(member) => member.json(),
                        Element::Junk(json) => json.clone(),
                    })
                    .collect();
                format!("[{}]", elements.join(","))
            }
        }
    }
}

/// The whole file.
pub fn table(random: &mut Random, teams: &[Team], companies: &[Company]) -> Table {
    let mut table = Table::plain(&HEADER);
    for company in companies {
        let team = &teams[company.team];
        let website = website(random, &team.domain);
        let page = if random.chance(800) { format!("{website}/team") } else { String::new() };
        let email = match random.below(10) {
            0 => "N/A".to_owned(),
            1..4 => String::new(),
            _ => format!("{}@{}", random.pick(ROLES), team.domain),
        };
        let phone = match random.below(10) {
            0 => String::new(),
            _ => written_phone(random, &team.offices[0]),
        };
        let row = [
            &company.key,
            &team.id,
            &website,
            &page,
            &company.team_members(),
            &email,
            &phone,
            &analysis(random, company, team),
            &brokerage(random, team),
            &stamp::stamp(company.moment),
        ];
        table.row(&row.map(String::as_str));
    }
    table
}

fn website(random: &mut Random, domain: &str) -> String {
    match random.below(12) {
        0..3 => format!("https://www.{domain}"),
        3..5 => format!("https://{domain}"),
        5 => format!("http://www.{domain}"),
        6..9 => format!("www.{domain}"),
        9..11 => domain.to_owned(),
        _ => format!("HTTPS://WWW.{}", domain.to_uppercase()),
    }
}

fn analysis(random: &mut Random, company: &Company, team: &Team) -> String {
    let count = company.members().count();
    match random.below(4) {
        0 => String::new(),
        1 => format!("{count} people listed."),
        2 => format!("Team page found, {count} people; \"Meet the team\" is the heading."),
        _ => format!("{}:\n- {count} people listed\n- contact form only", team.name),
    }
}

fn brokerage(random: &mut Random, team: &Team) -> String {
    match random.below(3) {
        0 => String::new(),
        1 => team.name.clone(),
        _ => "Hollis & Grey\u{2019}s International Realty".to_owned(),
    }
}
