//! Several machines with one database and one bucket: what one of them received or made, the others
//! load and hand out.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::browser::Browser;
use crate::project::Project;
use crate::s3::{ACCESS_KEY, BUCKET, S3Server, SECRET_KEY};
use crate::served::Served;

const DATASET: &str = "files = \"none/*.csv\"\noptional = true\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\nname = {}\nemail = { clean = [\"email\"] }\n";
const EXPORT: &str = "kind = \"export\"\ndataset = \"list\"\nfile = \"people of all.csv\"\n";
const LIST: &str = "id,name,email\n1,Ann Lee,ann@x.org\n2,Bob Ray,bob@x.org\n";

/// A project whose files are in the bucket of a server.
fn project(server: &S3Server, more: &str) -> Project {
    let project = Project::new(&[("datasets/list.toml", DATASET), ("outputs/all.toml", EXPORT)]);
    project.write("karat.toml", format!("name = \"t\"\n{}{more}", storage(server)));
    project.write(".env", keys(SECRET_KEY));
    project
}

fn storage(server: &S3Server) -> String {
    let url = server.url();
    format!(
        "[storage]\nkind = \"s3\"\nbucket = \"{BUCKET}\"\nendpoint = \"{url}\"\nprefix = \"t\"\n"
    )
}

fn keys(secret: &str) -> String {
    format!("AWS_ACCESS_KEY_ID={ACCESS_KEY}\nAWS_SECRET_ACCESS_KEY={secret}\n")
}

/// Another machine: what is declared, the same database, and nothing else.
struct Machine<'a> {
    folder: TempDir,
    project: &'a Project,
}

impl<'a> Machine<'a> {
    fn beside(project: &'a Project) -> Machine<'a> {
        let folder = tempfile::tempdir().unwrap();
        for path in ["karat.toml", ".env", "datasets/list.toml", "outputs/all.toml"] {
            let to = folder.path().join(path);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(project.path(path), to).unwrap();
        }
        Machine { folder, project }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(arguments);
        command.current_dir(self.folder.path());
        command
    }

    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "karat {}: {said}", arguments.join(" "));
        said
    }
}

fn files(folder: &Path) -> usize {
    let parts = std::fs::read_dir(folder).into_iter().flatten().flatten();
    parts.map(|part| std::fs::read_dir(part.path()).into_iter().flatten().count()).sum()
}

#[test]
fn a_worker_elsewhere_loads_what_a_server_received_which_hands_out_what_it_made() {
    let server = S3Server::start();
    let project = project(&server, "");
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    assert_eq!(eve.get("/health/ready").status, 200);
    let uploaded = eve.upload("people of march.csv", LIST.as_bytes());
    assert_eq!(uploaded.status, 303, "{uploaded:?}");
    assert_eq!(project.db.sql("select state from karat.job"), "available");
    let worker = Machine::beside(&project);
    worker.ends(0, &["work", "--until-idle"]);
    let ended = "select state || coalesce(error, '') from karat.job";
    assert_eq!(project.db.sql(ended), "completed");
    assert_eq!(project.db.sql("select name from list order by id"), "Ann Lee\nBob Ray");
    let origin = project.db.sql("select origin from karat.load");
    assert!(origin.ends_with("/people of march.csv"), "{origin}");
    // The output was made there, and is fetched when somebody asks for it here.
    let here = project.path(".karat/outputs");
    assert_eq!(files(&here), 0);
    let page = eve.page("/outputs");
    let link = page.split("href=\"").find(|rest| rest.starts_with("/d/")).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let file = eve.get(&link);
    assert!(file.status == 200 && file.body.contains("2,Bob Ray"), "{file:?}");
    assert_eq!(files(&here), 1);
    // Whoever verifies needs the inputs, and fetches them too.
    Machine::beside(&project).ends(0, &["outputs", "verify"]);
    served.end();
}

