//! The value of an expression for one pair of records, with DuckDB's three-valued logic.

use std::cmp::Ordering;

use super::arithmetic;
use super::ast::{Comparison, Expr, Side};
use super::bind::{Apply, Bound, Node, bind};
use super::cast;
use super::pattern_functions::like;
use super::unicode;
use super::value::{EvaluationError, Outcome, Value, compare, nested_compare};

/// Binds and evaluates in one step, for a single pair; [`bind`] once for many pairs.
pub fn evaluate(expr: &Expr, columns: &dyn Fn(Side, &str) -> Value) -> Outcome {
    let bound = bind(expr).map_err(|refusal| EvaluationError::new(refusal.to_string()))?;
    bound.evaluate(columns)
}

impl Bound {
    /// The value for the pair whose columns are given by side and name as written.
    pub fn evaluate(&self, columns: &dyn Fn(Side, &str) -> Value) -> Outcome {
        Scope { columns, item: None }.value(&self.node)
    }

    /// Whether the condition holds: NULL does not.
    pub fn holds(&self, columns: &dyn Fn(Side, &str) -> Value) -> Result<bool, EvaluationError> {
        Ok(self.evaluate(columns)?.truth()? == Some(true))
    }
}

/// The columns of the pair and the items of the lambdas around the current place.
struct Scope<'a> {
    columns: &'a dyn Fn(Side, &str) -> Value,
    item: Option<(&'a Value, &'a Scope<'a>)>,
}

