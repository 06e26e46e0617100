//! Writes an expression as SQL that DuckDB runs and that parses to the same tree.

use std::fmt;

use super::ast::{Arithmetic, Comparison, Expr, Literal, Side};
use super::parse::Style;
use super::value::Value;

/// How tightly an expression holds together; a looser part stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Any,
    Or,
    And,
    Not,
    Is,
    Compare,
    Range,
    Concatenate,
    Add,
    Multiply,
    Sign,
    Postfix,
}

/// An expression to be printed with `l."column"` or `"column_l"`.
pub struct Printed<'a> {
    expr: &'a Expr,
    style: Style,
}

impl Expr {
    /// The SQL of the expression in a style.
    pub fn printed(&self, style: Style) -> Printed<'_> {
        Printed { expr: self, style }
    }
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer { out, style: self.style }.whole(self.expr)
    }
}

/// The style of conditions: `"first_name_l" = "first_name_r"`.
impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.printed(Style::Suffixed).fmt(out)
    }
}

struct Printer<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    style: Style,
}

impl Printer<'_, '_> {
    fn put(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }

    /// The part, in parentheses when it is looser than `least`.
    fn part(&mut self, expr: &Expr, least: Tightness) -> fmt::Result {
        if tightness(expr) >= least {
            return self.whole(expr);
        }
        self.put("(")?;
        self.whole(expr)?;
        self.put(")")
    }