#[test]
fn a_row_that_is_mended_here_is_loaded_by_a_worker_elsewhere() {
    let server = S3Server::start();
    let project = project(&server, "");
    project.write("none/list.csv", format!("{LIST}x,Dan Fox,dan@x.org\n"));
    project.ends(0, &["run"]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let cells = [("cell-0", "3"), ("cell-1", "Dan Fox"), ("cell-2", "dan@x.org")];
    let mended = [&[("load", "1"), ("line", "4")], &cells[..]].concat();
    let mended = eve.post("/datasets/list/rejects/1/4", &mended);
    assert_eq!(mended.status, 303, "{mended:?}");
    Machine::beside(&project).ends(0, &["work", "--until-idle"]);
    assert_eq!(project.db.sql("select kind || ' ' || state from karat.job"), "replay completed");
    assert_eq!(project.db.sql("select name from list where id = 3"), "Dan Fox");
    served.end();
}

#[test]
fn pruning_removes_what_nobody_has_on_record_from_folder_and_bucket() {
    let server = S3Server::start();
    let project = project(&server, "");
    project.write("none/list.csv", LIST);
    project.ends(0, &["run"]);
    // Nothing has changed for a machine with an empty folder either, which downloads nothing.
    server.asked("GET");
    Machine::beside(&project).ends(0, &["run"]);
    let got = server.asked("GET").into_iter().filter(|asked| asked.contains("/t/outputs/"));
    assert_eq!(got.collect::<Vec<_>>(), [""; 0]);
    let outputs = || {
        let keys = server.keys().into_iter().filter(|key| key.starts_with("t/outputs/"));
        keys.collect::<Vec<_>>()
    };
    let before = outputs();
    let stray = format!("t/outputs/aa/{}", "aa".repeat(32));
    std::fs::create_dir_all(server.path(&stray).parent().unwrap()).unwrap();
    std::fs::write(server.path(&stray), "stray").unwrap();
    let here = project.path(&format!(".karat/outputs/bb/{}", "bb".repeat(32)));
    std::fs::create_dir_all(here.parent().unwrap()).unwrap();
    std::fs::write(&here, "stray").unwrap();
    project.ends(0, &["outputs", "prune", "--dry-run"]);
    assert!(outputs().contains(&stray) && here.exists());
    project.ends(0, &["outputs", "prune"]);
    assert!(outputs() == before && !here.exists());
    // One that was lost is made again.
    let sha256 = project.db.sql("select sha256 from karat.output where kind = 'export'");
    let lost = server.path(&format!("t/outputs/{}/{sha256}", &sha256[..2]));
    std::fs::remove_file(&lost).unwrap();
    project.ends(0, &["run"]);
    assert!(lost.exists());
}

#[test]
fn a_direct_link_leads_to_the_store_after_it_was_admitted_and_noted() {
    let server = S3Server::start();
    let project = project(&server, "direct = true\n");
    project.write("none/list.csv", LIST);
    project.ends(0, &["run"]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let page = eve.page("/outputs");
    let id = project.db.sql("select id from karat.output where kind = 'export'");
    let link = page.split("href=\"").find(|rest| rest.starts_with(&format!("/d/{id}"))).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let answer = eve.get(&link);
    assert_eq!(answer.status, 302, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let away = answer.header("location").unwrap();
    assert!(
        away.starts_with(&server.url()) && away.contains("people%2520of%2520all.csv"),
        "{away}"
    );
    assert!(got(away).contains("2,Bob Ray"));
    let noted = "select person || ' ' || name from karat.download";
    assert_eq!(project.db.sql(noted), "Eve people of all.csv");
    assert_eq!(Browser::new(&served).get(&link).status, 403);
    served.end();
}

/// What a browser without cookies gets from another host.
fn got(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let asked = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    std::io::Write::write_all(&mut stream, asked.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    said
}

#[test]
fn a_server_without_its_store_is_not_ready_and_says_no_secret() {
    let server = S3Server::start();
    let project = project(&server, "");
    project.write(".env", keys("s3cr3t-that-is-wrong"));
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let ready = eve.get("/health/ready");
    assert_eq!((ready.status, ready.body.as_str()), (503, "not ready: the storage refuses\n"));
    let refused = eve.upload("a.csv", LIST.as_bytes());
    assert!(refused.status >= 400 && !refused.body.contains("s3cr3t"), "{refused:?}");
    let said = project.ends(0, &["config", "show"]);
    assert!(said.contains("storage.bucket") && !said.contains("s3cr3t"), "{said}");
    project.write("none/list.csv", LIST);
    let said = project.ends(2, &["run"]);
    assert!(said.contains("AWS_SECRET_ACCESS_KEY") && !said.contains("s3cr3t"), "{said}");
    served.end();
}
