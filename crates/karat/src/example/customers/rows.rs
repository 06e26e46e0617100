//! The columns of each source, and a record as a row of its file.

use super::address::Address;
use super::calendar::{american, compact, iso, moment};
use super::chances::{Chance, Source};
use super::dice::Dice;
use super::history::Visit;
use super::names::{FAMILY, GIVEN};
use super::person::Household;
use super::places::BRANCHES;
use super::random::Random;
use super::scramble::number;
use super::shown::Shown;

/// The header of each file.
pub const fn columns(source: Source) -> &'static [&'static str] {
    match source {
        Source::Customers => &[
            "customer_id",
            "first_name",
            "middle_initial",
            "last_name",
            "date_of_birth",
            "email",
            "secondary_email",
            "phone",
            "secondary_phone",
            "address",
            "unit",
            "city",
            "state",
            "zip",
            "created_at_utc",
            "updated_at_utc",
        ],
        Source::Bookings => &[
            "job_number",
            "quote_number",
            "status",
            "job_type",
            "booked_date",
            "job_date",
            "branch",
            "sales_person",
            "referral_source",
            "customer_name",
            "customer_email",
            "customer_phone",
            "customer_dob",
            "origin_address",
            "origin_city",
            "origin_state",
            "origin_zip",
            "destination_address",
            "destination_city",
            "destination_state",
            "destination_zip",
            "total_estimated_cost",
            "total_actual_cost",
            "created_at_utc",
        ],
        Source::Leads => &[
            "lead_id",
            "lead_date",
            "lead_source",
            "status",
            "reason",
            "time_to_contact",
            "quote_number",
            "branch_name",
            "sales_person",
            "first",
            "last",
            "email_address",
            "phone_number",
            "moving_from",
            "from_city",
            "from_state",
            "from_zip",
            "service_date",
        ],
    }
}

/// A lead's way through the office.
pub const LEAD_STATUS: [&str; 6] =
    ["NewLead", "LeadInProgress", "Opportunity", "Booked", "Lost", "BadLead"];

const LEAD_SOURCES: [&str; 8] = [
    "Web Form",
    "Search Ads",
    "Moving Portal",
    "Referral",
    "Social Media",
    "Repeat Customer",
    "Mailer",
    "Chat",
];
const LOST: [&str; 5] =
    ["Price", "Chose competitor", "No response", "Date unavailable", "Cancelled"];
const BAD: [&str; 4] = ["Duplicate", "Out of area", "Wrong number", "Spam"];
const JOB_TYPES: [&str; 4] = ["Moving", "Packing", "Moving and Packing", "Load Only"];

/// A row of one of the files, and who is behind it.
pub struct Row {
    pub source: Source,
    pub key: String,
    pub person: u64,
    pub household: u64,
    /// Given name, surname and date of birth as they are.
    pub truth: [String; 3],
    pub fields: Vec<String>,
    pub faults: u128,
}

/// From what rows are made besides the record: the seed of the numbers, and the day of the export.
#[derive(Clone, Copy)]
pub struct Setting {
    pub seed: u64,
    pub today: i32,
}

/// The row that says `shown` of `visit`.
pub fn row(
    dice: &mut Dice<'_>,
    setting: Setting,
    (household, visit): (&Household, &Visit),
    shown: Shown,
) -> Row {
    let (source, own) = (visit.source, number(setting.seed, household.number, visit.slot));
    let key = match source {
        Source::Customers => format!("C{own:09}"),
        Source::Bookings => {
            let quote = visit.quote.unwrap_or(own);
            format!("{quote:09}-{}", 1 + u32::from(visit.again))
        }
        Source::Leads => format!("L{own:09}"),
    };
    let fields = match source {
        Source::Customers => customer(visit, key.clone(), shown),
        Source::Bookings => booking(dice, setting, (household, visit), (key.clone(), shown)),
        Source::Leads => lead(dice, (household, visit), (key.clone(), shown)),
    };
    let person = &household.people[visit.place];
    let family = with_suffix(person.family_on(visit.changed).to_owned(), person.suffix);
    Row {
        source,
        key,
        person: person.number,
        household: household.number,
        truth: [person.given.clone(), family, iso(person.born)],
        fields,
        faults: dice.faults,
    }
}

fn customer(visit: &Visit, key: String, shown: Shown) -> Vec<String> {
    let [email, second_email] = shown.emails;
    let [phone, second_phone] = shown.phones;
    let second = visit.detail as usize % 30_000;
    vec![
        key,
        shown.given,
        shown.middle,
        with_suffix(shown.family, shown.suffix),
        shown.born.map(iso).unwrap_or_default(),
        email,
        second_email,
        phone,
        second_phone,
        shown.street,
        shown.unit,
        shown.city,
        shown.state,
        shown.zip,
        moment(visit.day, second),
        moment(visit.changed, second + usize::from(visit.changed > visit.day) * 977),
    ]
}

