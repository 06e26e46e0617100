//! A schema says the same whatever its files are called and however its statements are ordered.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "agents_support/permute.rs"]
mod permute;
#[path = "agents_support/random.rs"]
mod random;

use std::path::{Path, PathBuf};

use agents_support::{Project, done};
use karat_store::schema::{SourceFile, split};
use karat_testdb::TestDb;
use permute::permute;
use random::Random;

const ROUNDS: usize = 20;

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The statements of a file, each with its semicolon.
fn statements(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("the file is there");
    let found = split(&SourceFile { path: path.display().to_string(), text });
    found.expect("the example is SQL").into_iter().map(|s| format!("{};\n", s.text)).collect()
}

/// Gives each file the content of another one, its statements in any order; in odd rounds
/// statements change their file as well.
fn shuffle(schema: &Path, round: usize, random: &mut Random) {
    let paths = files(schema);
    let mut contents: Vec<Vec<String>> = paths.iter().map(|path| statements(path)).collect();
    if round % 2 == 1 {
        let mut all: Vec<String> = contents.concat();
        permute(&mut all, random);
        contents = vec![Vec::new(); paths.len()];
        all.into_iter().for_each(|text| contents[random.below(paths.len())].push(text));
    }
    permute(&mut contents, random);
    for (path, mut content) in paths.iter().zip(contents) {
        permute(&mut content, random);
        std::fs::write(path, content.join("\n")).expect("the file can be written");
    }
}

/// What the database looks like, whatever was made first.
fn catalogue(db: &TestDb) -> Vec<String> {
    let dump = db.dump(&["--schema-only", "--exclude-schema=karat"]);
    // A column, constraint or argument that is last in its list has no comma.
    let mut lines: Vec<String> =
        dump.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
    lines.sort_unstable();
    lines
}

fn deployed(project: &Project) -> (Vec<String>, String) {
    let db = TestDb::new();
    let said = done(&mut project.karat(&db.url(), &["deploy"]));
    let verified = done(&mut project.karat(&db.url(), &["verify"]));
    assert!(verified.contains("verified: "), "{verified}");
    let again = done(&mut project.karat(&db.url(), &["deploy"]));
    assert!(again.contains("nothing to do"), "deploying again is nothing: {again}");
    (catalogue(&db), said)
}

#[test]
fn a_shuffled_schema_makes_the_same_database() {
    let (expected, _) = deployed(&Project::of("agents", "10x10", 1));
    assert!(expected.len() > 100, "{expected:?}");
    let mut random = Random(1);
    for round in 0..ROUNDS {
        let project = Project::of("agents", "10x10", 1);
        shuffle(&project.root.join("schema"), round, &mut random);
        let (found, said) = deployed(&project);
        let new = found.iter().find(|line| !expected.contains(line));
        let gone = expected.iter().find(|line| !found.contains(line));
        assert_eq!((new, gone), (None, None), "round {round}: {said}");
        assert_eq!(found, expected, "round {round}: {said}");
    }
}
