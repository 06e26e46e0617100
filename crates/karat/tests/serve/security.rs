//! What somebody who means harm may send. docs/security.md says which test is for what.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::browser::{Answer, Browser};
use crate::project::Project;
use crate::served::{PASSWORD, Served};
use crate::{invited, people};

/// Longer than the server waits for anything.
const LONG: Duration = Duration::from_secs(120);

/// The one value of a query.
fn id(project: &Project, name: &str) -> String {
    project.db.sql(&format!("select id from karat.account where name = '{name}'"))
}

fn sign_in(browser: &mut Browser, name: &str, password: &str) -> Answer {
    browser.post("/sign-in", &[("name", name), ("password", password)])
}

/// The path of the link in a page that shows one to hand over.
fn link(page: &str) -> String {
    let secret = page.split("/welcome/").nth(1).unwrap().split('<').next().unwrap();
    format!("/welcome/{secret}")
}

#[test]
fn what_another_site_sends_is_refused() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let form = "entity=people&a=list%3A3&b=list%3A4&verdict=same";
    let here = format!("http://{}", served.host);
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("origin", "http://127.0.0.1:1")],
    ] {
        let refused = eve.ask("POST", "/review/decide", headers, form);
        assert_eq!(refused.status, 403, "{headers:?}: {refused:?}");
    }
    let refused = eve.ask("POST", "/uploads", &[("sec-fetch-site", "cross-site")], "x");
    assert_eq!(refused.status, 403, "{refused:?}");
    let out = eve.ask("POST", "/sign-out", &[("sec-fetch-site", "cross-site")], "");
    assert_eq!((out.status, eve.get("/").status), (403, 200));
    assert_eq!(project.db.sql("select count(*) from karat.decision"), "0");
    let decided = eve.ask("POST", "/review/decide", &[("origin", &here)], form);
    assert_eq!(decided.status, 303, "{decided:?}");
    assert_eq!(project.db.sql("select count(*) from karat.decision"), "1");
}

#[test]
fn every_answer_tells_browsers_what_to_refuse() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut answers = Vec::new();
    for path in [
        "/",
        "/sign-in",
        "/welcome/x",
        "/nothing",
        "/review",
        "/accounts",
        "/runs/x",
        "/d/x",
        "/assets/style.css",
        "/assets/nothing",
        "/health/live",
        "/health/ready",
        "/uploads/9",
    ] {
        answers.push((path, eve.get(path)));
    }
    answers.push(("another site", eve.post_from("https://evil.example", "/sign-out", &[])));
    answers.push(("no such method", eve.ask("TRACE", "/", &[], "")));
    answers.push(("too large", eve.post("/review/decide", &[("a", &"x".repeat(100_000))])));
    answers.push(("nobody", Browser::new(&served).get("/")));
    for (of, answer) in &answers {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        let words: Vec<&str> = policy.split(';').map(str::trim).collect();
        for word in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(words.contains(&word), "{of}: {word}: {answer:?}");
        }
        assert!(!policy.contains("unsafe"), "{of}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{of}: {answer:?}");
        }
        assert!(answer.header("permissions-policy").is_some_and(|p| p.contains("camera=()")));
        let kept = answer.header("cache-control").unwrap_or_default();
        let is_asset = *of == "/assets/style.css";
        assert_eq!(kept.contains("no-store"), !is_asset, "{of}: {kept}");
        assert_eq!(answer.header("server"), None, "{of}");
    }
}

