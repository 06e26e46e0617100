//! A project folder with a database of its own, for tests of the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use karat_testdb::TestDb;

pub struct Project {
    folder: tempfile::TempDir,
    pub db: TestDb,
}

impl Project {
    /// A project of these files, besides `karat.toml`.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), db: TestDb::new() };
        project.write("karat.toml", "name = \"t\"\n");
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The command, about to run in the project's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("DATABASE_URL", self.db.url());
        command
    }

    /// Runs the command in the project's folder; exit code and both streams.
    pub fn karat(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8(said).unwrap())
    }

    /// Runs and expects an exit code.
    pub fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let (found, said) = self.karat(arguments);
        assert_eq!(found, code, "karat {}: {said}", arguments.join(" "));
        said
    }
}
