//! Files in a bucket that machines share: S3 as an independent server speaks it, with signatures
//! verified, and Supabase as it is documented.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod s3;
mod supabase;

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use karat_connect::bucket::{Bucket, Endpoint, Place, Secret, Settings};
use karat_connect::storage::{Content, Storage};
use karat_connect::vault::{Vault, hash_file, hash_text};
use karat_record::{Kind, Problem};
use s3::S3Server;
use supabase::SupabaseServer;
use tempfile::TempDir;

fn s3_with(server: &str, secret: &str, name: &str) -> Bucket {
    Bucket::new(Settings {
        name: name.to_owned(),
        prefix: "shop/prod".to_owned(),
        place: Place::S3 {
            endpoint: Some(Endpoint::parse(server).unwrap()),
            region: "us-east-1".to_owned(),
            access_key: s3::ACCESS_KEY.to_owned(),
            secret_key: Secret(secret.to_owned()),
            session: None,
        },
    })
}

fn s3(server: &S3Server) -> Bucket {
    s3_with(&server.url(), s3::SECRET_KEY, s3::BUCKET)
}

fn supabase_with(server: &str, key: &str, name: &str) -> Bucket {
    let (url, key) = (Endpoint::parse(server).unwrap(), Secret(key.to_owned()));
    let place = Place::Supabase { url, key };
    Bucket::new(Settings { name: name.to_owned(), prefix: String::new(), place })
}

fn supabase(server: &SupabaseServer) -> Bucket {
    supabase_with(&server.url(), supabase::KEY, supabase::BUCKET)
}

/// The storage of a machine, with the folder that it has.
fn machine(bucket: &Bucket) -> (TempDir, Storage) {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::local(folder.path().join("outputs")).shared(Some(bucket));
    (folder, storage)
}

fn kept(storage: &Storage, text: &str) -> Content {
    let mut draft = storage.draft().unwrap();
    draft.write_all(text.as_bytes()).unwrap();
    storage.keep(draft).unwrap()
}

fn text_of(storage: &Storage, content: &Content) -> String {
    let mut text = String::new();
    storage.open(&content.sha256).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What everything that keeps files has to do, whatever is behind it.
fn conforms(bucket: &Bucket, keys: &dyn Fn() -> Vec<String>, prefix: &str) {
    let ((_one, one), (_other, other)) = (machine(bucket), machine(bucket));
    let first = kept(&one, "abc");
    assert_eq!((kept(&one, "abc"), kept(&other, "abc")), (first.clone(), first.clone()));
    let key = format!("{prefix}outputs/ba/{}", first.sha256);
    assert_eq!(keys(), [key]);
    let second = kept(&one, "a second one");
    assert!(!other.path(&second.sha256).exists());
    assert_eq!(text_of(&other, &second), "a second one");
    assert!(other.path(&second.sha256).exists() && other.has(&second).unwrap());
    let never = Content { sha256: hash_text("never"), bytes: 5 };
    assert!(!one.has(&never).unwrap());
    assert_eq!(one.fetch(&never.sha256).unwrap_err().kind, Kind::Input);
    // A machine that has none of them sees them all, and removes them for all.
    let (_third, third) = machine(bucket);
    let mut listed = third.list().unwrap();
    listed.sort_by_key(|content| content.bytes);
    assert_eq!(listed, [first.clone(), second.clone()]);
    third.remove(&first.sha256).unwrap();
    third.remove(&first.sha256).unwrap();
    one.remove(&second.sha256).unwrap();
    assert_eq!((keys(), one.list().unwrap()), (Vec::new(), vec![first]));
    // What came is shared as what was made is.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "id\n1\n").unwrap();
    let vault = |name: &str| Vault::new(folder.path().join(name)).shared(Some(bucket));
    vault("one").keep(&folder.path().join("a.csv")).unwrap();
    let sha256 = hash_text("id\n1\n");
    assert_eq!(keys(), [format!("{prefix}files/{}/{sha256}", &sha256[..2])]);
    let fetched = vault("other").fetch(&sha256).unwrap();
    assert_eq!(std::fs::read_to_string(fetched).unwrap(), "id\n1\n");
}

fn answers(bucket: &Bucket) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(bucket.answers())
}