impl Scope<'_> {
    fn value(&self, node: &Node) -> Outcome {
        match node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Column(side, name) => Ok((self.columns)(*side, name.as_str())),
            Node::Variable(distance) => Ok(self.item(*distance)),
            Node::Not(inner) => Ok(boolean(self.truth(inner)?.map(|truth| !truth))),
            Node::Negate(inner) => arithmetic::negate(&self.value(inner)?),
            Node::And(parts) => self.join(parts, false),
            Node::Or(parts) => self.join(parts, true),
            Node::Compare(op, sides) => {
                compared(*op, &self.value(&sides[0])?, &self.value(&sides[1])?).map(boolean)
            }
            Node::Arithmetic(op, sides) => {
                arithmetic::apply(*op, &self.value(&sides[0])?, &self.value(&sides[1])?)
            }
            Node::IsNull(inner, negated) => {
                Ok(Value::Boolean(self.value(inner)?.is_null() != *negated))
            }
            Node::Between(three, negated) => self.between(three, *negated),
            Node::In(value, list, negated) => self.contained(value, list, *negated),
            Node::Like { .. } => self.like(node),
            Node::Case { subject, branches, otherwise } => {
                self.case(subject.as_deref(), branches, otherwise)
            }
            Node::Cast(inner, to, lenient) => cast::cast(&self.value(inner)?, to, *lenient),
            Node::Call { function, arguments, apply } => self.call(function, arguments, apply),
            Node::Coalesce(parts) => self.coalesce(parts),
            Node::List(items) => self.values(items).map(Value::List),
            Node::Transform(sides) => self.transform(sides),
            Node::Filter(sides) => self.filter(sides),
        }
    }

    fn values(&self, nodes: &[Node]) -> Result<Vec<Value>, EvaluationError> {
        nodes.iter().map(|node| self.value(node)).collect()
    }

    fn truth(&self, node: &Node) -> Result<Option<bool>, EvaluationError> {
        self.value(node)?.truth()
    }

    fn item(&self, distance: usize) -> Value {
        match (self.item, distance) {
            (None, _) => Value::Null,
            (Some((value, _)), 0) => value.clone(),
            (Some((_, outer)), _) => outer.item(distance - 1),
        }
    }

    /// AND (`decisive` false) or OR (`decisive` true): stops at the first decisive part.
    fn join(&self, parts: &[Node], decisive: bool) -> Outcome {
        let mut unknown = false;
        for part in parts {
            match self.truth(part)? {
                Some(truth) if truth == decisive => return Ok(Value::Boolean(decisive)),
                Some(_) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { Value::Null } else { Value::Boolean(!decisive) })
    }

    /// As `low <= value AND value <= high`: one failed side decides beside a NULL.
    fn between(&self, three: &[Node; 3], negated: bool) -> Outcome {
        let value = self.value(&three[0])?;
        let above = compared(Comparison::GreaterOrEqual, &value, &self.value(&three[1])?)?;
        let below = compared(Comparison::LessOrEqual, &value, &self.value(&three[2])?)?;
        let inside = match (above, below) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        Ok(boolean(inside.map(|inside| inside != negated)))
    }

    fn contained(&self, value: &Node, list: &[Node], negated: bool) -> Outcome {
        let value = self.value(value)?;
        let mut unknown = false;
        for item in list {
            match compared(Comparison::Equal, &value, &self.value(item)?)? {
                Some(true) => return Ok(Value::Boolean(!negated)),
                Some(false) => {}
                None => unknown = true,
            }
        }
        Ok(if unknown { Value::Null } else { Value::Boolean(negated) })
    }

    fn like(&self, node: &Node) -> Outcome {
        let Node::Like { sides, ignore_case, negated } = node else { return Ok(Value::Null) };
        let (value, pattern) = (self.value(&sides[0])?, self.value(&sides[1])?);
        let matched = match (&value, &pattern) {
            (Value::Null, _) | (_, Value::Null) => return Ok(Value::Null),
            (Value::Text(text), Value::Text(pattern)) if *ignore_case => {
                like(&unicode::lower(text), &unicode::lower(pattern))
            }
            (Value::Text(text), Value::Text(pattern)) => like(text, pattern),
            _ => {
                let kinds = format!("{} LIKE {}", value.kind(), pattern.kind());
                return Err(EvaluationError::new(format!("{kinds} is not defined")));
            }
        };
        Ok(Value::Boolean(matched != *negated))
    }

    fn case(&self, subject: Option<&Node>, branches: &[(Node, Node)], otherwise: &Node) -> Outcome {
        let subject = subject.map(|subject| self.value(subject)).transpose()?;
        for (test, result) in branches {
            let chosen = match &subject {
                Some(subject) => compared(Comparison::Equal, subject, &self.value(test)?)?,
                None => self.truth(test)?,
            };
            if chosen == Some(true) {
                return self.value(result);
            }
        }
        self.value(otherwise)
    }

    fn call(&self, function: &str, arguments: &[Node], apply: &Apply) -> Outcome {
        let values = self.values(arguments)?;
        let null = values.iter().any(Value::is_null);
        let result = match apply {
            Apply::Nullable(apply) => apply(&values),
            _ if null => Ok(Value::Null),
            Apply::Strict(apply) => apply(&values),
            Apply::Prepared(apply) => apply(&values),
        };
        result.map_err(|error| EvaluationError::new(format!("{function}: {error}")))
    }

    fn coalesce(&self, parts: &[Node]) -> Outcome {
        for part in parts {
            let value = self.value(part)?;
            if !value.is_null() {
                return Ok(value);
            }
        }
        Ok(Value::Null)
    }

    fn items(&self, list: &Node) -> Result<Option<Vec<Value>>, EvaluationError> {
        match self.value(list)? {
            Value::Null => Ok(None),
            Value::List(items) => Ok(Some(items)),
            other => {
                let message = format!("a lambda runs over a list, not over {}", other.kind());
                Err(EvaluationError::new(message))
            }
        }
    }

    fn transform(&self, sides: &[Node; 2]) -> Outcome {
        let Some(items) = self.items(&sides[0])? else { return Ok(Value::Null) };
        let each =
            |item| Scope { columns: self.columns, item: Some((item, self)) }.value(&sides[1]);
        items.iter().map(each).collect::<Result<_, _>>().map(Value::List)
    }

    fn filter(&self, sides: &[Node; 2]) -> Outcome {
        let Some(items) = self.items(&sides[0])? else { return Ok(Value::Null) };
        let mut kept = Vec::new();
        for item in &items {
            let scope = Scope { columns: self.columns, item: Some((item, self)) };
            if scope.truth(&sides[1])? == Some(true) {
                kept.push(item.clone());
            }
        }
        Ok(Value::List(kept))
    }
}

fn boolean(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Boolean)
}

/// The truth of a comparison, `None` for unknown.
fn compared(op: Comparison, left: &Value, right: &Value) -> Result<Option<bool>, EvaluationError> {
    let wanted: fn(Ordering) -> bool = match op {
        Comparison::Equal => Ordering::is_eq,
        Comparison::NotEqual => Ordering::is_ne,
        Comparison::Less => Ordering::is_lt,
        Comparison::LessOrEqual => Ordering::is_le,
        Comparison::Greater => Ordering::is_gt,
        Comparison::GreaterOrEqual => Ordering::is_ge,
        Comparison::Distinct => {
            return nested_compare(left, right).map(|order| Some(order.is_ne()));
        }
        Comparison::NotDistinct => {
            return nested_compare(left, right).map(|order| Some(order.is_eq()));
        }
    };
    Ok(compare(left, right)?.map(wanted))
}
