//! The arguments of comparisons, levels and rules, read from a table of an entity file: fields
//! and expressions over them, thresholds, conditions.

use karat_resolve::condition::{
    self, ColumnExpression, Expr, Extreme, Literal, Name, Side, Style, SyntaxError,
};
use toml_edit::{Item, Value};

use crate::project::section::{Section, one_of};

/// A table with arguments, and the names of the fields that they may speak of.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a> {
    pub section: &'a Section<'a>,
    pub fields: &'a [&'a str],
}

/// What a threshold can be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Bounds {
    /// From 0 to 1.
    Share,
    /// Over 0 and at most 1; Splink refuses smaller ones too.
    Probability,
    /// A whole number from 0.
    Whole,
    /// A number from 0.
    Amount,
    /// Any finite number.
    Any,
}

impl Bounds {
    fn hold(self, number: &Literal) -> bool {
        let value = number.as_f64().unwrap_or(f64::NAN);
        match self {
            Bounds::Share => (0.0..=1.0).contains(&value),
            Bounds::Probability => (1e-300..=1.0).contains(&value),
            Bounds::Whole => matches!(number, Literal::Integer(0..)),
            Bounds::Amount => value >= 0.0 && value.is_finite(),
            Bounds::Any => value.is_finite(),
        }
    }

    /// A list of such numbers.
    fn example(self) -> &'static str {
        match self {
            Bounds::Share | Bounds::Probability => "[0.9, 0.7]",
            Bounds::Whole | Bounds::Amount | Bounds::Any => "[1, 2]",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Bounds::Share => "write a number from 0 to 1",
            Bounds::Probability => "write a number over 0 and at most 1",
            Bounds::Whole => "write a whole number from 0",
            Bounds::Amount => "write a number from 0",
            Bounds::Any => "write a finite number",
        }
    }
}

/// The columns of expressions, each once, in the order in which they come.
pub(super) fn names<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> Vec<&'e str> {
    let mut found: Vec<&Name> = Vec::new();
    for (_, name) in exprs.into_iter().flat_map(condition::columns) {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found.into_iter().map(Name::as_str).collect()
}

/// Numbers as thresholds.
pub(super) fn literals<T: Copy + Into<Literal>>(numbers: &[T]) -> Vec<Literal> {
    numbers.iter().map(|number| (*number).into()).collect()
}

