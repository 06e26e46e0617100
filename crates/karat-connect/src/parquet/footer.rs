//! What a footer must not make the library do: take memory for children that it does not have, or
//! descend without end.

use crate::parquet::thrift::{Compact, LIST, STRUCT};

/// Groups that may lie in one another.
const DEEPEST: usize = 64;

/// Whether a footer's tree of columns is as large and no deeper than it may be, and every list has
/// the elements it says. All else the library sees for itself.
pub(super) fn is_sound(footer: &[u8]) -> bool {
    let mut elements = Vec::new();
    let read = Compact::new(footer).fields(&mut |input, field, kind| {
        if (field, kind) != (2, LIST) {
            return Some(false);
        }
        let (size, kind) = input.list()?;
        for _ in 0..size {
            elements.push(if kind == STRUCT { children(input)? } else { return None });
        }
        Some(true)
    });
    read.is_some() && is_tree(&elements)
}

/// The children that an element of the schema says it has.
fn children(input: &mut Compact<'_>) -> Option<usize> {
    let mut children = 0;
    input.fields(&mut |input, field, kind| {
        if field != 5 || kind != 5 {
            return Some(false);
        }
        children = usize::try_from(input.integer()?).ok()?;
        Some(true)
    })?;
    Some(children)
}

/// Elements stand in the order of a walk through the tree, each before its children.
fn is_tree(elements: &[usize]) -> bool {
    let mut open: Vec<usize> = vec![1];
    for children in elements {
        while open.last() == Some(&0) {
            open.pop();
        }
        let Some(left) = open.last_mut() else { return false };
        *left -= 1;
        if *children > elements.len() || *children > 0 && open.len() > DEEPEST {
            return false;
        }
        open.push(*children);
    }
    open.iter().all(|left| *left == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_all_its_elements_and_is_not_too_deep() {
        assert!(is_tree(&[2, 0, 0]) && is_tree(&[2, 1, 1, 0, 0]) && is_tree(&[0]));
        assert!(!is_tree(&[2, 0]) && !is_tree(&[1, 0, 0]) && !is_tree(&[usize::MAX]));
        let deep = |groups: usize| [vec![1; groups], vec![0]].concat();
        assert!(is_tree(&deep(DEEPEST)) && !is_tree(&deep(DEEPEST + 1)));
        assert!(!is_tree(&deep(100_000)));
    }
}
