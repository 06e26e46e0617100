//! The levels of a model, one by one, whichever kind of model it is.

use karat_resolve::people::LearnedField;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Basis, Body, Model, Trained};

/// The levels of a comparison or of a field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ModelLevels)]
pub struct Levels {
    pub name: String,
    pub levels: Vec<Level>,
}

/// What pairs may reach.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ModelLevel)]
pub struct Level {
    pub label: String,
    /// How often pairs reach it that are one thing, and how often others do; none of missing values.
    pub m: Option<f64>,
    pub u: Option<f64>,
    /// Matches that reached it while the model was learned, where they are counted.
    pub seen: Option<u64>,
    /// The standard error of m, where the pairs tell it.
    pub error: Option<f64>,
}

impl Level {
    /// The match weight in bits.
    pub fn weight(&self) -> Option<f64> {
        self.m.zip(self.u).map(|(m, u)| (m / u).log2())
    }
}

impl Model {
    /// The levels of each comparison, in the model's order.
    pub fn levels(&self) -> Vec<Levels> {
        match &self.body {
            Body::People(learned) => learned.fields.iter().chain([&learned.name]).map(of).collect(),
            Body::Weights(trained) => of_trained(trained),
        }
    }

    /// The probability that two records drawn at random match.
    pub fn prior(&self) -> Option<f64> {
        match &self.body {
            Body::People(learned) => Some(learned.lambda),
            Body::Weights(trained) => {
                trained.splink["probability_two_random_records_match"].as_f64()
            }
        }
    }
}

fn of(field: &LearnedField) -> Levels {
    let level = |at: usize| Level {
        label: field.levels[at].clone(),
        m: Some(field.m[at]),
        u: Some(field.u[at]),
        seen: Some(field.matches[at].round() as u64),
        error: None,
    };
    Levels { name: field.name.clone(), levels: (0..field.m.len()).map(level).collect() }
}

fn of_trained(trained: &Trained) -> Vec<Levels> {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let level = |(level, basis): (&Json, &Basis)| Level {
        label: text(&level["label_for_charts"]),
        m: level["m_probability"].as_f64(),
        u: level["u_probability"].as_f64(),
        seen: None,
        error: basis.m_error,
    };
    let comparisons = trained.splink["comparisons"].as_array().into_iter().flatten();
    let of = |(comparison, bases): (&Json, &Vec<Basis>)| {
        let levels = comparison["comparison_levels"].as_array().into_iter().flatten();
        Levels {
            name: text(&comparison["output_column_name"]),
            levels: levels.zip(bases).map(level).collect(),
        }
    };
    comparisons.zip(&trained.basis).map(of).collect()
}
