//! Turns an expression into one that can be evaluated: functions found, patterns compiled. All
//! that cannot be reproduced exactly is refused here, before any record is read.

use std::fmt;

use super::ast::{Arithmetic, Comparison, Expr, Literal, Name, Side, Type};
use super::functions::{self, Body, Function, Prepared};
use super::value::{Outcome, Value};

/// What in an expression cannot be reproduced, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The function or the part of the expression, as SQL.
    pub subject: String,
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.subject, self.reason)
    }
}

impl std::error::Error for Refusal {}

/// An expression that has been checked and can be evaluated for any number of pairs, also from
/// several threads.
pub struct Bound {
    pub(super) node: Node,
}

/// How a call gets its value.
pub(super) enum Apply {
    Strict(fn(&[Value]) -> Outcome),
    Nullable(fn(&[Value]) -> Outcome),
    Prepared(Prepared),
}

pub(super) enum Node {
    Constant(Value),
    Column(Side, Name),
    /// A parameter by how many lambdas lie between.
    Variable(usize),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Comparison, Box<[Node; 2]>),
    Arithmetic(Arithmetic, Box<[Node; 2]>),
    IsNull(Box<Node>, bool),
    /// Value, low and high.
    Between(Box<[Node; 3]>, bool),
    In(Box<Node>, Vec<Node>, bool),
    Like {
        sides: Box<[Node; 2]>,
        ignore_case: bool,
        negated: bool,
    },
    Case {
        subject: Option<Box<Node>>,
        branches: Vec<(Node, Node)>,
        otherwise: Box<Node>,
    },
    Cast(Box<Node>, Type, bool),
    Call {
        function: &'static str,
        arguments: Vec<Node>,
        apply: Apply,
    },
    Coalesce(Vec<Node>),
    List(Vec<Node>),
    /// A list and what becomes of each of its items.
    Transform(Box<[Node; 2]>),
    /// A list and the test of each of its items.
    Filter(Box<[Node; 2]>),
}

/// Checks that everything in the expression can be evaluated as DuckDB would.
pub fn check(expr: &Expr) -> Result<(), Refusal> {
    bind(expr).map(drop)
}

/// Checks the expression and prepares it for evaluation.
pub fn bind(expr: &Expr) -> Result<Bound, Refusal> {
    Binder { parameters: Vec::new(), order_free: false }.node(expr).map(|node| Bound { node })
}

struct Binder {
    /// The parameters of the lambdas around, innermost last.
    parameters: Vec<Name>,
    /// Whether the next expression is an argument whose order makes no difference.
    order_free: bool,
}

fn refuse<T>(subject: impl fmt::Display, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { subject: subject.to_string(), reason: reason.into() })
}

impl Binder {
    fn node(&mut self, expr: &Expr) -> Result<Node, Refusal> {
        let order_free = std::mem::take(&mut self.order_free);
        Ok(match expr {
            Expr::Literal(literal) => Node::Constant(constant(literal)),
            Expr::Column { side, name } => Node::Column(*side, name.clone()),
            Expr::Variable(name) => self.variable(name)?,
            Expr::Not(inner) => Node::Not(self.boxed(inner)?),
            Expr::Negate(inner) => Node::Negate(self.boxed(inner)?),
            Expr::And(parts) => Node::And(self.nodes(parts)?),
            Expr::Or(parts) => Node::Or(self.nodes(parts)?),
            Expr::Compare { op, left, right } => Node::Compare(*op, self.both(left, right)?),
            Expr::Arithmetic { op, left, right } => {
                reject_interval(*op, left, right, expr)?;
                Node::Arithmetic(*op, self.both(left, right)?)
            }
            Expr::IsNull { value, negated } => Node::IsNull(self.boxed(value)?, *negated),
            Expr::Between { value, low, high, negated } => {
                let three = [self.node(value)?, self.node(low)?, self.node(high)?];
                Node::Between(Box::new(three), *negated)
            }
            Expr::In { value, list, negated } => {
                Node::In(self.boxed(value)?, self.nodes(list)?, *negated)
            }
            Expr::Like { value, pattern, ignore_case, negated } => Node::Like {
                sides: self.both(value, pattern)?,
                ignore_case: *ignore_case,
                negated: *negated,
            },
            Expr::Case { .. } => self.case(expr)?,
            Expr::Cast { value, to, lenient } => {
                Node::Cast(self.boxed(value)?, to.clone(), *lenient)
            }
            Expr::Call { function, .. } if is_unordered(function) && !order_free => {
                let reason = "DuckDB gives its result no order, sort it with list_sort";
                return refuse(function.as_str(), reason);
            }
            Expr::Call { function, arguments } => self.call(function, arguments)?,
            Expr::Subscript { value, index } => Node::Call {
                function: "subscript",
                arguments: vec![self.node(value)?, self.node(index)?],
                apply: Apply::Strict(super::list_functions::list_extract),
            },
            Expr::List(items) => Node::List(self.nodes(items)?),
            Expr::Lambda { .. } => {
                return refuse(
                    expr,
                    "a lambda only stands inside of list_transform or list_filter",
                );
            }
        })
    }