#[test]
fn cookies_are_for_this_site_alone() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    drop(Browser::eve(&served));
    let set = |served: &Served| {
        let answer = sign_in(&mut Browser::new(served), "Eve", PASSWORD);
        let set = answer.header("set-cookie").unwrap().to_owned();
        let mut parts: Vec<String> = set.split(';').map(|part| part.trim().to_owned()).collect();
        let value = parts.remove(0);
        (value.split_once('=').unwrap().0.to_owned(), parts)
    };
    let (name, parts) = set(&served);
    assert_eq!(name, "karat");
    assert_eq!(parts, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800"]);
    served.end();
    let over_tls = ["--no-work", "--public", "https://karat.example.com"];
    let served = Served::start(&project, &over_tls);
    let (name, parts) = set(&served);
    assert_eq!(name, "__Host-karat", "browsers take it from the site itself, over TLS, alone");
    assert_eq!(parts, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800", "Secure"]);
}

#[test]
fn a_session_ends_with_what_it_stands_on() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let is_in = |browser: &Browser| browser.clone().get("/").status == 200;
    // Signing out ends it for whoever has the cookie.
    let stolen = oz.clone();
    assert!(is_in(&stolen));
    oz.post("/sign-out", &[]);
    assert!(!is_in(&stolen) && !is_in(&oz));
    // A new password.
    sign_in(&mut oz, "Oz", PASSWORD);
    assert!(is_in(&oz));
    let given = eve.post("/accounts/invite", &[("account", &id(&project, "Oz"))]);
    assert!(is_in(&oz), "a link alone changes nothing");
    let mut renewed = Browser::new(&served);
    let new = "battery horse correct";
    let entered = renewed.post(&link(&given.body), &[("name", "x"), ("password", new)]);
    assert_eq!(entered.status, 303, "{entered:?}");
    assert!(!is_in(&oz) && is_in(&renewed));
    assert_eq!(sign_in(&mut oz, "Oz", PASSWORD).status, 403, "the old one is no more");
    // Rest and age.
    for (column, fresh, ended) in
        [("seen_at", "11 hours", "12 hours"), ("began_at", "6 days", "7 days")]
    {
        assert_eq!(sign_in(&mut oz, "Oz", new).status, 303);
        for (ago, stays) in [(fresh, true), (ended, false)] {
            project
                .db
                .sql(&format!("update karat.session set {column} = now() - interval '{ago}'"));
            assert_eq!(is_in(&oz), stays, "{column} {ago}");
        }
    }
    // A role counts at once, and an account that is disabled is out.
    assert_eq!(sign_in(&mut oz, "Oz", new).status, 303);
    assert_eq!(sign_in(&mut eve, "Eve", PASSWORD).status, 303);
    let (mut change, of_oz) = (eve.clone(), id(&project, "Oz"));
    let mut change =
        |role| change.post("/accounts/change", &[("account", &of_oz), ("role", role)]).status;
    assert_eq!((change("admin"), oz.get("/accounts").status), (303, 200));
    assert_eq!((change("viewer"), oz.get("/accounts").status), (303, 403));
    assert_eq!((change("disabled"), is_in(&oz)), (303, false));
    assert_eq!(sign_in(&mut oz, "Oz", new).status, 403);
}

#[test]
fn nobody_gets_a_session_that_somebody_else_knows() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    drop(Browser::eve(&served));
    let mut victim = Browser::new(&served);
    let planted = format!("karat={}", "0".repeat(64));
    victim.cookie = Some(planted.clone());
    assert_eq!(victim.get("/").status, 303);
    assert_eq!(sign_in(&mut victim, "Eve", PASSWORD).status, 303);
    let first = victim.cookie.clone().unwrap();
    assert_ne!(first, planted);
    let mut thief = Browser::new(&served);
    thief.cookie = Some(planted);
    assert_eq!(thief.get("/").status, 303);
    // Signing in again is another session, and the one before is no more.
    assert_eq!(sign_in(&mut victim, "Eve", PASSWORD).status, 303);
    assert_ne!(victim.cookie, Some(first.clone()));
    thief.cookie = Some(first);
    assert_eq!((victim.get("/").status, thief.get("/").status), (200, 303));
}

