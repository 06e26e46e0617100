//! Making another expression of one, part by part.

use super::ast::Expr;

/// The expression with each part for which `change` has another replaced, from the whole down.
/// Inside of a lambda, whose parts may need its parameter, only columns are.
pub fn rewrite(expr: &Expr, change: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    go(expr, false, change)
}

fn go(expr: &Expr, in_lambda: bool, change: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
    if (!in_lambda || matches!(expr, Expr::Column { .. }))
        && let Some(changed) = change(expr)
    {
        return changed;
    }
    let in_lambda = in_lambda || matches!(expr, Expr::Lambda { .. });
    let mut copy = expr.clone();
    for part in copy.children_mut() {
        *part = go(part, in_lambda, change);
    }
    copy
}