impl<'a> Arguments<'a> {
    /// The arguments in another table.
    pub fn within(self, section: &'a Section<'a>) -> Arguments<'a> {
        Arguments { section, ..self }
    }

    /// The one of two names of an argument that is used: Splink's own, or the short one.
    pub fn spelled(&self, own: &'static str, short: &'static str) -> &'static str {
        if self.section.has(own) { own } else { short }
    }

    /// Whether there is such a field.
    pub fn has_field(&self, field: &str) -> bool {
        self.fields.iter().any(|name| name.eq_ignore_ascii_case(field))
    }

    /// Whether there is such a field; if not, that is said.
    pub fn knows(&self, key: &str, field: &str) -> bool {
        let known = self.has_field(field);
        if !known {
            let what = format!("there is no field {field:?}");
            self.section.wrong(key, what, &one_of(field, self.fields));
        }
        known
    }

    /// The expression, if all its fields exist and all of it can be evaluated.
    pub fn valid(&self, key: &str, expr: Expr) -> Option<Expr> {
        let unknown = names([&expr]).into_iter().filter(|name| !self.knows(key, name)).count();
        if let Err(refusal) = condition::check(&expr) {
            self.section.wrong(key, refusal.to_string(), "");
            return None;
        }
        (unknown == 0).then_some(expr)
    }

    /// A condition in SQL.
    pub fn sql(
        &self,
        key: &str,
        text: &str,
        parse: fn(&str) -> Result<Expr, SyntaxError>,
    ) -> Option<Expr> {
        match parse(text) {
            Ok(expr) => self.valid(key, expr),
            Err(error) => {
                self.section.wrong(key, format!("{text:?} is not understood: {error}"), "");
                None
            }
        }
    }

    /// A field or an expression over fields.
    pub fn expression(&self, key: &str, text: &str) -> Option<ColumnExpression> {
        if self.has_field(text) {
            return Some(text.into());
        }
        let column = match ColumnExpression::parse(text) {
            Ok(column) => column,
            Err(error) => {
                let what = format!("{text:?} is neither a field nor an expression: {error}");
                self.section.wrong(key, what, &one_of(text, self.fields));
                return None;
            }
        };
        let expr = self.valid(key, column.on(Side::Left))?;
        if condition::columns(&expr).is_empty() {
            let what = format!("{text:?} looks at no field");
            self.section.wrong(key, what, &one_of(text, self.fields));
            return None;
        }
        Some(column)
    }

    /// The field of a comparison or a level.
    pub fn field(&self) -> Option<ColumnExpression> {
        self.column(self.spelled("col_name", "field"))
    }

    /// A field, an expression, or a table of a field and its transforms; it has to be there.
    pub fn column(&self, key: &'static str) -> Option<ColumnExpression> {
        if !self.section.has(key) {
            let hint = format!("name a field, or an expression over one: {key} = \"...\"");
            self.section.missing(key, &hint);
        }
        self.optional_column(key)
    }

    /// The same, if it is there.
    pub fn optional_column(&self, key: &str) -> Option<ColumnExpression> {
        if !self.section.is_table(key) {
            return self.expression(key, &self.section.text(key)?);
        }
        let table = self.section.table(key)?;
        let args = Arguments { section: &table, fields: self.fields };
        let start = table.required_text("field", "the field that the transforms start from");
        let transforms = table.texts("transforms").unwrap_or_default();
        table.done();
        let mut column = args.expression("field", &start?)?;
        for text in &transforms {
            column = args.transformed(&column, text)?;
        }
        Some(column)
    }

    /// The column after a method of Splink's `ColumnExpression`, such as `substr(1, 3)`.
    fn transformed(&self, column: &ColumnExpression, text: &str) -> Option<ColumnExpression> {
        let found = condition::parse(text, Style::Plain).ok().and_then(|call| match call {
            Expr::Call { function, arguments } => transform(column, function.as_str(), &arguments),
            Expr::Column { name, .. } => transform(column, name.as_str(), &[]),
            _ => None,
        });
        let Some(changed) = found else {
            let what = format!("{text:?} is no transform");
            let hint = "there is: lower, substr(1, 3), cast_to_string, regex_extract('...', 0), \
                        try_parse_date('%Y-%m-%d'), try_parse_timestamp('...'), nullif('...'), \
                        access_extreme_array_element('first')";
            self.section.wrong("transforms", what, hint);
            return None;
        };
        let valid = self.valid("transforms", changed.on(Side::Left));
        valid.map(|_| changed)
    }

    /// A probability, if it is there.
    pub fn probability(&self, key: &str) -> Option<f64> {
        let kind = ("a number", "0.9");
        let number = self.section.typed(key, kind, |item| number(item.as_value()?))?;
        self.within_bounds(key, Bounds::Probability, vec![number])?.pop()?.as_f64()
    }

    /// A number that has to be there.
    pub fn threshold(&self, key: &'static str, bounds: Bounds) -> Option<Literal> {
        let example = if bounds == Bounds::Share { "0.9" } else { "2" };
        if !self.section.has(key) {
            self.section.missing(key, &format!("for example: {key} = {example}"));
        }
        let kind = ("a number", example);
        let number = self.section.typed(key, kind, |item| number(item.as_value()?))?;
        self.within_bounds(key, bounds, vec![number])?.pop()
    }

    /// One or several numbers, or the default; without default they have to be there.
    pub fn thresholds(
        &self,
        key: &'static str,
        bounds: Bounds,
        default: &[Literal],
    ) -> Option<Vec<Literal>> {
        let found = self.numbers(key, bounds);
        if self.section.has(key) {
            return found;
        }
        if default.is_empty() {
            self.section.missing(key, &format!("for example: {key} = {}", bounds.example()));
            return None;
        }
        Some(default.to_vec())
    }

    /// One or several numbers, if they are there.
    pub fn numbers(&self, key: &str, bounds: Bounds) -> Option<Vec<Literal>> {
        let read = |item: &Item| match item.as_value()? {
            Value::Array(values) => values.iter().map(number).collect(),
            value => number(value).map(|number| vec![number]),
        };
        let numbers = self.section.typed(key, ("a list of numbers", bounds.example()), read)?;
        if numbers.is_empty() {
            let what = format!("{} is empty", self.section.named(key));
            self.section.wrong(key, what, &format!("for example: {key} = {}", bounds.example()));
            return None;
        }
        self.within_bounds(key, bounds, numbers)
    }

    fn within_bounds(
        &self,
        key: &str,
        bounds: Bounds,
        numbers: Vec<Literal>,
    ) -> Option<Vec<Literal>> {
        let beyond = numbers.iter().find(|number| !bounds.hold(number));
        if let Some(number) = beyond {
            let what = format!("{} cannot be {number}", self.section.named(key));
            self.section.wrong(key, what, bounds.hint());
        }
        beyond.is_none().then_some(numbers)
    }
}

fn number(value: &Value) -> Option<Literal> {
    let whole = value.as_integer().map(Literal::from);
    whole.or_else(|| value.as_float().map(Literal::from))
}

fn transform(column: &ColumnExpression, name: &str, args: &[Expr]) -> Option<ColumnExpression> {
    let text = |i: usize| match args.get(i) {
        Some(Expr::Literal(Literal::Text(text))) => Some(&**text),
        _ => None,
    };
    let whole = |i: usize| match args.get(i) {
        Some(Expr::Literal(Literal::Integer(whole))) => Some(*whole),
        _ => None,
    };
    Some(match (name.to_ascii_lowercase().as_str(), args.len()) {
        ("lower", 0) => column.lower(),
        ("substr", 2) => column.substr(whole(0)?, whole(1)?),
        ("cast_to_string", 0) => column.cast_to_string(),
        ("regex_extract", 1) => column.regex_extract(text(0)?, 0),
        ("regex_extract", 2) => column.regex_extract(text(0)?, whole(1)?),
        ("try_parse_date", 0) => column.try_parse_date(None),
        ("try_parse_date", 1) => column.try_parse_date(Some(text(0)?)),
        ("try_parse_timestamp", 0) => column.try_parse_timestamp(None),
        ("try_parse_timestamp", 1) => column.try_parse_timestamp(Some(text(0)?)),
        ("nullif", 1) => column.nullif(text(0)?),
        ("access_extreme_array_element", 1) => {
            column.access_extreme_array_element(match text(0)? {
                "first" => Extreme::First,
                "last" => Extreme::Last,
                _ => return None,
            })
        }
        _ => return None,
    })
}