#[test]
fn what_lets_somebody_in_is_kept_as_a_hash_alone() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let offered = link(&eve.post("/accounts/invite", &[("role", "viewer")]).body);
    let dump = project.db.dump(&["--data-only", "--schema=karat"]);
    assert!(dump.contains("Eve"), "it is all there");
    let cookie = eve.cookie.clone().unwrap();
    let first = served.first_link.clone().unwrap();
    for secret in [PASSWORD, &cookie["karat=".len()..], &offered[9..], &first[9..]] {
        assert!(secret.len() > 20 && !dump.contains(secret), "{secret}");
    }
    let password = project.db.sql("select password from karat.account");
    assert!(password.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{password}");
    let audit = project.db.sql("select string_agg(a::text, '') from karat.audit a");
    assert!(audit.contains("karat.account") && !audit.contains("argon2"), "{audit}");
}

#[test]
fn changes_of_accounts_are_on_record_with_who_made_them() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let of_oz = id(&project, "Oz");
    eve.post("/accounts/change", &[("account", &of_oz), ("role", "viewer")]);
    eve.post("/accounts/change", &[("account", &of_oz), ("role", "viewer")]);
    let renew = link(&eve.post("/accounts/invite", &[("account", &of_oz)]).body);
    oz.post(&renew, &[("name", ""), ("password", PASSWORD)]);
    let mut stranger = Browser::new(&served);
    (0..5).for_each(|_| drop(sign_in(&mut stranger, "oz", "guess")));
    eve.post("/accounts/change", &[("account", &of_oz), ("role", "disabled")]);
    let told = "select string_agg(concat_ws(' ', operation, relation, key, person, interface, \
                (select string_agg(k, ',' order by k) from jsonb_object_keys(after) k \
                 where operation = 'update')), '; ' order by id) \
                from karat.audit where relation in ('karat.account', 'karat.invitation')";
    let first = project.db.sql(
        "select concat_ws(' ', operation, relation, person, interface) from karat.audit \
         where relation = 'karat.invitation' order by id limit 1",
    );
    assert!(first.ends_with(" cli"), "{first}");
    let expected = [
        first.as_str(),
        "insert karat.account Eve Eve page",
        "update karat.invitation Eve page used_at",
        "insert karat.invitation Eve page",
        "insert karat.account Oz Oz page",
        "update karat.invitation Oz page used_at",
        "update karat.account Oz Eve page role",
        "insert karat.invitation Oz Eve page",
        "update karat.account Oz Oz page password",
        "update karat.invitation Oz Oz page used_at",
        "update karat.account Oz page failures,locked_until",
        "update karat.account Oz Eve page disabled_at",
    ];
    let found = project.db.sql(told);
    let mut found: Vec<&str> = found.split("; ").collect();
    // Which of the changes of one statement is noted first does not matter.
    let mut expected = expected.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let said = project.ends(0, &["audit", "--table", "karat.account", "--limit", "1"]);
    assert!(said.contains("karat.account  Oz  Eve as") && said.contains("disabled_at"), "{said}");
    project.ends(0, &["audit", "--by", "Oz"]);
}

#[test]
fn who_tries_too_often_waits_and_others_do_not() {
    let project = people();
    let options = ["--no-work", "--public", "https://karat.example.com"];
    let served = Served::start(&project, &options);
    let mut browser = Browser::new(&served);
    let mut from = |said: &str, path: &str| browser.get_with(path, &[("x-forwarded-for", said)]);
    let mut refused = |said: &str, path: &str| {
        let mut tried = (0..1000).map(|_| from(said, path));
        let refused = tried.find(|answer| answer.status == 429);
        refused.unwrap_or_else(|| panic!("{said} may ask for {path} without end"))
    };
    let told = refused("192.0.2.1", "/welcome/nothing");
    let wait: u64 = told.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=7).contains(&wait) && told.body.contains("Try again in"), "{told:?}");
    // What comes before the last word is what the client says of itself.
    refused("198.51.100.1, 192.0.2.1", "/welcome/nothing");
    refused("203.0.113.9", "/d/nothing?exp=1&kid=1&disp=inline&sig=x");
    let mut browser = Browser::new(&served);
    let mut status = |said: &str, path| browser.get_with(path, &[("x-forwarded-for", said)]).status;
    assert_eq!(status("192.0.2.2", "/welcome/nothing"), 410);
    assert_eq!(status("192.0.2.1, 192.0.2.2", "/welcome/nothing"), 410);
    assert_eq!(status("203.0.113.9", "/sign-in"), 200, "the form itself may be had");
    let guess = |from: &str| {
        let form = "name=Nobody&password=x";
        let mut browser = Browser::new(&served);
        browser.ask("POST", "/sign-in", &[("x-forwarded-for", from)], form).status
    };
    assert_eq!(guess("192.0.2.2"), 403);
    // A turn may have come back meanwhile.
    let is_refused = (0..100).any(|_| {
        while status("192.0.2.1", "/welcome/nothing") != 429 {}
        guess("192.0.2.1") == 429
    });
    assert!(is_refused, "all ways to come in are counted together");
}

