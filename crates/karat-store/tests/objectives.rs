//! Objectives as SQL against a table whose truth was counted by hand, and what well-formed values
//! are beside the cleaning rules.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use karat_rules::clean::{self, Cleaned, Context};
use karat_rules::objective::{Measure, format, placeholders};
use karat_store::check::{Clock, Relation};
use karat_store::objective::{Asks, Fixed, Question, Reference, answer, statement, unfit_values};
use karat_store::{Address, Session, Table};
use karat_testdb::TestDb;

const TABLE: &str = "
    create table t (id int, email text, other text, emails text[], state text, n int,
                    day date, at timestamptz);
    insert into t values
        (1, 'ann@example.com', null, '{ann@example.com,y}', 'TX', 1, '2026-01-01', '2026-01-03T12:00Z'),
        (2, ' N/A ', 'b@example.org', '{}', 'Texas', 2, null, null),
        (3, '', 'UNKNOWN', '{n/a}', 'tx', null, '2099-01-01', '2026-01-02T00:00Z'),
        (4, null, null, null, null, 4, '2026-01-02', '2099-01-01'),
        (5, 'bad@', '100%', '{Test@x.org,c@example.com}', 'n/a', 9, null, null),
        (6, 'test@example.com', 'no_ne', '{bad,bad}', 'NV', 9, null, null);
    create table states (code text);
    insert into states values ('TX'), ('NV'), (null);
    create table empty (like t);
";

async fn session(db: &TestDb) -> Session {
    Session::open(&Address::parse(&db.url()).unwrap()).await.unwrap()
}

async fn relation(session: &Session, name: &str) -> Relation {
    Relation::find(session, &Table::new("public", name), &[]).await.unwrap()
}

fn clock() -> Clock {
    Clock("2026-01-04T00:00:00Z".to_owned())
}

fn question(columns: &[&str], asks: Asks, placeholders: Vec<String>) -> Question {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    Question { name: "it's \"q\"".to_owned(), columns, asks, placeholders }
}

fn standard(columns: &[&str], asks: Asks) -> Question {
    question(columns, asks, placeholders::standard())
}

fn email() -> Asks {
    Asks::Email
}

fn codes() -> Asks {
    let (table, column) = (Table::new("public", "states"), "code".to_owned());
    Asks::Listed(Reference::Column { table, column })
}

fn share(judged: u64, good: u64) -> Measure {
    Measure::Share { judged, good }
}

fn cases() -> Vec<(Question, Measure, Measure)> {
    let list = |words: &[&str]| {
        Asks::Listed(Reference::Values(words.iter().map(|w| (*w).to_owned()).collect()))
    };
    let own = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let (none, no) = (share(0, 0), Measure::Age(None));
    vec![
        (standard(&["email"], Asks::Filled), share(6, 2), none),
        (question(&["email"], Asks::Filled, vec![]), share(6, 5), none),
        (standard(&["email", "other"], Asks::Filled), share(6, 4), none),
        (standard(&["emails"], Asks::Filled), share(6, 3), none),
        (standard(&["n"], Asks::Filled), share(6, 5), none),
        // Signs of patterns stand for themselves.
        (question(&["other"], Asks::Filled, own(&["100%*", "no_*"])), share(6, 2), none),
        (question(&["other"], Asks::Filled, own(&["1%*", "n__n*"])), share(6, 4), none),
        (standard(&["email"], email()), share(2, 1), none),
        (standard(&["email", "other"], email()), share(5, 2), none),
        (standard(&["emails"], email()), share(5, 2), none),
        (standard(&["state"], codes()), share(4, 2), none),
        (standard(&["state"], list(&["TX", "tx", "it's"])), share(4, 2), none),
        (standard(&["state"], list(&[])), share(4, 0), none),
        (standard(&["n"], list(&["1", "9"])), share(5, 3), none),
        (standard(&["day"], Asks::Newest), Measure::Age(Some(2.0)), no),
        (standard(&["at"], Asks::Newest), Measure::Age(Some(0.5)), no),
        (standard(&["day", "at"], Asks::Newest), Measure::Age(Some(0.5)), no),
    ]
}

