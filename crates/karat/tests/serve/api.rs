//! What programs ask over HTTP: who they are, what they may do, and that they are told the same as
//! people.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser};
use crate::project::Project;
use crate::served::{PASSWORD, Served};
use crate::{invited, people};

/// A program that shows something of who it acts for.
pub struct Program {
    browser: Browser,
    shows: String,
}

impl Program {
    fn new(served: &Served, shows: &str) -> Program {
        Program { browser: Browser::new(served), shows: shows.to_owned() }
    }

    /// A program of Eve's with a token of its own.
    pub fn of(served: &Served, eve: &mut Browser, role: &str) -> Program {
        let wanted = json!({ "name": "nightly", "role": role }).to_string();
        let made = eve.send("POST", "/api/v1/tokens", &of_page(served), wanted.as_bytes());
        assert_eq!(made.status, 201, "{made:?}");
        let token = told(&made)["token"].as_str().unwrap().to_owned();
        assert!(token.starts_with("karat_") && token.len() > 60, "{token}");
        Program::new(served, &format!("Bearer {token}"))
    }

    pub fn ask(&mut self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
        let shows = self.shows.clone();
        let all = [("authorization", shows.as_str()), ("content-type", "application/json")];
        let path = format!("/api/v1{path}");
        self.browser.send(method, &path, &[&all[..], more].concat(), body.as_bytes())
    }

    /// Asks for what is not below `/api/v1`.
    pub fn at(&mut self, method: &str, path: &str) -> Answer {
        let shows = self.shows.clone();
        self.browser.send(method, path, &[("authorization", &shows)], b"")
    }

    pub fn get(&mut self, path: &str) -> Value {
        let answer = self.ask("GET", path, &[], "");
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        told(&answer)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[], &body.to_string())
    }
}

fn of_page(served: &Served) -> [(&'static str, &'static str); 2] {
    let origin: &'static str = format!("http://{}", served.host).leak();
    [("origin", origin), ("content-type", "application/json")]
}

pub fn told(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"))
}

/// A refusal is a problem with all that belongs to one.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = told(answer);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(problem["title"].is_string(), "{problem}");
    problem["detail"].as_str().unwrap().to_owned()
}

fn world() -> (Project, Served) {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    (project, served)
}

#[test]
fn a_token_allows_what_it_says_and_no_more_than_its_owner_may() {
    let (project, served) = world();
    let mut eve = Browser::eve(&served);
    let mut reader = Program::of(&served, &mut eve, "viewer");
    assert_eq!(reader.get("/me"), json!({ "name": "Eve", "role": "viewer" }));
    refused(&reader.post("/jobs", &json!({})), 403);
    refused(&reader.ask("GET", "/accounts", &[], ""), 403);
    let mut admin = Program::of(&served, &mut eve, "admin");
    assert_eq!(admin.get("/accounts")[0]["name"], "Eve");

    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let more = json!({ "name": "more", "role": "admin" }).to_string();
    let said = oz.send("POST", "/api/v1/tokens", &of_page(&served), more.as_bytes());
    assert!(refused(&said, 422).contains("cannot allow"), "{said:?}");
    let mut worker = Program::of(&served, &mut oz, "operator");
    assert_eq!(worker.post("/jobs", &json!({ "steps": ["check"] })).status, 201);
    assert_eq!(worker.get("/tokens").as_array().unwrap().len(), 1, "his own alone");
    assert_eq!(admin.get("/tokens").as_array().unwrap().len(), 3);
    let by = "select string_agg(requested_by || ' ' || interface, ',') from karat.job";
    assert_eq!(project.db.sql(by), "Oz api");

    let account = project.db.sql("select id from karat.account where name = 'Oz'");
    let change = [("account", account.as_str()), ("role", "viewer")];
    assert_eq!(eve.post("/accounts/change", &change).status, 303);
    assert_eq!(worker.get("/me")["role"], "viewer", "never more than its owner");
    let change = [("account", account.as_str()), ("role", "disabled")];
    assert_eq!(eve.post("/accounts/change", &change).status, 303);
    refused(&worker.ask("GET", "/me", &[], ""), 401);
    let number = admin.get("/tokens").as_array().unwrap().last().unwrap()["number"].to_string();
    assert_eq!(admin.ask("DELETE", &format!("/tokens/{number}"), &[], "").status, 204);
    refused(&reader.ask("GET", "/me", &[], ""), 401);
    refused(&admin.ask("DELETE", &format!("/tokens/{number}"), &[], ""), 404);
    project.db.sql("update karat.token set ends_at = now()");
    refused(&admin.ask("GET", "/me", &[], ""), 401);
    let kept = project.db.sql("select count(*) from karat.token where digest::text like '%karat%'");
    assert_eq!(kept, "0");
}

