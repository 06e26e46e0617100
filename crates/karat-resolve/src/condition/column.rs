//! A column with transforms, as Splink's `ColumnExpression`: what comparisons are made of.

use super::ast::{Expr, Literal, Side, Type};
use super::parse::{Style, SyntaxError, parse};

/// Which item of a list stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    First,
    Last,
}

/// An expression over the columns of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnExpression {
    /// Over columns of the left side, whichever side it is then used for.
    expr: Expr,
    /// The text that labels show.
    written: String,
    transformed: bool,
}

impl From<&str> for ColumnExpression {
    /// The column of this name, which may hold blanks or anything else.
    fn from(name: &str) -> ColumnExpression {
        ColumnExpression {
            expr: Expr::column(Side::Left, name),
            written: name.to_owned(),
            transformed: false,
        }
    }
}

impl ColumnExpression {
    /// Reads SQL over the columns of one record: `upper(name)`, `"first name" || surname`,
    /// `place['lat']`.
    pub fn parse(sql: &str) -> Result<ColumnExpression, SyntaxError> {
        let expr = parse(sql, Style::Plain)?;
        Ok(ColumnExpression { expr, written: sql.to_owned(), transformed: false })
    }

    /// The expression over one side.
    pub fn on(&self, side: Side) -> Expr {
        self.expr.on(side)
    }

    /// The expressions over the left and the right side.
    pub fn both(&self) -> [Expr; 2] {
        [self.on(Side::Left), self.on(Side::Right)]
    }

    /// The text given, marked when transforms were added.
    pub fn label(&self) -> String {
        let mark = if self.transformed { "transformed " } else { "" };
        format!("{mark}{}", self.written)
    }

    /// The text given, without the transforms.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether it is a column as it stands, which term frequencies can be counted for.
    pub fn is_plain(&self) -> bool {
        !self.transformed && matches!(self.expr, Expr::Column { .. })
    }

    fn then(&self, transform: impl FnOnce(Expr) -> Expr) -> ColumnExpression {
        ColumnExpression {
            expr: transform(self.expr.clone()),
            written: self.written.clone(),
            transformed: true,
        }
    }

    /// Lower-cases.
    pub fn lower(&self) -> ColumnExpression {
        self.then(|expr| Expr::call("LOWER", vec![expr]))
    }

    /// Cuts out `length` characters from the 1-based `start`.
    pub fn substr(&self, start: i64, length: i64) -> ColumnExpression {
        self.then(|expr| {
            Expr::call("SUBSTRING", vec![expr, Expr::literal(start), Expr::literal(length)])
        })
    }

    /// Casts to text.
    pub fn cast_to_string(&self) -> ColumnExpression {
        self.then(|value| Expr::Cast { value: Box::new(value), to: Type::Text, lenient: false })
    }

    /// What a group of the pattern matches (0: the whole match); NULL without a match.
    pub fn regex_extract(&self, pattern: &str, group: i64) -> ColumnExpression {
        self.then(|expr| {
            let arguments = vec![expr, Expr::literal(pattern), Expr::literal(group)];
            Expr::call("NULLIF", vec![Expr::call("regexp_extract", arguments), Expr::literal("")])
        })
    }

    /// Reads a date, by default `%Y-%m-%d`; NULL where that fails.
    pub fn try_parse_date(&self, format: Option<&str>) -> ColumnExpression {
        self.parsed(format.unwrap_or("%Y-%m-%d"))
    }

    /// Reads a time, by default `%Y-%m-%dT%H:%M:%SZ`; NULL where that fails.
    pub fn try_parse_timestamp(&self, format: Option<&str>) -> ColumnExpression {
        self.parsed(format.unwrap_or("%Y-%m-%dT%H:%M:%SZ"))
    }

    fn parsed(&self, format: &str) -> ColumnExpression {
        self.then(|expr| Expr::call("try_strptime", vec![expr, Expr::literal(format)]))
    }

    /// NULL where the text equals the given one.
    pub fn nullif(&self, null: &str) -> ColumnExpression {
        self.then(|expr| Expr::call("NULLIF", vec![expr, Expr::literal(null)]))
    }

    /// The first or the last item of a list.
    pub fn access_extreme_array_element(&self, extreme: Extreme) -> ColumnExpression {
        let index = match extreme {
            Extreme::First => 1,
            Extreme::Last => -1,
        };
        self.then(|value| Expr::Subscript {
            value: Box::new(value),
            index: Box::new(Expr::Literal(Literal::Integer(index))),
        })
    }
}