    fn boxed(&mut self, expr: &Expr) -> Result<Box<Node>, Refusal> {
        self.node(expr).map(Box::new)
    }

    fn both(&mut self, left: &Expr, right: &Expr) -> Result<Box<[Node; 2]>, Refusal> {
        Ok(Box::new([self.node(left)?, self.node(right)?]))
    }

    fn nodes(&mut self, exprs: &[Expr]) -> Result<Vec<Node>, Refusal> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    fn variable(&self, name: &Name) -> Result<Node, Refusal> {
        match self.parameters.iter().rev().position(|parameter| parameter == name) {
            Some(distance) => Ok(Node::Variable(distance)),
            None => refuse(name.as_str(), "there is no lambda with this parameter around it"),
        }
    }

    fn case(&mut self, expr: &Expr) -> Result<Node, Refusal> {
        let Expr::Case { subject, branches, otherwise } = expr else {
            return refuse(expr, "this is no CASE");
        };
        let subject = subject.as_deref().map(|subject| self.boxed(subject)).transpose()?;
        let branches = branches
            .iter()
            .map(|(test, result)| Ok((self.node(test)?, self.node(result)?)))
            .collect::<Result<_, Refusal>>()?;
        let otherwise = match otherwise {
            Some(otherwise) => self.boxed(otherwise)?,
            None => Box::new(Node::Constant(Value::Null)),
        };
        Ok(Node::Case { subject, branches, otherwise })
    }

    fn call(&mut self, name: &Name, arguments: &[Expr]) -> Result<Node, Refusal> {
        let folded = name.folded();
        let Some(function) = functions::find(&folded) else {
            return refuse(&folded, "this function is not known here");
        };
        check_count(function, &folded, arguments.len())?;
        let shown = function.names.iter().find(|known| **known == folded);
        let shown = shown.copied().unwrap_or_default();
        Ok(match &function.body {
            Body::Strict(apply) => self.plain(shown, arguments, Apply::Strict(*apply))?,
            Body::Nullable(apply) => self.plain(shown, arguments, Apply::Nullable(*apply))?,
            Body::Prepared(prepare) => match prepare(arguments) {
                Ok(apply) => self.plain(shown, arguments, Apply::Prepared(apply))?,
                Err(reason) => return refuse(&folded, reason),
            },
            Body::Coalesce => Node::Coalesce(self.nodes(arguments)?),
            Body::If => {
                let [test, yes] = [&arguments[0], &arguments[1]].map(|part| self.node(part));
                Node::Case {
                    subject: None,
                    branches: vec![(test?, yes?)],
                    otherwise: self.boxed(&arguments[2])?,
                }
            }
            Body::Transform => Node::Transform(self.lambda(&folded, arguments)?),
            Body::Filter => Node::Filter(self.lambda(&folded, arguments)?),
        })
    }

    fn plain(
        &mut self,
        function: &'static str,
        arguments: &[Expr],
        apply: Apply,
    ) -> Result<Node, Refusal> {
        let mut nodes = Vec::new();
        for argument in arguments {
            self.order_free = functions::ORDER_FREE.contains(&function);
            nodes.push(self.node(argument)?);
        }
        Ok(Node::Call { function, arguments: nodes, apply })
    }

    /// A list and the body of the lambda over it.
    fn lambda(&mut self, name: &str, arguments: &[Expr]) -> Result<Box<[Node; 2]>, Refusal> {
        let [list, Expr::Lambda { parameter, body }] = arguments else {
            return refuse(name, "its second argument must be a lambda");
        };
        let list = self.node(list)?;
        self.parameters.push(parameter.clone());
        let body = self.node(body);
        self.parameters.pop();
        Ok(Box::new([list, body?]))
    }
}

fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(truth) => Value::Boolean(*truth),
        Literal::Integer(whole) => Value::Integer(*whole),
        Literal::Decimal(decimal) => Value::Decimal(*decimal),
        Literal::Float(number) => Value::Float(*number),
        Literal::Text(text) => Value::text(text),
    }
}

fn check_count(function: &Function, name: &str, count: usize) -> Result<(), Refusal> {
    let (least, most) = (function.least, function.most);
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let wanted = match most {
        _ if least == most => format!("{least}"),
        usize::MAX => format!("{least} or more"),
        _ => format!("{least} to {most}"),
    };
    refuse(name, format!("it takes {wanted} arguments, not {count}"))
}

/// Whether nothing may depend on the order of the function's result.
fn is_unordered(function: &Name) -> bool {
    functions::UNORDERED.contains(&function.folded().as_str())
}

/// Times that are subtracted give an INTERVAL, and comparing those is not supported.
fn reject_interval(op: Arithmetic, left: &Expr, right: &Expr, whole: &Expr) -> Result<(), Refusal> {
    let is_time = |expr: &Expr| match expr {
        Expr::Call { function, .. } => {
            ["strptime", "try_strptime"].contains(&function.folded().as_str())
        }
        Expr::Cast { to, .. } => *to == Type::Timestamp,
        _ => false,
    };
    if op == Arithmetic::Subtract && (is_time(left) || is_time(right)) {
        return refuse(whole, "the difference of timestamps is an INTERVAL, compare EPOCH(...)");
    }
    Ok(())
}
