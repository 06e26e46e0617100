//! The language itself: printing and parsing undo each other, nothing makes the parser panic, and
//! what is refused is refused by name and place.

use karat_resolve::condition::{
    Arithmetic, Comparison, Decimal, Expr, Literal, MAXIMUM_HEIGHT, Side, Style, SyntaxError, Type,
    Value, bind, check, columns, conjuncts, evaluate, mirror, parse, parse_condition, parse_rule,
    sides,
};

/// A small generator of repeatable random numbers (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

const COMPARISONS: [Comparison; 8] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Distinct,
    Comparison::NotDistinct,
];

const ARITHMETIC: [Arithmetic; 7] = [
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::DivideWhole,
    Arithmetic::Remainder,
    Arithmetic::Concatenate,
];

fn leaf(dice: &mut Dice) -> Expr {
    let decimal = |text| Expr::Literal(Literal::Decimal(Decimal::parse(text).expect("digits")));
    match dice.below(9) {
        0 => Expr::Literal(Literal::Null),
        1 => Expr::Literal(Literal::Boolean(dice.chance())),
        2 => Expr::literal(dice.below(1000) as i64 - 500),
        3 => decimal(dice.pick(&["0.88", "2629800.0", "-1.50", "5.", "0.001"])),
        4 => Expr::Literal(Literal::Float(dice.pick(&[1e-5, 1.5, -2e300, 0.0, f64::INFINITY]))),
        5 => Expr::literal(dice.pick(&["", "it's", "%Y-%m-%d", "é\n", "--", "/*", "\\"])),
        _ => {
            let name = dice.pick(&["name", "First Name", "a\"b", "select", "é", "x_l", "1"]);
            Expr::column(dice.pick(&[Side::Left, Side::Right]), name)
        }
    }
}

fn boxed(dice: &mut Dice, depth: usize) -> Box<Expr> {
    Box::new(random(dice, depth))
}

fn several(dice: &mut Dice, least: usize, depth: usize) -> Vec<Expr> {
    (0..least + dice.below(3)).map(|_| random(dice, depth)).collect()
}

fn random(dice: &mut Dice, depth: usize) -> Expr {
    if depth == 0 {
        return leaf(dice);
    }
    let depth = depth - 1;
    let negated = dice.chance();
    match dice.below(17) {
        0 => leaf(dice),
        1 => Expr::Not(boxed(dice, depth)),
        2 => Expr::Negate(boxed(dice, depth)),
        3 => Expr::And(several(dice, 2, depth)),
        4 => Expr::Or(several(dice, 2, depth)),
        5 | 6 => {
            let op = dice.pick(&COMPARISONS);
            Expr::compare(op, random(dice, depth), random(dice, depth))
        }
        7 | 8 => {
            let op = dice.pick(&ARITHMETIC);
            Expr::arithmetic(op, random(dice, depth), random(dice, depth))
        }
        9 => Expr::IsNull { value: boxed(dice, depth), negated },
        10 => Expr::Between {
            value: boxed(dice, depth),
            low: boxed(dice, depth),
            high: boxed(dice, depth),
            negated,
        },
        11 => Expr::In { value: boxed(dice, depth), list: several(dice, 1, depth), negated },
        12 => Expr::Like {
            value: boxed(dice, depth),
            pattern: boxed(dice, depth),
            ignore_case: dice.chance(),
            negated,
        },
        13 => Expr::Case {
            subject: dice.chance().then(|| boxed(dice, depth)),
            branches: (0..=dice.below(2))
                .map(|_| (random(dice, depth), random(dice, depth)))
                .collect(),
            otherwise: dice.chance().then(|| boxed(dice, depth)),
        },
        14 => {
            let list = Type::List { of: Box::new(Type::Double), length: Some(3) };
            let decimal = Type::Decimal { width: 10, scale: 2 };
            let to = dice.pick(&[Type::Text, Type::Real, Type::Date, list, decimal]);
            Expr::Cast { value: boxed(dice, depth), to, lenient: dice.chance() }
        }
        15 => match dice.chance() {
            true => Expr::Subscript { value: boxed(dice, depth), index: boxed(dice, depth) },
            false => Expr::List(several(dice, 0, depth)),
        },
        _ => {
            let function = dice.pick(&["levenshtein", "LOWER", "coalesce", "nullif", "date"]);
            Expr::call(function, several(dice, 0, depth))
        }
    }
}

