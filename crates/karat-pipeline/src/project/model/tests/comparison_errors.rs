//! What is said of comparisons and levels that cannot be understood.

use expect_test::{Expect, expect};

use super::LEAST;
use super::errors::check;

/// A model of one comparison, whose keys begin in line 4.
pub(super) fn check_comparison(text: &str, expected: Expect) {
    check(&format!("[[blocking]]\nsame = \"dob\"\n[[comparisons]]\n{text}\n"), expected);
}

#[test]
fn an_unknown_comparison_is_compared_with_those_there_are() {
    check_comparison(
        "field = \"surname\"\ncompare = \"jaro_winkler_at_treshold\"",
        expect![[r#"
            comparisons.compare cannot be "jaro_winkler_at_treshold"
              at entities/people.toml:5:11
              5 | compare = "jaro_winkler_at_treshold"
                |           ^
              hint: did you mean JaroWinklerAtThresholds?"#]],
    );
    check_comparison(
        "field = \"surname\"",
        expect![[r#"
        comparisons.compare is missing
          at entities/people.toml:3:1
          3 | [[comparisons]]
            | ^
          hint: one of ExactMatch, LevenshteinAtThresholds, DamerauLevenshteinAtThresholds, JaccardAtThresholds, JaroAtThresholds, JaroWinklerAtThresholds, DistanceFunctionAtThresholds, PairwiseStringDistanceFunctionAtThresholds, AbsoluteTimeDifferenceAtThresholds, AbsoluteDateDifferenceAtThresholds, ArrayIntersectAtSizes, DistanceInKMAtThresholds, CosineSimilarityAtThresholds, DateOfBirthComparison, PostcodeComparison, EmailComparison, NameComparison, ForenameSurnameComparison, CompanyNameComparison, PhoneComparison, AddressComparison, FullNameComparison"#]],
    );
}

#[test]
fn an_unknown_level_is_compared_with_those_there_are() {
    check_comparison(
        "levels = [{ level = \"ExactMatch\", field = \"dob\" }, { field = \"dob\" }]",
        expect![[r#"
            comparisons.levels.level cannot be "ExactMatch"
              at entities/people.toml:4:21
              4 | levels = [{ level = "ExactMatch", field = "dob" }, { field = "dob" }]
                |                     ^
              hint: there is: AbsoluteDateDifferenceLevel, AbsoluteDifferenceLevel, AbsoluteTimeDifferenceLevel, And, ArrayIntersectLevel, ArraySubsetLevel, ColumnsReversedLevel, CosineSimilarityLevel, CustomLevel, DamerauLevenshteinLevel, DistanceFunctionLevel, DistanceInKMLevel, ElseLevel, ExactMatchLevel, JaccardLevel, JaroLevel, JaroWinklerLevel, LevenshteinLevel, LiteralMatchLevel, Not, NullLevel, Or, PairwiseStringDistanceFunctionLevel, PercentageDifferenceLevel
            comparisons.levels.level is missing
              at entities/people.toml:4:52
              4 | levels = [{ level = "ExactMatch", field = "dob" }, { field = "dob" }]
                |                                                    ^
              hint: one of NullLevel, ElseLevel, CustomLevel, ExactMatchLevel, LiteralMatchLevel, ColumnsReversedLevel, LevenshteinLevel, DamerauLevenshteinLevel, JaroWinklerLevel, JaroLevel, JaccardLevel, DistanceFunctionLevel, PairwiseStringDistanceFunctionLevel, AbsoluteTimeDifferenceLevel, AbsoluteDateDifferenceLevel, DistanceInKMLevel, CosineSimilarityLevel, ArrayIntersectLevel, ArraySubsetLevel, PercentageDifferenceLevel, AbsoluteDifferenceLevel, And, Or, Not"#]],
    );
}

#[test]
fn what_is_no_expression_is_refused() {
    check_comparison(
        "field = \"lower(surname\"\ncompare = \"ExactMatch\"",
        expect![[r#"
        "lower(surname" is neither a field nor an expression: expected ) after the arguments of lower, the text ends (byte 13)
          at entities/people.toml:4:9
          4 | field = "lower(surname"
            |         ^
          hint: there is: city, dob, email, emails, first_name, person_id, postcode, surname"#]],
    );
    check_comparison(
        "field = \"'x'\"\ncompare = \"ExactMatch\"",
        expect![[r#"
        "'x'" looks at no field
          at entities/people.toml:4:9
          4 | field = "'x'"
            |         ^
          hint: there is: city, dob, email, emails, first_name, person_id, postcode, surname"#]],
    );
    check_comparison(
        "field = { field = \"surname\", transforms = [\"upper\"] }\ncompare = \"ExactMatch\"",
        expect![[r#"
            "upper" is no transform
              at entities/people.toml:4:43
              4 | field = { field = "surname", transforms = ["upper"] }
                |                                           ^
              hint: there is: lower, substr(1, 3), cast_to_string, regex_extract('...', 0), try_parse_date('%Y-%m-%d'), try_parse_timestamp('...'), nullif('...'), access_extreme_array_element('first')"#]],
    );
}

#[test]
fn what_the_engine_cannot_reproduce_is_refused_by_name() {
    check_comparison(
        "field = \"surname\"\ncompare = \"DistanceFunctionAtThresholds\"\n\
         distance_function_name = \"soundex_distance\"\nthresholds = 1",
        expect![[r#"
            soundex_distance: this function is not known here
              at entities/people.toml:5:11
              5 | compare = "DistanceFunctionAtThresholds"
                |           ^"#]],
    );
    check_comparison(
        "levels = [{ sql_condition = \"soundex(dob_l) = soundex(dob_r)\" }]",
        expect![[r#"
            soundex: this function is not known here
              at entities/people.toml:4:29
              4 | levels = [{ sql_condition = "soundex(dob_l) = soundex(dob_r)" }]
                |                             ^"#]],
    );
}

#[test]
fn conditions_have_to_be_sql_about_both_records() {
    check_comparison(
        "levels = [{ sql_condition = \"dob_l = dob\" }, { sql_condition = \"dob_l = \" }]",
        expect![[r#"
            "dob_l = dob" is not understood: column dob has no side, it should end in _l or _r (byte 8)
              at entities/people.toml:4:29
              4 | levels = [{ sql_condition = "dob_l = dob" }, { sql_condition = "dob_l = " }]
                |                             ^
            "dob_l = " is not understood: expected a value, the text ends (byte 8)
              at entities/people.toml:4:64
              4 | levels = [{ sql_condition = "dob_l = dob" }, { sql_condition = "dob_l = " }]
                |                                                                ^"#]],
    );
}

#[test]
fn thresholds_are_numbers_of_their_kind() {
    check_comparison(
        "field = \"surname\"\ncompare = \"JaroWinklerAtThresholds\"\nthresholds = \"0.9\"",
        expect![[r#"
            comparisons.thresholds must be a list of numbers, not a text
              at entities/people.toml:6:14
              6 | thresholds = "0.9"
                |              ^
              hint: write it as thresholds = [0.9, 0.7]"#]],
    );
    check_comparison(
        "field = \"surname\"\ncompare = \"JaroAtThresholds\"\nthresholds = [0.9, 90]",
        expect![[r#"
            comparisons.thresholds cannot be 90
              at entities/people.toml:6:14
              6 | thresholds = [0.9, 90]
                |              ^
              hint: write a number from 0 to 1"#]],
    );
    check_comparison(
        "field = \"surname\"\ncompare = \"LevenshteinAtThresholds\"\nthresholds = [1, 1.5]",
        expect![[r#"
            comparisons.thresholds cannot be 1.5
              at entities/people.toml:6:14
              6 | thresholds = [1, 1.5]
                |              ^
              hint: write a whole number from 0"#]],
    );
    check_comparison(
        "levels = [{ level = \"JaroLevel\", field = \"dob\" }, { level = \"ElseLevel\" }]",
        expect![[r#"
            comparisons.levels.threshold is missing
              at entities/people.toml:4:11
              4 | levels = [{ level = "JaroLevel", field = "dob" }, { level = "ElseLevel" }]
                |           ^
              hint: for example: threshold = 0.9"#]],
    );
}

#[test]
fn times_have_units() {
    check_comparison(
        "field = \"dob\"\ncompare = \"DateOfBirthComparison\"\nmetrics = [\"day\", \"decade\"]",
        expect![[r#"
            "decade" is no unit of time
              at entities/people.toml:6:11
              6 | metrics = ["day", "decade"]
                |           ^
              hint: there is: day, hour, minute, month, second, year"#]],
    );
    check_comparison(
        "field = \"dob\"\ncompare = \"AbsoluteDateDifferenceAtThresholds\"\nthresholds = [1, 2]\n\
         metrics = \"day\"",
        expect![[r#"
            there are 2 numbers in thresholds and 1 units in metrics
              at entities/people.toml:7:11
              7 | metrics = "day"
                |           ^
              hint: give each threshold its unit"#]],
    );
}

#[test]
fn lists_of_probabilities_fit_the_levels() {
    check_comparison(
        "field = \"surname\"\ncompare = \"NameComparison\"\nm_probabilities = [0.9, 0.1]",
        expect![[r#"
            m_probabilities has 2 numbers for 5 levels
              at entities/people.toml:6:19
              6 | m_probabilities = [0.9, 0.1]
                |                   ^
              hint: give each level its own, without those of missing values"#]],
    );
    check_comparison(
        "field = \"surname\"\ncompare = \"ExactMatch\"\nu_probabilities = [0, 1]",
        expect![[r#"
            comparisons.u_probabilities cannot be 0
              at entities/people.toml:6:19
              6 | u_probabilities = [0, 1]
                |                   ^
              hint: write a number over 0 and at most 1"#]],
    );
    check_comparison(
        "levels = [{ level = \"NullLevel\", field = \"dob\", m_probability = 0.5 }, \
         { level = \"ExactMatchLevel\", field = \"dob\", u_probability = 0 }]",
        expect![[r#"
            a level of missing values has no probabilities
              at entities/people.toml:4:65
              4 | levels = [{ level = "NullLevel", field = "dob", m_probability = 0.5 }, { level = "ExactMatchLevel", field = "dob", u_probability = 0 }]
                |                                                                 ^
              hint: leave them out
            comparisons.levels.u_probability cannot be 0
              at entities/people.toml:4:132
              4 | levels = [{ level = "NullLevel", field = "dob", m_probability = 0.5 }, { level = "ExactMatchLevel", field = "dob", u_probability = 0 }]
                |                                                                                                                                    ^
              hint: write a number over 0 and at most 1"#]],
    );
}

#[test]
fn term_frequencies_are_of_fields() {
    check_comparison(
        "field = \"lower(surname)\"\ncompare = \"ExactMatch\"\nterm_frequency_adjustments = true",
        expect![[r#"
            no level says that one field, as it stands, is the same on both sides
              at entities/people.toml:6:30
              6 | term_frequency_adjustments = true
                |                              ^
              hint: let cleaning rules transform the field, or leave out term_frequency_adjustments"#]],
    );
    check_comparison(
        "field = \"lower(email)\"\ncompare = \"EmailComparison\"",
        expect![[r#"
        term frequencies are counted of fields, and "lower(email)" is none
          at entities/people.toml:4:9
          4 | field = "lower(email)"
            |         ^
          hint: make a field of it, with cleaning rules"#]],
    );
    check_comparison(
        "levels = [{ level = \"ExactMatchLevel\", field = \"lower(dob)\", \
         term_frequency_adjustments = true, tf_adjustment_weight = 0 }, { level = \"ElseLevel\" }]",
        expect![[r#"
            term frequencies are counted of one field that is the same on both sides
              at entities/people.toml:4:91
              4 | levels = [{ level = "ExactMatchLevel", field = "lower(dob)", term_frequency_adjustments = true, tf_adjustment_weight = 0 }, { level = "ElseLevel" }]
                |                                                                                           ^
              hint: name a field: tf_adjustment_column = "..."
            tf_adjustment_weight cannot be 0
              at entities/people.toml:4:120
              4 | levels = [{ level = "ExactMatchLevel", field = "lower(dob)", term_frequency_adjustments = true, tf_adjustment_weight = 0 }, { level = "ElseLevel" }]
                |                                                                                                                        ^
              hint: leave out the term frequencies instead"#]],
    );
}

#[test]
fn levels_come_in_an_order_that_reaches_them() {
    check_comparison(
        "levels = [{ level = \"ElseLevel\" }, { level = \"ExactMatchLevel\", field = \"dob\" }]",
        expect![[r#"
            no pair reaches a level behind that of all other pairs
              at entities/people.toml:4:46
              4 | levels = [{ level = "ElseLevel" }, { level = "ExactMatchLevel", field = "dob" }]
                |                                              ^
              hint: put ElseLevel last"#]],
    );
    check_comparison(
        "levels = [{ level = \"NullLevel\", field = \"dob\" }]",
        expect![[r#"
        there is no level that weighs
          at entities/people.toml:4:10
          4 | levels = [{ level = "NullLevel", field = "dob" }]
            |          ^
          hint: for example: ExactMatchLevel"#]],
    );
    check_comparison(
        "levels = [{ level = \"Not\", of = { level = \"ElseLevel\" } }, { level = \"And\" }]",
        expect![[r#"
            the level of all other pairs cannot be a part of another
              at entities/people.toml:4:43
              4 | levels = [{ level = "Not", of = { level = "ElseLevel" } }, { level = "And" }]
                |                                           ^
              hint: leave it out
            comparisons.levels.levels is missing
              at entities/people.toml:4:60
              4 | levels = [{ level = "Not", of = { level = "ElseLevel" } }, { level = "And" }]
                |                                                            ^
              hint: the levels that it joins: levels = [{ level = "..." }]"#]],
    );
}

#[test]
fn a_comparison_is_of_the_library_or_of_levels() {
    check_comparison(
        "compare = \"NameComparison\"\nlevels = [{ level = \"ExactMatchLevel\", field = \"dob\" }]",
        expect![[r#"
            a comparison has levels or is NameComparison, not both
              at entities/people.toml:4:11
              4 | compare = "NameComparison"
                |           ^
              hint: leave out compare, or else levels"#]],
    );
}

#[test]
fn comparisons_have_names_of_their_own() {
    let again = "[[comparisons]]\nfield = \"surname\"\ncompare = \"NameComparison\"\n";
    check(
        &format!("{LEAST}{again}"),
        expect![[r#"
        two comparisons are called surname
          at entities/people.toml:6:1
          6 | [[comparisons]]
            | ^
          hint: give one of them another name: name = "...""#]],
    );
}
