//! Splink's model file (settings JSON of versions 4 and 5): read, and written so that Splink
//! predicts the same weights from it.

use serde_json::{Map, Value, json};

use super::model::{
    BlockingRule, Comparison, Frequency, Level, LinkType, Model, Probability, Stop,
};
use super::refusal::Refusal;
use crate::condition::{Style, parse_condition, parse_rule};

/// A model file that was read.
#[derive(Clone, Debug)]
pub struct Imported {
    pub model: Model,
    pub settings: Settings,
    /// What was understood otherwise than it is written.
    pub warnings: Vec<String>,
}

/// Settings that say nothing about weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The column that tells records apart.
    pub unique_id: String,
    /// The column that tells sources apart.
    pub source: String,
    /// Others, handed on as they are.
    pub others: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Settings {
        let (unique_id, source) = ("unique_id".to_owned(), "source_dataset".to_owned());
        Settings { unique_id, source, others: Map::new() }
    }
}

/// Settings that Splink knows and that we only hand on.
const HANDED_ON: [&str; 7] = [
    "retain_matching_columns",
    "retain_intermediate_calculation_columns",
    "additional_columns_to_retain",
    "linker_uid",
    "match_weight_column_prefix",
    "term_frequency_adjustment_column_prefix",
    "comparison_vector_value_column_prefix",
];

type Object = Map<String, Value>;

/// Reads a model file. Levels without probability get Splink's start values.
pub fn read(text: &str) -> Result<Imported, Refusal> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Refusal::new(format!("the model file is no JSON: {error}")))?;
    let mut file = object(value, "the model file")?;
    let mut warnings = Vec::new();
    let link = link_type(&text_of(&mut file, "link_type")?.unwrap_or_default())?;
    let mut settings = Settings::default();
    if let Some(name) = text_of(&mut file, "unique_id_column_name")? {
        settings.unique_id = name;
    }
    if let Some(name) = text_of(&mut file, "source_dataset_column_name")? {
        settings.source = name;
    }
    let stop = Stop {
        convergence: number_of(&mut file, "em_convergence")?.unwrap_or(1e-4),
        iterations: iterations(number_of(&mut file, "max_iterations")?)?,
    };
    let prior = number_of(&mut file, "probability_two_random_records_match")?.unwrap_or(1e-4);
    if !(prior > 0.0 && prior <= 1.0) {
        return Err(Refusal::new(format!(
            "probability_two_random_records_match is {prior}, and not over 0 and at most 1"
        )));
    }
    let rules = array_of(&mut file, "blocking_rules_to_generate_predictions")?;
    let rules = rules.into_iter().enumerate();
    let rules =
        rules.map(|(i, rule)| read_rule(i, rule, &mut warnings)).collect::<Result<_, _>>()?;
    let comparisons = array_of(&mut file, "comparisons")?.into_iter();
    let comparisons =
        comparisons.map(|c| read_comparison(c, &mut warnings)).collect::<Result<_, _>>()?;
    file.remove("sql_dialect");
    if file.remove("bayes_factor_column_prefix").is_some() {
        warnings.push("bayes_factor_column_prefix is of Splink 4 and is left out".to_owned());
    }
    for name in HANDED_ON {
        if let Some(value) = file.remove(name) {
            settings.others.insert(name.to_owned(), value);
        }
    }
    if let Some((name, _)) = file.iter().next() {
        return Err(Refusal::new(format!("the model file has an unknown setting {name}")));
    }
    Ok(Imported { model: Model { link, prior, rules, comparisons, stop }, settings, warnings })
}

/// A whole number of rounds; Splink's default is 25.
fn iterations(given: Option<f64>) -> Result<u32, Refusal> {
    let given = given.unwrap_or(25.0);
    match given.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&given) {
        true => Ok(given as u32),
        false => Err(Refusal::new(format!("max_iterations is {given}, and not a whole number"))),
    }
}

fn link_type(name: &str) -> Result<LinkType, Refusal> {
    match name {
        "dedupe_only" => Ok(LinkType::Dedupe),
        "link_only" => Ok(LinkType::Link),
        "link_and_dedupe" => Ok(LinkType::LinkAndDedupe),
        other => Err(Refusal::new(format!(
            "link_type is {other:?}, and not dedupe_only, link_only or link_and_dedupe"
        ))),
    }
}

