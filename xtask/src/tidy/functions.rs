//! A function has at most 70 lines, from its signature to its last brace; tests are left out.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::Source;
use crate::tidy::ratchet::{Exception, Measured, Ratchet};
use crate::tree::Tree;
use crate::violation::Violation;

const LIMIT: usize = 70;

/// By `path::function`. May only shrink.
const EXCEPTIONS: &[Exception] = &[];

pub fn check(tree: &Tree) -> Vec<Violation> {
    let unit = "lines in one function";
    Ratchet { unit, limit: LIMIT, exceptions: EXCEPTIONS }.check(&measure(tree))
}

fn measure(tree: &Tree) -> Vec<Measured> {
    tree.sources.iter().filter(|source| !source.is_test()).flat_map(functions).collect()
}

fn functions(source: &Source) -> Vec<Measured> {
    let mut functions = Functions { source, found: Vec::new() };
    functions.visit_file(&source.syntax);
    functions.found
}

struct Functions<'a> {
    source: &'a Source,
    found: Vec<Measured>,
}

impl Functions<'_> {
    fn note(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.span().start().line;
        let last = body.span().end().line;
        if !self.source.is_test_line(first) {
            self.found.push(Measured {
                key: format!("{}::{}", self.source.path, signature.ident),
                at: format!("{} ({})", self.source.at(first), signature.ident),
                count: last - first + 1,
            });
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.note(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_counted_without_their_documentation() {
        let text = "/// One.\n#[must_use]\nfn a(\n    b: u8,\n) {\n}\nimpl C {\n    fn d() {}\n}\n\
                    trait E {\n    fn f();\n    fn g() {\n    }\n}\n#[test]\nfn h() {}\n";
        let measured = measure(&Tree::of(&[("crates/a/src/b.rs", text)]));
        let counts: Vec<_> =
            measured.iter().map(|it| (it.key.rsplit("::").next().unwrap(), it.count)).collect();
        assert_eq!(counts, [("a", 4), ("d", 1), ("g", 2)]);
    }

    #[test]
    fn a_function_of_71_lines_is_one_too_long() {
        let text = |lines: usize| format!("fn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2));
        assert_eq!(check(&Tree::of(&[("crates/a/src/b.rs", &text(70))])), []);
        let violations = check(&Tree::of(&[("crates/a/src/b.rs", &text(71))]));
        assert_eq!(
            violations[0].to_string(),
            "crates/a/src/b.rs:1 (a): 71 lines in one function; the limit is 70"
        );
    }
}
