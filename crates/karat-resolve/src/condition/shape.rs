//! What a compiler asks about an expression: its columns, its sides, its conjuncts, its mirror.

use super::ast::{Expr, Name, Side};

impl Expr {
    /// The direct parts, in the order in which they are written.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Literal(_) | Expr::Column { .. } | Expr::Variable(_) => Vec::new(),
            Expr::Not(inner) | Expr::Negate(inner) => vec![inner],
            Expr::And(parts) | Expr::Or(parts) | Expr::List(parts) => parts.iter().collect(),
            Expr::Compare { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
                vec![left, right]
            }
            Expr::IsNull { value, .. } | Expr::Cast { value, .. } => vec![value],
            Expr::Between { value, low, high, .. } => vec![value, low, high],
            Expr::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            Expr::Like { value, pattern, .. } => vec![value, pattern],
            Expr::Case { subject, branches, otherwise } => subject
                .iter()
                .map(|subject| &**subject)
                .chain(branches.iter().flat_map(|(test, result)| [test, result]))
                .chain(otherwise.iter().map(|otherwise| &**otherwise))
                .collect(),
            Expr::Call { arguments, .. } => arguments.iter().collect(),
            Expr::Subscript { value, index } => vec![value, index],
            Expr::Lambda { body, .. } => vec![body],
        }
    }

    pub(super) fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Expr::Literal(_) | Expr::Column { .. } | Expr::Variable(_) => Vec::new(),
            Expr::Not(inner) | Expr::Negate(inner) => vec![inner],
            Expr::And(parts) | Expr::Or(parts) | Expr::List(parts) => parts.iter_mut().collect(),
            Expr::Compare { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
                vec![left, right]
            }
            Expr::IsNull { value, .. } | Expr::Cast { value, .. } => vec![value],
            Expr::Between { value, low, high, .. } => vec![value, low, high],
            Expr::In { value, list, .. } => std::iter::once(&mut **value).chain(list).collect(),
            Expr::Like { value, pattern, .. } => vec![value, pattern],
            Expr::Case { subject, branches, otherwise } => subject
                .iter_mut()
                .map(|subject| &mut **subject)
                .chain(branches.iter_mut().flat_map(|(test, result)| [test, result]))
                .chain(otherwise.iter_mut().map(|otherwise| &mut **otherwise))
                .collect(),
            Expr::Call { arguments, .. } => arguments.iter_mut().collect(),
            Expr::Subscript { value, index } => vec![value, index],
            Expr::Lambda { body, .. } => vec![body],
        }
    }

    /// The same expression with every column on one side, as a blocking key needs it.
    pub fn on(&self, side: Side) -> Expr {
        let mut expr = self.clone();
        move_columns(&mut expr, &|_| side);
        expr
    }
}

fn move_columns(expr: &mut Expr, to: &dyn Fn(Side) -> Side) {
    if let Expr::Column { side, .. } = expr {
        *side = to(*side);
    }
    for child in expr.children_mut() {
        move_columns(child, to);
    }
}

/// The same expression with left and right exchanged.
pub fn mirror(expr: &Expr) -> Expr {
    let mut mirrored = expr.clone();
    move_columns(&mut mirrored, &Side::other);
    mirrored
}

/// Every column once, in the order of first appearance.
pub fn columns(expr: &Expr) -> Vec<(Side, &Name)> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

fn collect<'a>(expr: &'a Expr, found: &mut Vec<(Side, &'a Name)>) {
    if let Expr::Column { side, name } = expr
        && !found.contains(&(*side, name))
    {
        found.push((*side, name));
    }
    for child in expr.children() {
        collect(child, found);
    }
}

/// Whether the expression reads the left and whether it reads the right record.
pub fn sides(expr: &Expr) -> (bool, bool) {
    let columns = columns(expr);
    let uses = |wanted| columns.iter().any(|(side, _)| *side == wanted);
    (uses(Side::Left), uses(Side::Right))
}

/// The parts that all have to hold, with nested ANDs opened.
pub fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}
