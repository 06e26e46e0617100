//! Which level two values reach in the comparisons that Splink does not have.

use karat_resolve::condition::Value;
use karat_resolve::linkage::records::{IdOrder, Records};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, Known, Linker, splink};

use super::{comparison, declared};

/// The label of the level that two records reach, each with a value in every field.
fn reached(compare: &str, fields: &[&str], left: &[&str], right: &[&str]) -> String {
    let text = format!(
        "[[blocking]]\nsame = {:?}\n[[comparisons]]\nfield = {:?}\n{compare}\n",
        fields[0], fields[0]
    );
    let model = declared(&text, fields).model;
    let mut ids = Texts::default();
    ["1", "2"].into_iter().for_each(|id| ids.push(id));
    let value = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.into()) };
    let column =
        |i: usize| (fields[i].to_owned(), Column::of_values(&[value(left[i]), value(right[i])]));
    let columns = (0..fields.len()).map(column).collect();
    let records = Records::new(ids, vec![0; 2], vec!["people".into()], columns, IdOrder::Number);
    let linker = Linker::new(&model, &records, &Known::default(), &[]).unwrap();
    let level = linker.layout().levels(linker.pattern(0, 1))[0];
    assert_eq!(level, linker.layout().levels(linker.pattern(1, 0))[0], "{left:?} {right:?}");
    model.comparisons[0].levels[level as usize].label.clone()
}

fn check(compare: &str, cases: &[(&str, &str, &str)]) {
    let compare = format!("compare = {compare:?}");
    for (left, right, label) in cases {
        let found = reached(&compare, &["x"], &[left], &[right]);
        assert!(found.contains(label), "{left:?} and {right:?}: {found}");
    }
}

#[test]
fn company_names_are_equal_similar_or_of_the_same_words() {
    check(
        "CompanyNameComparison",
        &[
            ("", "acme", "NULL"),
            ("acme gmbh", "acme gmbh", "Exact match on x"),
            ("acme holding gmbh", "acme holding gmb", "Jaro-Winkler distance of x >= 0.95"),
            ("acme holding", "acme holdings ltd", "Jaro-Winkler distance of x >= 0.88"),
            (
                "trading house weber",
                "weber trading house",
                "Jaccard index of the words of x >= 0.5",
            ),
            ("house weber", "weber trading house", "Jaccard index of the words of x >= 0.5"),
            ("weber", "north trading house", "All other"),
        ],
    );
}

#[test]
fn companies_that_share_a_word_of_three_are_not_alike() {
    let words = "compare = \"CompanyNameComparison\"\nwords_threshold = 0.3";
    let found =
        |compare: &str| reached(compare, &["x"], &["house weber"], &["quick trading house"]);
    assert_eq!(found("compare = \"company_name_comparison\""), "All other comparisons");
    assert_eq!(found(&words.replace("0.3", "0.25")), "Jaccard index of the words of x >= 0.25");
}

#[test]
fn phone_numbers_are_equal_equal_at_the_end_or_mistyped() {
    check(
        "PhoneComparison",
        &[
            ("+4930123456", "", "NULL"),
            ("+4930123456", "+4930123456", "Exact match on x"),
            ("+4930123456", "030123456", "last seven digits"),
            ("+4930123456", "+4930123465", "Damerau-Levenshtein distance of x <= 1"),
            ("123456", "123456", "Exact match on x"),
            ("93456", "123456", "All other"),
            ("+4930123456", "+4930999456", "All other"),
        ],
    );
}

#[test]
fn addresses_are_equal_or_of_one_number_and_street_or_of_the_same_words() {
    check(
        "AddressComparison",
        &[
            ("12 elm street", "", "NULL"),
            ("12 elm street", "12 elm street", "Exact match on x"),
            ("12 elm street", "12 elm stret", "Same number, Jaro-Winkler of the street >= 0.9"),
            ("12 elm street", "13 elm street", "Jaccard index of the words of x >= 0.5"),
            ("12 elm street", "12 north quay", "All other"),
            ("elm street", "oak road", "All other"),
        ],
    );
}

#[test]
fn full_names_are_equal_turned_similar_or_of_one_surname() {
    check(
        "FullNameComparison",
        &[
            ("", "ada byron", "NULL"),
            ("ada byron", "ada byron", "Exact match on x"),
            ("ada byron", "byron ada", "Same words of x in another order"),
            ("ada byron", "ada byrom", "Jaro-Winkler distance of x >= 0.92"),
            ("ada byron", "ida byron", "Jaro-Winkler distance of x >= 0.88"),
            ("ada byron", "george gordon byron", "Exact match on the last word"),
            ("ada byron", "mary somerville", "All other"),
        ],
    );
}

#[test]
fn a_surname_of_its_own_is_adjusted_by_its_frequency() {
    let compare = "compare = \"FullNameComparison\"\nsurname = \"surname\"";
    let fields = ["x", "surname"];
    let found = reached(compare, &fields, &["ada byron", "byron"], &["george b.", "byron"]);
    assert_eq!(found, "Exact match on surname");
    let levels = comparison(&format!("field = \"x\"\n{compare}\n"), &fields).levels;
    let columns: Vec<&str> =
        levels.iter().filter_map(|l| l.frequency.as_ref()).map(|f| f.column.as_str()).collect();
    assert_eq!(columns, ["x", "surname"]);
}

#[test]
fn a_model_with_them_is_the_same_after_export_and_import() {
    let compare = ["CompanyNameComparison", "PhoneComparison", "AddressComparison"];
    let compare = compare.map(|name| {
        format!("[[comparisons]]\nname = {name:?}\nfield = \"x\"\ncompare = {name:?}\n")
    });
    let text = format!(
        "[[blocking]]\nsame = \"x\"\n[[comparisons]]\nfield = \"x\"\n\
         compare = \"FullNameComparison\"\nsurname = \"y\"\n{}",
        compare.concat()
    );
    let model = declared(&text, &["x", "y"]).model;
    let exported = splink::write(&model, &splink::Settings::default());
    assert_eq!(splink::read(&exported).unwrap().model, model);
}