fn booking(
    dice: &mut Dice<'_>,
    setting: Setting,
    (household, visit): (&Household, &Visit),
    (key, shown): (String, Shown),
) -> Vec<String> {
    let closed = visit.job_day <= setting.today;
    let detail = &mut Random::new(visit.detail, 1);
    let home = household.home_on(visit.day);
    let moving_now = household.moved.is_none_or(|moved| visit.day < moved);
    let target = if moving_now { household.homes[1].clone() } else { home.next(detail) };
    let actual = visit.cost + detail.below(visit.cost / 5 + 1);
    let branch = branch(dice, home);
    let name = full_name(&shown);
    let [email, _] = shown.emails;
    let [phone, _] = shown.phones;
    vec![
        key,
        visit.quote.map(|quote| format!("{quote:09}")).unwrap_or_default(),
        if closed { "CLOSED" } else { "BOOKED" }.to_owned(),
        JOB_TYPES[detail.weighted(&[60, 8, 25, 7])].to_owned(),
        iso(visit.day),
        iso(visit.job_day),
        branch,
        sales_person(home, detail),
        LEAD_SOURCES[detail.skewed(LEAD_SOURCES.len())].to_owned(),
        name,
        email,
        phone,
        shown.born.map(american).unwrap_or_default(),
        one_line(&shown.street, &shown.unit),
        shown.city,
        shown.state,
        shown.zip,
        one_line(&target.street(false), &target.unit(detail)),
        target.city.name.to_owned(),
        target.city.state.to_owned(),
        format!("{:05}", target.zip),
        format!("{}.00", visit.cost),
        if closed { format!("{actual}.00") } else { String::new() },
        moment(visit.day, visit.detail as usize % 30_000),
    ]
}

fn lead(
    dice: &mut Dice<'_>,
    (household, visit): (&Household, &Visit),
    (key, shown): (String, Shown),
) -> Vec<String> {
    let detail = &mut Random::new(visit.detail, 1);
    let home = household.home_on(visit.day);
    let reason = match LEAD_STATUS[visit.status] {
        "Lost" => LOST[detail.skewed(LOST.len())],
        "BadLead" => BAD[detail.below(BAD.len())],
        _ => "",
    };
    let contacted = LEAD_STATUS[visit.status] != "NewLead";
    let [email, _] = shown.emails;
    let [phone, _] = shown.phones;
    vec![
        key,
        moment(visit.day, visit.detail as usize % 30_000),
        LEAD_SOURCES[detail.skewed(LEAD_SOURCES.len())].to_owned(),
        LEAD_STATUS[visit.status].to_owned(),
        reason.to_owned(),
        if contacted { (1 + detail.skewed(2880)).to_string() } else { String::new() },
        visit.quote.map(|quote| format!("{quote:09}")).unwrap_or_default(),
        branch(dice, home),
        sales_person(home, detail),
        shown.given,
        with_suffix(shown.family, shown.suffix),
        email,
        phone,
        one_line(&shown.street, &shown.unit),
        shown.city,
        shown.state,
        shown.zip,
        compact(visit.job_day),
    ]
}

/// `Robert J. Smith Jr.` or `Smith, Robert J.`.
fn full_name(shown: &Shown) -> String {
    let dot = if shown.middle.is_empty() { "" } else { "." };
    let given = format!("{} {}{dot}", shown.given, shown.middle);
    let family = with_suffix(shown.family.clone(), shown.suffix);
    let name = if shown.last_first {
        format!("{family}, {given}")
    } else {
        format!("{} {family}", given.trim_end())
    };
    name.trim().to_owned()
}

fn with_suffix(family: String, suffix: &str) -> String {
    if suffix.is_empty() { family } else { format!("{family} {suffix}") }
}

fn one_line(street: &str, unit: &str) -> String {
    if unit.is_empty() { street.to_owned() } else { format!("{street} {unit}") }
}

fn branch(dice: &mut Dice<'_>, home: &Address) -> String {
    let (name, others) = BRANCHES[home.city.branch];
    if dice.roll(Chance::BranchAlias) {
        return dice.random.pick(others).to_owned();
    }
    name.to_owned()
}

/// One of the three of a branch.
fn sales_person(home: &Address, detail: &mut Random) -> String {
    let at = home.city.branch * 3 + detail.below(3);
    let given = &GIVEN[at % 2].all()[20 + at * 5];
    format!("{given} {}", FAMILY.all()[300 + at * 17])
}
