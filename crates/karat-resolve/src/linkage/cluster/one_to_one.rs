//! Clusters of single best links, for sources that list everything once: two clusters join where
//! each is the best that the other can have, and no cluster gets two records of such a source.

use super::connected::Sets;
use crate::linkage::Edge;
use crate::linkage::model::probability_of;

/// What clusters of single best links keep to.
#[derive(Clone, Debug, PartialEq)]
pub struct BestLinks {
    /// Edges of a lower weight join nothing.
    pub at_least: f64,
    /// For each source whether a cluster holds only one record of it; sources beyond may repeat.
    pub duplicate_free: Vec<bool>,
    pub ties: Ties,
    pub ranking: Ranking,
}

/// What becomes of a record's equally good edges to several records of a duplicate-free source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The one to the lowest record is the best.
    LowestId,
    /// They join nothing.
    Drop,
}

/// What makes an edge better than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranking {
    Weight,
    /// As Splink has it. From a weight of about 53 on all probabilities are 1 and edges tie.
    Probability,
}

/// For each record the representative of its cluster; `sources` has the source of each record.
///
/// The rounds are those of Splink 5 (`one_to_one_clustering.py`) to the record. In each, only the
/// record at the end of a best link moves to the other cluster, and the rest of its cluster
/// follows in later rounds. Where there are equally good edges they may never follow: then the
/// representative of those left behind is in another cluster.
pub fn best_links(edges: &[Edge], sources: &[u16], settings: &BestLinks) -> Vec<u32> {
    let mut links = links(edges, settings);
    if settings.ties == Ties::Drop {
        drop_ties(&mut links, sources, &settings.duplicate_free);
    }
    let records = group(&mut links, sources.len());
    // Components have nothing to do with each other, and most need few rounds.
    let links = links.chunk_by(|a, b| a.component == b.component);
    let mut rounds = Rounds::new(sources, &settings.duplicate_free);
    for (records, links) in records.chunk_by(|a, b| a.0 == b.0).zip(links) {
        while rounds.join(records, links) {}
    }
    rounds.of
}

/// Orders links by the component they are in. Returns the linked records after their components,
/// in the same order.
fn group(links: &mut [Link], records: usize) -> Vec<(u32, u32)> {
    let mut sets = Sets::new(records);
    links.iter().for_each(|link| sets.join(link.ends[0], link.ends[1]));
    let components = sets.representatives();
    let mut linked = vec![false; records];
    for link in links.iter_mut() {
        link.component = components[link.ends[0] as usize];
        linked[link.component as usize] = true;
    }
    links.sort_unstable_by_key(|link| link.component);
    let mut grouped: Vec<(u32, u32)> = components.into_iter().zip(0..).collect();
    grouped.retain(|(component, _)| linked[*component as usize]);
    grouped.sort_unstable();
    grouped
}

#[derive(Clone, Copy)]
struct Link {
    ends: [u32; 2],
    score: f64,
    component: u32,
}

fn links(edges: &[Edge], settings: &BestLinks) -> Vec<Link> {
    let score = |weight: f64| match settings.ranking {
        // Adding nothing makes the two zeros one.
        Ranking::Weight => weight + 0.0,
        Ranking::Probability => probability_of(weight),
    };
    let link = |edge: &Edge| Link {
        ends: [edge.left, edge.right],
        score: score(edge.weight),
        component: edge.left,
    };
    edges.iter().filter(|edge| edge.weight >= settings.at_least).map(link).collect()
}

/// A link seen from one of its ends.
struct Claim {
    record: u32,
    other: u32,
    source: u16,
    score: f64,
    link: usize,
}

/// Takes out all links, the best or not, that tie with another at either end.
fn drop_ties(links: &mut Vec<Link>, sources: &[u16], duplicate_free: &[bool]) {
    let mut claims = Vec::new();
    for (i, link) in links.iter().enumerate() {
        let Link { ends: [a, b], score, .. } = *link;
        for (record, other) in [(a, b), (b, a)] {
            let source = sources[other as usize];
            if duplicate_free.get(usize::from(source)) == Some(&true) {
                claims.push(Claim { record, other, source, score, link: i });
            }
        }
    }
    claims.sort_unstable_by(|x, y| {
        let by_score = || x.score.total_cmp(&y.score);
        (x.record, x.source).cmp(&(y.record, y.source)).then_with(by_score)
    });
    let mut tied = vec![false; links.len()];
    let alike =
        |x: &Claim, y: &Claim| (x.record, x.source) == (y.record, y.source) && x.score == y.score;
    for claims in claims.chunk_by(alike) {
        if claims.iter().any(|claim| claim.other != claims[0].other) {
            claims.iter().for_each(|claim| tied[claim.link] = true);
        }
    }
    let mut tied = tied.iter();
    links.retain(|_| tied.next() == Some(&false));
}

