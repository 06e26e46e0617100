//! Whether pairs with a probability of 90 % are matches in nine cases of ten.

use crate::chart::Chart;
use crate::lines::{Axis, Lines, Point, Series};
use crate::number::{count, number};
use crate::table::Table;

/// Predicted against observed shares of matches, with the diagonal where both agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    pub title: String,
    /// In ascending order of the prediction.
    pub observed: Vec<Observed>,
}

/// Pairs of like predicted probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Mean predicted probability, from 0 to 1.
    pub predicted: f64,
    /// Share of true matches, from 0 to 1.
    pub observed: f64,
    /// How many pairs there are.
    pub count: u64,
}

impl Chart for Calibration {
    fn title(&self) -> &str {
        &self.title
    }

    fn draw(&self, width: f64) -> String {
        self.lines().draw(width)
    }

    fn table(&self) -> Table {
        let columns = ["predicted", "observed", "pairs"];
        let mut table = Table::new(&self.title, &[], &columns);
        for one in &self.observed {
            table.row([number(one.predicted), number(one.observed), count(one.count)]);
        }
        table
    }
}

impl Calibration {
    fn lines(&self) -> Lines {
        let axis =
            |title: &str| Axis { title: title.to_owned(), range: Some((0.0, 1.0)), is_days: false };
        let places = self.observed.iter().map(|one| (one.predicted, one.observed));
        let dot = |(x, y): (f64, f64)| Point { label: String::new(), x, y };
        let (dots, points) = (places.clone().map(dot).collect(), places.collect());
        Lines {
            title: self.title.clone(),
            x: axis("predicted probability of a match"),
            y: axis("observed share of matches"),
            series: vec![Series { name: "observed".to_owned(), points }],
            points: dots,
            has_diagonal: true,
        }
    }
}
