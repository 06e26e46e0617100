//! Truth that is made, then recovered: records drawn from known m and u, and training that has to
//! find them again without being told which records match.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

use karat_resolve::condition::{parse_condition, parse_rule};
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::train::{
    Effort, Fixed, Sampling, Session, set_from_sessions, set_m, set_u,
};
use karat_resolve::linkage::{Edge, IdOrder, Known, Linker, Records, RuleSet, TextColumn};
use rustc_hash::FxHashMap;

/// For each column how many values it has, evenly spread, and how often the second record of a
/// person has the same one for sure; else any.
const COLUMNS: [(&str, u64, f64); 4] =
    [("a", 400, 0.92), ("b", 60, 0.85), ("c", 25, 0.7), ("d", 7, 0.9)];

/// Random numbers in 0..1 (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.roll() * n as f64) as u64
    }
}

/// Two records for each person.
fn records(people: usize, seed: u64) -> Records {
    let mut dice = Dice(seed);
    let mut ids = Texts::default();
    let mut columns = COLUMNS.map(|_| TextColumn::default());
    let mut owner = TextColumn::default();
    for person in 0..people {
        let values = COLUMNS.map(|(_, count, _)| dice.below(count));
        for copy in 0..2 {
            ids.push(&(person * 2 + copy).to_string());
            owner.push(Some(&person.to_string()));
            for (i, (_, count, same)) in COLUMNS.into_iter().enumerate() {
                let value =
                    if copy == 0 || dice.roll() < same { values[i] } else { dice.below(count) };
                columns[i].push(Some(&value.to_string()));
            }
        }
    }
    let mut named: Vec<_> = COLUMNS
        .iter()
        .zip(columns)
        .map(|((name, ..), column)| ((*name).to_owned(), column.finish()))
        .collect();
    named.push(("person".to_owned(), owner.finish()));
    Records::new(ids, vec![0; people * 2], vec!["all".to_owned()], named, IdOrder::Number)
}

fn rule(text: &str) -> BlockingRule {
    BlockingRule { condition: parse_rule(text).unwrap(), explode: Vec::new() }
}

fn level(label: &str, condition: Option<&str>) -> Level {
    Level {
        label: label.to_owned(),
        condition: condition.map(|text| parse_condition(text).unwrap()),
        is_null: label == "missing",
        m: Probability::default(),
        u: Probability::default(),
        frequency: None,
    }
}

fn model() -> Model {
    let comparison = |(name, ..): &(&str, u64, f64)| {
        let mut comparison = Comparison {
            name: (*name).to_owned(),
            description: None,
            levels: vec![
                level("missing", Some(&format!("{name}_l is null or {name}_r is null"))),
                level("same", Some(&format!("{name}_l = {name}_r"))),
                level("other", None),
            ],
        };
        comparison.fill_defaults();
        comparison
    };
    Model {
        link: LinkType::Dedupe,
        prior: 0.0001,
        rules: Vec::new(),
        comparisons: COLUMNS.iter().map(comparison).collect(),
        stop: Stop { convergence: 1e-7, iterations: 20_000 },
    }
}

/// The true m and u of agreement in a column.
fn truth((_, count, same): (&str, u64, f64)) -> (f64, f64) {
    (same + (1.0 - same) / count as f64, 1.0 / count as f64)
}

fn sessions(linker: &Linker, model: &Model, rules: &[BlockingRule]) -> Vec<Session> {
    let session =
        |i: usize| linker.session(model, (RuleSet(i + 1), &rules[i]), Effort::default()).unwrap();
    (0..rules.len()).map(session).collect()
}

#[test]
fn m_and_u_come_back_within_three_standard_errors() {
    for seed in [1, 2, 3] {
        let records = records(6_000, seed);
        let mut model = model();
        let rules = [rule("l.a = r.a"), rule("l.b = r.b")];
        let sets: Vec<&[BlockingRule]> = rules.iter().map(std::slice::from_ref).collect();
        let linker = Linker::new(&model, &records, &Known::default(), &sets).unwrap();
        model.prior = linker.prior(RuleSet(1), 0.92).value;
        let counts = linker.sample(Sampling { max_pairs: 2_000_000, enough: u64::MAX, seed });
        let of_u = set_u(&mut model, &counts);
        let sessions = sessions(&linker, &model, &rules);
        for session in &sessions {
            let (moved, prior) = (session.last_move, session.prior);
            assert!(
                session.converged,
                "{}: {moved} {prior} {} {:?}",
                session.rule, session.pairs, session.comparisons
            );
        }
        let of_m = set_from_sessions(&mut model, &sessions, Fixed::default());
        for (i, column) in COLUMNS.into_iter().enumerate() {
            let (m, u) = truth(column);
            let same = &model.comparisons[i].levels[1];
            let (found_m, found_u) = (same.m.value.unwrap(), same.u.value.unwrap());
            let (error_m, error_u) = (of_m[i][1].error, of_u[i][1].error);
            assert!((found_m - m).abs() < 3.0 * error_m, "m of {column:?}: {found_m} ± {error_m}");
            assert!(error_m < 0.05, "m of {column:?}: ± {error_m}");
            // True matches are drawn too, and agree: at most one pair in 12,000.
            assert!((found_u - u).abs() < 3.0 * error_u + 1e-4, "u of {column:?}: {found_u}");
        }
    }
}