fn read_rule(i: usize, value: Value, warnings: &mut Vec<String>) -> Result<BlockingRule, Refusal> {
    let place = || format!("blocking rule {}", i + 1);
    let (text, explode) = match value {
        Value::String(text) => (text, Vec::new()),
        other => {
            let mut rule = object(other, "a blocking rule")?;
            rule.remove("sql_dialect");
            if rule.remove("salting_partitions").is_some() {
                warnings.push(format!("{}: salting_partitions changes nothing here", place()));
            }
            let explode = match rule.remove("arrays_to_explode") {
                None | Some(Value::Null) => Vec::new(),
                Some(Value::Array(names)) => names
                    .iter()
                    .map(|name| name.as_str().map(|name| name.trim_matches('"').to_owned()))
                    .collect::<Option<_>>()
                    .ok_or_else(|| wrong("arrays_to_explode", "names").at(place))?,
                Some(_) => return Err(wrong("arrays_to_explode", "a list").at(place)),
            };
            let text = text_of(&mut rule, "blocking_rule")?
                .ok_or_else(|| Refusal::new("blocking_rule is missing").at(place))?;
            none_left(&rule).map_err(|refusal| refusal.at(place))?;
            (text, explode)
        }
    };
    let condition = parse_rule(&text).map_err(|error| Refusal::from(error).at(place))?;
    Ok(BlockingRule { condition, explode })
}

fn read_comparison(value: Value, warnings: &mut Vec<String>) -> Result<Comparison, Refusal> {
    let mut file = object(value, "a comparison")?;
    let name = text_of(&mut file, "output_column_name")?;
    let description = text_of(&mut file, "comparison_description")?;
    let shown = name.clone().or_else(|| description.clone()).unwrap_or_default();
    let mut levels = Vec::new();
    for (i, level) in array_of(&mut file, "comparison_levels")?.into_iter().enumerate() {
        let place = || format!("comparison {shown}, level {}", i + 1);
        levels.push(read_level(level, &place, warnings).map_err(|refusal| refusal.at(place))?);
    }
    none_left(&file).map_err(|refusal| refusal.at(|| format!("comparison {shown}")))?;
    let mut comparison = Comparison { name: String::new(), description, levels };
    comparison.name = name.unwrap_or_else(|| named_after_columns(&comparison));
    comparison.fill_defaults();
    Ok(comparison)
}

/// The one column of a comparison, or `custom_` and all of them.
fn named_after_columns(comparison: &Comparison) -> String {
    let mut names = super::train::columns(comparison);
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    match names.as_slice() {
        [only] => only.clone(),
        several => format!("custom_{}", several.join("_")),
    }
}

fn read_level(
    value: Value,
    place: &dyn Fn() -> String,
    warnings: &mut Vec<String>,
) -> Result<Level, Refusal> {
    let mut file = object(value, "a level")?;
    let sql = text_of(&mut file, "sql_condition")?
        .ok_or_else(|| Refusal::new("sql_condition is missing"))?;
    let condition = match sql.trim().eq_ignore_ascii_case("else") {
        true => None,
        false => Some(parse_condition(&sql)?),
    };
    let label = text_of(&mut file, "label_for_charts")?.unwrap_or(sql);
    let m = probability(&mut file, "m_probability", "fix_m_probability")?;
    let u = probability(&mut file, "u_probability", "fix_u_probability")?;
    let column = text_of(&mut file, "tf_adjustment_column")?;
    let mut weight = number_of(&mut file, "tf_adjustment_weight")?.unwrap_or(1.0);
    if weight == 0.0 && column.is_some() {
        weight = 1.0;
        warnings.push(format!("{}: tf_adjustment_weight 0 counts as 1, as in Splink 5", place()));
    }
    let minimum_u = number_of(&mut file, "tf_minimum_u_value")?.unwrap_or(0.0);
    let own_u = flag(&mut file, "disable_tf_exact_match_detection")?;
    let is_null = flag(&mut file, "is_null_level")?;
    none_left(&file)?;
    let column = column.map(|column| column.trim_matches('"').to_owned());
    let frequency = column.map(|column| Frequency { column, weight, minimum_u, own_u });
    Ok(Level { label, condition, is_null, m, u, frequency })
}

fn probability(file: &mut Object, name: &str, fixed: &str) -> Result<Probability, Refusal> {
    let value = match file.remove(name) {
        // What Splink 4 writes of a level that no pair reached.
        None | Some(Value::Null | Value::String(_)) => None,
        Some(value) => Some(value.as_f64().ok_or_else(|| wrong(name, "a number"))?),
    };
    if let Some(value) = value.filter(|value| !(1e-300..=1.0).contains(value)) {
        return Err(Refusal::new(format!("{name} is {value}, and not from 1e-300 to 1")));
    }
    Ok(Probability { value, fixed: flag(file, fixed)? })
}

