//! A project with datasets and its database, for tests of what loads leave.

use std::path::Path;
use std::process::Command;

use karat_testdb::TestDb;

pub struct Project {
    pub folder: tempfile::TempDir,
    pub db: TestDb,
}

impl Project {
    /// A project of these files; its dataset files name their own data files.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), db: TestDb::new() };
        project.write("karat.toml", "name = \"t\"\n");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A project of one dataset `d`, loaded from `d.csv`, and the schema of its table.
    pub fn of(dataset: &str, schema: &str) -> Project {
        let project =
            Project::new(&[("datasets/d.toml", &format!("files = \"d.csv\"\n{dataset}"))]);
        if !schema.is_empty() {
            project.write("schema/d.sql", schema);
        }
        project
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A run that has not begun.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command
            .arg("--project")
            .arg(self.folder.path())
            .arg("run")
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("DATABASE_URL", self.db.url());
        command
    }

    /// Runs; what was said.
    pub fn run(&self, code: i32) -> String {
        let output = self.command().output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    /// Runs with a file that is refused; what was said.
    pub fn refuses(&self, csv: &str) -> String {
        self.write("d.csv", csv);
        self.run(2)
    }

    /// Loads a file; what was said.
    pub fn takes(&self, csv: &str) -> String {
        self.write("d.csv", csv);
        self.run(0)
    }

    /// Loads a file; the books of the last load as read/inserted/updated/unchanged/duplicate/
    /// rejected/removed.
    pub fn load(&self, csv: &str) -> String {
        self.takes(csv);
        self.db.sql(
            "select concat_ws('/', read, inserted, updated, unchanged, duplicate, rejected, removed)
             from karat.load order by id desc limit 1",
        )
    }
}