#[tokio::test]
async fn every_question_counts_what_is_there_in_one_pass() {
    let db = TestDb::new();
    db.sql(TABLE);
    let session = session(&db).await;
    let cases = cases();
    let questions: Vec<&Question> = cases.iter().map(|(question, ..)| question).collect();
    for (name, at) in [("t", 0), ("empty", 1)] {
        let relation = relation(&session, name).await;
        karat_store::check::begin(&session).await.unwrap();
        let found = answer(&session, &relation, &questions, &clock()).await.unwrap();
        session.commit().await.unwrap();
        for ((question, full, empty), found) in cases.iter().zip(&found) {
            assert_eq!(found.as_ref().unwrap(), [full, empty][at], "{question:?}");
        }
        let sql = statement(&relation, &questions, &clock());
        let plan = db.sql(&format!("explain {sql}"));
        assert_eq!(plan.matches(&format!("Scan on {name} ")).count(), 1, "{plan}");
    }
}

#[tokio::test]
async fn a_question_that_the_server_refuses_spoils_no_other() {
    let db = TestDb::new();
    db.sql(TABLE);
    let session = session(&db).await;
    let relation = relation(&session, "t").await;
    let wrong = [standard(&["gone"], Asks::Filled), standard(&["email"], Asks::Newest)];
    let right = standard(&["n"], Asks::Filled);
    karat_store::check::begin(&session).await.unwrap();
    let all = [&wrong[0], &right, &wrong[1]];
    let found = answer(&session, &relation, &all, &clock()).await.unwrap();
    assert!(found[0].as_ref().is_err_and(|why| why.contains("gone")), "{found:?}");
    assert_eq!(found[1], Ok(share(6, 5)));
    assert!(found[2].is_err());
}

#[tokio::test]
async fn values_that_are_not_as_they_should_be_are_counted() {
    let db = TestDb::new();
    db.sql(TABLE);
    let session = session(&db).await;
    let relation = relation(&session, "t").await;
    let of =
        async |question: Question| unfit_values(&session, &relation, &question, 3).await.unwrap();
    let counted = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs.iter().map(|(value, n)| ((*value).to_owned(), *n)).collect()
    };
    assert_eq!(of(standard(&["emails"], email())).await, counted(&[("bad", 2), ("y", 1)]));
    assert_eq!(of(standard(&["state"], codes())).await, counted(&[("Texas", 1), ("tx", 1)]));
    let both = of(standard(&["email", "state"], email())).await;
    assert_eq!(both, counted(&[("NV", 1), ("TX", 1), ("Texas", 1)]));
    assert_eq!(of(standard(&["email"], Asks::Filled)).await, []);
}

#[tokio::test]
async fn loads_and_duplicates_are_those_on_record() {
    let db = TestDb::new();
    let session = session(&db).await;
    karat_store::own::prepare(&session).await.unwrap();
    db.sql(
        "insert into karat.load (id, dataset, origin, sha256, settings, finished_at, read, inserted,
                                 updated, unchanged, duplicate, rejected)
         values (1, 'd', 'f', '', '', '2026-01-01T12:00Z', 0, 0, 0, 0, 0, 0),
                (2, 'd', 'f', '', '', '2026-01-02T00:00Z', 0, 0, 0, 0, 0, 0),
                (3, 'd', 'f', '', '', '2026-01-09T00:00Z', 0, 0, 0, 0, 0, 0);
         insert into karat.membership (entity, source, key, id)
         select 'e', case when n <= 6 then 'a' else 'b' end, n::text,
                ('00000000-0000-0000-0000-00000000000' || case n when 2 then 1 else n end)::uuid
         from generate_series(1, 9) n;
         insert into karat.membership (entity, source, key, id)
         values ('other', 'a', '1', gen_random_uuid());
         -- Two pairs of three entities, one pair within an entity, one that merged.
         insert into karat.evidence (entity, source_a, key_a, source_b, key_b, score, tier, tiers, verdict)
         values ('e', 'a', '1', 'a', '3', 80, '', '{}', 'review'),
                ('e', 'a', '3', 'b', '7', 80, '', '{}', 'review'),
                ('e', 'a', '1', 'a', '2', 80, '', '{}', 'review'),
                ('e', 'a', '4', 'b', '8', 99, '', '{}', 'merged');",
    );
    let found = async |fixed: Fixed, of: &str| fixed.find(&session, of, &clock()).await.unwrap();
    assert_eq!(found(Fixed::Loads, "d").await, [("d".to_owned(), Measure::Age(Some(2.0)))]);
    assert_eq!(found(Fixed::Loads, "none").await, [("none".to_owned(), Measure::Age(None))]);
    assert_eq!(found(Fixed::Published, "e").await, [("published".to_owned(), share(8, 5))]);
    let sources = [("source a".to_owned(), share(6, 5)), ("source b".to_owned(), share(3, 3))];
    assert_eq!(found(Fixed::Sources, "e").await, sources);
    // What is printed runs by itself and says the same.
    assert_eq!(db.sql(&Fixed::Loads.shown("d", &clock())), "2");
    assert_eq!(db.sql(&Fixed::Published.shown("e", &clock())), "8|3");
    assert_eq!(db.sql(&Fixed::Sources.shown("e", &clock())), "a|6|5\nb|3|3");
}