fn link(storage: &Storage, content: &Content) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let header = "attachment; filename*=UTF-8''by%20day.csv";
    let link = storage.link(content, ("by day.csv", header), Duration::from_secs(60));
    runtime.block_on(link).unwrap()
}

/// What a browser without any key gets.
fn got(link: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let answer = reqwest::get(link).await.unwrap();
        let named = answer.headers().get("content-disposition").cloned();
        let named = named.map(|n| n.to_str().unwrap().to_owned()).unwrap_or_default();
        format!("{} {named} {}", answer.status(), answer.text().await.unwrap())
    })
}

#[test]
fn files_are_shared_by_s3() {
    let server = S3Server::start();
    conforms(&s3(&server), &|| server.keys(), "shop/prod/");
    answers(&s3(&server)).unwrap();
}

#[test]
fn files_are_shared_by_supabase() {
    let server = SupabaseServer::start();
    conforms(&supabase(&server), &|| server.keys(), "");
    answers(&supabase(&server)).unwrap();
}

#[test]
fn what_is_in_the_bucket_is_not_sent_again() {
    let server = S3Server::start();
    let (_folder, storage) = machine(&s3(&server));
    kept(&storage, "abc");
    assert_eq!(server.asked("PUT").len(), 1);
    kept(&storage, "abc");
    assert_eq!(server.asked("PUT"), [""; 0]);
}

#[test]
fn a_spoilt_object_is_refused_and_leaves_nothing() {
    let (one, two) = (S3Server::start(), SupabaseServer::start());
    let content = kept(&machine(&s3(&one)).1, "abc");
    std::fs::write(one.path(&one.keys()[0]), "abd").unwrap();
    kept(&machine(&supabase(&two)).1, "abc");
    for bytes in two.inner.lock().unwrap().objects.values_mut() {
        *bytes = "abd".into();
    }
    for bucket in [s3(&one), supabase(&two)] {
        let (folder, storage) = machine(&bucket);
        let problem = storage.open(&content.sha256).unwrap_err();
        assert_eq!(problem.kind, Kind::Data);
        let object = format!("outputs/ba/{} of bucket karat-test", content.sha256);
        assert!(problem.what.contains(&object) && problem.hint.is_some(), "{problem}");
        assert_eq!(std::fs::read_dir(folder.path().join("outputs")).unwrap().count(), 0);
    }
}

#[test]
fn what_is_wrong_with_a_bucket_is_said_with_what_to_do() {
    let (one, two) = (S3Server::start(), SupabaseServer::start());
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    for (bucket, kind, said, hint) in [
        (
            s3_with(&one.url(), "wrong", s3::BUCKET),
            Kind::Permission,
            "SignatureDoesNotMatch",
            "AWS_",
        ),
        (
            s3_with(&one.url(), s3::SECRET_KEY, "none"),
            Kind::Connection,
            "no bucket none",
            "make it",
        ),
        (s3_with(&nobody, s3::SECRET_KEY, s3::BUCKET), Kind::Connection, "be reached", "network"),
        (
            supabase_with(&two.url(), "wrong", supabase::BUCKET),
            Kind::Permission,
            "signature verification failed",
            "SUPABASE_SERVICE_KEY",
        ),
        (
            supabase_with(&two.url(), supabase::KEY, "none"),
            Kind::Connection,
            "no bucket none",
            "make",
        ),
        (
            supabase_with(&nobody, supabase::KEY, supabase::BUCKET),
            Kind::Connection,
            "be reached",
            "network",
        ),
    ] {
        let (_folder, storage) = machine(&bucket);
        let mut draft = storage.draft().unwrap();
        draft.write_all(b"abc").unwrap();
        let problem = storage.keep(draft).unwrap_err();
        assert_eq!(problem.kind, kind, "{problem}");
        assert!(problem.what.contains(said), "{problem}");
        assert!(problem.hint.as_deref().is_some_and(|it| it.contains(hint)), "{problem}");
        let problem = answers(&bucket).unwrap_err();
        assert!(problem.kind == kind && problem.what.contains(said), "{problem}");
        assert!(!format!("{problem} {bucket:?}").contains("s3cr3t"), "{bucket:?}");
    }
}

