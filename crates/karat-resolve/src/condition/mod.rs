//! The language of Splink's `sql_condition` and blocking rules: scalar expressions of DuckDB's
//! SQL over the columns of two records. Parsed into [`Expr`], printed back, checked and evaluated
//! with the values that DuckDB 2.0 gives; what cannot be reproduced is refused by name.

mod arithmetic;
mod ast;
mod bind;
mod calendar;
mod cast;
mod column;
pub mod comparisons;
mod decimal;
mod distance_levels;
mod evaluate;
mod functions;
mod lex;
pub mod library;
mod list_functions;
mod number_functions;
mod parse;
mod pattern;
mod pattern_functions;
mod primary;
mod print;
mod rewrite;
mod shape;
mod strptime;
mod text_functions;
mod time_functions;
mod types;
mod unicode;
mod value;

pub use ast::{Arithmetic, Comparison, Expr, Literal, Name, Side, Type};
pub use bind::{Bound, Refusal, bind, check};
pub use column::{ColumnExpression, Extreme};
pub use decimal::Decimal;
pub use evaluate::evaluate;
pub use library::Level;
pub use parse::{MAXIMUM_HEIGHT, Style, SyntaxError, parse, parse_condition, parse_rule};
pub use print::Printed;
pub use rewrite::rewrite;
pub use shape::{columns, conjuncts, mirror, sides};
pub use value::{EvaluationError, Outcome, Value, compare};
