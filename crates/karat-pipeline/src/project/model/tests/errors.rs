//! What is said of entity files that cannot be understood.

use std::path::Path;

use expect_test::{Expect, expect};

use super::{FIELDS, LEAST, read_at};

fn check(text: &str, expected: Expect) {
    let problems = read_at(text, &FIELDS, Path::new("")).unwrap_err();
    expected.assert_eq(&problems.to_string());
}

/// A model of one comparison, whose keys begin in line 4.
fn check_comparison(text: &str, expected: Expect) {
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
fn all_unknown_fields_are_said_at_once() {
    let text = r#"
        [[blocking]]
        same = ["surnam", "substr(dob, 1, 4)"]
        explode = ["mails"]
        [[blocking]]
        rule = "l.first_name = r.given and l.dob = r.dob"
        [[comparisons]]
        field = "lower(citi)"
        compare = "ExactMatch"
        [[comparisons]]
        levels = [
            { level = "CustomLevel", sql_condition = "dobb_l = dobb_r" },
            { level = "ExactMatchLevel", field = "dob", tf_adjustment_column = "year" },
        ]
        [training]
        sure = ["l.mail = r.mail"]
        sessions = [["surnames"]]
        labels = "person"
    "#;
    check(
        text,
        expect![[r#"
        there is no field "mail"
          at entities/people.toml:16:16
          16 |         sure = ["l.mail = r.mail"]
             |                ^
          hint: did you mean email?
        there is no field "surnames"
          at entities/people.toml:17:20
          17 |         sessions = [["surnames"]]
             |                    ^
          hint: did you mean surname?
        there is no field "person"
          at entities/people.toml:18:18
          18 |         labels = "person"
             |                  ^
          hint: did you mean person_id?
        there is no field "surnam"
          at entities/people.toml:3:16
          3 |         same = ["surnam", "substr(dob, 1, 4)"]
            |                ^
          hint: did you mean surname?
        there is no field "mails"
          at entities/people.toml:4:19
          4 |         explode = ["mails"]
            |                   ^
          hint: did you mean emails?
        there is no field "given"
          at entities/people.toml:6:16
          6 |         rule = "l.first_name = r.given and l.dob = r.dob"
            |                ^
          hint: there is: city, dob, email, emails, first_name, person_id, postcode, surname
        there is no field "citi"
          at entities/people.toml:8:17
          8 |         field = "lower(citi)"
            |                 ^
          hint: did you mean city?
        there is no field "dobb"
          at entities/people.toml:12:54
          12 |             { level = "CustomLevel", sql_condition = "dobb_l = dobb_r" },
             |                                                      ^
          hint: did you mean dob?
        term frequencies are counted of fields, and "year" is none
          at entities/people.toml:13:80
          13 |             { level = "ExactMatchLevel", field = "dob", tf_adjustment_column = "year" },
             |                                                                                ^
          hint: make a field of it, with cleaning rules"#]],
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

#[test]
fn unknown_keys_are_refused() {
    check_comparison(
        "field = \"surname\"\ncompare = \"ExactMatch\"\ntreshold = 1",
        expect![[r#"
            unknown key comparisons.treshold
              at entities/people.toml:6:1
              6 | treshold = 1
                | ^
              hint: there is: compare, description, field, m_probabilities, name, term_frequency_adjustments, u_probabilities"#]],
    );
    check(
        &format!("{LEAST}[training]\nrecal = 0.5\n"),
        expect![[r#"
        unknown key training.recal
          at entities/people.toml:7:1
          7 | recal = 0.5
            | ^
          hint: did you mean recall?"#]],
    );
}

#[test]
fn a_model_is_declared_or_in_a_file() {
    check(
        &format!("model = \"m.json\"\n{LEAST}"),
        expect![[r#"
        a model comes from a file or from here: there are model and blocking
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: leave out model, or else link, blocking and comparisons"#]],
    );
    check(
        "[training]\nseed = 1\n",
        expect![[r#"
        blocking is missing
          at entities/people.toml:1:1
          1 | [training]
            | ^
          hint: say which pairs are compared: [[blocking]] with same = ["..."], or take a model of Splink: model = "models/NAME.json"
        comparisons is missing
          at entities/people.toml:1:1
          1 | [training]
            | ^
          hint: say how alike pairs are: [[comparisons]] with field = "..." and compare = "ExactMatch""#]],
    );
    check(
        "blocking = []\ncomparisons = []\n",
        expect![[r#"
        there is no rule in blocking
          at entities/people.toml:1:12
          1 | blocking = []
            |            ^
          hint: give at least one
        there is no comparison in comparisons
          at entities/people.toml:2:15
          2 | comparisons = []
            |               ^
          hint: give at least one"#]],
    );
}

#[test]
fn a_rule_is_either_fields_or_sql() {
    let comparison = "[[comparisons]]\nfield = \"dob\"\ncompare = \"ExactMatch\"\n";
    check(
        &format!(
            "[[blocking]]\n[[blocking]]\nsame = \"dob\"\nrule = \"l.dob = r.dob\"\n{comparison}"
        ),
        expect![[r#"
            blocking.same is missing
              at entities/people.toml:1:1
              1 | [[blocking]]
                | ^
              hint: for example: same = ["surname"]; or give SQL as rule
            a rule is fields that are the same or SQL, not both
              at entities/people.toml:4:8
              4 | rule = "l.dob = r.dob"
                |        ^
              hint: leave out same, or else rule"#]],
    );
    check(
        &format!("[[blocking]]\nsame = []\n{comparison}"),
        expect![[r#"
        a rule has to name at least one field that is the same
          at entities/people.toml:2:8
          2 | same = []
            |        ^
          hint: for example: same = ["surname", "dob"]"#]],
    );
}

#[test]
fn the_prior_is_given_or_estimated() {
    check(
        &format!("{LEAST}[training]\nprior = 0\nsure = [\"l.dob = r.dob\"]\n"),
        expect![[r#"
        training.prior cannot be 0
          at entities/people.toml:7:9
          7 | prior = 0
            |         ^
          hint: write a number over 0 and at most 1
        the prior is given or estimated from sure rules, not both
          at entities/people.toml:7:9
          7 | prior = 0
            |         ^
          hint: leave out prior, or else sure and recall"#]],
    );
    check(
        &format!("{LEAST}[training]\nrecall = 1.5\nsessions = [1]\n"),
        expect![[r#"
            training.recall cannot be 1.5
              at entities/people.toml:7:10
              7 | recall = 1.5
                |          ^
              hint: write a number over 0 and at most 1
            training.sessions must be a list of rules or of lists of fields, not a list
              at entities/people.toml:8:12
              8 | sessions = [1]
                |            ^
              hint: write it as sessions = ["l.dob = r.dob", ["surname"]]
            training.sure is missing
              at entities/people.toml:6:1
              6 | [training]
                | ^
              hint: recall says how many matches the rules in sure find"#]],
    );
}

#[test]
fn a_model_file_is_read_or_refused_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    let said = |text: &str| {
        std::fs::write(root.path().join("m.json"), text).unwrap();
        read_at("model = \"m.json\"\n", &FIELDS, root.path()).unwrap_err().to_string()
    };
    check(
        "model = \"models/absent.json\"\n",
        expect![[r#"
        cannot read models/absent.json: no such file or directory
          at entities/people.toml:1:9
          1 | model = "models/absent.json"
            |         ^
          hint: give its path from the project's folder, such as models/people.json"#]],
    );
    expect![[r#"
        m.json: the model file is no JSON: EOF while parsing an object at line 1 column 1
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: mend it there, or save it anew with Splink"#]]
    .assert_eq(&said("{"));
    let model = |level: &str| {
        format!(
            "{{\"link_type\": \"dedupe_only\", \"blocking_rules_to_generate_predictions\": \
             [\"l.surnam = r.surnam\"], \"comparisons\": [{{\"output_column_name\": \"birth\", \
             \"comparison_levels\": [{{\"sql_condition\": \"dob_l = dob_r\"}}, {level}]}}]}}"
        )
    };
    expect![[r#"
        m.json: comparison birth, level 2: expected a value, the text ends (byte 7)
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: mend it there, or save it anew with Splink"#]]
    .assert_eq(&said(&model("{\"sql_condition\": \"dob_l =\"}")));
    let level = "{\"sql_condition\": \"dopb_l = dob_r\", \"tf_adjustment_column\": \"years\"}";
    expect![[r#"
        m.json: blocking rule 1: there is no field "surnam"
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: did you mean surname?
        m.json: comparison birth, level 2: there is no field "dopb"
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: did you mean dob?
        m.json: comparison birth, level 2: there is no field "years"
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: there is: city, dob, email, emails, first_name, person_id, postcode, surname"#]]
    .assert_eq(&said(&model(level)));
    expect![[r#"
        m.json: blocking rule 1: there is no field "surnam"
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^
          hint: did you mean surname?
        m.json: comparison birth, level 2: soundex: this function is not known here
          at entities/people.toml:1:9
          1 | model = "m.json"
            |         ^"#]]
    .assert_eq(&said(&model("{\"sql_condition\": \"soundex(dob_l) = 'x'\"}")));
}
