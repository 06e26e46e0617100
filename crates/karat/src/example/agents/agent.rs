//! One row of `new_agents.csv` for each agent.

use super::agent_contact::Shapes;
use super::agent_name::{SPLITS, full_name, split};
use super::cast::{Part, Style};
use super::contact::Contacts;
use super::extras::Extras;
use super::followup::FollowUps;
use super::person::Person;
use super::random::{Random, deal};
use super::teams::Team;
use super::writing::{Table, json_strings};

const HEADER: [&str; 16] = [
    "supabase_uuid",
    "full_name",
    "first_name",
    "last_name",
    "email_clean",
    "email",
    "phone_digits",
    "phone",
    "team_id",
    "social_links",
    "facebook",
    "instagram",
    "social_score",
    "brokerage",
    "crm",
    "updated_at",
];

/// What an agent's row says of the agent; the rest of the row is made when it is written.
#[derive(Clone)]
pub struct Agent {
    pub key: String,
    pub full_name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// The cleaned columns; empty is missing.
    pub emails: Vec<String>,
    pub phones: Vec<String>,
    /// The columns as collected: JSON.
    pub raw_email: Option<String>,
    pub raw_phone: Option<String>,
}

/// The agents' rows, in the order of the people.
pub fn agents(random: &mut Random, cast: &Cast<'_>, contacts: &mut Contacts) -> Vec<Agent> {
    let splits = deal(random, cast.parts.len(), &SPLITS);
    let mut shapes = Shapes::deal(random, cast.parts);
    let mut number = 0;
    (0..cast.parts.len())
        .map(|place| {
            let (part, person) = (&cast.parts[place], &cast.people[place]);
            let full_name = match part.style {
                Style::Numbered => {
                    number += 1;
                    format!("{} {number}", random.pick(&["Open House Agent", "Front Desk Agent"]))
                }
                _ => full_name(random, part.style, person),
            };
            let (first_name, last_name) = split(random, splits[place], part, person);
            let emails = shapes.emails(random, cast, place);
            let phones = shapes.phones(random, cast, place, contacts);
            let raw_email = shapes.raw_email(random, part, &emails, person);
            let raw_phone = shapes.raw_phone(random, part, &phones, person);
            let key = random.uuid();
            Agent { key, full_name, first_name, last_name, emails, phones, raw_email, raw_phone }
        })
        .collect()
}

/// The agents' parts, and who plays them in which team.
pub struct Cast<'a> {
    pub teams: &'a [Team],
    pub parts: &'a [Part],
    pub people: &'a [Person],
}

/// The whole file, rows in random order, those of people who joined last. Nobody's coming or going
/// changes another one's row.
pub fn table(
    random: &mut Random,
    cast: &Cast<'_>,
    (agents, follow): (&[Agent], &FollowUps),
) -> Table {
    let mut table = Table::spreadsheet(&HEADER);
    let mut extras = Extras::deal(random, agents.len());
    let mut order: Vec<usize> = (0..agents.len()).collect();
    random.shuffle(&mut order);
    let known = order.into_iter().map(|place| (place, &agents[place]));
    let joined = follow.joined.iter().map(|(person, agent)| (*person, agent));
    for (place, agent) in known.chain(joined) {
        let person = &cast.people[place];
        let more = extras.next(random, &cast.teams[person.team], &person.name);
        let list = |items: &[String]| (!items.is_empty()).then(|| json_strings(items));
        let team = &cast.teams[person.team].id;
        let fields = [
            or_missing(random, agent.first_name.clone()),
            or_missing(random, agent.last_name.clone()),
            or_missing(random, list(&agent.emails)),
            agent.raw_email.clone().unwrap_or_else(|| "null".to_owned()),
            or_missing(random, list(&agent.phones)),
            or_missing(random, agent.raw_phone.clone()),
        ];
        let mut row = vec![agent.key.as_str(), &agent.full_name];
        row.extend(fields.iter().map(String::as_str));
        row.push(team);
        row.extend(more.iter().map(String::as_str));
        if follow.gone.contains(&place) {
            continue;
        }
        match follow.changed.get(&place) {
            None => table.row(&row),
            Some(next) => table.row(&changed(&row, next).each_ref().map(String::as_str)),
        }
    }
    table
}

/// A row as it is after its agent changed. All else is drawn before, so that the rows after it stay
/// as they were.
fn changed(row: &[&str], next: &Agent) -> [String; HEADER.len()] {
    std::array::from_fn(|at| match HEADER[at] {
        "full_name" => next.full_name.clone(),
        "last_name" => next.last_name.clone().unwrap_or_default(),
        "email_clean" => json_strings(&next.emails),
        "updated_at" => CHANGED.to_owned(),
        _ => row[at].to_owned(),
    })
}

/// When rows of follow-ups were changed.
const CHANGED: &str = "2026-02-12 08:00:00+00";

/// The value, or what stands for none: mostly the word `null`, sometimes nothing.
pub fn or_missing(random: &mut Random, value: Option<String>) -> String {
    match value {
        Some(value) => value,
        None if random.chance(40) => String::new(),
        None => "null".to_owned(),
    }
}
