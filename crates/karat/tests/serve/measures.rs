//! Quality, models, lineage and metrics as programs ask for them: the same as pages and commands say.

use serde_json::{Value, json};

use crate::api::{Program, told};
use crate::browser::Browser;
use crate::people;
use crate::quality::project;
use crate::served::Served;

#[test]
fn checks_and_their_rows_are_looked_at_and_waived() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "operator");
    let all = program.get("/checks");
    let names: Vec<_> =
        all.as_array().unwrap().iter().map(|c| c["check"].as_str().unwrap()).collect();
    assert_eq!(names, ["few/all", "named", "many"]);
    assert_eq!(
        (&all[0]["last"]["verdict"], &all[1]["last"]["verdict"]),
        (&json!("violated"), &json!("passed"))
    );
    assert_eq!((&all[0]["blocks"], &all[1]["blocks"]), (&json!(false), &json!(true)));
    let path = "/checks/list/few%2Fall";
    let few = program.get(path);
    assert_eq!((&few["total"], &few["rows"][0]["key"]), (&json!(3), &json!({ "id": 4 })));
    assert_eq!(few["check"]["last"]["rows"]["unexpected"], 3, "{few}");
    let mut reader = Program::of(&served, &mut eve, "viewer");
    let waiver = json!({ "keys": ["4", "{\"id\": 5}"], "reason": "they are new" });
    let path = format!("{path}/waivers");
    assert_eq!(reader.post(&path, &waiver).status, 403);
    let waived = program.post(&path, &waiver);
    assert_eq!(told(&waived), json!({ "rows": 2 }), "{waived:?}");
    let states =
        "select string_agg(state || ' ' || coalesce(decided_by, ''), ', ' order by key::text)
                  from karat.check_failure";
    assert_eq!(project.db.sql(states), "waived Eve, waived Eve, open");
    assert_eq!(told(&program.post(&path, &json!({ "keys": ["5"] }))), json!({ "rows": 1 }));
    assert_eq!(project.db.sql(states), "waived Eve, open , open");
    assert_eq!(program.post(&path, &json!({ "keys": [], "reason": "x" })).status, 422);
    assert_eq!(program.post("/checks/list/no/waivers", &waiver).status, 404);
}

#[test]
fn objectives_models_and_lineage_are_told() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "viewer");
    let all = program.get("/objectives");
    let verdict = |at: usize| all[at]["last"]["verdict"].clone();
    assert_eq!((verdict(0), verdict(1)), (json!("violated"), json!("met")), "{all}");
    assert_eq!(all[0]["owner"], "Data Team");
    let one = program.get("/objectives/sla/mail_is_there");
    // But for its age, which goes on.
    let ageless = |mut objective: Value| {
        assert!(objective["last"]["at"]["age"].take().is_number(), "{objective}");
        objective
    };
    assert_eq!(ageless(one["objective"].clone()), ageless(all[0].clone()));
    assert_eq!(one["results"].as_array().unwrap().last().unwrap()["good"], 5, "{one}");
    let model = program.get("/models/people");
    assert_eq!((&model["records"], &model["entities"]), (&json!(6), &json!(5)), "{model}");
    assert_eq!(program.ask("GET", "/models/nobody", &[], "").status, 404);
    let lineage = program.get("/lineage");
    let kinds: Vec<_> = lineage["nodes"].as_array().unwrap().iter().map(|n| &n["kind"]).collect();
    assert_eq!(kinds, ["file", "dataset", "entity", "output"]);
    let field = program.get("/lineage/people/email");
    assert_eq!(field["sources"][0]["columns"][0]["column"], "email", "{field}");
    assert_eq!(program.ask("GET", "/lineage/people/nothing", &[], "").status, 404);
}

#[test]
fn a_rejected_row_is_mended_or_given_up_by_a_program() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "operator");
    let row = "/datasets/list/rejects/1/7";
    assert_eq!(program.post(row, &json!({ "overwrite": true })).status, 422, "nothing is said");
    assert_eq!(program.post(row, &json!({ "cells": ["6"] })).status, 422, "a cell for each column");
    let mended = program.post(row, &json!({ "cells": ["6", "Dan Fox", "dan@x.org"] }));
    assert_eq!(mended.status, 202, "{mended:?}");
    project.ends(0, &["work", "--until-idle"]);
    assert_eq!(project.db.sql("select name from list where id = 6"), "Dan Fox");
    let again = program.post(&format!("{row}/dismissal"), &json!({ "reason": "it is there" }));
    assert_eq!(again.status, 422, "it is not open: {again:?}");
    let other = people();
    let served = Served::start(&other, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "operator");
    let dismissed = program.post(&format!("{row}/dismissal"), &json!({ "reason": "a test" }));
    assert_eq!(dismissed.status, 204, "{dismissed:?}");
    assert_eq!(other.db.sql("select state from karat.reject"), "dismissed");
    assert_eq!(program.post("/datasets/no/rejects/1/7", &json!({ "raw": "x" })).status, 404);
}

#[test]
fn what_is_watched_from_outside_is_told_in_the_words_of_prometheus() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "viewer");
    let ordered = program.ask("POST", "/jobs", &[], "{}");
    assert_eq!(ordered.status, 403, "{ordered:?}");
    let answer = program.at("GET", "/metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "karat_runs{command=\"run\",status=\"done\"} 1",
        "karat_dataset_rows{dataset=\"list\"} 6",
        "karat_dataset_open_rejects{dataset=\"list\"} 0",
        "karat_entities{entity=\"people\"} 5",
        "karat_reviews{entity=\"people\"} 1",
        "karat_checks_failing 2",
        "karat_objectives_missed 1",
    ] {
        assert!(answer.body.lines().any(|said| said == line), "{line}: {}", answer.body);
    }
    for name in ["karat_step_seconds{step=\"load\"}", "process_resident_memory_bytes"] {
        assert!(answer.body.contains(name), "{name}: {}", answer.body);
    }
    // Each metric is told of before its values.
    for line in answer.body.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let (told, value) = (format!("# TYPE {name} "), line.rsplit(' ').next().unwrap());
        assert!(answer.body.contains(&told) && value.parse::<f64>().is_ok(), "{line}");
    }
}