/// The clusters while they grow.
struct Rounds {
    of: Vec<u32>,
    /// For each record the place of its source among the duplicate-free ones.
    place: Vec<Option<u16>>,
    /// For each representative a set of places, in so many words.
    holds: Vec<u64>,
    words: usize,
    /// For each representative the best score of a link to another cluster, and where it leads.
    best: Vec<(f64, u32)>,
    moves: Vec<(u32, u32)>,
}

const NONE: (f64, u32) = (f64::NEG_INFINITY, u32::MAX);

impl Rounds {
    fn new(sources: &[u16], duplicate_free: &[bool]) -> Rounds {
        let mut count = 0;
        let place = |free: &bool| {
            count += u16::from(*free);
            free.then(|| count - 1)
        };
        let places: Vec<Option<u16>> = duplicate_free.iter().map(place).collect();
        let place = |source: &u16| places.get(usize::from(*source)).copied().flatten();
        let words = usize::from(count).div_ceil(64);
        Rounds {
            of: (0..sources.len() as u32).collect(),
            place: sources.iter().map(place).collect(),
            holds: vec![0; words * sources.len()],
            words,
            best: vec![NONE; sources.len()],
            moves: Vec::new(),
        }
    }

    /// One round over a component; whether anything moved.
    fn join(&mut self, records: &[(u32, u32)], links: &[Link]) -> bool {
        self.survey(records);
        for link in links {
            let Some([a, b]) = self.between(link) else { continue };
            self.offer(a, link.score, link.ends[1]);
            self.offer(b, link.score, link.ends[0]);
        }
        self.moves.clear();
        for link in links {
            let Some([a, b]) = self.between(link) else { continue };
            let mutual = self.best[a as usize] == (link.score, link.ends[1])
                && self.best[b as usize] == (link.score, link.ends[0]);
            if mutual {
                self.moves.push(if a < b { (link.ends[1], a) } else { (link.ends[0], b) });
            }
        }
        for (record, to) in &self.moves {
            self.of[*record as usize] = *to;
        }
        !self.moves.is_empty()
    }

    /// Notes which sources the clusters of a component hold, and forgets their best links.
    fn survey(&mut self, records: &[(u32, u32)]) {
        for (_, record) in records {
            self.best[*record as usize] = NONE;
            self.holds[*record as usize * self.words..][..self.words].fill(0);
        }
        for (_, record) in records {
            let Some(place) = self.place[*record as usize].map(usize::from) else { continue };
            let cluster = self.of[*record as usize] as usize;
            self.holds[cluster * self.words + place / 64] |= 1 << (place % 64);
        }
    }

    /// The clusters that a link could join.
    fn between(&self, link: &Link) -> Option<[u32; 2]> {
        let [a, b] = link.ends.map(|record| self.of[record as usize]);
        (a != b && !self.share_source(a, b)).then_some([a, b])
    }

    fn share_source(&self, a: u32, b: u32) -> bool {
        let holds = |cluster: u32| &self.holds[cluster as usize * self.words..][..self.words];
        holds(a).iter().zip(holds(b)).any(|(a, b)| a & b != 0)
    }