#[test]
fn what_is_printed_parses_to_the_same_tree() {
    let mut dice = Dice(42);
    for _ in 0..30_000 {
        let depth = dice.below(5);
        let expr = random(&mut dice, depth);
        for style in [Style::Suffixed, Style::Qualified] {
            let sql = expr.printed(style).to_string();
            assert_eq!(parse(&sql, style).as_ref(), Ok(&expr), "{sql}");
        }
        assert_eq!(mirror(&mirror(&expr)), expr);
        let (left, right) = sides(&expr);
        assert_eq!(sides(&mirror(&expr)), (right, left));
    }
}

const VALID: [&str; 8] = [
    r#"jaro_winkler_similarity("a_l", "a_r") >= 0.88 AND NOT ("b_l" IS NULL OR b_r IS NOT NULL)"#,
    "NULLIF(regexp_extract(\"e_l\", '^[^@]+', 0), '') = NULLIF(regexp_extract(\"e_r\", '^[^@]+', 0), '')",
    "ABS(EPOCH(try_strptime(\"d_l\", '%Y-%m-%d')) - EPOCH(try_strptime(\"d_r\", '%d/%m/%Y'))) <= 2629800.0",
    "case when a_l > b_r then a_l[1]::int else cast(b_l as double[3]) end between -1.5e3 and x_r % 2",
    "list_max(list_transform(a_l, lambda x: list_transform(b_r, y -> [x, y]))) in (1, 2, null) -- c",
    "a_l like '%x_' and b_r not ilike 'é' /* c */ or c_l is distinct from d_r['lat'].long",
    "date '2020-01-05' - d_l::date > 3 and extract(year from d_r) is true and 1_0 ^ 2 <> +.5",
    "strftime(t_l, '%d %B') || regexp_replace(a_r, '(\\w+) [^\\d]{2,3}', '\\1', 'g') = split_part(a_l, '', 1)",
];

/// Reads and, where that succeeds, checks and evaluates; only a panic fails.
fn attempt(sql: &str) {
    for style in [Style::Suffixed, Style::Qualified, Style::Plain] {
        let Ok(expr) = parse(sql, style) else { continue };
        let Ok(bound) = bind(&expr) else { continue };
        for value in [Value::Null, Value::text("2020-1-5"), Value::text("é"), Value::Integer(-7)] {
            let _ = bound.evaluate(&|_, _| value.clone());
        }
    }
}