#[test]
fn without_a_proxy_nobody_says_who_they_are() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut browser = Browser::new(&served);
    let mut tried = (0..1000).map(|n| {
        let from = format!("192.0.2.{}", n % 250);
        browser.get_with("/welcome/nothing", &[("x-forwarded-for", &from)]).status
    });
    assert!(tried.any(|status| status == 429));
    let refused = project.ends(2, &["serve", "--proxy", "192.0.2.1"]);
    assert!(refused.contains("--public"), "{refused}");
}

/// Whatever a server says until it hangs up.
fn until_it_ends(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut said = String::new();
    match stream.read_to_string(&mut said) {
        Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => panic!("it waits without end"),
        _ => said,
    }
}

#[test]
fn what_does_not_come_is_not_waited_for_and_keeps_nobody_out() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    drop(Browser::eve(&served));
    let begun = |said: &str| {
        let mut stream = TcpStream::connect(&served.host).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    };
    let head = begun("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
    let silent = begun("");
    let kind = "content-type: application/x-www-form-urlencoded";
    let form =
        format!("POST /sign-in HTTP/1.1\r\nhost: x\r\n{kind}\r\ncontent-length: 50\r\n\r\nname=");
    let bodies: Vec<TcpStream> = (0..40).map(|_| begun(&form)).collect();
    let entered = sign_in(&mut Browser::new(&served), "Eve", PASSWORD);
    assert_eq!(entered.status, 303, "forms that do not come keep nobody out: {entered:?}");
    for stream in [head, silent] {
        let said = until_it_ends(stream);
        assert!(!said.contains(" 200 ") && !said.contains(" 303 "), "{said}");
    }
    for body in bodies {
        let said = until_it_ends(body);
        assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    }
    served.end();
}

#[test]
fn what_is_too_large_is_refused() {
    let project = people();
    let served = Served::start(&project, &["--no-work", "--upload-limit", "1"]);
    let mut eve = Browser::eve(&served);
    let long = "x".repeat(70_000);
    for path in ["/review/decide", "/sign-in", "/welcome/x", "/accounts/change"] {
        let refused = eve.post(path, &[("name", &long)]);
        assert_eq!(refused.status, 413, "{path}: {refused:?}");
    }
    let refused = sign_in(&mut eve, "Eve", &"x".repeat(2000));
    assert_eq!(refused.status, 403, "no password is so long: {refused:?}");
    // It may hang up while it is still spoken to.
    let refused = eve.get_with("/", &[("x-long", &"x".repeat(1 << 20))]);
    assert!([431, 0].contains(&refused.status), "{refused:?}");
    let refused = eve.get(&format!("/{long}"));
    assert!((400..500).contains(&refused.status), "{refused:?}");
    // What stands before a file counts as well.
    let before = "x".repeat(3_000_000);
    let kind = ("content-type", "multipart/form-data; boundary=b");
    let refused = eve.ask("POST", "/uploads", &[kind], &before);
    assert!([413, 422, 415, 400].contains(&refused.status), "{refused:?}");
    assert_eq!(project.db.sql("select count(*) from karat.upload"), "0");
    assert_eq!(eve.get("/").status, 200);
}

