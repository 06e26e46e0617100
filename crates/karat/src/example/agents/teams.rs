//! How many agents each team has, and what each team is called.

use std::collections::HashSet;

use super::contact::Contacts;
use super::random::Random;

/// The teams of more than two for 5000 agents; with 180 of two and 275 of one they are 721, their
/// median 2 and the sum of their squares 404 716, as in the data this example stands for.
const LARGER: [usize; 266] = [
    539, 125, 98, 85, 74, 42, 42, 40, 40, 39, 39, 39, 39, 38, 38, 37, 36, 36, 36, 35, 35, 35, 34,
    34, 33, 33, 32, 32, 32, 32, 31, 31, 30, 30, 30, 29, 29, 29, 28, 28, 28, 27, 27, 27, 26, 26, 26,
    25, 25, 25, 25, 24, 24, 24, 24, 23, 23, 23, 22, 22, 22, 22, 22, 21, 21, 21, 20, 20, 20, 20, 20,
    19, 19, 19, 19, 18, 18, 18, 18, 17, 17, 17, 17, 17, 17, 16, 16, 16, 16, 16, 16, 16, 16, 15, 15,
    15, 14, 14, 14, 14, 14, 14, 13, 13, 13, 13, 13, 13, 13, 12, 12, 12, 12, 12, 12, 12, 12, 11, 11,
    11, 11, 11, 11, 11, 11, 10, 10, 10, 10, 10, 10, 10, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8,
    8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
];
const OF_TWO: usize = 180;
const OF_ONE: usize = 275;
const AGENTS: usize = 5000;

/// The sizes of all teams for `agents` agents, largest first. More agents mean larger teams, not
/// more of them; fewer agents mean fewer teams of about the same sizes, without giants.
pub fn sizes(agents: usize) -> Vec<usize> {
    if agents == 0 {
        return Vec::new();
    }
    let small = [2; OF_TWO].into_iter().chain([1; OF_ONE]);
    let all: Vec<usize> = LARGER.into_iter().chain(small).collect();
    let teams = (all.len() * agents).div_ceil(AGENTS).max(5).min(all.len()).min(agents);
    let mut weights: Vec<usize> = (0..teams).map(|i| all[i * all.len() / teams]).collect();
    if teams < all.len() {
        let rest: usize = weights.iter().skip(1).sum();
        let most = (rest / 8).max(2 * rest / teams).max(1);
        weights.iter_mut().for_each(|weight| *weight = (*weight).min(most));
    }
    share_out(agents, &weights)
}

/// `total` in whole parts as the weights say, at least 1 each.
fn share_out(total: usize, weights: &[usize]) -> Vec<usize> {
    let sum: usize = weights.iter().sum();
    let mut parts: Vec<usize> = weights.iter().map(|w| (w * total / sum.max(1)).max(1)).collect();
    let mut left = total as isize - parts.iter().sum::<usize>() as isize;
    let teams = parts.len().max(1);
    let mut at = 0;
    while left != 0 {
        let part = &mut parts[at % teams];
        if left > 0 {
            *part += 1;
            left -= 1;
        } else if *part > 1 {
            *part -= 1;
            left += 1;
        }
        at += 1;
    }
    parts
}

/// A team and the company behind it.
pub struct Team {
    pub id: String,
    pub name: String,
    /// Below `.example`, which nobody can register.
    pub domain: String,
    /// Lines of the office, shared by whoever works there.
    pub offices: Vec<String>,
    /// How many agents it has in the agents' file; 0 if only a website knows it.
    pub agents: usize,
    /// True if somebody researched its website.
    pub researched: bool,
}

const FIRST: &[&str] = &[
    "Amber",
    "Anchor",
    "Bayview",
    "Beacon",
    "Blue",
    "Bright",
    "Canyon",
    "Cedar",
    "Clear",
    "Coastal",
    "Copper",
    "Crest",
    "Delta",
    "Eagle",
    "Evergreen",
    "Falcon",
    "Garden",
    "Golden",
    "Grand",
    "Harbor",
    "Heritage",
    "High",
    "Hollow",
    "Iron",
    "Ivory",
    "Juniper",
    "Key",
    "Lake",
    "Laurel",
    "Liberty",
    "Magnolia",
    "Maple",
    "Meadow",
    "Mesa",
    "North",
    "Oak",
    "Orchard",
    "Pacific",
    "Pine",
    "Prairie",
    "Quarry",
    "Red",
    "River",
    "Sage",
    "Silver",
    "Spring",
    "Stone",
    "Summit",
    "Sun",
    "Timber",
    "Union",
    "Valley",
    "Vista",
    "West",
    "Willow",
];
const SECOND: &[&str] = &[
    "Bridge", "Brook", "Cove", "Door", "Field", "Gate", "Hearth", "Hill", "Homes", "House", "Key",
    "Land", "Line", "Mark", "Path", "Point", "Port", "Ridge", "Roof", "Shore", "Stead", "Street",
    "Trail", "View", "Way",
];
const THIRD: &[&str] =
    &["Realty", "Group", "Properties", "Team", "Real Estate", "Residential", "Partners", "Estates"];

/// Invents teams of the given sizes.
pub fn invent(random: &mut Random, contacts: &mut Contacts, sizes: &[usize]) -> Vec<Team> {
    let mut used = HashSet::new();
    sizes
        .iter()
        .map(|&agents| {
            let (name, domain) = invent_name(random, &mut used);
            let offices = (0..1 + agents / 60).map(|_| contacts.phone(random)).collect();
            Team { id: random.uuid(), name, domain, offices, agents, researched: false }
        })
        .collect()
}

fn invent_name(random: &mut Random, used: &mut HashSet<String>) -> (String, String) {
    loop {
        let (a, b, c) = (random.pick(FIRST), random.pick(SECOND), random.pick(THIRD));
        let slug: String =
            format!("{a}{b}{c}").to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if used.insert(slug.clone()) {
            return (format!("{a} {b} {c}"), format!("{slug}.example"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_thousand_agents_have_the_teams_they_should() {
        let sizes = sizes(5000);
        assert_eq!(sizes.len(), 721);
        assert_eq!(sizes.iter().sum::<usize>(), 5000);
        assert_eq!(sizes.iter().map(|n| n * n).sum::<usize>(), 404_716);
        assert_eq!(sizes.iter().filter(|&&n| n == 1).count(), 275);
        assert_eq!(sizes[..6], [539, 125, 98, 85, 74, 42]);
    }

    #[test]
    fn any_number_of_agents_is_shared_out_completely() {
        for agents in [0, 1, 3, 20, 100, 999, 4999, 5001, 83_000] {
            let sizes = sizes(agents);
            assert_eq!(sizes.iter().sum::<usize>(), agents);
            assert!(sizes.iter().all(|&size| size > 0));
        }
    }
}