#[test]
fn mutations_of_valid_conditions_never_panic() {
    let mut dice = Dice(7);
    let pool: Vec<char> = VALID.concat().chars().chain("'\"()[]*/-\\%{}é🙂\0e9".chars()).collect();
    for turn in 0..40_000 {
        let mut letters: Vec<char> = VALID[turn % VALID.len()].chars().collect();
        for _ in 0..=dice.below(6) {
            let at = dice.below(letters.len());
            match dice.below(4) {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, dice.pick(&pool)),
                2 => letters[at] = dice.pick(&pool),
                _ => {
                    let end = (at + dice.below(12)).min(letters.len());
                    let part = letters[at..end].to_vec();
                    let to = dice.below(letters.len());
                    letters.splice(to..to, part);
                }
            }
        }
        attempt(&letters.into_iter().collect::<String>());
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice(3);
    for _ in 0..40_000 {
        let bytes: Vec<u8> = (0..dice.below(40)).map(|_| dice.below(256) as u8).collect();
        attempt(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn deep_nesting_is_refused_instead_of_overflowing_the_stack() {
    let deep = 100_000;
    let texts = [
        format!("{}a_l{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}a_l", "NOT ".repeat(deep)),
        format!("{}a_l", "- ".repeat(deep)),
        format!("a_l{}", "[1]".repeat(deep)),
        format!("a_l{}", "::text".repeat(deep)),
        format!("a_l{}", " + 1".repeat(deep)),
        format!("a_l{}", " IS NULL".repeat(deep)),
        format!("a_l{}", " = NOT a_l".repeat(deep)),
        format!("a_l{}", " IN (1)".repeat(deep)),
        "lower(".repeat(deep),
        "case when ".repeat(deep),
        "lambda x: ".repeat(deep),
        "[".repeat(deep),
        "a_l = ".repeat(deep),
    ];
    for text in texts {
        let error = parse_condition(&text).unwrap_err();
        assert!(error.offset <= text.len());
    }
    let long = format!("a_l = 1{}", " OR a_l = 1".repeat(10_000));
    assert_eq!(conjuncts(&parse_condition(&long).unwrap()).len(), 1);
    let high =
        format!("{}a_l{}", "lower(".repeat(MAXIMUM_HEIGHT - 1), ")".repeat(MAXIMUM_HEIGHT - 1));
    let value = evaluate(&parse_condition(&high).unwrap(), &|_, _| Value::text("A"));
    assert_eq!(value, Ok(Value::text("a")));
}

fn complaint(sql: &str) -> String {
    match parse_condition(sql) {
        Err(error) => error.to_string(),
        Ok(expr) => check(&expr).map_or_else(|refusal| refusal.to_string(), |()| "fine".to_owned()),
    }
}

#[test]
fn every_refusal_names_its_cause() {
    let cases = [
        (
            "levenshtein(a_l, a_r",
            "expected ) after the arguments of levenshtein, the text ends (byte 20)",
        ),
        ("name = a_r", "column name has no side, it should end in _l or _r (byte 0)"),
        ("\"_l\" = 1", "column _l has no side, it should end in _l or _r (byte 0)"),
        ("a_l = 1 = 2", "comparisons cannot be chained, join them with AND (byte 8)"),
        ("a_l =", "expected a value, the text ends (byte 5)"),
        ("ELSE", "expected a value, found else (byte 0)"),
        ("a_l @ 1", "'@' does not belong here (byte 4)"),
        ("'abc", "the closing ' is missing (byte 0)"),
        ("a_l /* x", "this comment never ends (byte 4)"),
        ("a_l = 5x", "a number ends here, and something is attached (byte 7)"),
        ("a_l = 99999999999999999999", "99999999999999999999 does not fit into 64 bits (byte 6)"),
        ("a_l::blob = 1", "casts to blob are not supported (byte 5)"),
        ("a_l::timestamp with time zone = 1", "times with a time zone are not supported (byte 5)"),
        ("a_l + interval 1 day", "expected a value, found interval (byte 6)"),
        ("a_l[1:2] = 1", "slices like [1:2] are not supported (byte 5)"),
        ("(a_l, b_l) = 1", "rows like (a, b) are not supported (byte 4)"),
        ("count(*) > 1", "count aggregates, a condition looks at one pair (byte 6)"),
        ("row_number() over () = 1", "window functions are not supported (byte 13)"),
        ("a_l.lower() = 'x'", "calls written as value.function() are not supported (byte 9)"),
        ("a_l LIKE 'x' ESCAPE '!'", "LIKE ... ESCAPE is not supported (byte 13)"),
        ("a_l IS 5", "expected NULL, NOT NULL or DISTINCT FROM after IS, found 5 (byte 7)"),
        ("soundex(a_l) = 'x'", "soundex: this function is not known here"),
        ("lower() = 'x'", "lower: it takes 1 arguments, not 0"),
        ("jaro_similarity(a_l) = 1", "jaro_similarity: it takes 2 to 3 arguments, not 1"),
        ("coalesce() = 1", "coalesce: it takes 1 or more arguments, not 0"),
        (
            "regexp_matches(a_l, a_r)",
            "regexp_matches: the pattern must be a literal text, not \"a_r\"",
        ),
        (
            "regexp_matches(a_l, '(?=x)')",
            "regexp_matches: (?=x is no group of RE2's regular expressions",
        ),
        (
            "regexp_matches(a_l, 'a**')",
            "regexp_matches: the regular expression a** repeats a repetition",
        ),
        ("regexp_matches(a_l, '\\Bx')", "regexp_matches: \\B is no escape of a regular expression"),
        (
            "regexp_matches(a_l, 'a', 'x')",
            "regexp_matches: the regular expression option x is unsupported",
        ),
        (
            "regexp_replace(a_l, 'a', '\\1') = ''",
            "regexp_replace: the pattern has no group for \\1",
        ),
        ("try_strptime(a_l, '%Q') = 1", "try_strptime: %Q in the format %Q is not supported"),
        ("try_strptime(a_l, '%z') = 1", "try_strptime: %z in the format %z is not supported"),
        (
            "try_strptime(a_l, a_r) = 1",
            "try_strptime: the format must be a literal text, not \"a_r\"",
        ),
        ("strftime(a_l, '') = ''", "strftime: the format is empty"),
        ("date_diff('eon', a_l, a_r) = 1", "date_diff: eon is no part of a date"),
        (
            "list_distinct(a_l) = a_r",
            "list_distinct: DuckDB gives its result no order, sort it with list_sort",
        ),
        ("list_transform(a_l, 1) = a_r", "list_transform: its second argument must be a lambda"),
        (
            "strptime(a_l, '%Y') - strptime(a_r, '%Y') < 1",
            "strptime(\"a_l\", '%Y') - strptime(\"a_r\", '%Y'): the difference of timestamps is an INTERVAL, compare EPOCH(...)",
        ),
        ("len(list_distinct(a_l)) = 1", "fine"),
    ];
    let given: Vec<(&str, String)> = cases.iter().map(|(sql, _)| (*sql, complaint(sql))).collect();
    let wanted: Vec<(&str, String)> =
        cases.iter().map(|(sql, wanted)| (*sql, wanted.to_string())).collect();
    let unlike: Vec<_> = given.iter().zip(&wanted).filter(|(a, b)| a != b).collect();
    assert!(unlike.is_empty(), "{unlike:#?}");
    let rule = parse_rule("first_name = r.first_name").unwrap_err();
    let message = "column first_name has no side, write l.first_name or r.first_name";
    assert_eq!(rule, SyntaxError { offset: 0, message: message.to_owned() });
}

#[test]
fn a_rule_and_a_condition_are_the_same_tree_in_two_styles() {
    let rule =
        parse_rule("l.first_name = r.\"first_name\" and substr(L.dob, 1, 4) = substr(r.dob, 1, 4)");
    let rule = rule.unwrap();
    let condition = "\"first_name_l\" = \"FIRST_NAME_R\" AND substr(dob_l,1,4) = SUBSTR(dob_r,1,4)";
    assert_eq!(Ok(&rule), parse_condition(condition).as_ref());
    assert_eq!(
        rule.printed(Style::Qualified).to_string(),
        "l.\"first_name\" = r.\"first_name\" AND substr(l.\"dob\", 1, 4) = substr(r.\"dob\", 1, 4)"
    );
    assert_eq!(conjuncts(&rule).len(), 2);
    let names: Vec<(Side, &str)> =
        columns(&rule).into_iter().map(|(side, name)| (side, name.as_str())).collect();
    let wanted = [
        (Side::Left, "first_name"),
        (Side::Right, "first_name"),
        (Side::Left, "dob"),
        (Side::Right, "dob"),
    ];
    assert_eq!(names, wanted);
    assert_eq!(sides(conjuncts(&rule)[1]), (true, true));
    assert_eq!(sides(&Expr::literal(1)), (false, false));
}

#[test]
fn data_that_duckdb_stops_at_is_an_error_and_not_a_value() {
    let failing = |sql: &str, text: &str| {
        let expr = parse_condition(sql).unwrap();
        evaluate(&expr, &|_, _| Value::text(text)).unwrap_err().to_string()
    };
    assert_eq!(failing("jaccard(a_l, a_r) >= 0.9", ""), "jaccard: an argument is the empty text");
    assert_eq!(failing("a_l = 5", "x"), "this VARCHAR cannot be cast to BIGINT");
    assert_eq!(failing("a_l = DATE '2020-01-05'", "x"), "this VARCHAR cannot be cast to DATE");
    assert_eq!(
        failing("strptime(a_l, '%Y') IS NULL", "x"),
        "strptime: the text does not fit the format"
    );
    assert_eq!(failing("a_l - a_r < 1", "5"), "VARCHAR - VARCHAR is not defined");
    assert_eq!(
        failing("levenshtein(a_l, 5) < 1", ""),
        "levenshtein: argument 2 is INTEGER, it takes text"
    );
}

#[test]
fn the_ends_of_every_range_are_errors_or_values_but_no_panic() {
    let edges = [
        "'infinity'::date::timestamp > d_l",
        "epoch('5881580-07-10'::date)",
        "date_diff('us', 'infinity'::timestamp, '-infinity'::timestamp)",
        "'infinity'::date + 1",
        "'1e-32768'::int",
        "'1e32767'::decimal(38, 0)",
        "99999999999999999999999999999999999999. + 99999999999999999999999999999999999999.",
        "99999999999999999999999999999999999999. * 9.9",
        "-9223372036854775808 // -1",
        "-(-9223372036854775808)",
        "abs(-9223372036854775808)",
        "round(9223372036854775807, -1)",
        "round(0.5, -400)",
        "round(1e308, 400)",
        "repeat('abc', 9223372036854775807)",
        "lpad('a', 9223372036854775807, 'b')",
        "substr('abc', -9223372036854775808, 1)",
        "left('abc', -9223372036854775808)",
        "right('abc', -9223372036854775808)",
        "split_part('a', 'b', -9223372036854775808)",
        "[1][-9223372036854775808]",
        "make_date(9223372036854775807, 1, 1)",
        "chr(-1)",
        "strftime('infinity'::date, '%Y%j')",
        "'infinity'::date::text",
        "date_part('dow', '-infinity'::timestamp)",
    ];
    for sql in edges {
        let expr = parse_condition(sql).expect(sql);
        let _ = evaluate(&expr, &|_, _| Value::Date(0));
    }
}
