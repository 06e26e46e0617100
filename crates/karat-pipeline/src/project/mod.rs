//! A project: the folder of declarations, read and validated as a whole. Everything that is
//! wrong with any of its files is reported at once.

pub mod alias;
mod budget;
pub mod checks;
pub mod contract;
pub mod dataset;
mod delimited;
pub mod detection;
pub mod entity;
mod environment;
pub mod model;
pub mod objectives;
pub mod outputs;
mod section;
pub mod size;
pub mod storage;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat_connect::bucket::Bucket;
use karat_connect::storage::Storage;
use karat_connect::vault::{Vault, hash_text};
use karat_record::{Kind, Place, Problem, Problems};
use karat_store::Address;

use alias::Tables;
pub use checks::Suite;
pub use dataset::Dataset;
pub use entity::Entity;
pub use environment::Setting;
use environment::{Variables, required_file};
pub use objectives::Objectives;
pub use outputs::Output;
pub use section::one_of;
use section::{Section, Source, read_source};

/// What the user asked for besides the project itself.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub root: PathBuf,
    /// `--env`
    pub environment: Option<String>,
    /// `--env-file`
    pub env_file: Option<PathBuf>,
    /// `--database-url`
    pub database_url: Option<String>,
    /// The variables of the process.
    pub process: BTreeMap<String, String>,
}

/// A project, valid.
#[derive(Clone)]
pub struct Project {
    pub root: PathBuf,
    pub name: String,
    /// Country of phone numbers without country code.
    pub region: String,
    /// Folders of schema files, relative to the project.
    pub schema: Vec<String>,
    pub row_level_security: bool,
    /// Whether loaded files are kept in `.karat/files`.
    pub keep_files: bool,
    /// Connections that a load copies over.
    pub connections: usize,
    /// Bytes of memory that comparing and clustering may take; None is no limit.
    pub memory: Option<u64>,
    /// Bytes of a file after which a load commits what it has, where it can.
    pub segment: u64,
    pub datasets: Vec<Dataset>,
    pub entities: Vec<Entity>,
    pub checks: Vec<Suite>,
    pub objectives: Vec<Objectives>,
    pub outputs: Vec<Output>,
    pub database: Database,
    /// The bucket of which the project's folder is a cache.
    pub bucket: Option<Bucket>,
    /// Whether links to outputs lead to the bucket's own.
    pub direct: bool,
    /// Whether webhooks may lead to this machine and its network.
    pub private_webhooks: bool,
    /// Whether changing this environment's database needs `--yes`.
    pub protected: bool,
    /// What is in force and where it came from, for `config show`.
    pub settings: Vec<Setting>,
    /// Things that are not wrong but that a user should know.
    pub notes: Vec<String>,
}

/// Which database the project is for.
#[derive(Clone, Debug)]
pub enum Database {
    /// The PostgreSQL that Karat manages in the project's folder.
    Local,
    At(Box<Address>),
}

/// Names of older tools that are still understood, and what became of them.
const OLD_NAMES: [(&str, &str); 2] = [
    ("SUPABASE_URL", "is not needed: Karat speaks to PostgreSQL by DATABASE_URL"),
    ("SUPABASE_SERVICE_ROLE_KEY", "is not needed: rights come with DATABASE_URL's user"),
];

impl Project {
    /// The files that were loaded or handed over, by their hashes.
    pub fn vault(&self) -> Vault {
        Vault::new(self.root.join(".karat/files")).shared(self.bucket.as_ref())
    }

    /// Where outputs are kept.
    pub fn storage(&self) -> Storage {
        Storage::local(self.root.join(".karat/outputs")).shared(self.bucket.as_ref())
    }

