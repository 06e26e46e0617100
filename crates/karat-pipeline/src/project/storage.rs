//! `[storage]`: the bucket that all machines of a project share.

use karat_connect::bucket::{Bucket, Endpoint, Place as Where, Secret, Settings};
use karat_record::{Kind as Wrong, Place, Problem};

use super::environment::{Setting, Variables};
use super::section::Section;

/// What a store speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    S3,
    Supabase,
}

impl Kind {
    const ALL: [(&str, Kind); 2] = [("s3", Kind::S3), ("supabase", Kind::Supabase)];
}

/// The region of stores that have none.
const REGION: &str = "us-east-1";

/// A bucket as it is declared; what opens it is in the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub kind: Kind,
    bucket: String,
    endpoint: Option<Endpoint>,
    region: String,
    prefix: String,
    /// Whether links lead to the store's own.
    pub direct: bool,
    place: Place,
    settings: Vec<Setting>,
}

/// Reads a table `storage`, if there is one.
pub fn read(parent: &Section<'_>) -> Option<Declared> {
    let section = parent.table("storage")?;
    let hint = "what the store speaks: kind = \"s3\" or \"supabase\"";
    if !section.has("kind") {
        section.missing("kind", hint);
    }
    let kind = section.choice("kind", &Kind::ALL);
    let bucket = section.required_text("bucket", "the bucket's name: bucket = \"karat-shop\"");
    let endpoint = endpoint(&section, kind);
    let region = region(&section, kind);
    let prefix = section.text("prefix").unwrap_or_default();
    let is_path = |prefix: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_part = |part: &str| part.chars().all(is_plain) && part.chars().any(|c| c != '.');
        prefix.is_empty() || prefix.split('/').all(is_part)
    };
    if !is_path(&prefix) {
        let hint = "write letters, digits, - and _, with / between: prefix = \"shop/prod\"";
        section.wrong("prefix", format!("storage.prefix cannot be {prefix:?}"), hint);
    }
    let name = bucket.as_deref().unwrap_or("x");
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        let hint = "write the bucket's name alone: letters, digits, - and .";
        section.wrong("bucket", format!("storage.bucket cannot be {name:?}"), hint);
    }
    let direct = section.truth("direct").unwrap_or(false);
    section.done();
    let settings = shown(&section, kind?, bucket.as_deref()?);
    let (bucket, region) = (bucket?, region.unwrap_or_else(|| REGION.to_owned()));
    let place = section.place("kind");
    Some(Declared { kind: kind?, bucket, endpoint, region, prefix, direct, place, settings })
}

fn endpoint(section: &Section<'_>, kind: Option<Kind>) -> Option<Endpoint> {
    let text = section.text("endpoint")?;
    if kind == Some(Kind::Supabase) {
        let hint = "take it out, and set SUPABASE_URL in the environment";
        section.wrong("endpoint", "storage.endpoint is for kind = \"s3\" alone", hint);
        return None;
    }
    match Endpoint::parse(&text) {
        Ok(endpoint) => Some(endpoint),
        Err(why) => {
            let hint = "write endpoint = \"https://HOST\"; http:// goes to this machine alone";
            section.wrong("endpoint", format!("storage.endpoint {why}"), hint);
            None
        }
    }
}

fn region(section: &Section<'_>, kind: Option<Kind>) -> Option<String> {
    let region = section.text("region");
    match kind {
        Some(Kind::Supabase) if region.is_some() => {
            let what = "storage.region is for kind = \"s3\" alone";
            section.wrong("region", what, "take it out");
        }
        Some(Kind::S3) if region.is_none() && !section.has("endpoint") => {
            let hint = "where the bucket is: region = \"eu-central-1\"; or an endpoint, if it is \
                        not at AWS";
            section.missing("region", hint);
        }
        _ => {}
    }
    region
}

