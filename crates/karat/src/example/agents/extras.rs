//! The columns of an agent's row that say nothing about who the agent is.

use super::agent::or_missing;
use super::contact::MAIL_DOMAINS;
use super::fold::ascii;
use super::naming::Name;
use super::random::{Random, Shares, deal, scaled};
use super::stamp;
use super::teams::Team;
use super::writing::{json_object, json_string, json_strings};

/// Key sets of `social_links`: three meanings in one column, as collected by three programs.
const SHAPES: &[&[&str]] = &[
    &["label", "score", "socials"],
    &["facebook", "instagram"],
    &["facebook"],
    &["facebook", "instagram", "linkedin"],
    &["name", "title", "office", "license"],
    &["instagram"],
    &["linkedin"],
    &["facebook", "linkedin"],
    &["facebook", "instagram", "linkedin", "twitter"],
    &["facebook", "instagram", "linkedin", "twitter", "youtube"],
    &["label", "score"],
    &["facebook", "twitter"],
    &["facebook", "youtube"],
    &["instagram", "linkedin"],
    &["instagram", "youtube"],
    &["linkedin", "twitter"],
    &["facebook", "instagram", "youtube"],
    &["facebook", "instagram", "tiktok"],
    &["facebook", "instagram", "pinterest"],
    &["facebook", "instagram", "linkedin", "youtube"],
    &["facebook", "instagram", "linkedin", "tiktok"],
    &["facebook", "linkedin", "twitter"],
    &["facebook", "linkedin", "youtube"],
    &["instagram", "tiktok"],
    &["youtube"],
    &["twitter"],
    &["website"],
    &["facebook", "website"],
    &["facebook", "instagram", "website"],
    &["facebook", "instagram", "linkedin", "twitter", "youtube", "pinterest", "tiktok"],
    &["name", "title", "office", "license", "bio"],
    &["name", "title", "license"],
    &["label", "socials"],
    &["label"],
];

const BROKERAGES: [&str; 4] = [
    "Hollis & Grey\u{2019}s International Realty",
    "Northgate Homes",
    "Bluebird Realty Group, Inc.",
    "Keystone Residential",
];

const SYSTEMS: [&str; 9] = [
    "Leadpond",
    "Agentbase",
    "Closely",
    "Dealnest",
    "Kontakto",
    "Roofline",
    "Simplease",
    "Topkey",
    "Zinc",
];
const MAILERS: [&str; 6] = ["Mailbarn", "Postwheel", "Letterbee", "Dripwell", "Sendish", "Pingo"];

#[derive(Clone, Copy)]
enum Social {
    Missing,
    Empty,
    Shaped,
}

#[derive(Clone, Copy)]
enum Crm {
    Missing,
    NotFound,
    Found,
}

/// What is dealt to the rows, and what several rows have in common.
pub struct Extras {
    socials: Vec<Social>,
    facebook: Vec<bool>,
    instagram: Vec<bool>,
    scores: Vec<bool>,
    brokerages: Vec<bool>,
    crms: Vec<Crm>,
    shaped: usize,
    found: Vec<String>,
    moments: Vec<u64>,
}

impl Extras {
    /// Deals the shares of `n` rows.
    pub fn deal(random: &mut Random, n: usize) -> Extras {
        let mut present =
            |count| deal(random, n, &Shares { whole: 5000, counts: &[(true, count)], rest: false });
        let (facebook, instagram) = (present(1907), present(1137));
        let (scores, brokerages) = (present(1746), present(1803));
        Extras {
            socials: deal(random, n, &SOCIALS),
            facebook,
            instagram,
            scores,
            brokerages,
            crms: deal(random, n, &CRMS),
            shaped: 0,
            found: (0..63).map(|_| tools(random)).collect(),
            moments: moments(random, scaled(136, n, 5000).clamp(2, 136)),
        }
    }

