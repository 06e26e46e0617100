//! Blocks beyond the limit are named and counted, and nothing else changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod random;

use std::collections::BTreeSet;

use karat_resolve::condition::{Value, parse_condition, parse_rule};
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{
    Column, IdOrder, Known, Limits, Linker, PREDICTION, Predicted, Records, RuleSet,
};
use random::Random;

const RECORDS: usize = 300;

/// Few common values and many rare ones; `c` and `d` share values, `tags` are lists.
fn records() -> Records {
    let mut random = Random(7);
    let mut ids = Texts::default();
    let mut columns: [Vec<Value>; 5] = Default::default();
    let text = |number: usize| Value::Text(number.to_string().as_str().into());
    for id in random.permutation(RECORDS) {
        ids.push(&id.to_string());
        for column in &mut columns[..4] {
            let common = random.chance(65);
            column.push(text(if common { random.below(2) } else { 2 + random.below(90) }));
        }
        let tags = (0..random.below(4)).map(|_| text(random.below(10) * random.below(9))).collect();
        columns[4].push(Value::List(tags));
    }
    let names = ["a", "b", "c", "d", "tags"];
    let named = names.iter().zip(&columns);
    let columns = named.map(|(n, c)| ((*n).to_owned(), Column::of_values(c))).collect();
    let sources = (0..RECORDS).map(|record| (record % 3) as u16).collect();
    let names = ["x", "y", "z"].map(str::to_owned).to_vec();
    Records::new(ids, sources, names, columns, IdOrder::Number)
}

fn rule(text: &str, explode: &[&str]) -> BlockingRule {
    let explode = explode.iter().map(|name| (*name).to_owned()).collect();
    BlockingRule { condition: parse_rule(text).unwrap(), explode }
}

/// Every kind of rule: one key, another, two, sides that differ, lists, a further condition.
fn rules() -> Vec<BlockingRule> {
    vec![
        rule("l.a = r.a", &[]),
        rule("l.a = r.a and l.b = r.b", &[]),
        rule("l.c = r.d", &[]),
        rule("l.tags = r.tags", &["tags"]),
        rule("l.b = r.b and l.c <> r.c", &[]),
    ]
}

fn model(link: LinkType, rules: Vec<BlockingRule>) -> Model {
    let level = |condition: Option<&str>| Level {
        label: condition.unwrap_or("else").to_owned(),
        condition: condition.map(|text| parse_condition(text).unwrap()),
        is_null: false,
        m: Probability::default(),
        u: Probability::default(),
        frequency: None,
    };
    let levels = vec![level(Some("a_l = a_r")), level(None)];
    let mut comparison = Comparison { name: "a".to_owned(), description: None, levels };
    comparison.fill_defaults();
    Model { link, prior: 0.01, rules, comparisons: vec![comparison], stop: Stop::default() }
}

fn pairs(linker: &Linker, model: &Model) -> (Predicted, BTreeSet<(u32, u32)>) {
    let mut pairs = BTreeSet::new();
    let take = |edges: &[karat_resolve::linkage::Edge]| {
        for edge in edges {
            assert!(pairs.insert((edge.left, edge.right)), "each pair comes once");
        }
    };
    (linker.predict(model, f64::NEG_INFINITY, take).unwrap(), pairs)
}

fn limited(model: &Model, records: &Records, largest_block: Option<u32>) -> Linker {
    let linker = Linker::new(model, records, &Known::default(), &[]).unwrap();
    linker.limited(Limits { largest_block, ..Limits::default() }).unwrap()
}

#[test]
fn costs_are_exact_and_the_limit_moves_them_to_what_is_left_out() {
    let records = records();
    for link in [LinkType::Dedupe, LinkType::Link] {
        // A further condition is not looked at beforehand, and a pair of lists may share several.
        for rule in [rules().remove(0), rules().remove(1), rules().remove(2)] {
            let model = model(link, vec![rule.clone()]);
            let all = limited(&model, &records, None);
            let (whole, _) = pairs(&all, &model);
            let cost = all.costs(PREDICTION)[0];
            assert_eq!((cost.pairs, whole.left_out), (whole.compared, 0), "{rule}");
            let few = limited(&model, &records, Some(20));
            let (rest, _) = pairs(&few, &model);
            let left = few.costs(PREDICTION)[0];
            assert_eq!(left.pairs, rest.compared, "{rule}");
            assert_eq!(left.pairs + left.pairs_left_out, cost.pairs, "{rule}");
            assert_eq!(left.pairs_left_out, rest.left_out, "{rule}");
            assert_eq!(left.blocks_left_out as usize, few.left_out(PREDICTION).len());
            assert!(left.largest_block <= 20 && cost.largest_block > 20, "{rule}");
            let share = left.pairs_left_out as f64 / cost.pairs as f64;
            assert!((left.share_left_out() - share).abs() < 1e-12 && share > 0.0);
        }
    }
}