fn object(value: Value, what: &str) -> Result<Object, Refusal> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(wrong(what, "an object")),
    }
}

fn wrong(what: &str, kind: &str) -> Refusal {
    Refusal::new(format!("{what} is not {kind}"))
}

fn none_left(file: &Object) -> Result<(), Refusal> {
    match file.keys().next() {
        Some(name) => Err(Refusal::new(format!("unknown setting {name}"))),
        None => Ok(()),
    }
}

fn text_of(file: &mut Object, name: &str) -> Result<Option<String>, Refusal> {
    match file.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "a text")),
    }
}

fn number_of(file: &mut Object, name: &str) -> Result<Option<f64>, Refusal> {
    match file.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| wrong(name, "a number")),
    }
}

fn array_of(file: &mut Object, name: &str) -> Result<Vec<Value>, Refusal> {
    match file.remove(name) {
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(wrong(name, "a list")),
        None => Err(Refusal::new(format!("{name} is missing"))),
    }
}

fn flag(file: &mut Object, name: &str) -> Result<bool, Refusal> {
    match file.remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(wrong(name, "true or false")),
    }
}

/// Writes a model as Splink 5 reads it.
pub fn write(model: &Model, settings: &Settings) -> String {
    let mut file = Map::new();
    let link = match model.link {
        LinkType::Dedupe => "dedupe_only",
        LinkType::Link => "link_only",
        LinkType::LinkAndDedupe => "link_and_dedupe",
    };
    file.insert("link_type".to_owned(), link.into());
    file.insert("probability_two_random_records_match".to_owned(), model.prior.into());
    file.extend(settings.others.clone());
    file.insert("sql_dialect".to_owned(), "duckdb".into());
    file.insert("em_convergence".to_owned(), model.stop.convergence.into());
    file.insert("max_iterations".to_owned(), model.stop.iterations.into());
    file.insert("unique_id_column_name".to_owned(), settings.unique_id.clone().into());
    file.insert("source_dataset_column_name".to_owned(), settings.source.clone().into());
    let rules: Vec<Value> = model.rules.iter().map(write_rule).collect();
    file.insert("blocking_rules_to_generate_predictions".to_owned(), rules.into());
    let comparisons: Vec<Value> = model.comparisons.iter().map(write_comparison).collect();
    file.insert("comparisons".to_owned(), comparisons.into());
    let mut text = serde_json::to_string_pretty(&file).expect("a model has only names and numbers");
    text.push('\n');
    text
}

fn write_rule(rule: &BlockingRule) -> Value {
    let sql = rule.condition.printed(Style::Qualified).to_string();
    let mut file = json!({ "blocking_rule": sql, "sql_dialect": "duckdb" });
    if !rule.explode.is_empty() {
        file["arrays_to_explode"] = rule.explode.clone().into();
    }
    file
}

fn write_comparison(comparison: &Comparison) -> Value {
    let levels: Vec<Value> = comparison.levels.iter().map(write_level).collect();
    let mut file = json!({ "output_column_name": comparison.name, "comparison_levels": levels });
    if let Some(description) = &comparison.description {
        file["comparison_description"] = description.clone().into();
    }
    file
}

fn write_level(level: &Level) -> Value {
    let sql = level.condition.as_ref().map_or("ELSE".to_owned(), ToString::to_string);
    let mut file = json!({ "sql_condition": sql, "label_for_charts": level.label });
    for (name, probability) in [("m_probability", level.m), ("u_probability", level.u)] {
        if let Some(value) = probability.value.filter(|_| !level.is_null) {
            file[name] = value.into();
        }
        file[format!("fix_{name}")] = probability.fixed.into();
    }
    if let Some(frequency) = &level.frequency {
        file["tf_adjustment_column"] = frequency.column.clone().into();
        file["tf_adjustment_weight"] = frequency.weight.into();
        if frequency.minimum_u != 0.0 {
            file["tf_minimum_u_value"] = frequency.minimum_u.into();
        }
        if frequency.own_u {
            file["disable_tf_exact_match_detection"] = true.into();
        }
    }
    if level.is_null {
        file["is_null_level"] = true.into();
    }
    file
}