#[test]
fn a_store_that_is_out_of_order_for_a_moment_is_asked_again() {
    let server = SupabaseServer::start();
    let (_folder, storage) = machine(&supabase(&server));
    server.inner.lock().unwrap().broken = 2;
    kept(&storage, "abc");
    server.inner.lock().unwrap().broken = 3;
    let mut draft = storage.draft().unwrap();
    draft.write_all(b"abd").unwrap();
    assert_eq!(storage.keep(draft).unwrap_err().kind, Kind::Lost);
}

#[test]
fn a_list_has_all_pages() {
    let server = SupabaseServer::start();
    for number in 0..1_100 {
        let key = format!("outputs/aa/aa{number:062}");
        server.inner.lock().unwrap().objects.insert(key, "abc".into());
    }
    let strange = ["outputs/aa/notes.txt", "outputs/bb/aa", "files/aa/a"];
    for key in strange {
        server.inner.lock().unwrap().objects.insert(key.to_owned(), "abc".into());
    }
    assert_eq!(machine(&supabase(&server)).1.list().unwrap().len(), 1_100);
}

#[test]
fn a_large_file_goes_in_parts_that_memory_does_not_grow_with() {
    const BYTES: u64 = 96 * 1024 * 1024;
    let sparse = |storage: &Storage| {
        let draft = storage.draft().unwrap();
        File::options().write(true).open(draft.path()).unwrap().set_len(BYTES).unwrap();
        draft
    };
    let server = S3Server::start();
    let (_one, one) = machine(&s3(&server));
    let draft = sparse(&one);
    let before = peak();
    let content = one.keep(draft).unwrap();
    let parts = server.asked("PUT").iter().filter(|it| it.contains("partNumber=")).count();
    assert_eq!((content.bytes, parts), (BYTES, 12));
    let (_other, other) = machine(&s3(&server));
    let fetched = other.fetch(&content.sha256).unwrap();
    assert_eq!(hash_file(&fetched).unwrap(), (content.sha256, BYTES));
    // Three parts of 8 MiB on our side, and what the server in this process takes.
    let grown = peak() - before;
    assert!(grown < 64 * 1024, "grown by {grown} KiB");
}

/// The most memory that the process had since the last time, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak
}

#[test]
fn a_store_signs_links_of_its_own() {
    let (one, two) = (S3Server::start(), SupabaseServer::start());
    let (_folder, storage) = machine(&s3(&one));
    let content = kept(&storage, "abc");
    let signed = link(&storage, &content).unwrap();
    assert!(signed.contains("X-Amz-Expires=60&"), "{signed}");
    assert!(signed.contains("response-content-disposition=attachment%3B%20filename"), "{signed}");
    assert_eq!(got(&signed), "200 OK attachment; filename*=UTF-8''by%20day.csv abc");
    // The name is signed with the rest.
    assert!(got(&signed.replace("day.csv", "day.exe")).starts_with("403"));
    let (_folder, storage) = machine(&supabase(&two));
    let content = kept(&storage, "abc");
    let signed = link(&storage, &content).unwrap();
    assert_eq!(got(&signed), "200 OK attachment; filename=by day.csv abc");
    // What only this machine has is for this machine to hand out.
    two.inner.lock().unwrap().objects.clear();
    assert_eq!(link(&storage, &content), None);
    assert_eq!(link(&Storage::local(Path::new("none").to_owned()), &content), None);
}

#[test]
fn whoever_waits_waits_on_any_runtime() {
    let server = S3Server::start();
    let (_folder, storage) = machine(&s3(&server));
    let single = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let content = single.block_on(async { kept(&storage, "abc") });
    let several = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    several.block_on(async {
        let (_folder, other) = machine(&s3(&server));
        let inner = other.clone();
        let sha256 = content.sha256.clone();
        tokio::spawn(async move { inner.fetch(&sha256).unwrap() }).await.unwrap();
        tokio::task::spawn_blocking(move || other.list().unwrap()).await.unwrap();
    });
    drop(storage);
}