/// Texts with what both the regular expression and the cleaning rule make of them.
const ADDRESSES: &[(&str, bool)] = &[
    ("jane@example.com", true),
    ("Jane.Doe+news@Mail.Example.co.uk", true),
    ("o'neil!#$%&*/=?^_`{|}~-x@example.com", true),
    ("işıl@bücher.example", true),
    ("a@b.co", true),
    ("jane@example.c1", true),
    ("jane@localhost", false),
    ("jane doe@example.com", false),
    ("jane..doe@example.com", false),
    (".jane@example.com", false),
    ("jane.@example.com", false),
    ("jane@example..com", false),
    ("jane@-example.com", false),
    ("jane@example-.com", false),
    ("jane@example.123", false),
    ("jane@b@example.com", false),
    ("jane@example.com.", false),
    ("jane@exa_mple.com", false),
    ("jane", false),
    ("@example.com", false),
    ("jane@", false),
    ("ja<ne@example.com", false),
];

#[tokio::test]
async fn what_is_well_formed_is_what_cleaning_keeps_as_it_is() {
    let db = TestDb::new();
    let session = session(&db).await;
    db.sql("create table one (v text)");
    let relation = relation(&session, "one").await;
    let holds = async |text: &str, asks: Asks| {
        db.sql(&format!("truncate one; insert into one values ('{}')", text.replace('\'', "''")));
        let question = question(&["v"], asks, vec![]);
        karat_store::check::begin(&session).await.unwrap();
        let found = answer(&session, &relation, &[&question], &clock()).await.unwrap();
        session.commit().await.unwrap();
        found == [Ok(share(1, 1))]
    };
    let keeps = |name: &str, text: &str| {
        let rule = clean::named(name).unwrap();
        matches!(rule.apply(text, &Context::default()), Cleaned::Kept(kept) if kept == text.to_lowercase())
    };
    let (at_most, over) = ("a".repeat(64), "a".repeat(65));
    let lengths =
        [(format!("{at_most}@example.com"), true), (format!("{over}@example.com"), false)];
    let addresses = ADDRESSES.iter().map(|(text, is)| ((*text).to_owned(), *is)).chain(lengths);
    for (text, is) in addresses {
        assert_eq!(holds(&text, Asks::Email).await, is, "{text}");
        assert_eq!(keeps("email_address", &text), is, "the rule: {text}");
    }
    for (text, is) in [
        ("+12125550100", true),
        ("+493012345678", true),
        ("12125550100", false),
        ("+1 212 555 0100", false),
        ("(212) 555-0100", false),
        ("+02125550100", false),
        ("+1234567890123456", false),
        ("+12125550100 ", false),
    ] {
        assert_eq!(holds(text, Asks::Formed(format::PHONE.to_owned())).await, is, "{text}");
        assert_eq!(keeps("phone", text), is, "the rule: {text}");
    }
}
