//! What is said of rules, training, model files and whole entity files that cannot be understood.

use std::path::Path;

use expect_test::{Expect, expect};

use super::comparison_errors::check_comparison;
use super::{FIELDS, LEAST, read_at};

pub(super) fn check(text: &str, expected: Expect) {
    let problems = read_at(text, &FIELDS, Path::new("")).unwrap_err();
    expected.assert_eq(&problems.to_string());
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
