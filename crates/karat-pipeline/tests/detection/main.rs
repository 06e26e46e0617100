//! What detection says of a corpus of files, each with the answer that a person would give.

mod corpus;
mod generate;

use std::collections::BTreeMap;

use karat_pipeline::detect::{Band, Detection, Detector, Extent};
use karat_pipeline::project::{Project, Request};

use corpus::{Expected, Labelled};

/// A project in a folder of its own.
struct World {
    folder: tempfile::TempDir,
    project: Project,
}

impl World {
    fn new(files: &[(&str, &str)]) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let world = |path: &str| folder.path().join(path);
        for (path, text) in files {
            let path = world(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        let request = Request { root: folder.path().to_owned(), ..Request::default() };
        let project = Project::open(&request).unwrap_or_else(|problems| panic!("{problems:?}"));
        World { folder, project }
    }

    /// The best dataset, its score and band, with all evidence.
    fn detect(&self, name: &str, bytes: &[u8]) -> Detection {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let detector = Detector::new(&self.project).unwrap_or_else(|p| panic!("{p:?}"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let found = runtime.block_on(detector.detect(&path, Extent::Whole, None));
        found.unwrap_or_else(|problem| panic!("{name}: {problem}"))
    }
}

/// What was found, as the tables of the corpus write it.
fn shown(found: &Detection) -> String {
    let best = &found.candidates[0];
    let name = if best.band >= Band::Low { best.dataset.as_str() } else { "-" };
    format!("{name} {}", best.band.name())
}

#[test]
fn every_file_of_the_corpus_gets_the_answer_of_a_person() {
    let world = World::new(&corpus::PROJECT);
    let corpus = corpus::files();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for Labelled { name, bytes, truth, expected } in &corpus {
        let found = world.detect(name, bytes);
        let Expected { dataset, band } = expected;
        let said = shown(&found);
        if said != format!("{dataset} {}", band.name()) {
            let best = &found.candidates[0];
            wrong.push(format!(
                "{name}: {said} ({:.2}) for {dataset} {band:?}\n{best:#?}",
                best.score
            ));
        }
        let automatic = found.automatic().map(|best| best.dataset.as_str());
        let kind = match (automatic, truth) {
            (Some(answer), Some(truth)) if answer == *truth => "right",
            (Some(_), _) => "wrong",
            (None, Some(_)) => "asked, of a dataset",
            (None, None) => "asked, of none",
        };
        *counts.entry(kind).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), corpus.len(), wrong.join("\n"));
    // docs/detection.md states these figures.
    let of_page = corpus::figures(&counts, corpus.len());
    assert!(page().contains(&of_page), "docs/detection.md should say: {of_page} ({counts:?})");
}

/// The page about detection, on one line.
fn page() -> String {
    let page = include_str!("../../../../docs/detection.md");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_file_that_lost_columns_or_their_names_is_taken_for_another_dataset() {
    let world = World::new(&corpus::PROJECT);
    let (mut files, mut answered) = (0, 0);
    for (truth, table) in corpus::tables() {
        let width = table[0].len();
        for kept in 1..1_u32 << width {
            let is_kept = |at: &usize| kept & (1 << at) != 0;
            let columns: Vec<usize> = (0..width).filter(is_kept).collect();
            let less = generate::only(table.clone(), &columns);
            let mut other = table.clone();
            (0..width)
                .filter(|at| !is_kept(at))
                .for_each(|at| other[0][at] = format!("Other {at}"));
            for table in [less, other] {
                let found = world.detect("export.csv", generate::csv(&table, ',').as_bytes());
                let answer = found.automatic().map(|best| best.dataset.as_str());
                assert!(answer.is_none_or(|answer| answer == truth), "{truth}: {:?}", table[0]);
                files += 1;
                answered += usize::from(answer.is_some());
            }
        }
    }
    let figures = format!("{files} files that lost columns or their names, {answered} are");
    assert!(page().contains(&figures), "docs/detection.md should say: {figures}");
}

#[test]
fn the_same_file_gives_the_same_answer_whatever_the_order_of_its_rows() {
    let world = World::new(&corpus::PROJECT);
    let rows = generate::readings(3000, 1);
    let mut turned: Vec<Vec<String>> = rows[1..].to_vec();
    turned.reverse();
    turned.insert(0, rows[0].clone());
    let [a, b] = [&rows, &turned].map(|rows| {
        let found = world.detect("export.csv", generate::csv(rows, ',').as_bytes());
        let scores = found.candidates.iter().map(|c| (c.dataset.clone(), c.score, c.band));
        scores.collect::<Vec<_>>()
    });
    assert_eq!(a, b);
}

#[test]
fn a_dataset_that_does_not_want_to_be_recognised_is_not() {
    let off = [
        ("karat.toml", "name = \"t\"\n"),
        ("datasets/a.toml", "files = \"a/*.csv\"\nkey = [\"id\"]\n[detect]\nenabled = false\n"),
    ];
    assert!(World::new(&off).detect("b.csv", b"id\n1\n").candidates.is_empty());
}

#[test]
fn files_are_read_as_their_datasets_are_written() {
    let files = [
        ("karat.toml", "name = \"t\"\n"),
        (
            "datasets/report.toml",
            "files = \"a/*.csv\"\nkey = [\"code\"]\nheader = 3\n[columns]\ncode = {}\n\
             amount = { type = \"numeric\" }\nday = { type = \"date\" }\n",
        ),
        (
            "datasets/bare.toml",
            "files = \"b/*.csv\"\nkey = [\"id\"]\nheader = false\ncolumns = [\"id\", \"day\", \"n\"]\n",
        ),
        ("schema/bare.sql", "create table public.bare (id text primary key, day date, n bigint);"),
    ];
    let world = World::new(&files);
    let above = b"Report of March\n\ncode,amount,day\nx,1.5,2024-03-01\ny,2.5,2024-03-02\n";
    assert_eq!(shown(&world.detect("x.csv", above)), "report high");
    // Values alone are no name: a person has to say so.
    let bare = b"a,2024-03-01,1\nb,2024-03-02,2\nc,2024-03-03,3\n";
    assert_eq!(shown(&world.detect("y.csv", bare)), "bare low");
    assert_eq!(shown(&world.detect("z.csv", b"a,b,1\nb,c,2\nc,d,x\n")), "- very low");
}