    /// What must not appear in anything that is printed.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = self.bucket.as_ref().map(Bucket::secrets).unwrap_or_default();
        if let Database::At(address) = &self.database {
            secrets.extend(address.secrets());
        }
        secrets
    }

    /// Reads and validates the project in `request.root`.
    pub fn open(request: &Request) -> Result<Project, Problems> {
        let main = main_file(&request.root)?;
        let mut problems = Problems::default();
        let mut keep = |found: Problems| problems.0.extend(found.0);
        let base = read_source(&main, |s| read_main(s, request)).map_err(&mut keep).ok();
        let region = base.as_ref().map_or("US", |b| b.region.as_str()).to_owned();
        let aliases = Tables::read(&request.root, &mut keep);
        let read =
            |name: &str, settings, s: &Section<'_>| dataset::read(name, settings, s, &aliases);
        let datasets = read_folder(request, "datasets", &region, read, &mut keep);
        let root = &request.root;
        let read = |name: &str, settings, s: &Section<'_>| entity::read(name, settings, s, root);
        let entities = read_folder(request, "entities", &region, read, &mut keep);
        let read = |name: &str, _, s: &Section<'_>| checks::read(name, s);
        let checks = read_folder(request, "checks", &region, read, &mut keep);
        let read = |name: &str, _, s: &Section<'_>| objectives::read(name, s, root);
        let objectives = read_folder(request, "objectives", &region, read, &mut keep);
        let outputs = read_folder(request, "outputs", &region, outputs::read, &mut keep);
        let variables = gather(request, base.as_ref()).map_err(|p| keep(p.into())).ok();
        let storage = base.as_ref().and_then(|base| base.storage.as_ref());
        let bucket = storage.zip(variables.as_ref()).and_then(|(storage, variables)| {
            storage.bucket(variables).map_err(|p| keep(p.into())).ok()
        });
        cross_check(&datasets, &entities, &mut problems);
        objectives::cross_check(&objectives, &datasets, &entities, &mut problems);
        outputs::cross_check(&outputs, (&datasets, &entities), root, &mut problems);
        problems.into_result()?;
        let (Some(base), Some(variables)) = (base, variables) else {
            return Err(Problem::new(Kind::Internal, "a project was refused silently").into());
        };
        let mut project = Project {
            root: request.root.clone(),
            name: base.name,
            region,
            schema: base.schema,
            row_level_security: base.row_level_security,
            keep_files: base.keep_files,
            connections: base.connections,
            memory: base.memory,
            segment: base.segment,
            datasets: datasets.into_iter().map(|(_, d)| d).collect(),
            entities: entities.into_iter().map(|(_, e)| e).collect(),
            checks: checks.into_iter().map(|(_, suite)| suite).collect(),
            objectives: objectives.into_iter().map(|(_, file)| file).collect(),
            outputs: outputs.into_iter().map(|(_, output)| output).collect(),
            database: Database::Local,
            direct: bucket.is_some() && base.storage.as_ref().is_some_and(|s| s.direct),
            bucket,
            private_webhooks: base.private_webhooks,
            protected: base.protected,
            settings: base.settings,
            notes: Vec::new(),
        };
        project.apply(request, &variables, base.url_variable)?;
        let kind = base.storage.map(|storage| storage.kind);
        project.note_old_names(&variables, kind == Some(storage::Kind::Supabase));
        Ok(project)
    }

    /// Takes what the environment says of the database.
    fn apply(
        &mut self,
        request: &Request,
        variables: &Variables,
        (variable, origin): (String, String),
    ) -> Result<(), Problem> {
        let url = match (&request.database_url, variables.get(&variable)) {
            (Some(url), _) => Some((url.as_str(), "--database-url")),
            (None, found) => found,
        };
        let (shown, from) = match url {
            Some((url, from)) => {
                let address = Address::parse(url).map_err(|p| p.at(Place::file(from)))?;
                let shown = address.shown();
                self.database = Database::At(Box::new(address));
                (shown, from.to_owned())
            }
            None if origin != "default" => {
                let what = format!("the variable {variable} is not set");
                return Err(Problem::new(Kind::Project, what)
                    .at(Place::file(origin))
                    .hint("set it in the environment, in .env or in the file of --env-file"));
            }
            None => ("local PostgreSQL in .karat/pg".to_owned(), "default".to_owned()),
        };
        self.settings.push(Setting { name: "database", shown, origin: from });
        if let Some((value, from)) = variables.get("ENABLE_RLS") {
            self.row_level_security = !matches!(value, "false" | "0" | "no" | "off");
            let shown = self.row_level_security.to_string();
            for setting in self.settings.iter_mut().filter(|s| s.name == "rls") {
                *setting = Setting { name: "rls", shown: shown.clone(), origin: from.to_owned() };
            }
        }
        Ok(())
    }

    /// Says of the names of older tools what became of them, unless they have a use.
    fn note_old_names(&mut self, variables: &Variables, is_used: bool) {
        let there = OLD_NAMES.iter().filter(|(name, _)| variables.get(name).is_some() && !is_used);
        self.notes.extend(there.map(|(name, why)| format!("{name} {why}")));
    }

    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|d| d.name == name)
    }
}