    fn parts(&mut self, parts: &[Expr], between: &str, least: Tightness) -> fmt::Result {
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                self.put(between)?;
            }
            self.part(part, least)?;
        }
        Ok(())
    }

    fn whole(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Literal(value) => self.literal(value),
            Expr::Column { side, name } => self.column(*side, name.as_str()),
            Expr::Variable(name) => self.put(name.as_str()),
            Expr::Not(inner) => self.prefixed("NOT ", inner, Tightness::Is),
            Expr::Negate(inner) => self.prefixed("-", inner, Tightness::Postfix),
            Expr::And(parts) => self.parts(parts, " AND ", Tightness::Not),
            Expr::Or(parts) => self.parts(parts, " OR ", Tightness::Not),
            Expr::Compare { op, left, right } => self.compare(*op, left, right),
            Expr::Arithmetic { op, left, right } => self.arithmetic(*op, left, right),
            Expr::IsNull { value, negated } => {
                self.part(value, Tightness::Range)?;
                self.put(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
            Expr::Between { .. } | Expr::In { .. } | Expr::Like { .. } => self.range(expr),
            Expr::Case { .. } => self.case(expr),
            Expr::Cast { value, to, lenient } => {
                self.put(if *lenient { "TRY_CAST(" } else { "CAST(" })?;
                self.whole(value)?;
                write!(self.out, " AS {to})")
            }
            Expr::Call { function, arguments } => {
                self.put(function.as_str())?;
                self.put("(")?;
                self.parts(arguments, ", ", Tightness::Any)?;
                self.put(")")
            }
            Expr::Subscript { value, index } => {
                self.part(value, Tightness::Postfix)?;
                self.put("[")?;
                self.whole(index)?;
                self.put("]")
            }
            Expr::List(items) => {
                self.put("[")?;
                self.parts(items, ", ", Tightness::Any)?;
                self.put("]")
            }
            Expr::Lambda { parameter, body } => {
                write!(self.out, "lambda {}: ", parameter.as_str())?;
                self.whole(body)
            }
        }
    }

    fn prefixed(&mut self, sign: &str, inner: &Expr, least: Tightness) -> fmt::Result {
        self.put(sign)?;
        self.part(inner, least)
    }

    fn literal(&mut self, literal: &Literal) -> fmt::Result {
        match literal {
            Literal::Null => self.put("NULL"),
            Literal::Boolean(true) => self.put("TRUE"),
            Literal::Boolean(false) => self.put("FALSE"),
            Literal::Integer(whole) => write!(self.out, "{whole}"),
            // A decimal without decimals keeps its point, or it would read as an integer.
            Literal::Decimal(decimal) if decimal.scale() == 0 => write!(self.out, "{decimal}."),
            Literal::Decimal(decimal) => write!(self.out, "{decimal}"),
            Literal::Float(number) if number.is_infinite() => {
                self.put(if *number < 0.0 { "-1e999" } else { "1e999" })
            }
            // Without an exponent it would read as a decimal.
            Literal::Float(number) => match Value::Float(*number).to_string() {
                text if text.contains('e') => self.put(&text),
                _ => write!(self.out, "{number:e}"),
            },
            Literal::Text(text) => write!(self.out, "'{}'", text.replace('\'', "''")),
        }
    }

    fn column(&mut self, side: Side, name: &str) -> fmt::Result {
        let (name, side) = (name.replace('"', "\"\""), side.letter());
        match self.style {
            Style::Suffixed => write!(self.out, "\"{name}_{side}\""),
            Style::Plain => write!(self.out, "\"{name}\""),
            Style::Qualified => write!(self.out, "{side}.\"{name}\""),
        }
    }

    fn compare(&mut self, op: Comparison, left: &Expr, right: &Expr) -> fmt::Result {
        self.part(left, Tightness::Concatenate)?;
        self.put(match op {
            Comparison::Equal => " = ",
            Comparison::NotEqual => " <> ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
            Comparison::Distinct => " IS DISTINCT FROM ",
            Comparison::NotDistinct => " IS NOT DISTINCT FROM ",
        })?;
        self.part(right, Tightness::Concatenate)
    }

    /// All of these group from the left, so an equally tight right side needs parentheses.
    fn arithmetic(&mut self, op: Arithmetic, left: &Expr, right: &Expr) -> fmt::Result {
        let (sign, own, tighter) = match op {
            Arithmetic::Concatenate => (" || ", Tightness::Concatenate, Tightness::Add),
            Arithmetic::Add => (" + ", Tightness::Add, Tightness::Multiply),
            Arithmetic::Subtract => (" - ", Tightness::Add, Tightness::Multiply),
            Arithmetic::Multiply => (" * ", Tightness::Multiply, Tightness::Sign),
            Arithmetic::Divide => (" / ", Tightness::Multiply, Tightness::Sign),
            Arithmetic::DivideWhole => (" // ", Tightness::Multiply, Tightness::Sign),
            Arithmetic::Remainder => (" % ", Tightness::Multiply, Tightness::Sign),
        };
        self.part(left, own)?;
        self.put(sign)?;
        self.part(right, tighter)
    }

    fn range(&mut self, expr: &Expr) -> fmt::Result {
        let (Expr::Between { value, negated, .. }
        | Expr::In { value, negated, .. }
        | Expr::Like { value, negated, .. }) = expr
        else {
            return Ok(());
        };
        self.part(value, Tightness::Concatenate)?;
        self.put(if *negated { " NOT" } else { "" })?;
        match expr {
            Expr::Between { low, high, .. } => {
                self.put(" BETWEEN ")?;
                self.part(low, Tightness::Concatenate)?;
                self.put(" AND ")?;
                self.part(high, Tightness::Concatenate)
            }
            Expr::In { list, .. } => {
                self.put(" IN (")?;
                self.parts(list, ", ", Tightness::Any)?;
                self.put(")")
            }
            Expr::Like { pattern, ignore_case, .. } => {
                self.put(if *ignore_case { " ILIKE " } else { " LIKE " })?;
                self.part(pattern, Tightness::Concatenate)
            }
            _ => Ok(()),
        }
    }

    fn case(&mut self, expr: &Expr) -> fmt::Result {
        let Expr::Case { subject, branches, otherwise } = expr else { return Ok(()) };
        self.put("CASE")?;
        if let Some(subject) = subject {
            self.prefixed(" ", subject, Tightness::Any)?;
        }
        for (test, result) in branches {
            self.prefixed(" WHEN ", test, Tightness::Any)?;
            self.prefixed(" THEN ", result, Tightness::Any)?;
        }
        if let Some(otherwise) = otherwise {
            self.prefixed(" ELSE ", otherwise, Tightness::Any)?;
        }
        self.put(" END")
    }
}

fn tightness(expr: &Expr) -> Tightness {
    match expr {
        Expr::Lambda { .. } => Tightness::Any,
        Expr::Or(_) => Tightness::Or,
        Expr::And(_) => Tightness::And,
        Expr::Not(_) => Tightness::Not,
        Expr::IsNull { .. } => Tightness::Is,
        Expr::Compare { op: Comparison::Distinct | Comparison::NotDistinct, .. } => Tightness::Is,
        Expr::Compare { .. } => Tightness::Compare,
        Expr::Between { .. } | Expr::In { .. } | Expr::Like { .. } => Tightness::Range,
        Expr::Arithmetic { op, .. } => match op {
            Arithmetic::Concatenate => Tightness::Concatenate,
            Arithmetic::Add | Arithmetic::Subtract => Tightness::Add,
            _ => Tightness::Multiply,
        },
        Expr::Negate(_) => Tightness::Sign,
        Expr::Literal(literal) if literal.as_f64().is_some_and(f64::is_sign_negative) => {
            Tightness::Sign
        }
        // DuckDB reads `1[1]` and `1.::INT` in surprising ways.
        Expr::Literal(Literal::Integer(_) | Literal::Decimal(_) | Literal::Float(_)) => {
            Tightness::Sign
        }
        _ => Tightness::Postfix,
    }
}
