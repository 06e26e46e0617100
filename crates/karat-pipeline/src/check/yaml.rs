//! YAML as JSON.

use karat_record::{Kind, Place, Problem, Result};
use serde_json::{Map, Value as Json};
use yaml_rust2::{Yaml, YamlLoader};

/// The first document of a YAML text. Keys that are no texts are written as such.
pub(super) fn read(file: &str, text: &str) -> Result<Json> {
    let documents = YamlLoader::load_from_str(text).map_err(|error| {
        let line = error.marker().line() as u64;
        Problem::new(Kind::Input, format!("this is not YAML: {}", error.info()))
            .at(Place::line(file, line))
            .hint("mend it at that place")
    })?;
    Ok(documents.first().map_or(Json::Null, json))
}

fn json(yaml: &Yaml) -> Json {
    match yaml {
        Yaml::Real(digits) => digits.parse::<f64>().map_or(Json::from(digits.as_str()), Json::from),
        Yaml::Integer(number) => Json::from(*number),
        Yaml::String(text) => Json::from(text.as_str()),
        Yaml::Boolean(truth) => Json::from(*truth),
        Yaml::Array(values) => Json::Array(values.iter().map(json).collect()),
        Yaml::Hash(pairs) => {
            let pair = |(key, value): (&Yaml, &Yaml)| {
                let key = json(key);
                (key.as_str().map_or_else(|| key.to_string(), str::to_owned), json(value))
            };
            Json::Object(pairs.iter().map(pair).collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Json::Null,
    }
}