#[test]
fn labels_give_the_m_that_was_drawn() {
    let records = records(4_000, 5);
    let mut model = model();
    let rules = [rule("l.person = r.person")];
    let linker = Linker::new(&model, &records, &Known::default(), &[&rules]).unwrap();
    let counts = linker.count_levels(RuleSet(1));
    let pairs: Vec<(u32, u32)> = (0..4_000).map(|person| (person * 2, person * 2 + 1)).collect();
    assert_eq!(linker.count_levels_of(&pairs), counts, "a label column and labelled pairs agree");
    let basis = set_m(&mut model, &counts);
    for (i, column) in COLUMNS.into_iter().enumerate() {
        let found = model.comparisons[i].levels[1].m.value.unwrap();
        assert!((found - truth(column).0).abs() < 3.0 * basis[i][1].error, "{column:?}: {found}");
    }
}

#[test]
fn a_session_that_does_not_settle_says_so_and_fixed_levels_stay() {
    let records = records(1_000, 7);
    let mut model = model();
    model.stop = Stop { convergence: 1e-12, iterations: 3 };
    model.comparisons[1].levels[1].m = Probability { value: Some(0.5), fixed: true };
    let rules = [rule("l.a = r.a")];
    let linker = Linker::new(&model, &records, &Known::default(), &[&rules]).unwrap();
    let sessions = sessions(&linker, &model, &rules);
    assert!(!sessions[0].converged);
    assert_eq!(sessions[0].rounds, 3);
    assert!(sessions[0].last_move > 1e-12);
    assert!(sessions[0].comparisons[0].is_none(), "the rule decides this comparison");
    let basis = set_from_sessions(&mut model, &sessions, Fixed::default());
    assert_eq!(basis[0][1].count, 0, "no session trained it");
    assert_eq!(model.comparisons[1].levels[1].m.value, Some(0.5));
}

#[test]
fn training_is_the_same_on_any_number_of_threads() {
    let records = records(3_000, 9);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = model();
            let rules = [rule("l.a = r.a"), rule("l.b = r.b")];
            let sets: Vec<&[BlockingRule]> = rules.iter().map(std::slice::from_ref).collect();
            let linker = Linker::new(&model, &records, &Known::default(), &sets).unwrap();
            let sampling = Sampling { max_pairs: 300_000, enough: 100, seed: 3 };
            set_u(&mut model, &linker.sample(sampling));
            let sessions = sessions(&linker, &model, &rules);
            set_from_sessions(&mut model, &sessions, Fixed::default());
            model.rules = rules.to_vec();
            let linker = Linker::new(&model, &records, &Known::default(), &[]).unwrap();
            let mut edges = Vec::new();
            linker.predict(&model, -5.0, |found| edges.extend_from_slice(found)).unwrap();
            (model, edges)
        })
    };
    let one = run(1);
    assert!(!one.1.is_empty());
    assert!(run(2) == one && run(8) == one);
}

#[test]
fn what_people_decide_about_hard_pairs_is_taken_as_it_is_and_biases_nothing() {
    let people = 4_000;
    let records = records(people, 11);
    let rules = [rule("l.a = r.a")];
    let linker = || Linker::new(&model(), &records, &Known::default(), &[&rules]).unwrap();
    let plain = linker();
    let levels = |pair: (u32, u32)| plain.layout().levels(plain.pattern(pair.0, pair.1));
    // People are asked about half of the pairs of which one of b, c and d agrees.
    let is_hard = |pair: (u32, u32)| levels(pair)[1..].iter().filter(|l| **l == 1).count() == 1;
    let is_asked = |(l, r): (u32, u32)| Dice(u64::from(l) << 32 | u64::from(r)).roll() < 0.5;
    let predicting = Model { rules: rules.to_vec(), ..model() };
    let candidates = Linker::new(&predicting, &records, &Known::default(), &[]).unwrap();
    let mut decided: FxHashMap<(u32, u32), bool> = FxHashMap::default();
    let take = |edges: &[Edge]| {
        let pairs = edges.iter().map(|edge| (edge.left, edge.right));
        let asked = pairs.filter(|pair| is_asked(*pair) && is_hard(*pair));
        decided.extend(asked.map(|(left, right)| ((left, right), left / 2 == right / 2)));
    };
    candidates.predict(&predicting, f64::NEG_INFINITY, take).unwrap();
    let same: Vec<(u32, u32)> =
        decided.iter().filter(|(_, same)| **same).map(|(pair, _)| *pair).collect();
    let effort = Effort::default();
    let mut estimated = model();
    let counts = plain.sample(Sampling { max_pairs: 1_000_000, enough: u64::MAX, seed: 1 });
    set_u(&mut estimated, &counts);
    let with = linker().with_decided(decided);
    let found = with.session(&estimated, (RuleSet(1), &rules[0]), effort).unwrap();
    let without = plain.session(&estimated, (RuleSet(1), &rules[0]), effort).unwrap();
    assert_eq!((found.pairs, without.decided), (without.pairs, 0));
    assert!(found.decided > 200, "{}", found.decided);
    let mut naive = model();
    set_m(&mut naive, &plain.count_levels_of(&same));
    for (i, column) in COLUMNS.into_iter().enumerate().skip(1) {
        let (m, _) = truth(column);
        let estimate = found.comparisons[i].as_ref().unwrap()[1];
        let alone = without.comparisons[i].as_ref().unwrap()[1];
        assert!((estimate.m - m).abs() < 3.0 * estimate.m_error, "{column:?}: {estimate:?}");
        assert!(estimate.m_error <= alone.m_error, "{column:?}: what is known is not guessed");
        let of_hard = naive.comparisons[i].levels[1].m.value.unwrap();
        assert!((of_hard - m).abs() > 0.2, "{column:?}: hard pairs alone say {of_hard}");
    }
}