#[test]
fn name_and_password_do_too_and_wrong_ones_lock() {
    let (project, served) = world();
    drop(Browser::eve(&served));
    let basic = |password: &str| {
        let text = format!("eve:{password}");
        format!("Basic {}", STANDARD.encode(text))
    };
    let mut script = Program::new(&served, &basic(PASSWORD));
    for _ in 0..3 {
        assert_eq!(script.get("/me"), json!({ "name": "Eve", "role": "admin" }));
    }
    assert_eq!(project.db.sql("select count(*) from karat.session"), "2", "one for all requests");
    let mut wrong = Program::new(&served, &basic("guess"));
    let answer = wrong.ask("GET", "/me", &[], "");
    refused(&answer, 401);
    assert!(answer.header("www-authenticate").unwrap().contains("Basic"));
    for _ in 0..4 {
        refused(&wrong.ask("GET", "/me", &[], ""), 401);
    }
    let locked = wrong.ask("GET", "/me", &[], "");
    refused(&locked, 429);
    assert!(locked.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    for nonsense in ["Basic !!!", "Bearer", "Bearer karat_0", "Digest x", "Basic Og==", ""] {
        refused(&Program::new(&served, nonsense).ask("GET", "/me", &[], ""), 401);
    }
    refused(&Browser::new(&served).get("/api/v1/me"), 401);
}

#[test]
fn what_cannot_be_done_is_a_problem_that_says_why() {
    let (_project, served) = world();
    let mut eve = Browser::eve(&served);
    let mut admin = Program::of(&served, &mut eve, "admin");
    for (path, status) in [
        ("/nothing", 404),
        ("/jobs/7", 404),
        ("/jobs/x", 400),
        ("/jobs?limit=0", 400),
        ("/jobs?limit=1001", 400),
        ("/jobs?state=odd", 400),
        ("/runs/99999999999999999999", 400),
        ("/runs/9223372036854775807", 404),
        ("/uploads/1", 404),
        ("/entities/nobody/records", 404),
        ("/entities/people/records?after=x", 422),
        ("/entities/people/records?q=%00", 422),
        ("/entities/people/records/x", 404),
        ("/entities/people/records/00000000-0000-0000-0000-000000000000/history", 404),
        ("/datasets/nothing/rejects", 404),
        ("/audit?since=yesterday", 422),
    ] {
        let said = refused(&admin.ask("GET", path, &[], ""), status);
        assert!(!said.is_empty(), "{path}");
    }
    for (path, body, status) in [
        ("/jobs", "{", 400),
        ("/jobs", "{\"step\": []}", 422),
        ("/jobs", "{\"steps\": [\"dance\"]}", 422),
        ("/jobs", "{\"attempts\": 0}", 422),
        ("/jobs", "{\"after\": [99]}", 422),
        ("/jobs/7/cancel", "", 404),
        ("/decisions", "{\"entity\": \"nobody\", \"same\": [\"list:1\", \"list:2\"]}", 404),
        ("/decisions", "{\"entity\": \"people\", \"same\": [\"list:1\", \"list:1\"]}", 422),
        ("/decisions", "{\"entity\": \"people\", \"merge\": []}", 422),
        ("/decisions", "{\"entity\": \"people\"}", 422),
        ("/tokens", "{\"name\": \"\"}", 422),
        ("/tokens", "{\"name\": \"x\", \"days\": 400}", 422),
        ("/tokens", "{\"name\": \"a\\u0000b\"}", 422),
        ("/invitations", "{\"role\": \"king\"}", 422),
        ("/outputs/x/links", "{}", 404),
    ] {
        refused(&admin.ask("POST", path, &[], body), status);
    }
    refused(&admin.ask("PATCH", "/jobs", &[], ""), 405);
    let elsewhere = admin.ask("POST", "/jobs", &[("sec-fetch-site", "cross-site")], "{}");
    assert_eq!(elsewhere.status, 403, "{elsewhere:?}");
}

#[test]
fn lists_go_on_where_they_ended_and_what_is_known_is_not_sent_again() {
    let (_project, served) = world();
    let mut eve = Browser::eve(&served);
    let mut admin = Program::of(&served, &mut eve, "admin");
    let ordered = admin.post("/jobs", &json!({ "by_step": true, "priority": 3 }));
    let jobs = told(&ordered)["jobs"].as_array().unwrap().len();
    assert!(jobs > 2, "{ordered:?}");
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/jobs?limit=2{before}"));
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|job| job["id"].as_i64().unwrap()),
        );
        match &page["next"] {
            Value::Null => break,
            next => before = format!("&before={next}"),
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (jobs, &sorted));

    let mut people: Vec<String> = Vec::new();
    let mut after = String::new();
    loop {
        let page = admin.get(&format!("/entities/people/records?limit=1{after}"));
        people.push(page["items"][0]["id"].as_str().unwrap().to_owned());
        match page["next"].as_str() {
            None => break,
            Some(next) => after = format!("&after={next}"),
        }
    }
    assert_eq!(people.len(), 4);
    let whose = admin.get("/entities/people/records?record=list:5");
    assert_eq!(whose["items"][0]["values"]["name"], "cid <poe>");
    assert_eq!(admin.get("/entities/people/records?record=list:99")["items"], json!([]));

    let first = admin.ask("GET", "/jobs", &[], "");
    let tag = first.header("etag").unwrap().to_owned();
    let known = admin.ask("GET", "/jobs", &[("if-none-match", &tag)], "");
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    assert_eq!(admin.post(&format!("/jobs/{}/cancel", seen[0]), &json!({})).status, 200);
    assert_eq!(admin.ask("GET", "/jobs", &[("if-none-match", &tag)], "").status, 200);
    assert_eq!(admin.post(&format!("/jobs/{}/retry", seen[0]), &json!({})).status, 200);
}