fn main_file(root: &Path) -> Result<Source, Problem> {
    let path = root.join("karat.toml");
    let text = std::fs::read_to_string(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            let folder = match root.as_os_str() == "." {
                true => "this folder".to_owned(),
                false => root.display().to_string(),
            };
            let what = format!("there is no project in {folder}: karat.toml is missing");
            Problem::new(Kind::Project, what)
                .hint("name its folder with --project DIR, or make one with karat new DIR")
        }
        _ => Problem::io("read", &path, &e).hint("let this user read it, and save it as UTF-8"),
    })?;
    Ok(Source { path: "karat.toml".to_owned(), text })
}

/// Large enough that a commit costs nothing, small enough that little is read twice.
const SEGMENT: u64 = 64 * 1024 * 1024;

/// What `karat.toml` says.
struct Main {
    name: String,
    region: String,
    schema: Vec<String>,
    row_level_security: bool,
    keep_files: bool,
    connections: usize,
    memory: Option<u64>,
    segment: u64,
    private_webhooks: bool,
    protected: bool,
    env_file: Option<String>,
    storage: Option<storage::Declared>,
    /// The variable with the URL, and where that was said.
    url_variable: (String, String),
    settings: Vec<Setting>,
}

fn read_main(section: &Section<'_>, request: &Request) -> Option<Main> {
    let mut settings = Vec::new();
    let mut say = |name: &'static str, shown: String, section: &Section<'_>, key: &str| {
        let place = || section.place(key).line.map(|line| format!("karat.toml:{line}"));
        let origin = if section.has(key) { place() } else { None };
        settings.push(Setting { name, shown, origin: origin.unwrap_or("default".to_owned()) });
    };
    let name = section.required_text("name", "a short name for the project: name = \"agents\"");
    let region = section.text("region").unwrap_or_else(|| "US".to_owned());
    let schema = section.texts("schema").unwrap_or_else(|| vec!["schema".to_owned()]);
    let rls = section.truth("rls").unwrap_or(true);
    let keep_files = section.truth("keep_files").unwrap_or(true);
    let connections = section.number("connections", 1..17).unwrap_or(2) as usize;
    say("name", name.clone().unwrap_or_default(), section, "name");
    say("region", region.clone(), section, "region");
    say("schema", schema.join(", "), section, "schema");
    say("rls", rls.to_string(), section, "rls");
    say("keep_files", keep_files.to_string(), section, "keep_files");
    say("connections", connections.to_string(), section, "connections");
    let resources = section.table("resources");
    let memory = resources.as_ref().and_then(|resources| resources.size("memory"));
    let shown = memory.map_or_else(|| "no limit".to_owned(), size::shown);
    say("memory", shown, resources.as_ref().unwrap_or(section), "memory");
    let segment = resources.as_ref().and_then(|resources| resources.size("segment"));
    let segment = segment.unwrap_or(SEGMENT);
    say("segment", size::shown(segment), resources.as_ref().unwrap_or(section), "segment");
    resources.iter().for_each(Section::done);
    let webhooks = section.table("webhooks");
    let private_webhooks = webhooks.as_ref().and_then(|webhooks| webhooks.truth("private"));
    webhooks.iter().for_each(Section::done);
    let private_webhooks = private_webhooks.unwrap_or(false);
    say(
        "private_webhooks",
        private_webhooks.to_string(),
        webhooks.as_ref().unwrap_or(section),
        "private",
    );
    let base = url_of(section);
    let storage = storage::read(section);
    let Environment { env_file, protected, url, storage: other } =
        environment_of(section, request).unwrap_or_default();
    let storage = other.or(storage);
    match &storage {
        Some(storage) => settings.extend(storage.settings().iter().cloned()),
        None => settings.push(Setting {
            name: "storage",
            shown: ".karat/outputs and .karat/files".to_owned(),
            origin: "default".to_owned(),
        }),
    }
    Some(Main {
        name: name?,
        region,
        schema,
        row_level_security: rls,
        keep_files,
        connections,
        memory,
        segment,
        private_webhooks,
        protected,
        env_file,
        storage,
        url_variable: url.or(base).unwrap_or(("DATABASE_URL".to_owned(), "default".to_owned())),
        settings,
    })
}

/// `url = { env = "NAME" }`: secrets are named in project files, never written there.
fn url_of(section: &Section<'_>) -> Option<(String, String)> {
    if !section.has("url") {
        return None;
    }
    if !section.is_table("url") {
        let hint = "put the URL into .env and write url = { env = \"DATABASE_URL\" }";
        section.text("url");
        section.wrong("url", "a database URL holds a secret and does not belong here", hint);
        return None;
    }
    let url = section.table("url")?;
    let variable = url.required_text("env", "the name of an environment variable")?;
    url.done();
    Some((variable, section.place("url").to_string()))
}

