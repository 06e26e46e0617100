//! Webhooks: what another program is told, how it knows that it is true, and where messages do not
//! go.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use karat_connect::webhook::{Message, signature};
use serde_json::{Value, json};

use crate::api::{Program, told};
use crate::browser::Browser;
use crate::people;
use crate::project::Project;
use crate::served::Served;

/// How long a message may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the other program got.
#[derive(Debug)]
struct Got {
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(is, _)| is == name).map_or("", |(_, value)| value)
    }

    fn told(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is signed with a secret.
    fn is_signed(&self, secret: &str) -> bool {
        let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let message = Message {
            id: self.header("webhook-id"),
            body: &self.body,
            at: self.header("webhook-timestamp").parse().unwrap(),
        };
        self.header("webhook-signature") == signature(&secret, &message)
    }
}

/// Another program: it answers one status after the other, the last for ever.
fn listens(statuses: &'static [&'static str]) -> (String, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook?key=s3cret", listener.local_addr().unwrap());
    let (tell, got) = channel();
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim().split_once(": ") else {
                    if line.trim().is_empty() { break } else { continue }
                };
                headers.push((name.to_lowercase(), value.to_owned()));
            }
            let mut got = Got { headers, body: String::new() };
            let length: u64 = got.header("content-length").parse().unwrap();
            reader.take(length).read_to_string(&mut got.body).unwrap();
            let status = statuses[at.min(statuses.len() - 1)];
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            if tell.send(got).is_err() {
                return;
            }
        }
    });
    (url, got)
}

fn world(settings: &str) -> (Project, Served, Browser, Program) {
    let project = people();
    project.write("karat.toml", format!("name = \"test\"\n{settings}"));
    let served = Served::start(&project, &[]);
    let mut eve = Browser::eve(&served);
    let program = Program::of(&served, &mut eve, "admin");
    (project, served, eve, program)
}

#[test]
fn a_program_is_told_what_happens_and_can_tell_that_it_is_true() {
    let (project, _served, mut eve, mut program) = world("[webhooks]\nprivate = true\n");
    let (url, got) = listens(&["500 Oh", "200 OK"]);
    let made = program.post("/webhooks", &json!({ "url": url, "events": ["job.failed"] }));
    assert_eq!(made.status, 201, "{made:?}");
    let (number, secret) = (told(&made)["number"].clone(), told(&made)["secret"].clone());
    let secret = secret.as_str().unwrap();
    assert!(!program.get("/webhooks").to_string().contains(secret), "it is told once");
    assert!(!project.db.sql("select after from karat.audit").contains("\"secret\""));
    // What it does not want to be told.
    eve.upload("new.csv", b"id,name,email\n9,Zoe,zoe@x.org\n");
    // A job that fails: its file is no more.
    let ordered = program.post("/jobs", &json!({ "steps": ["resolve"], "entities": ["nobody"] }));
    assert_ne!(ordered.status, 202, "what cannot be is not ordered");
    project.db.sql(
        "insert into karat.job (kind, args, state) values ('run', '{\"no\": 1}', 'available')",
    );
    let first = got.recv_timeout(PATIENCE).unwrap();
    assert!(first.is_signed(secret), "{first:?}");
    let event = first.told();
    assert_eq!((&event["type"], &event["data"]["kind"]), (&json!("job.failed"), &json!("run")));
    assert!(event["data"]["job"].is_i64() && event["timestamp"].is_string(), "{event}");
    // It was not taken; it comes again as the same.
    project.db.eventually("select state from karat.job where kind = 'webhook'", "retryable");
    let error = project.db.sql("select error from karat.job where kind = 'webhook'");
    assert!(error.contains("answered 500") && !error.contains("s3cret"), "{error}");
    project.db.sql("update karat.job set run_at = now() where kind = 'webhook'");
    let again = got.recv_timeout(PATIENCE).unwrap();
    assert!(again.is_signed(secret), "{again:?}");
    assert_eq!(first.header("webhook-id"), again.header("webhook-id"));
    assert_eq!(first.body, again.body);
    project.db.eventually("select state from karat.job where kind = 'webhook'", "completed");
    // Its test, and its end.
    let tested = program.post(&format!("/webhooks/{number}/test"), &json!({}));
    assert_eq!(tested.status, 202, "{tested:?}");
    assert_eq!(got.recv_timeout(PATIENCE).unwrap().told()["type"], "test");
    let path = format!("/webhooks/{number}");
    assert_eq!(program.ask("DELETE", &path, &[], "").status, 204);
    assert_eq!(program.ask("DELETE", &path, &[], "").status, 404);
    assert_eq!(program.get("/webhooks"), json!([]));
    assert_eq!(project.db.sql("select secret is null from karat.webhook"), "t");
}

#[test]
fn a_program_that_wants_no_more_is_told_no_more() {
    let (project, _served, _eve, mut program) = world("[webhooks]\nprivate = true\n");
    let (url, got) = listens(&["410 Gone"]);
    let made = program.post("/webhooks", &json!({ "url": url }));
    let number = told(&made)["number"].clone();
    program.post(&format!("/webhooks/{number}/test"), &json!({}));
    got.recv_timeout(PATIENCE).unwrap();
    let ended = "select ended_at is not null from karat.webhook";
    project.db.eventually(ended, "t");
}

#[test]
fn messages_do_not_go_into_this_network_unless_the_project_says_so() {
    let (project, _served, _eve, mut program) = world("");
    let (url, got) = listens(&["200 OK"]);
    for url in [url.as_str(), "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "x"] {
        let refused = program.post("/webhooks", &json!({ "url": url }));
        assert_eq!(refused.status, 422, "{url}: {refused:?}");
    }
    let unknown = json!({ "url": "https://example.com/", "events": ["job.fallen"] });
    let refused = program.post("/webhooks", &unknown);
    assert!(refused.status == 422 && refused.body.contains("job.failed"), "{refused:?}");
    // Somebody who writes it into the database does not get further.
    project.db.sql(&format!("insert into karat.webhook (url, secret) values ('{url}', 'x')"));
    project.db.sql("select karat.deliver(1, 'test', '{}')");
    let state = "select state from karat.job where kind = 'webhook'";
    project.db.eventually(state, "discarded");
    assert!(got.try_recv().is_err(), "it was told");
}