    fn offer(&mut self, cluster: u32, score: f64, other: u32) {
        let best = &mut self.best[cluster as usize];
        if score > best.0 || score == best.0 && other < best.1 {
            *best = (score, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random_pair;
    use super::*;
    use crate::linkage::train::random;

    fn edge(left: u32, right: u32, weight: f64) -> Edge {
        Edge { left, right, weight, rule: 0 }
    }

    fn settings(duplicate_free: &[bool], ties: Ties) -> BestLinks {
        let ranking = Ranking::Weight;
        BestLinks { at_least: 0.0, duplicate_free: duplicate_free.to_vec(), ties, ranking }
    }

    #[test]
    fn a_record_joins_its_best_and_no_second_of_the_source() {
        let edges = [edge(0, 2, 3.0), edge(1, 2, 5.0)];
        let free = settings(&[true, true], Ties::LowestId);
        assert_eq!(best_links(&edges, &[0, 0, 1], &free), [0, 1, 1]);
        let repeating = settings(&[], Ties::LowestId);
        assert_eq!(best_links(&edges, &[0, 0, 1], &repeating), [0, 0, 0]);
    }

    #[test]
    fn ties_go_to_the_lowest_or_to_nobody() {
        let edges = [edge(0, 2, 3.0), edge(1, 2, 3.0)];
        let run = |ties| best_links(&edges, &[0, 0, 1], &settings(&[true, true], ties));
        assert_eq!(run(Ties::LowestId), [0, 1, 0]);
        assert_eq!(run(Ties::Drop), [0, 1, 2]);
        let other_sources = [edge(0, 1, 3.0), edge(0, 2, 3.0)];
        let free = settings(&[true; 3], Ties::Drop);
        assert_eq!(best_links(&other_sources, &[0, 1, 2], &free), [0, 0, 0]);
    }

    #[test]
    fn weights_tell_apart_what_probabilities_cannot() {
        let edges = [edge(0, 2, 60.0), edge(1, 2, 70.0)];
        let by_weight = settings(&[true, true], Ties::LowestId);
        assert_eq!(best_links(&edges, &[0, 0, 1], &by_weight), [0, 1, 1]);
        let by_probability = BestLinks { ranking: Ranking::Probability, ..by_weight };
        assert_eq!(best_links(&edges, &[0, 0, 1], &by_probability), [0, 1, 0]);
    }

    /// A line is `ties;duplicate-free sources;at least;source of each record;edges;clusters`.
    fn check_line(line: &str) {
        let fields: Vec<&str> = line.split(';').collect();
        let [ties, free, at_least, sources, edges, expected] = fields[..] else { panic!("{line}") };
        let sources: Vec<u16> = sources.bytes().map(|source| u16::from(source - b'a')).collect();
        let edges = edges.split(' ').map(|text| {
            let (pair, weight) = text.split_once(':').unwrap();
            let (left, right) = pair.split_once('-').unwrap();
            edge(left.parse().unwrap(), right.parse().unwrap(), weight.parse().unwrap())
        });
        let settings = BestLinks {
            at_least: at_least.parse().unwrap(),
            duplicate_free: "abcd".chars().map(|source| free.contains(source)).collect(),
            ties: if ties == "drop" { Ties::Drop } else { Ties::LowestId },
            ranking: Ranking::Probability,
        };
        let found = best_links(&edges.collect::<Vec<_>>(), &sources, &settings);
        let found: Vec<String> = found.iter().map(u32::to_string).collect();
        assert_eq!(found.join(" "), expected, "{line}");
    }

    #[test]
    fn clusters_are_those_of_splink() {
        const CASES: &str = include_str!("../../../tests/fixtures/linkage/single_best_links.txt");
        assert_eq!(CASES.lines().map(check_line).count(), 300);
    }

    fn random_edges(records: u32, seed: u64) -> Vec<Edge> {
        let edge = |position| {
            let (left, right) = random_pair(records, seed, position);
            edge(left, right, f64::from(random::below(9, random::draw(!seed, position) as u32)))
        };
        (0..u64::from(records) * 2).map(edge).collect()
    }

    #[test]
    fn no_cluster_has_two_records_of_a_duplicate_free_source() {
        // More sources than fit a word.
        let sources: Vec<u16> = (0..400).map(|record| record % 100).collect();
        let free: Vec<bool> = (0..90).map(|source| source % 7 > 0).collect();
        for seed in 0..50 {
            let mut edges = random_edges(400, seed);
            let of = best_links(&edges, &sources, &settings(&free, Ties::LowestId));
            let mut held: Vec<(u32, u16)> = of.into_iter().zip(sources.iter().copied()).collect();
            held.retain(|(_, source)| free.get(usize::from(*source)) == Some(&true));
            held.sort_unstable();
            assert!(held.windows(2).all(|pair| pair[0] != pair[1]));
            edges.reverse();
            let again = best_links(&edges, &sources, &settings(&free, Ties::Drop));
            edges.sort_by_key(|edge| (edge.right, edge.left));
            assert_eq!(best_links(&edges, &sources, &settings(&free, Ties::Drop)), again);
        }
    }
}