/// What `config show` says of a table.
fn shown(section: &Section<'_>, kind: Kind, bucket: &str) -> Vec<Setting> {
    let is_kind = |(_, known): &&(&str, Kind)| *known == kind;
    let word = Kind::ALL.iter().find(is_kind).map_or("", |(word, _)| *word);
    let mut settings = Vec::new();
    let mut say = |name: &'static str, key: &str, shown: String| {
        let line = section.place(key).line.filter(|_| section.has(key));
        let origin = line.map_or("default".to_owned(), |line| format!("karat.toml:{line}"));
        settings.push(Setting { name, shown, origin });
    };
    say("storage.kind", "kind", word.to_owned());
    say("storage.bucket", "bucket", bucket.to_owned());
    let text = |key: &str, default: &str| section.text(key).unwrap_or_else(|| default.to_owned());
    if kind == Kind::S3 {
        say("storage.endpoint", "endpoint", text("endpoint", "AWS"));
        say("storage.region", "region", text("region", REGION));
    }
    say("storage.prefix", "prefix", text("prefix", ""));
    say("storage.direct", "direct", section.truth("direct").unwrap_or(false).to_string());
    settings
}

impl Declared {
    /// What `config show` says of it.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The bucket, with what opens it.
    ///
    /// # Errors
    /// The variables that are not set, all at once; an address that cannot be one.
    pub fn bucket(&self, variables: &Variables) -> Result<Bucket, Problem> {
        let value = |name: &str| {
            let value = variables.get(name).map(|(value, _)| value.to_owned());
            value.filter(|value| !value.is_empty())
        };
        let place = match self.kind {
            Kind::S3 => {
                let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
                let (Some(access_key), Some(key)) = (value(id), value(secret)) else {
                    let names = [id, secret].map(|name| (name, value(name).is_some()));
                    return Err(self.unset(&names));
                };
                Where::S3 {
                    endpoint: self.endpoint.clone(),
                    region: self.region.clone(),
                    access_key,
                    secret_key: Secret(key),
                    session: value("AWS_SESSION_TOKEN").map(Secret),
                }
            }
            Kind::Supabase => {
                let key = SERVICE_KEYS.iter().find_map(|name| value(name));
                let (Some(url), Some(key)) = (value("SUPABASE_URL"), key.clone()) else {
                    let url = ("SUPABASE_URL", value("SUPABASE_URL").is_some());
                    return Err(self.unset(&[url, (SERVICE_KEYS[0], key.is_some())]));
                };
                let url = Endpoint::parse(&url).map_err(|why| {
                    let problem = Problem::new(Wrong::Project, format!("SUPABASE_URL {why}"));
                    problem
                        .at(self.place.clone())
                        .hint("write SUPABASE_URL=https://REF.supabase.co")
                })?;
                Where::Supabase { url, key: Secret(key) }
            }
        };
        let (name, prefix) = (self.bucket.clone(), self.prefix.clone());
        Ok(Bucket::new(Settings { name, prefix, place }))
    }

    fn unset(&self, variables: &[(&str, bool)]) -> Problem {
        let unset = variables.iter().filter(|(_, is_set)| !is_set).map(|(name, _)| *name);
        let names = unset.collect::<Vec<_>>().join(" and ");
        let problem = Problem::new(Wrong::Project, format!("storage needs {names}"));
        let hint = "set it in the environment, in .env or in the file of --env-file";
        problem.at(self.place.clone()).hint(hint)
    }
}

