//! The SQL parser behind one door: no other file names `squawk_syntax`.
//!
//! A pure Rust parser was chosen over `pg_query`, which needs libclang on every machine that
//! builds Karat.

use std::ops::Range;

use SyntaxKind::*;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{self, AstNode};

pub(super) use squawk_syntax::{SyntaxKind, SyntaxNode as Node, SyntaxToken as Token};

/// A parsed text: its tree, and what the parser objected to as byte offset and message.
pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) errors: Vec<(usize, String)>,
}

pub(super) fn tree(text: &str) -> Tree {
    let parse = SourceFile::parse(text);
    let errors = parse.errors();
    let errors = errors.iter().map(|e| (usize::from(e.range().start()), e.message().to_owned()));
    Tree { errors: errors.collect(), root: parse.syntax_node() }
}

/// The body of a function, procedure or `do` block, as the language that it is written in.
pub(super) enum Body {
    Sql(Node),
    Plpgsql(Node),
}

/// The body that `node` holds as a string; none for `begin atomic` and other languages.
pub(super) fn body(node: &Node) -> Option<Body> {
    let sql = |body: squawk_syntax::sql_body::SqlBody| Body::Sql(body.syntax());
    let plpgsql = |body: squawk_syntax::plpgsql::Plpgsql| Body::Plpgsql(body.syntax());
    match node.kind() {
        CREATE_FUNCTION => {
            let it = ast::CreateFunction::cast(node.clone())?;
            it.sql_body().map(sql).or_else(|| it.plpgsql().map(plpgsql))
        }
        CREATE_PROCEDURE => {
            let it = ast::CreateProcedure::cast(node.clone())?;
            it.sql_body().map(sql).or_else(|| it.plpgsql().map(plpgsql))
        }
        DO => ast::Do::cast(node.clone())?.plpgsql().map(plpgsql),
        _ => None,
    }
}

/// The first child of that kind.
pub(super) fn child(node: &Node, kind: SyntaxKind) -> Option<Node> {
    node.children().find(|n| n.kind() == kind)
}

/// The first node of that kind below `node`.
pub(super) fn below(node: &Node, kind: SyntaxKind) -> Option<Node> {
    node.descendants().skip(1).find(|n| n.kind() == kind)
}

pub(super) fn has(node: &Node, kind: SyntaxKind) -> bool {
    below(node, kind).is_some()
}

/// Whether a keyword stands directly in `node`.
pub(super) fn has_token(node: &Node, kind: SyntaxKind) -> bool {
    node.children_with_tokens().any(|e| e.kind() == kind)
}

/// All tokens below `node` except white space and comments.
pub(super) fn tokens(node: &Node) -> impl Iterator<Item = Token> + use<> {
    node.descendants_with_tokens().filter_map(|e| e.into_token()).filter(|t| !t.kind().is_trivia())
}

/// The parts of a name: `a."B c"` is `["a", "B c"]`, folded as PostgreSQL folds it.
pub(super) fn parts(node: &Node) -> Vec<String> {
    let segment = |n: &Node| matches!(n.kind(), PATH_SEGMENT | PATH_SEGMENT_REF | NAME_REF);
    let segments = node.descendants().filter(segment);
    let parts: Vec<String> = segments.map(|n| ast::normalize_name_node(&n)).collect();
    if parts.is_empty() { vec![ast::normalize_name_node(node)] } else { parts }
}

/// From the first to the last token that says something; without the semicolon.
pub(super) fn span(node: &Node) -> Range<usize> {
    let mut range: Option<Range<usize>> = None;
    for token in tokens(node) {
        let last = token.kind() == SEMICOLON && token.parent().as_ref() == Some(node);
        if !last {
            let (start, end) = (token.text_range().start().into(), token.text_range().end().into());
            range = Some(range.map_or(start..end, |r| r.start..end));
        }
    }
    range.unwrap_or_else(|| {
        let start = node.text_range().start().into();
        start..start
    })
}

/// The value of a plain string literal: `'it''s'` is `it's`; none for other literals.
pub(super) fn string(node: &Node) -> Option<String> {
    let token = tokens(node).next().filter(|t| t.kind() == STRING)?;
    let inner = token.text().strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// A name as SQL, in quotes where it has to be.
pub(super) fn quoted(name: &str) -> String {
    if name.is_empty() { String::new() } else { squawk_syntax::quote::quote_ident(name) }
}

/// Bytes of stack for a parse. The parser calls itself for each level of nesting, and a chain of
/// some thousand `||` is that deep; the 2 MiB of a worker thread are not enough.
const STACK: usize = 256 << 20;

/// Runs `work` on a stack of its own, if the system gives one.
pub(super) fn with_room<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &work) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => work(),
        }
    })
}