/// What is said of an environment alone.
#[derive(Default)]
struct Environment {
    env_file: Option<String>,
    protected: bool,
    url: Option<(String, String)>,
    storage: Option<storage::Declared>,
}

/// The part for `--env NAME`; the other parts are validated too.
fn environment_of(section: &Section<'_>, request: &Request) -> Option<Environment> {
    let wanted = request.environment.as_deref();
    let table = section.table("environments");
    let names = table.as_ref().map(Section::keys).unwrap_or_default();
    let mut chosen = None;
    for name in &names {
        let Some(part) = table.as_ref().and_then(|t| t.table(name)) else { continue };
        let found = Environment {
            env_file: part.text("env_file"),
            protected: part.truth("protected").unwrap_or(false),
            url: url_of(&part),
            storage: storage::read(&part),
        };
        part.done();
        if wanted == Some(name) {
            chosen = Some(found);
        }
    }
    if let (Some(wanted), None) = (wanted, &chosen) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let what = format!("there is no environment {wanted:?} in karat.toml");
        let hint = if names.is_empty() {
            format!("declare it: [environments.{wanted}] with env_file = \".env.{wanted}\"")
        } else {
            one_of(wanted, &names)
        };
        section.wrong("environments", what, &hint);
    }
    chosen
}

/// `.env`, then the environment's file, then `--env-file`, then the process. `.env` alone may
/// be missing.
fn gather(request: &Request, main: Option<&Main>) -> Result<Variables, Problem> {
    let mut files = Vec::new();
    if let Ok(text) = std::fs::read_to_string(request.root.join(".env")) {
        files.push((".env".to_owned(), text));
    }
    if let Some(name) = main.and_then(|m| m.env_file.as_deref()) {
        files.push(required_file(&request.root.join(name), name)?);
    }
    if let Some(path) = &request.env_file {
        files.push(required_file(path, &path.display().to_string())?);
    }
    Variables::gather(&files, &request.process)
}

/// Reads every `FOLDER/NAME.toml` of the project, by name.
fn read_folder<T>(
    request: &Request,
    folder: &str,
    region: &str,
    read: impl Fn(&str, String, &Section<'_>) -> Option<T>,
    keep: &mut impl FnMut(Problems),
) -> Vec<(String, T)> {
    let mut names: Vec<String> = std::fs::read_dir(request.root.join(folder))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let path = format!("{folder}/{name}.toml");
        match std::fs::read_to_string(request.root.join(&path)) {
            Ok(text) => {
                let settings = hash_text(&format!("{region}\n{text}"));
                let source = Source { path: path.clone(), text };
                match read_source(&source, |s| read(&name, settings.clone(), s)) {
                    Ok(value) => found.push((path, value)),
                    Err(problems) => keep(problems),
                }
            }
            Err(error) => {
                let problem = Problem::io("read", Path::new(&path), &error);
                keep(problem.hint("let this user read it, and save it as UTF-8").into());
            }
        }
    }
    found
}

/// What one file says of another.
fn cross_check(
    datasets: &[(String, Dataset)],
    entities: &[(String, Entity)],
    problems: &mut Problems,
) {
    let names: Vec<&str> = datasets.iter().map(|(_, d)| d.name.as_str()).collect();
    let mut unknown = |path: &str, name: &str| {
        if !names.contains(&name) {
            let what = format!("there is no dataset {name:?}");
            let hint = if names.is_empty() {
                format!("declare it in datasets/{name}.toml")
            } else {
                one_of(name, &names)
            };
            problems.push(Problem::new(Kind::Project, what).at(Place::file(path)).hint(hint));
        }
    };
    for (path, dataset) in datasets {
        if let dataset::Origin::Each { dataset: parent, .. } = &dataset.origin {
            unknown(path, parent);
        }
    }
    for (path, entity) in entities {
        entity.sources.iter().for_each(|source| unknown(path, &source.dataset));
    }
    for (path, entity) in entities {
        for source in &entity.sources {
            let dataset = datasets.iter().find(|(_, d)| d.name == source.dataset);
            if dataset.is_some_and(|(_, d)| d.key.is_empty()) {
                let what = format!(
                    "dataset {} has no key, so its records cannot be followed",
                    source.dataset
                );
                let hint = format!("add key = [...] to datasets/{}.toml", source.dataset);
                problems.push(Problem::new(Kind::Project, what).at(Place::file(path)).hint(hint));
            }
        }
    }
}