#[test]
fn what_is_asked_under_one_key_is_done_once() {
    let (project, served) = world();
    let mut eve = Browser::eve(&served);
    let mut admin = Program::of(&served, &mut eve, "admin");
    let mut ask =
        |key: &str, body: &str| admin.ask("POST", "/jobs", &[("idempotency-key", key)], body);
    let first = ask("a", "{\"steps\": [\"check\"]}");
    let again = ask("a", "{\"steps\": [\"check\"]}");
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!((first.header("idempotent-replayed"), &first.body), (None, &again.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(project.db.sql("select count(*) from karat.job"), "1");
    assert!(refused(&ask("a", "{}"), 422).contains("something else"));
    assert_eq!(ask("b", "{}").status, 201);
    assert_eq!(project.db.sql("select count(*) from karat.job"), "2");
    refused(&ask("c", "{\"steps\": [\"dance\"]}"), 422);
    refused(&ask("c", "{\"steps\": [\"dance\"]}"), 422);
    assert_eq!(ask("c", "{\"steps\": [\"check\"]}").status, 201, "nothing was done under it");
    refused(&ask("", "{}"), 422);
    project.db.sql("update karat.asked_once set asked_at = asked_at - interval '25 hours'");
    assert_eq!(ask("a", "{}").header("idempotent-replayed"), None, "a day is over");
}

#[test]
fn a_program_loads_a_file_and_decides_as_people_do() {
    let project = people();
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let mut program = Program::of(&served, &mut eve, "operator");
    let more = "id,name,email\n7,Gil Orr,gil@x.org\n8,Gill Orr,gil@y.org\n";
    let came = program.ask("POST", "/uploads?name=more.csv", &[], more);
    assert_eq!(came.status, 201, "{came:?}");
    let upload = told(&came);
    let job = match upload["job"].as_array() {
        Some(job) => job[0].as_i64().unwrap(),
        None => {
            let to = json!({ "dataset": "list" });
            let loading = program.post(&format!("/uploads/{}/load", upload["id"]), &to);
            assert_eq!(loading.status, 200, "{loading:?}");
            told(&loading)["job"].as_i64().unwrap()
        }
    };
    // The events end when the job does.
    let events = program.ask("GET", &format!("/jobs/{job}/events"), &[], "");
    assert_eq!(events.status, 200, "{events:?}");
    assert!(events.header("content-type").unwrap().starts_with("text/event-stream"));
    assert!(
        events.body.contains("\"completed\"") && events.body.contains("event: end"),
        "{events:?}"
    );
    assert_eq!(program.get(&format!("/jobs/{job}"))["state"], "completed");
    let runs = program.get("/runs");
    assert_eq!(runs["items"][0]["status"], "done", "{runs}");

    let waiting = program.get("/reviews?entity=people");
    let gil = json!(["list", "7"]);
    let pairs = waiting["pairs"].as_array().unwrap();
    assert!(pairs.iter().any(|pair| pair["a"] == gil || pair["b"] == gil), "{waiting}");
    let decision =
        json!({ "entity": "people", "same": ["list:8", "list:7"], "reason": "brothers" });
    let noted = told(&program.post("/decisions", &decision));
    let acts = program.get("/decisions?entity=people");
    assert_eq!((&acts[0]["author"], &acts[0]["verdict"]), (&json!("Eve"), &json!("same")));
    project.ends(0, &["resolve"]);
    let of = |program: &mut Program, key: &str| {
        let found = program.get(&format!("/entities/people/records?record=list:{key}"));
        found["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let id = of(&mut program, "7");
    assert_eq!(id, of(&mut program, "8"));
    let golden = program.get(&format!("/entities/people/records/{id}"));
    assert_eq!(golden["records"], 2, "{golden}");
    let place = &golden["fields"][0]["values"][0]["from"]["place"];
    assert_eq!((&place["dataset"], place["row"].is_i64()), (&json!("list"), true), "{golden}");
    let split = json!({ "entity": "people", "split": { "id": id, "records": ["list:8"] } });
    assert_eq!(program.post("/decisions", &split).status, 201);
    project.ends(0, &["resolve"]);
    assert_ne!(of(&mut program, "7"), of(&mut program, "8"));
    let undo = format!("/decisions/{}?entity=people", noted["number"]);
    let gone = program.ask("DELETE", &undo, &[], "");
    assert!([204, 404].contains(&gone.status), "{gone:?}");
    let by = "select distinct person || ' ' || interface from karat.audit \
              where relation = 'karat.decision'";
    assert_eq!(project.db.sql(by), "Eve api");
    let history = program.get(&format!("/entities/people/records/{id}/history"));
    assert!(history["events"].as_array().unwrap().len() > 1, "{history}");
    assert_eq!(program.get("/status")["is_begun"], true);
    assert_eq!(program.get("/datasets")[0]["name"], "list");
    let rejects = program.get("/datasets/list/rejects");
    assert_eq!((&rejects["total"], &rejects["rows"][0]["column"]), (&json!(1), &json!("id")));
}

#[test]
fn the_description_names_every_operation_and_answer() {
    let (_project, served) = world();
    let mut eve = Browser::eve(&served);
    let page = eve.page("/api");
    let document: Value = serde_json::from_str(&eve.page("/api/v1/openapi.json")).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    let mut stranger = Program::new(&served, "Bearer karat_0");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let number = path.replace("{number}", "1").replace("{entity}", "people");
            let said = stranger.ask(&method.to_uppercase(), &number, &[], "{}");
            match method.as_str() {
                "head" => assert_eq!(said.status, 401, "{path}: {said:?}"),
                _ => drop(refused(&said, 401)),
            }
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
            assert!(answers.contains_key("default") && answers.contains_key("401"), "{path}");
            assert!(operation["summary"].is_string(), "{method} {path} says nothing");
        }
        let shown = path.replace('{', "&#123;").replace('}', "&#125;");
        assert!(page.contains(path) || page.contains(&shown), "{path} is not on the page");
    }
    // Everything that is referred to is there.
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is not described");
    }
}