#[test]
fn what_a_limited_run_misses_lies_in_the_blocks_it_names_and_nowhere_else() {
    let records = records();
    for link in [LinkType::Dedupe, LinkType::Link] {
        let model = model(link, rules());
        let (_, all) = pairs(&limited(&model, &records, None), &model);
        let (_, same) = pairs(&limited(&model, &records, Some(RECORDS as u32)), &model);
        assert_eq!(all, same, "a limit that no block exceeds changes nothing");
        let linker = limited(&model, &records, Some(20));
        let (told, few) = pairs(&linker, &model);
        assert!(few.is_subset(&all) && few.len() < all.len());
        assert!(told.left_out >= (all.len() - few.len()) as u64);
        let blocks = linker.left_out(PREDICTION);
        assert!(blocks.iter().all(|block| block.records > 20 && block.pairs > 0));
        let of_rules: BTreeSet<u32> = blocks.iter().map(|block| block.rule).collect();
        assert_eq!(of_rules, BTreeSet::from([0, 1, 2, 3, 4]), "every kind of rule has some");
        // What a rule still finds by itself is found in the company of the others too.
        for (i, rule) in rules().into_iter().enumerate() {
            let model = self::model(link, vec![rule]);
            let (_, alone) = pairs(&limited(&model, &records, Some(20)), &model);
            assert!(alone.is_subset(&few), "rule {i}");
        }
    }
}

#[test]
fn memory_is_known_beforehand_and_too_little_is_refused() {
    let records = records();
    let rule_of_part = rule("substr(l.b, 1, 1) = substr(r.b, 1, 1)", &[]);
    let model = model(LinkType::Dedupe, vec![rule("l.a = r.a", &[]), rule_of_part.clone()]);
    let more = [rule_of_part];
    let mut linker = Linker::new(&model, &records, &Known::default(), &[&more]).unwrap();
    let memory = linker.memory();
    let to_prepare = Linker::memory_to_prepare(&model, &records, &[&more]);
    let sorting = 24 * RECORDS as u64;
    let distinct = records.column("a").unwrap().values.len() as u64;
    let expected = records.bytes() + memory.rows + memory.keys + sorting + 16 * distinct;
    assert_eq!(to_prepare, expected);
    let numbers = |of_each: usize| (RECORDS * of_each * 4) as u64;
    assert_eq!(memory.rows, numbers(1) + 2 * RECORDS as u64, "one column is compared");
    assert_eq!(memory.keys, numbers(3), "two rules and one more");
    linker.forget(RuleSet(1));
    let memory = linker.memory();
    assert_eq!(memory.keys, numbers(2));
    assert!(linker.costs(RuleSet(1)).is_empty());
    assert!(memory.values > 0 && memory.blocks > 0 && memory.edges > 0);
    assert!(records.bytes() > numbers(5));

    let within = |linker: Linker, bytes: u64| {
        linker.limited(Limits { memory: Some(bytes), ..Limits::default() })
    };
    let refused = within(linker, 1 << 20).map(|_| ()).unwrap_err();
    assert!(refused.what.ends_with("and 1 MB allowed"), "{refused}");
    let linker = Linker::new(&model, &records, &Known::default(), &[]).unwrap();
    assert_eq!(linker.memory_for_edges(5), Ok(u64::MAX));
    let linker = within(linker, 1 << 30).unwrap();
    let left = (1 << 30) - linker.memory().total();
    assert_eq!(linker.memory_for_edges(5), Ok(left - 5));
    assert!(linker.memory_for_edges(left).is_err());
    assert_eq!(pairs(&linker, &model), pairs(&limited(&model, &records, None), &model));
}