#[test]
fn names_lead_nowhere_else() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let secret = "the secret of somebody else";
    project.write("secret.csv", secret);
    for path in [
        "/assets/../secret.csv",
        "/assets/..%2fsecret.csv",
        "/assets/%2e%2e/secret.csv",
        "/assets/..%5csecret.csv",
        "/assets/%2fetc%2fpasswd",
        "/assets/style.css%00",
        "/assets//etc/passwd",
        "/d/../secret.csv",
        "/d/..%2f..%2f..%2fsecret.csv",
        "/d/%2fetc%2fpasswd",
        "/datasets/..%2f..%2fsecret.csv",
        "/datasets/list%00",
        "/entities/..%2flist/x",
        "/uploads/..%2fsecret.csv",
        "/jobs/-1",
        "/runs/9223372036854775807",
        "/jobs/99999999999999999999",
    ] {
        let answer = eve.get(path);
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        assert!(!answer.body.contains(secret) && !answer.body.contains("root:"), "{path}");
    }
    let before = outside(&project);
    for (number, name) in [
        "../../../up.csv",
        "/absolute.csv",
        "..\\..\\windows.csv",
        "C:\\windows\\system32\\x.csv",
        "..",
        ".",
        ".karat",
        "CON.csv",
        "nul",
        "lpt1.tar.gz",
        "a:b?.csv",
        "%2e%2e%2fcoded.csv",
        "\u{202e}vsc.exe",
        &format!("{}.csv", "long".repeat(500)),
        "$(id).csv",
        "'; drop table list; --.csv",
    ]
    .iter()
    .enumerate()
    {
        let file = format!("id,name,email\n{number},Ann,ann@x.org\n");
        let answer = eve.upload(name, file.as_bytes());
        assert_eq!(answer.status, 303, "{name}: {answer:?}");
        let kept = project.db.sql("select name from karat.upload order by id desc limit 1");
        let stem = kept.split('.').next().unwrap().to_lowercase();
        assert!(!kept.contains(['/', '\\', ':', '?', '\u{202e}']), "{name}: {kept}");
        assert!(!kept.starts_with('.') && kept.len() <= 120, "{name}: {kept}");
        assert!(!["con", "nul", "lpt1"].contains(&stem.as_str()), "{name}: {kept}");
        let place = project.db.sql("select sha256 from karat.upload order by id desc limit 1");
        let path = project.path(".karat/uploads").join(place).join(&kept);
        assert_eq!(std::fs::read_to_string(path).unwrap(), file, "{name}");
    }
    for name in ["a\0b.csv", "a\r\nx-evil: 1\r\n\r\n.csv"] {
        let answer = eve.upload(name, b"id\n1\n");
        assert!([303, 400, 422].contains(&answer.status), "{name:?}: {answer:?}");
    }
    assert_eq!(outside(&project), before, "nothing is written anywhere else");
    assert_eq!(project.db.sql("select count(*) > 0 from list"), "t");
}

/// What lies beside the folder of the project and in it, but for what Karat keeps there.
fn outside(project: &Project) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = std::fs::read_dir(project.path(".")).unwrap().map(name).collect();
    let beside = ["up.csv", "windows.csv", "coded.csv", "absolute.csv"];
    let up = [project.path(".."), project.path("../.."), "/".into()];
    let there = up.iter().flat_map(|up| beside.iter().map(move |name| up.join(name)));
    names.extend(there.filter(|path| path.exists()).map(|path| path.display().to_string()));
    names.sort();
    names
}

