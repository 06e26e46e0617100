//! Files that come in parts: what came is kept, and where they go on is told.

use serde_json::json;

use crate::api::Program;
use crate::browser::{Answer, Browser};
use crate::people;
use crate::project::Project;
use crate::served::Served;

const FILE: &str = "id,name,email\n7,Gil Orr,gil@x.org\n8,Hal Nye,hal@x.org\n";

fn world() -> (Project, Served, Browser, Program) {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let program = Program::of(&served, &mut eve, "operator");
    (project, served, eve, program)
}

/// Begins a file; its path behind `/api/v1`.
fn begun(program: &mut Program, bytes: usize) -> String {
    let length = bytes.to_string();
    // list.csv
    let headers =
        [("upload-length", length.as_str()), ("upload-metadata", "filename bGlzdC5jc3Y=")];
    let begun = program.ask("POST", "/uploads/partial", &headers, "");
    assert_eq!((begun.status, begun.header("tus-resumable")), (201, Some("1.0.0")), "{begun:?}");
    begun.header("location").unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

fn goes_on(program: &mut Program, path: &str, from: usize, part: &str) -> Answer {
    let from = from.to_string();
    let kind = ("content-type", "application/offset+octet-stream");
    program.ask("PATCH", path, &[("upload-offset", &from), kind], part)
}

#[test]
fn a_file_that_comes_in_parts_is_an_upload_like_any_other() {
    let (project, _served, _eve, mut program) = world();
    let path = begun(&mut program, FILE.len());
    let (first, rest) = FILE.split_at(20);
    let gone_on = goes_on(&mut program, &path, 0, first);
    assert_eq!((gone_on.status, gone_on.header("upload-offset")), (204, Some("20")), "{gone_on:?}");
    assert_eq!(goes_on(&mut program, &path, 0, first).status, 409, "they have come");
    let stands = program.ask("HEAD", &path, &[], "");
    assert_eq!((stands.status, stands.header("upload-offset")), (200, Some("20")), "{stands:?}");
    let more = goes_on(&mut program, &path, 20, &format!("{rest}beyond"));
    assert!(more.status >= 400, "{more:?}");
    let ended = goes_on(&mut program, &path, 20, rest);
    assert_eq!(ended.status, 204, "{ended:?}");
    let upload = ended.header("content-location").unwrap().strip_prefix("/api/v1").unwrap();
    let into = program.post(&format!("{upload}/load"), &json!({ "dataset": "list" }));
    assert_eq!(into.status, 200, "{into:?}");
    let upload = program.get(upload);
    assert_eq!((&upload["name"], &upload["bytes"]), (&json!("list.csv"), &json!(FILE.len())));
    assert_eq!(program.ask("HEAD", &path, &[], "").status, 404, "it is over");
    let left = std::fs::read_dir(project.path(".karat/partial")).unwrap().count();
    assert_eq!(left, 0);
    project.ends(0, &["work", "--until-idle"]);
    assert_eq!(project.db.sql("select count(*) from list where id in (7, 8)"), "2");
}

#[test]
fn a_file_goes_on_by_whom_it_was_begun_and_until_it_is_given_up() {
    let (_project, served, mut eve, mut program) = world();
    let path = begun(&mut program, FILE.len());
    let mut oz = crate::invited(&served, &mut eve, "Oz", "operator");
    let mut of_oz = Program::of(&served, &mut oz, "operator");
    assert_eq!(of_oz.ask("HEAD", &path, &[], "").status, 404);
    assert_eq!(goes_on(&mut of_oz, &path, 0, FILE).status, 404);
    let mut reader = Program::of(&served, &mut eve, "viewer");
    assert_eq!(goes_on(&mut reader, &path, 0, FILE).status, 403);
    for path in ["/uploads/partial/x", "/uploads/partial/..%2F..%2Fkarat.toml"] {
        assert_eq!(program.ask("HEAD", path, &[], "").status, 404, "{path}");
    }
    assert_eq!(program.ask("DELETE", &path, &[], "").status, 204);
    assert_eq!(goes_on(&mut program, &path, 0, FILE).status, 404);
    let large = program.ask("POST", "/uploads/partial", &[("upload-length", "51000000")], "");
    assert_eq!(large.status, 413, "{large:?}");
    assert_eq!(program.ask("POST", "/uploads/partial", &[], "").status, 422);
    let can = program.ask("OPTIONS", "/uploads/partial", &[], "");
    assert_eq!(can.header("tus-max-size"), Some("50000000"), "{can:?}");
}
