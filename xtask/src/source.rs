//! A Rust file: its tokens and syntax, and which of its lines are tests.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::violation::Violation;

/// One token with its line, counted from 1. Comments are not tokens.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word, a sign or a bracket; `::` is one token.
    Code(String),
    /// The value of a string literal, also inside a macro call. Documentation is left out.
    Text(String),
}

pub struct Source {
    pub path: String,
    pub text: String,
    pub syntax: syn::File,
    pub tokens: Vec<Token>,
    tests: Vec<RangeInclusive<usize>>,
    is_test: bool,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Result<Self, Violation> {
        let broken = |what: String| Violation::new(path, format!("does not parse: {what}"));
        let syntax = syn::parse_file(text).map_err(|error| broken(error.to_string()))?;
        let stream: TokenStream = text
            .trim_start_matches('\u{feff}')
            .parse()
            .map_err(|error: proc_macro2::LexError| broken(error.to_string()))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let mut finder = TestFinder::default();
        finder.visit_file(&syntax);
        let is_test = is_test_path(path) || syntax.attrs.iter().any(is_test_attribute);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            syntax,
            tokens,
            tests: finder.ranges,
            is_test,
        })
    }

    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }

    pub fn is_test(&self) -> bool {
        self.is_test
    }

    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.tests.iter().any(|range| range.contains(&line))
    }

    /// Lines outside of tests, blank ones and comments included.
    pub fn shipped_lines(&self) -> usize {
        (1..=self.text.lines().count()).filter(|line| !self.is_test_line(*line)).count()
    }

    /// String literals outside of tests, with their lines.
    pub fn shipped_texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.tokens.iter().filter(|token| !self.is_test_line(token.line)).filter_map(|token| {
            match &token.kind {
                Kind::Text(text) => Some((token.line, text.as_str())),
                Kind::Code(_) => None,
            }
        })
    }

    /// The lines on which `words` follow one another.
    pub fn lines_with<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = usize> + 'a {
        self.tokens.windows(words.len()).filter_map(move |tokens| {
            let all = tokens.iter().zip(words).all(|(token, word)| token.is(word));
            all.then(|| tokens[0].line)
        })
    }
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Code(code) if code == word)
    }
}

fn is_test_path(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.contains("/benches/")
}

fn is_test_attribute(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        let mut tokens = Vec::new();
        if let syn::Meta::List(list) = &attribute.meta {
            flatten(list.tokens.clone(), &mut tokens);
        }
        let has = |word| tokens.iter().any(|token| token.is(word));
        return has("test") && !has("not");
    }
    path.segments.last().is_some_and(|segment| segment.ident == "test")
}

#[derive(Default)]
struct TestFinder {
    ranges: Vec<RangeInclusive<usize>>,
}

impl TestFinder {
    fn note(&mut self, attributes: &[syn::Attribute], item: &impl Spanned) -> bool {
        let is_test = attributes.iter().any(is_test_attribute);
        if is_test {
            let span = item.span();
            self.ranges.push(span.start().line..=span.end().line);
        }
        is_test
    }
}

impl<'ast> Visit<'ast> for TestFinder {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !self.note(attributes(item), item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !self.note(&item.attrs, item) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => flatten_group(&group, tokens),
            TokenTree::Ident(ident) => push(tokens, line, ident.to_string()),
            TokenTree::Punct(punct) => {
                let first = punct.as_char() == ':' && punct.spacing() == Spacing::Joint;
                match tokens.last_mut() {
                    Some(Token { kind: Kind::Code(code), .. }) if code == ":+" => {
                        *code = "::".to_owned();
                    }
                    _ if first => push(tokens, line, ":+".to_owned()),
                    _ => push(tokens, line, punct.as_char().to_string()),
                }
            }
            TokenTree::Literal(literal) => {
                if let Some(text) = text_of(literal)
                    && !ends_with_doc(tokens)
                {
                    tokens.push(Token { line, kind: Kind::Text(text) });
                }
            }
        }
    }
}

fn flatten_group(group: &Group, tokens: &mut Vec<Token>) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => return flatten(group.stream(), tokens),
    };
    push(tokens, group.span_open().start().line, open.to_owned());
    flatten(group.stream(), tokens);
    push(tokens, group.span_close().start().line, close.to_owned());
}

fn push(tokens: &mut Vec<Token>, line: usize, code: String) {
    tokens.push(Token { line, kind: Kind::Code(code) });
}

fn text_of(literal: proc_macro2::Literal) -> Option<String> {
    match syn::Lit::new(literal) {
        syn::Lit::Str(text) => Some(text.value()),
        syn::Lit::ByteStr(bytes) => Some(String::from_utf8_lossy(&bytes.value()).into_owned()),
        syn::Lit::CStr(text) => Some(text.value().to_string_lossy().into_owned()),
        _ => None,
    }
}

/// Whether the next literal is documentation: `/// text` is the attribute `doc = "text"`.
fn ends_with_doc(tokens: &[Token]) -> bool {
    matches!(tokens, [.., name, equals] if name.is("doc") && equals.is("="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::parse("crates/a/src/b.rs", text).unwrap()
    }

    #[test]
    fn strings_are_found_in_macros_but_not_in_documentation_or_comments() {
        let source = source("/// \"doc\"\nfn a() {\n    f!(\"x {}\", b\"y\"); // \"z\"\n}\n");
        let texts: Vec<_> = source.shipped_texts().collect();
        assert_eq!(texts, [(3, "x {}"), (3, "y")]);
    }

    #[test]
    fn lines_of_tests_are_known() {
        let cases = [
            ("fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n", vec![2, 3, 4, 5]),
            ("#[test]\nfn a() {}\nfn b() {}\n", vec![1, 2]),
            ("#[tokio::test]\nasync fn a() {}\n", vec![1, 2]),
            ("#[cfg(all(test, unix))]\nuse a::b;\n", vec![1, 2]),
            ("#[cfg(not(test))]\nfn a() {}\n", vec![]),
            ("impl A {\n    #[cfg(test)]\n    fn b() {}\n}\n", vec![2, 3]),
            ("#![cfg(test)]\nfn a() {}\n", vec![1, 2]),
        ];
        for (text, expected) in cases {
            let source = source(text);
            let lines: Vec<usize> =
                (1..=text.lines().count()).filter(|line| source.is_test_line(*line)).collect();
            assert_eq!(lines, expected, "{text}");
        }
    }

    #[test]
    fn a_path_is_found_as_a_sequence_of_words() {
        let source = source("fn a() {\n    std::fs::read(b);\n}\n");
        assert_eq!(source.lines_with(&["std", "::", "fs"]).collect::<Vec<_>>(), [2]);
        assert_eq!(source.lines_with(&["std", "::", "net"]).count(), 0);
    }

    #[test]
    fn a_file_that_does_not_parse_is_a_violation() {
        assert!(Source::parse("a.rs", "fn {").is_err());
        assert!(Source::parse("a.rs", "fn a() { ) }").is_err());
    }
}
