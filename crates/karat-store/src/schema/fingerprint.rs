//! A name for what a statement says, whatever its layout.

use sha2::{Digest, Sha256};

use super::syntax::{Node, SyntaxKind, Token, tokens};

/// SHA-256 over the tokens: comments and white space dropped, keywords and unquoted names in
/// lower case, strings, bodies and quoted names exact.
pub(super) fn fingerprint(node: &Node) -> String {
    let mut hash = Sha256::new();
    let mut last: Option<Token> = None;
    for token in tokens(node) {
        let end = token.kind() == SyntaxKind::SEMICOLON && token.parent().as_ref() == Some(node);
        if end {
            continue;
        }
        if !last.is_some_and(|last| same_operator(&last, &token)) {
            hash.update([0]);
        }
        hash.update(normal(&token).as_bytes());
        last = Some(token);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parser splits operators into characters; `@- 5` must not read like `@ -5`.
fn same_operator(last: &Token, token: &Token) -> bool {
    last.parent() == token.parent()
        && token.parent().is_some_and(|p| p.kind() == SyntaxKind::CUSTOM_OP)
}

fn normal(token: &Token) -> String {
    let text = token.text();
    let exact = text.starts_with(['"', '\'', '$'])
        || matches!(token.kind(), SyntaxKind::STRING | SyntaxKind::DOLLAR_QUOTED_STRING)
        || text.contains(['"', '\'']);
    if exact { text.to_owned() } else { text.to_ascii_lowercase() }
}