    /// social_links, facebook, instagram, social_score, brokerage, crm and updated_at of a row.
    pub fn next(&mut self, random: &mut Random, team: &Team, name: &Name) -> [String; 7] {
        let facebook = self
            .facebook
            .pop()
            .unwrap_or_default()
            .then(|| format!("facebook.example/{}", handle(random, team, name)));
        let instagram = self
            .instagram
            .pop()
            .unwrap_or_default()
            .then(|| format!("www.instagram.example/{}", handle(random, team, name)));
        let score = self.scores.pop().unwrap_or_default().then(|| random.skewed(10).to_string());
        let brokerage = self.brokerages.pop().unwrap_or_default();
        let brokerage = brokerage.then(|| BROKERAGES[random.skewed(4)].to_owned());
        let links = self.links(random, team, name);
        let crm = self.crm(random);
        let moment = self.moments[random.skewed(self.moments.len())];
        [
            or_missing(random, links),
            or_missing(random, facebook),
            or_missing(random, instagram),
            or_missing(random, score),
            or_missing(random, brokerage),
            or_missing(random, crm),
            stamp::stamp(moment),
        ]
    }

    fn links(&mut self, random: &mut Random, team: &Team, name: &Name) -> Option<String> {
        match self.socials.pop().unwrap_or(Social::Missing) {
            Social::Missing => None,
            Social::Empty => Some("{}".to_owned()),
            Social::Shaped => {
                // The first rows go through all shapes, so that each is there.
                let shape = match self.shaped {
                    seen if seen < SHAPES.len() => seen,
                    _ => random.skewed(SHAPES.len()),
                };
                self.shaped += 1;
                let pairs: Vec<(&str, String)> =
                    SHAPES[shape].iter().map(|&key| (key, link(random, key, team, name))).collect();
                Some(json_object(&pairs))
            }
        }
    }

    fn crm(&mut self, random: &mut Random) -> Option<String> {
        match self.crms.pop().unwrap_or(Crm::Missing) {
            Crm::Missing => None,
            Crm::NotFound => Some(crm(&["Not Found"], &["Not Found"])),
            Crm::Found => Some(self.found[random.skewed(self.found.len())].clone()),
        }
    }
}

const SOCIALS: Shares<'static, Social> = Shares {
    whole: 5000,
    counts: &[(Social::Missing, 1825), (Social::Empty, 1083)],
    rest: Social::Shaped,
};
const CRMS: Shares<'static, Crm> = Shares {
    whole: 5000,
    counts: &[(Crm::Missing, 2685), (Crm::NotFound, 1479)],
    rest: Crm::Found,
};

fn moments(random: &mut Random, count: usize) -> Vec<u64> {
    let mut moments = vec![stamp::LAST, stamp::FIRST];
    moments.extend((2..count).map(|_| stamp::moment(random)));
    moments
}

/// The last part of a page's address: the person's, or the page of the whole team.
fn handle(random: &mut Random, team: &Team, name: &Name) -> String {
    if random.chance(300) {
        return team.domain.trim_end_matches(".example").to_owned();
    }
    let letters = |text: &str| ascii(text).to_lowercase().replace([' ', '\'', '-'], "");
    format!("{}.{}{}", letters(&name.given), letters(&name.family), random.below(10))
}

fn link(random: &mut Random, key: &str, team: &Team, name: &Name) -> String {
    let handle = handle(random, team, name);
    match key {
        "score" => random.below(10).to_string(),
        "socials" => json_strings(&[format!("facebook.example/{handle}")]),
        "label" => json_string(random.pick(&["active", "quiet", "none", "strong"])),
        "name" => json_string(&name.full()),
        "title" => json_string(random.pick(&["Realtor", "Broker Associate", "Sales Associate"])),
        "office" => json_string(&team.name),
        "license" => json_string(&format!("SL{}", random.between(300_000, 3_999_999))),
        "bio" => json_string("Born and raised here.\nSays \"welcome home\" a lot."),
        "website" => json_string(&format!("{handle}.{}", random.pick(&MAIL_DOMAINS[5..]))),
        site => json_string(&format!("https://www.{site}.example/{handle}")),
    }
}

fn tools(random: &mut Random) -> String {
    let systems = some(random, &SYSTEMS);
    let mailers = some(random, &MAILERS);
    crm(&systems, &mailers)
}

fn some(random: &mut Random, names: &[&'static str]) -> Vec<&'static str> {
    let count = random.below(3);
    let mut found: Vec<&str> = (0..count).map(|_| random.pick(names)).collect();
    found.dedup();
    found
}

fn crm(systems: &[&str], mailers: &[&str]) -> String {
    let found = json_object(&[
        ("detectedCRMs", json_strings(systems)),
        ("detectedEmailTools", json_strings(mailers)),
    ]);
    format!("[{found}]")
}