#[test]
fn a_group_of_an_output_is_no_folder() {
    let rows = "id,station,day,code,value\n1,../../up,2026-01-01,a,1\n2,/etc/x,2026-01-01,a,2\n\
                3,a\\b,2026-01-01,a,3\n4,..,2026-01-01,a,4\n";
    let project = Project::new(&[
        ("datasets/readings.toml", "files = \"readings.csv\"\nkey = [\"id\"]\n"),
        ("readings.csv", rows),
        (
            "outputs/sheets.toml",
            "kind = \"pivot\"\ndataset = \"readings\"\ngroup = \"station\"\nrows = [\"day\"]\n\
             columns = \"code\"\nvalue = \"value\"\naggregate = \"first\"\nfile = \"{group}.csv\"\n",
        ),
    ]);
    project.ends(0, &["run"]);
    project.ends(0, &["outputs", "get", "--to", "deep/er/out"]);
    let names = project.db.sql("select string_agg(name, '|') from karat.output");
    assert_eq!(names.matches("csv").count(), 4, "{names}");
    let mut found = 0;
    for entry in std::fs::read_dir(project.path("deep/er/out")).unwrap() {
        found += usize::from(entry.unwrap().file_type().unwrap().is_file());
    }
    assert!(found >= 4, "all of them lie in the folder that was named: {names}");
    assert!(!project.path("deep/up.csv").exists() && !project.path("up.csv").exists());
    project.write(
        "outputs/up.toml",
        "kind = \"export\"\ndataset = \"readings\"\nfile = \"../up.csv\"\n",
    );
    let refused = project.ends(2, &["run"]);
    assert!(refused.contains("outputs/up.toml"), "{refused}");
}

#[test]
fn names_with_quotes_are_names() {
    let dataset = "files = \"list.csv\"\nkey = [\"id\"]\n";
    let evil = "o'h\"; drop table karat.run; --";
    let project = Project::new(&[
        (&format!("datasets/{evil}.toml"), dataset),
        ("list.csv", "id,\"na\"\"me'; select 1; --\",<b>\n1,x,'; drop table karat.run; --\n"),
    ]);
    let said = project.ends(0, &["run"]);
    assert!(said.contains("1 new"), "{said}");
    let table = "\"o'h\"\"; drop table karat.run; --\"";
    let value = project.db.sql(&format!("select _b_ from {table}"));
    assert_eq!(value, "'; drop table karat.run; --");
    assert_eq!(project.db.sql("select count(*) from karat.run"), "1");
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let home = eve.page("/datasets");
    assert!(home.contains("drop table karat.run") && !home.contains("o'h\""), "{home}");
    let path = "/datasets/o%27h%22%3B%20drop%20table%20karat.run%3B%20--";
    assert!(eve.page(path).contains("1"));
    for (path, form) in [
        ("/review/decide", "entity=%27%22%3B--&a=x%3A1&b=x%3A2&verdict=same"),
        ("/jobs/1", "what=%27%3B--"),
        ("/outputs/share", "id=%27%22%3B--"),
    ] {
        let origin = format!("http://{}", served.host);
        let refused = eve.ask("POST", path, &[("origin", &origin)], form);
        assert!([404, 422].contains(&refused.status), "{path}: {refused:?}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let project = people();
    let served = Served::start(&project, &["--upload-limit", "2"]);
    let mut eve = Browser::eve(&served);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"id,name,email\n").unwrap();
    let row = "7,x,x@x.org\n".repeat(10_000);
    for _ in 0..2000 {
        packed.write_all(row.as_bytes()).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 2_000_000, "{}", bomb.len());
    let answer = eve.upload("list.csv.gz", &bomb);
    assert_eq!(answer.status, 303, "{answer:?}");
    let page = eve.page(answer.header("location").unwrap());
    assert!(page.contains("expand") && page.contains("Choose where its rows go"), "{page}");
    assert_eq!(project.db.sql("select count(*) from karat.job"), "0");
    assert_eq!(eve.get("/").status, 200);
}

#[test]
fn nothing_is_fetched_from_an_address() {
    let project = people();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let url = format!("http://{}/list.csv", server.local_addr().unwrap());
    let refused = project.karat(&["load", &url, "--dataset", "list"]);
    assert_ne!(refused.0, 0, "{refused:?}");
    project.write("datasets/far.toml", format!("files = \"{url}\"\nkey = [\"id\"]\n"));
    let refused = project.karat(&["run"]);
    assert_ne!(refused.0, 0, "{refused:?}");
    assert!(server.accept().is_err(), "nobody has asked");
}

#[test]
fn nobody_is_sent_to_another_site() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    drop(Browser::eve(&served));
    for next in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nlocation: https://evil.example",
        "javascript:alert(1)",
        "",
    ] {
        let given = [("name", "Eve"), ("password", PASSWORD), ("next", next)];
        let entered = Browser::new(&served).post("/sign-in", &given);
        assert_eq!(entered.header("location"), Some("/"), "{next:?}: {entered:?}");
    }
    let mut stranger = Browser::new(&served);
    let asked = stranger.get("//evil.example/x");
    let to = asked.header("location").unwrap_or("/");
    assert!(to.starts_with('/') && !to.starts_with("//"), "{asked:?}");
    // The host that a request names is used for nothing.
    let asked = stranger.get_with("/", &[("x-forwarded-host", "evil.example")]);
    assert!(!format!("{asked:?}").contains("evil"), "{asked:?}");
}

