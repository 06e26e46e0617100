//! Signed links: good as they were signed, for as long as they say, and for nothing else.

use karat_pipeline::outputs::link::{
    Claim, Disposition, LONGEST, Refused, Terms, admit, revoke, sign,
};
use karat_store::output::{self, New};
use karat_store::{Address, Session, own, run};
use karat_testdb::TestDb;
use serde_json::json;

const NOW: i64 = 1_800_000_000;

/// A session of a database with one output on record, and the output's id.
async fn with_output(db: &TestDb) -> (Session, String) {
    let session =
        Session::open(&Address::parse(&db.url()).expect("a URL")).await.expect("a session");
    own::prepare(&session).await.expect("Karat's schema");
    let (number, _) = run::begin(&session, "test").await.expect("a run");
    let new = New {
        name: "a.csv".to_owned(),
        output: "a".to_owned(),
        kind: "export".to_owned(),
        sha256: "0".repeat(64),
        bytes: 1,
        content_type: "text/csv".to_owned(),
        rows: Some(1),
        made_from: json!({}),
    };
    output::keep(&session, number, &[new]).await.expect("an output");
    let all = output::list(&session, Some(number)).await.expect("a list");
    (session, all[0].id.clone())
}

/// The id and the claim that a link says.
fn taken(link: &str) -> (&str, Claim<'_>) {
    let (path, query) = link.split_once('?').expect("a query");
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).expect("a part of the link").1
    };
    let claim =
        Claim { exp: value("exp"), kid: value("kid"), disp: value("disp"), sig: value("sig") };
    (path.strip_prefix("/d/").expect("a path"), claim)
}

fn terms(seconds: u32, audience: &str) -> Terms {
    Terms { seconds, disposition: Disposition::Inline, audience: audience.to_owned() }
}

#[tokio::test]
async fn a_link_is_good_until_it_ends_and_only_as_it_was_signed() {
    let db = TestDb::new();
    let (session, id) = with_output(&db).await;
    let link = sign(&session, &id, &terms(60, ""), NOW).await.expect("a link");
    let (of, claim) = taken(&link);
    assert_eq!(of, id);
    let asked = async |id: &str, claim: &Claim<'_>, audience: &str, now: i64| {
        admit(&session, id, (claim, audience), now).await.expect("an answer")
    };
    let (kept, disposition) = asked(&id, &claim, "", NOW + 59).await.expect("it is good");
    assert_eq!((kept.file.name.as_str(), disposition), ("a.csv", Disposition::Inline));
    assert_eq!(asked(&id, &claim, "", NOW + 60).await, Err(Refused::Expired));
    let later = (NOW + 600).to_string();
    let flipped = claim.sig.replacen(|c: char| c != '0', "0", 1);
    let forged = [
        Claim { exp: &later, ..claim.clone() },
        Claim { disp: "attachment", ..claim.clone() },
        Claim { kid: "999", ..claim.clone() },
        Claim { kid: "x", ..claim.clone() },
        Claim { sig: &flipped, ..claim.clone() },
        Claim { sig: "", ..claim.clone() },
        Claim { sig: &claim.sig[2..], ..claim.clone() },
    ];
    for claim in &forged {
        assert_eq!(asked(&id, claim, "", NOW).await, Err(Refused::Forged), "{claim:?}");
    }
    let other = "00000000-0000-0000-0000-000000000000";
    assert_eq!(asked(other, &claim, "", NOW).await, Err(Refused::Forged));
    assert_eq!(asked(&id, &claim, "somebody", NOW).await, Err(Refused::Forged));
    let gone = sign(&session, other, &terms(60, ""), NOW).await.expect("a link");
    assert_eq!(asked(other, &taken(&gone).1, "", NOW).await, Err(Refused::Gone));
}

#[tokio::test]
async fn a_link_is_for_its_audience_and_ends_with_its_key() {
    let db = TestDb::new();
    let (session, id) = with_output(&db).await;
    let link = sign(&session, &id, &terms(LONGEST, "session 7"), NOW).await.expect("a link");
    let (_, claim) = taken(&link);
    let asked = async |audience: &str, now: i64| {
        admit(&session, &id, (&claim, audience), now).await.expect("an answer")
    };
    assert!(asked("session 7", NOW).await.is_ok());
    assert_eq!(asked("session 8", NOW).await, Err(Refused::Forged));
    assert_eq!(revoke(&session, NOW + 10).await.expect("an answer"), 1);
    assert!(asked("session 7", NOW + 9).await.is_ok(), "until then it is good");
    assert_eq!(asked("session 7", NOW + 10).await, Err(Refused::Forged));
    let anew = sign(&session, &id, &terms(60, ""), NOW).await.expect("a link");
    assert_ne!(taken(&anew).1.kid, claim.kid, "another key signs now");
    assert!(sign(&session, &id, &terms(LONGEST + 1, ""), NOW).await.is_err());
    assert!(sign(&session, &id, &terms(0, ""), NOW).await.is_err());
}