/// The variables that may hold Supabase's key, the one that is named first.
const SERVICE_KEYS: [&str; 2] = ["SUPABASE_SERVICE_KEY", "SUPABASE_SERVICE_ROLE_KEY"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::project::{Project, Request};

    /// What is wrong with a project with this `[storage]` and these variables, or its bucket.
    fn opened(toml: &str, variables: &[(&str, &str)], environment: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("name = \"t\"\n{toml}");
        std::fs::write(folder.path().join("karat.toml"), text).unwrap();
        let process = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let request = Request {
            root: folder.path().to_owned(),
            environment: environment.map(str::to_owned),
            process: process.collect::<BTreeMap<_, _>>(),
            ..Request::default()
        };
        let shown = match Project::open(&request) {
            Ok(project) => {
                let settings = project.settings.iter().filter(|s| s.name.starts_with("storage"));
                let settings = settings.map(|s| format!("{}={}", s.name, s.shown));
                let mut all: Vec<String> = settings.collect();
                all.extend(project.notes.clone());
                all.extend(project.secrets().iter().map(|secret| format!("hides {secret}")));
                all.extend(project.bucket.map(|bucket| format!("{bucket:?}")));
                all.join("; ")
            }
            Err(problems) => problems.to_string(),
        };
        shown.replace(&folder.path().display().to_string(), ".")
    }

    const AWS: [(&str, &str); 3] = [
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "s3cr3t"),
        ("AWS_SESSION_TOKEN", "t0ken"),
    ];

    #[test]
    fn a_bucket_is_declared_without_what_opens_it() {
        let toml = "[storage]\nkind = \"s3\"\nbucket = \"b\"\nregion = \"eu-central-1\"\n";
        let said = opened(toml, &AWS, None);
        let shown = "storage.kind=s3; storage.bucket=b; storage.endpoint=AWS; \
                     storage.region=eu-central-1; storage.prefix=; storage.direct=false; \
                     hides s3cr3t; hides t0ken; Settings { name: \"b\", prefix: \"\", ";
        assert!(said.starts_with(shown), "{said}");
        assert_eq!(said.matches("s3cr3t").count(), 1, "{said}");
        let none = "storage=.karat/outputs and .karat/files";
        assert_eq!(opened("", &AWS, None), none);
    }

    #[test]
    fn supabase_is_opened_by_what_older_tools_called_it() {
        let toml = "[storage]\nkind = \"supabase\"\nbucket = \"b\"\n";
        let url = ("SUPABASE_URL", "https://ref.supabase.co");
        for name in super::SERVICE_KEYS {
            let said = opened(toml, &[url, (name, "k3y")], None);
            assert!(said.contains("; hides k3y; ") && !said.contains("not needed"), "{said}");
        }
        let said = opened("", &[url], None);
        assert!(said.contains("SUPABASE_URL is not needed"), "{said}");
    }

    #[test]
    fn an_environment_has_a_bucket_of_its_own() {
        let toml = "[storage]\nkind = \"s3\"\nbucket = \"a\"\nregion = \"r\"\n[environments.prod]\n\
                    [environments.prod.storage]\nkind = \"s3\"\nbucket = \"b\"\nregion = \"r\"\n";
        assert!(opened(toml, &AWS, None).contains("storage.bucket=a"));
        assert!(opened(toml, &AWS, Some("prod")).contains("storage.bucket=b"));
    }

    #[test]
    fn everything_that_is_wrong_with_a_bucket_is_said_at_once() {
        for (toml, variables, said) in [
            (
                "[storage]\nkind = \"s4\"\nbuckt = \"b\"\ndirect = \"yes\"\n",
                &AWS[..],
                &[
                    "storage.kind cannot be \"s4\"",
                    "did you mean s3?",
                    "storage.bucket is missing",
                    "storage.direct must be true or false",
                    "unknown key storage.buckt",
                    "did you mean bucket?",
                ][..],
            ),
            (
                "[storage]\nkind = \"s3\"\nbucket = \"a/b\"\nprefix = \"../x\"\n",
                &AWS[..],
                &[
                    "storage.bucket cannot be",
                    "storage.prefix cannot be",
                    "storage.region is missing",
                ],
            ),
            (
                "regoin = \"US\"\n[storage]\nkind = \"s3\"\nbucket = \"b\"\nendpoint = \"http://h\"\n",
                &[],
                &["unknown key regoin", "storage.endpoint is not https, and not on this machine"],
            ),
            (
                "[storage]\nkind = \"supabase\"\nbucket = \"b\"\nendpoint = \"https://h\"\nregion = \"r\"\n",
                &[],
                &["storage.endpoint is for kind", "set SUPABASE_URL", "storage.region is for kind"],
            ),
            (
                "[storage]\nkind = \"s3\"\nbucket = \"b\"\nregion = \"r\"\n",
                &[],
                &[
                    "storage needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                    "karat.toml:3",
                    "set it in the environment, in .env or in the file of --env-file",
                ],
            ),
            (
                "[storage]\nkind = \"supabase\"\nbucket = \"b\"\n",
                &[("SUPABASE_URL", "https://a:b@c")],
                &["storage needs SUPABASE_SERVICE_KEY"],
            ),
            (
                "[storage]\nkind = \"supabase\"\nbucket = \"b\"\n",
                &[("SUPABASE_URL", "ref"), ("SUPABASE_SERVICE_KEY", "k")],
                &["SUPABASE_URL is not a URL", "https://REF.supabase.co"],
            ),
        ] {
            let problems = opened(toml, variables, None);
            for said in said {
                assert!(problems.contains(said), "{said} is missing in:\n{problems}");
            }
        }
    }
}
