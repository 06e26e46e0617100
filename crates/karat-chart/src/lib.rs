//! Charts as SVG text and reports as one self-contained HTML page, from plain data. Pure: data in,
//! text out, the same to the byte each time. Knows no record, no rule, no database.
//!
//! Each kind of chart is a struct that implements `Chart`. A number that is no number, infinite or
//! beyond ±10¹⁵ has no mark in a drawing; its table still says what it is.

mod axis;
mod bars;
mod calibration;
mod chart;
mod columns;
mod completeness;
mod day;
mod flow;
mod graph;
mod histogram;
mod key;
mod lines;
mod mark;
mod number;
mod page;
mod paired_bars;
mod rows;
mod scale;
mod spark;
mod svg;
mod table;
mod text;
mod waterfall;

pub use bars::{Bar, Bars};
pub use calibration::{Calibration, Observed};
pub use chart::{Chart, NARROW, STYLE, WIDE};
pub use columns::{Column, Columns};
pub use completeness::{Completeness, Filled};
pub use flow::{Flow, FlowNode};
pub use graph::{Graph, Link};
pub use histogram::{Bin, Histogram};
pub use lines::{Axis, Lines, Point, Series};
pub use mark::Mark;
pub use number::{count, decimals, number, percent, signed};
pub use page::{Page, Part, Section};
pub use paired_bars::{PairedBar, PairedBars};
pub use rows::Group;
pub use spark::{Spark, SparkPoint};
pub use table::{Align, Table};
pub use waterfall::{Step, Waterfall};
