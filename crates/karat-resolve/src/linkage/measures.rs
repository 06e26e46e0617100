//! The measures that have kernels: a comparison of one with a constant is recognised and asked
//! without evaluating anything.

use super::compile::{Compiler, side_of};
use super::refusal::Refusal;
use super::test::{Enough, How, Measure, Order, Test};
use crate::condition::{Arithmetic, Comparison as Relation, Expr, Side};

/// `measure >= 0.9` and its like.
pub(super) fn recognise(
    compiler: &mut Compiler<'_>,
    op: Relation,
    left: &Expr,
    right: &Expr,
) -> Result<Option<Test>, Refusal> {
    let (measure, bound, order) = match (number(left), number(right)) {
        (None, Some(bound)) => (left, bound, order(op)),
        (Some(bound), None) => (right, bound, order(op).map(flipped)),
        _ => return Ok(None),
    };
    let (Some(is), Some((how, a, b))) = (order, parts(measure)) else { return Ok(None) };
    let Some((a, b)) = two_sides(a, b) else { return Ok(None) };
    let (left, right) = (compiler.operand(a)?, compiler.operand(b)?);
    for operand in [left, right] {
        let values = compiler.values(operand);
        let fits = match how {
            How::Distance => values.number(),
            How::Shared => values.dictionary.texts().is_none_or(|texts| texts.is_empty()),
            _ => {
                values.sign();
                values.dictionary.texts().is_some()
            }
        };
        if !fits {
            return Ok(None);
        }
    }
    let (left, right) = if left.side == Side::Left { (left, right) } else { (right, left) };
    let (left, right) = (left.column, right.column);
    let measure = Measure { how, left, right, enough: enough(is, bound) };
    let measure = take_up(&mut compiler.measures, measure);
    Ok(Some(Test::Measured { measure, is, bound }))
}

/// The number of a measure, with what is enough for all that ask for it.
fn take_up(measures: &mut Vec<Measure>, new: Measure) -> u16 {
    let same = |m: &Measure| m.how == new.how && m.left == new.left && m.right == new.right;
    let known = measures.iter().position(same).unwrap_or_else(|| {
        measures.push(new.clone());
        measures.len() - 1
    });
    let known_measure = &mut measures[known];
    known_measure.enough = match (known_measure.enough, new.enough) {
        (Enough::Above(a), Enough::Above(b)) => Enough::Above(a.min(b)),
        (Enough::Below(a), Enough::Below(b)) => Enough::Below(a.max(b)),
        _ => Enough::Exact,
    };
    known as u16
}

fn enough(is: Order, bound: f64) -> Enough {
    match is {
        Order::AtLeast | Order::More => Enough::Above(bound),
        Order::AtMost | Order::Less => Enough::Below(bound),
        Order::Same => Enough::Exact,
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Literal(literal) => literal.as_f64(),
        _ => None,
    }
}

fn order(op: Relation) -> Option<Order> {
    match op {
        Relation::Equal => Some(Order::Same),
        Relation::Less => Some(Order::Less),
        Relation::LessOrEqual => Some(Order::AtMost),
        Relation::Greater => Some(Order::More),
        Relation::GreaterOrEqual => Some(Order::AtLeast),
        Relation::NotEqual | Relation::Distinct | Relation::NotDistinct => None,
    }
}

/// The order with its sides swapped.
fn flipped(order: Order) -> Order {
    match order {
        Order::Less => Order::More,
        Order::AtMost => Order::AtLeast,
        Order::AtLeast => Order::AtMost,
        Order::More => Order::Less,
        Order::Same => Order::Same,
    }
}

/// The measure that an expression takes, and of what.
fn parts(expr: &Expr) -> Option<(How, &Expr, &Expr)> {
    let Expr::Call { function, arguments } = expr else { return None };
    let how = match (function.folded().as_str(), arguments.as_slice()) {
        ("abs", [Expr::Arithmetic { op: Arithmetic::Subtract, left, right }]) => {
            return Some((How::Distance, left, right));
        }
        (
            "array_length" | "list_length" | "len" | "length",
            [Expr::Call { function, arguments }],
        ) => {
            let [a, b] = arguments.as_slice() else { return None };
            let is_shared =
                matches!(function.folded().as_str(), "list_intersect" | "array_intersect");
            return is_shared.then_some((How::Shared, a, b));
        }
        ("jaro_winkler_similarity", _) => How::JaroWinkler,
        ("jaro_similarity", _) => How::Jaro,
        ("levenshtein" | "editdist3", _) => How::Levenshtein,
        ("damerau_levenshtein", _) => How::DamerauLevenshtein,
        ("jaccard", _) => How::Jaccard,
        _ => return None,
    };
    match arguments.as_slice() {
        [a, b] => Some((how, a, b)),
        _ => None,
    }
}

/// The arguments, if each looks at one record and they look at two.
fn two_sides<'e>(a: &'e Expr, b: &'e Expr) -> Option<(&'e Expr, &'e Expr)> {
    match (side_of(a), side_of(b)) {
        (Some(x), Some(y)) if x != y => Some((a, b)),
        _ => None,
    }
}