#[test]
fn methods_that_are_not_meant_are_refused() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let origin = format!("http://{}", served.host);
    for path in ["/", "/sign-in", "/review/decide", "/accounts", "/assets/style.css", "/nothing"] {
        for method in ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "BREW", "PROPFIND"] {
            let answer = eve.ask(method, path, &[("origin", &origin)], "");
            assert!([400, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
            assert!(!answer.body.contains("cookie"), "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(eve.get("/review/decide").status, 405, "what changes something is no link");
    assert_eq!(eve.get("/sign-out").status, 405);
    assert_eq!(eve.ask("OPTIONS", "/", &[("origin", "https://evil.example")], "").status, 405);
    let told = eve.get_with("/", &[("origin", "https://evil.example")]);
    assert_eq!(told.header("access-control-allow-origin"), None);
}

/// Everything that is answered, with who has to be there for it: nobody, a viewer, an operator, an
/// admin.
const ADDRESSES: [(&str, &str, &str); 56] = [
    ("GET", "/", "viewer"),
    ("GET", "/accounts", "admin"),
    ("POST", "/accounts/change", "admin"),
    ("POST", "/accounts/invite", "admin"),
    ("GET", "/assets/{name}", "nobody"),
    ("GET", "/d/{id}", "nobody"),
    ("GET", "/datasets", "viewer"),
    ("GET", "/datasets/{dataset}", "viewer"),
    ("GET", "/datasets/{dataset}/rejects.csv", "viewer"),
    ("GET", "/datasets/{dataset}/rejects/{load}/{line}", "viewer"),
    ("POST", "/datasets/{dataset}/rejects/{load}/{line}", "operator"),
    ("POST", "/datasets/{dataset}/rejects/{load}/{line}/dismiss", "operator"),
    ("GET", "/entities", "viewer"),
    ("GET", "/entities/{entity}", "viewer"),
    ("GET", "/entities/{entity}/{id}", "viewer"),
    ("POST", "/entities/{entity}/{id}/merge", "operator"),
    ("POST", "/entities/{entity}/{id}/set", "operator"),
    ("POST", "/entities/{entity}/{id}/split", "operator"),
    ("GET", "/health/live", "nobody"),
    ("GET", "/health/ready", "nobody"),
    ("GET", "/jobs", "viewer"),
    ("GET", "/jobs/{number}", "viewer"),
    ("POST", "/jobs/{number}", "operator"),
    ("GET", "/lineage", "viewer"),
    ("GET", "/metrics", "viewer"),
    ("GET", "/models", "viewer"),
    ("GET", "/models/{entity}", "viewer"),
    ("GET", "/outputs", "viewer"),
    ("POST", "/outputs/share", "operator"),
    ("GET", "/quality", "viewer"),
    ("GET", "/quality/checks/{suite}/{check}", "viewer"),
    ("POST", "/quality/checks/{suite}/{check}", "operator"),
    ("GET", "/quality/objectives/{file}/{objective}", "viewer"),
    ("GET", "/review", "viewer"),
    ("POST", "/review/decide", "operator"),
    ("GET", "/review/decisions", "viewer"),
    ("POST", "/review/undo", "operator"),
    ("GET", "/runs", "viewer"),
    ("GET", "/runs/{number}", "viewer"),
    ("GET", "/sign-in", "nobody"),
    ("POST", "/sign-in", "nobody"),
    ("POST", "/sign-out", "nobody"),
    ("GET", "/tokens", "viewer"),
    ("POST", "/tokens", "viewer"),
    ("POST", "/tokens/revoke", "viewer"),
    ("GET", "/uploads", "viewer"),
    ("POST", "/uploads", "operator"),
    ("GET", "/uploads/{number}", "viewer"),
    ("POST", "/uploads/{number}", "operator"),
    ("GET", "/uploads/{number}/state", "viewer"),
    ("GET", "/webhooks", "admin"),
    ("POST", "/webhooks", "admin"),
    ("POST", "/webhooks/{number}/end", "admin"),
    ("POST", "/webhooks/{number}/test", "admin"),
    ("GET", "/welcome/{link}", "nobody"),
    ("POST", "/welcome/{link}", "nobody"),
];

#[test]
fn every_address_asks_who_is_there() {
    let routes = include_str!("../../../karat-server/src/routes.rs");
    let mut declared: Vec<(&str, &str)> = Vec::new();
    for line in routes.split(".route(\"").skip(1) {
        let path = line.split('"').next().unwrap();
        let line = line.lines().next().unwrap();
        for (method, call) in [("GET", "get("), ("POST", "post(")] {
            if line.contains(call) {
                declared.push((method, path));
            }
        }
    }
    declared.sort_by_key(|(method, path)| (*path, *method));
    let known: Vec<_> = ADDRESSES.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(declared, known, "every address says here who may ask for it");
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut stranger = Browser::new(&served);
    let mut vic = invited(&served, &mut eve, "Vic", "viewer");
    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let origin = format!("http://{}", served.host);
    for (method, path, role) in ADDRESSES {
        let path = path.replace("{number}", "1").replace("{entity}", "people");
        let path = path.replace("{dataset}", "list").replace("{id}", "x").replace("{link}", "x");
        let path = path.replace("{load}", "1").replace("{line}", "1");
        if path == "/sign-out" {
            continue;
        }
        let ask =
            |browser: &mut Browser| browser.ask(method, &path, &[("origin", &origin)], "").status;
        let is_out = ask(&mut stranger) == 303;
        assert_eq!(is_out, role != "nobody", "{method} {path} for nobody");
        let refused = [&mut vic, &mut oz, &mut eve].map(|browser| ask(browser) == 403);
        let expected = match role {
            "operator" => [true, false, false],
            "admin" => [true, true, false],
            _ if path.starts_with("/d/") => [true, true, true],
            _ => [false, false, false],
        };
        assert_eq!(refused, expected, "{method} {path}");
    }
}

#[test]
fn many_at_once_are_answered_and_none_is_mixed_up() {
    let project = people();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let vic = invited(&served, &mut eve, "Vic", "viewer");
    thread::scope(|scope| {
        for n in 0..40 {
            let (mut browser, name) =
                if n % 2 == 0 { (eve.clone(), "Eve") } else { (vic.clone(), "Vic") };
            scope.spawn(move || {
                let page = browser.page("/datasets");
                assert!(
                    page.contains(&format!("<a href=\"/tokens\">{name}</a>")),
                    "{name}: {page}"
                );
            });
        }
    });
}
