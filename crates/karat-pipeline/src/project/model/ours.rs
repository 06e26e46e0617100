//! Comparisons that Splink does not have, of levels that it does: names of companies, phone
//! numbers, addresses, names of people in one field.

use karat_resolve::condition::library::{
    Level, and_level, custom_level, damerau_levenshtein_level, else_level, exact_match_level,
    jaro_winkler_level, null_level,
};
use karat_resolve::condition::{Arithmetic, ColumnExpression, Comparison, Expr, Literal, Side};

use super::arguments::{Arguments, Bounds, literals};
use super::library::{Made, names};

/// Enough of a number that a country or area code before it makes no difference.
const LAST_SEVEN: &str = "[0-9]{7}$";
const NUMBER: &str = "[0-9]+";
const LAST_WORD: &str = "[^ ]+$";

fn made(field: &ColumnExpression, levels: Vec<Level>) -> Made {
    let levels = [null_level(field, None)].into_iter().chain(levels).chain([else_level()]);
    Made::of(&[field], levels.collect())
}

/// Equal, adjusted by how frequent the value is where that can be counted.
fn exact(field: &ColumnExpression) -> Level {
    let level = exact_match_level(field);
    if field.is_plain() { level.adjusted(field.written()) } else { level }
}

/// A share with a default.
fn share(args: &Arguments<'_>, key: &'static str, default: f64) -> Option<Literal> {
    match args.section.has(key) {
        true => args.threshold(key, Bounds::Share),
        false => literals(&[default]).pop(),
    }
}

/// Words are what stands between blanks.
fn words(field: &ColumnExpression, side: Side) -> Expr {
    Expr::call("string_split", vec![field.on(side), Expr::literal(" ")])
}

/// The words that both have, as a share of all words of both: Jaccard's index of sets.
fn common_words(field: &ColumnExpression, least: &Literal) -> Level {
    let [left, right] = [words(field, Side::Left), words(field, Side::Right)];
    let count = |list: &Expr| Expr::call("list_unique", vec![list.clone()]);
    let all = Expr::arithmetic(Arithmetic::Add, count(&left), count(&right));
    let shared = Expr::call("list_intersect", vec![left, right]);
    let shared = Expr::call("array_length", vec![shared]);
    let different = Expr::arithmetic(Arithmetic::Subtract, all, shared.clone());
    let index = Expr::arithmetic(Arithmetic::Divide, shared, different);
    let enough = Expr::compare(Comparison::GreaterOrEqual, index, Expr::Literal(least.clone()));
    custom_level(enough, &format!("Jaccard index of the words of {} >= {least}", field.label()))
}

/// `CompanyNameComparison`: equal, similar, enough common words.
pub(super) fn company_name(args: &Arguments<'_>) -> Option<Made> {
    let (field, thresholds) = (args.field(), names(args, &[0.95, 0.88]));
    let least = share(args, "words_threshold", 0.5);
    let (field, least) = (field?, least?);
    let mut levels = vec![exact(&field)];
    levels.extend(thresholds?.into_iter().map(|least| jaro_winkler_level(&field, least)));
    levels.push(common_words(&field, &least));
    Some(made(&field, levels))
}

/// `PhoneComparison`: equal, the same at the end, one slip. The field holds digits without signs
/// between them.
pub(super) fn phone(args: &Arguments<'_>) -> Option<Made> {
    let field = args.field()?;
    let end = exact_match_level(&field.regex_extract(LAST_SEVEN, 0));
    let levels = vec![
        exact_match_level(&field),
        end.labelled("Exact match on the last seven digits"),
        damerau_levenshtein_level(&field, 1),
    ];
    Some(made(&field, levels))
}

/// `AddressComparison`: equal, the same number in a similar street, enough common words.
pub(super) fn address(args: &Arguments<'_>) -> Option<Made> {
    let field = args.field();
    let alike = share(args, "street_threshold", 0.9);
    let least = share(args, "words_threshold", 0.5);
    let (field, alike, least) = (field?, alike?, least?);
    let street = |side| {
        let without = [NUMBER, "", "g"].map(Expr::literal);
        let arguments = [field.on(side)].into_iter().chain(without);
        Expr::call("regexp_replace", arguments.collect())
    };
    let streets = vec![street(Side::Left), street(Side::Right)];
    let similar = Expr::call("jaro_winkler_similarity", streets);
    let similar = Expr::compare(Comparison::GreaterOrEqual, similar, Expr::Literal(alike.clone()));
    let near = and_level(&[
        exact_match_level(&field.regex_extract(NUMBER, 0)),
        custom_level(similar, "street"),
    ]);
    let levels = vec![
        exact_match_level(&field),
        near.labelled(format!("Same number, Jaro-Winkler of the street >= {alike}")),
        common_words(&field, &least),
    ];
    Some(made(&field, levels))
}

/// `FullNameComparison`: equal, the same words in another order, similar, the same last word or
/// the same in the field `surname`.
pub(super) fn full_name(args: &Arguments<'_>) -> Option<Made> {
    let (field, surname) = (args.field(), args.optional_column("surname"));
    let thresholds = names(args, &[0.92, 0.88]);
    let field = field?;
    let sorted = |side| Expr::call("list_sort", vec![words(&field, side)]);
    let turned = Expr::compare(Comparison::Equal, sorted(Side::Left), sorted(Side::Right));
    let label = format!("Same words of {} in another order", field.label());
    let mut levels = vec![exact(&field), custom_level(turned, &label)];
    levels.extend(thresholds?.into_iter().map(|least| jaro_winkler_level(&field, least)));
    levels.push(match surname {
        Some(surname) => exact(&surname),
        None => exact_match_level(&field.regex_extract(LAST_WORD, 0))
            .labelled("Exact match on the last word"),
    });
    Some(made(&field, levels))
}
