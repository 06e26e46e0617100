//! Reads a condition or a blocking rule with the precedence of DuckDB's own grammar: OR, AND,
//! NOT, IS, comparisons, BETWEEN/IN/LIKE, `||`, `+ -`, `* / // %`, `^`, sign, `::` and `[]`.

use std::fmt;

use super::ast::{Arithmetic, Comparison, Expr, Literal, Name, Type};
use super::lex::{Kind, Token, tokens};

/// A tree is at most this high, which bounds the stack of everything that walks it.
pub const MAXIMUM_HEIGHT: usize = 100;

/// Why a text is not a condition, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub offset: usize,
    pub message: String,
}

impl SyntaxError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError { offset, message: message.into() }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (byte {})", self.message, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// How a column says which record it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `"first_name_l"`: conditions of comparison levels.
    Suffixed,
    /// `l."first_name"`: blocking rules.
    Qualified,
    /// `"first_name"`: an expression over one record, held as columns of the left side.
    Plain,
}

/// Reads a `sql_condition`, whose columns end in `_l` or `_r`. `ELSE` is not a condition.
pub fn parse_condition(text: &str) -> Result<Expr, SyntaxError> {
    parse(text, Style::Suffixed)
}

/// Reads a blocking rule, whose columns are written `l.column` and `r.column`.
pub fn parse_rule(text: &str) -> Result<Expr, SyntaxError> {
    parse(text, Style::Qualified)
}

/// Reads a text in either style.
pub fn parse(text: &str, style: Style) -> Result<Expr, SyntaxError> {
    let mut parser =
        Parser { tokens: tokens(text)?, next: 0, depth: 0, style, parameters: Vec::new() };
    let whole = parser.expression()?;
    match parser.peek() {
        Kind::End => Ok(whole.expr),
        _ => Err(parser.expected("an operator or the end")),
    }
}

/// An expression and the height of its tree.
pub(super) struct Node {
    pub expr: Expr,
    pub height: usize,
}

impl Node {
    pub(super) fn leaf(expr: Expr) -> Node {
        Node { expr, height: 1 }
    }
}

pub(super) type Parsed = Result<Node, SyntaxError>;

pub(super) struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    pub style: Style,
    /// The parameters of the lambdas around the current place, innermost last.
    pub parameters: Vec<Name>,
}

impl Parser {
    pub(super) fn peek(&self) -> &Kind {
        self.peek_at(0)
    }

    /// The token `ahead` places on; the end repeats itself.
    pub(super) fn peek_at(&self, ahead: usize) -> &Kind {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.next + ahead).min(last)].kind
    }

    pub(super) fn at(&self) -> usize {
        self.tokens[self.next].at
    }

    pub(super) fn advance(&mut self) -> Kind {
        let kind = self.peek().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        kind
    }

    pub(super) fn expected(&self, what: &str) -> SyntaxError {
        let found = match self.peek() {
            Kind::End => "the text ends".to_owned(),
            Kind::Word(word) => format!("found {word}"),
            Kind::Quoted(name) => format!("found \"{name}\""),
            Kind::Text(text) => format!("found '{text}'"),
            Kind::Number(digits) => format!("found {digits}"),
            Kind::Symbol(symbol) => format!("found {symbol}"),
        };
        SyntaxError::new(self.at(), format!("expected {what}, {found}"))
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Kind::Symbol(found) if *found == symbol)
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let taken = self.is_symbol(symbol);
        if taken {
            self.advance();
        }
        taken
    }

    pub(super) fn expect_symbol(&mut self, symbol: &str, place: &str) -> Result<(), SyntaxError> {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        Err(self.expected(&format!("{symbol} {place}")))
    }

    pub(super) fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Kind::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// Takes all of the words or none of them.
    pub(super) fn take_words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(ahead, word)| self.is_word_at(ahead, word));
        if found {
            self.next += words.len();
        }
        found
    }

    pub(super) fn expect_word(&mut self, word: &str, place: &str) -> Result<(), SyntaxError> {
        if self.take_words(&[word]) {
            return Ok(());
        }
        Err(self.expected(&format!("{word} {place}")))
    }

    /// A node above children of which the highest has this height.
    pub(super) fn above(&self, height: usize, expr: Expr) -> Parsed {
        if height >= MAXIMUM_HEIGHT {
            return Err(self.too_deep());
        }
        Ok(Node { expr, height: height + 1 })
    }

    fn too_deep(&self) -> SyntaxError {
        let message = format!("this is nested more than {MAXIMUM_HEIGHT} deep");
        SyntaxError::new(self.at(), message)
    }

    /// Anything, from OR downwards.
    pub(super) fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAXIMUM_HEIGHT {
            return Err(self.too_deep());
        }
        let parsed =
            self.chain("OR", Expr::any, |parser| parser.chain("AND", Expr::all, Parser::negation));
        self.depth -= 1;
        parsed
    }

    /// Parts between the same word, `OR` or `AND`.
    fn chain(
        &mut self,
        word: &str,
        join: fn(Vec<Expr>) -> Expr,
        part: fn(&mut Parser) -> Parsed,
    ) -> Parsed {
        let first = part(self)?;
        if !self.is_word_at(0, word) {
            return Ok(first);
        }
        let mut height = first.height;
        let mut parts = vec![first.expr];
        while self.take_words(&[word]) {
            let next = part(self)?;
            height = height.max(next.height);
            parts.push(next.expr);
        }
        self.above(height, join(parts))
    }

    fn negation(&mut self) -> Parsed {
        let start = self.next;
        while self.take_words(&["NOT"]) {}
        let count = self.next - start;
        let mut inner = self.test()?;
        for _ in 0..count {
            inner = self.above(inner.height, Expr::Not(Box::new(inner.expr)))?;
        }
        Ok(inner)
    }

    /// IS and its variants, which bind more loosely than comparisons.
    fn test(&mut self) -> Parsed {
        let mut left = self.comparison()?;
        loop {
            let null = |negated| move |value| Expr::IsNull { value: Box::new(value), negated };
            let truth = |op, truth| {
                let truth = Expr::Literal(Literal::Boolean(truth));
                move |value| {
                    let value = Box::new(value);
                    let value = Expr::Cast { value, to: Type::Boolean, lenient: false };
                    Expr::compare(op, value, truth)
                }
            };
            left = if self.take_words(&["IS", "NULL"]) || self.take_words(&["ISNULL"]) {
                self.above(left.height, null(false)(left.expr))?
            } else if self.take_words(&["IS", "NOT", "NULL"])
                || self.take_words(&["NOT", "NULL"])
                || self.take_words(&["NOTNULL"])
            {
                self.above(left.height, null(true)(left.expr))?
            } else if self.take_words(&["IS", "TRUE"]) {
                self.above(left.height + 1, truth(Comparison::NotDistinct, true)(left.expr))?
            } else if self.take_words(&["IS", "FALSE"]) {
                self.above(left.height + 1, truth(Comparison::NotDistinct, false)(left.expr))?
            } else if self.take_words(&["IS", "NOT", "TRUE"]) {
                self.above(left.height + 1, truth(Comparison::Distinct, true)(left.expr))?
            } else if self.take_words(&["IS", "NOT", "FALSE"]) {
                self.above(left.height + 1, truth(Comparison::Distinct, false)(left.expr))?
            } else if self.take_words(&["IS", "DISTINCT", "FROM"]) {
                let right = self.comparison()?;
                self.compared(Comparison::Distinct, left, right)?
            } else if self.take_words(&["IS", "NOT", "DISTINCT", "FROM"]) {
                let right = self.comparison()?;
                self.compared(Comparison::NotDistinct, left, right)?
            } else if self.is_word_at(0, "IS") {
                self.advance();
                return Err(self.expected("NULL, NOT NULL or DISTINCT FROM after IS"));
            } else if let Some(op) = self.take_comparison() {
                let right = self.range()?;
                self.compared(op, left, right)?
            } else {
                return Ok(left);
            };
        }
    }

    fn compared(&mut self, op: Comparison, left: Node, right: Node) -> Parsed {
        self.above(left.height.max(right.height), Expr::compare(op, left.expr, right.expr))
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.range()?;
        let Some(op) = self.take_comparison() else { return Ok(left) };
        let right = if self.is_word_at(0, "NOT") { self.nested_not()? } else { self.range()? };
        let at = self.at();
        if self.take_comparison().is_some() {
            let message = "comparisons cannot be chained, join them with AND";
            return Err(SyntaxError::new(at, message));
        }
        self.compared(op, left, right)
    }

    /// `a = NOT b` recurses outside of [`Parser::expression`], so it counts its own depth.
    fn nested_not(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAXIMUM_HEIGHT {
            return Err(self.too_deep());
        }
        let parsed = self.negation();
        self.depth -= 1;
        parsed
    }

    fn take_comparison(&mut self) -> Option<Comparison> {
        let Kind::Symbol(symbol) = self.peek() else { return None };
        let op = match *symbol {
            "=" | "==" => Comparison::Equal,
            "<>" | "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.advance();
        Some(op)
    }

    /// BETWEEN, IN and LIKE.
    fn range(&mut self) -> Parsed {
        let mut left = self.operators(0)?;
        loop {
            let negated = self.is_word_at(0, "NOT");
            let word = usize::from(negated);
            let is = |name| self.is_word_at(word, name);
            let kind = ["BETWEEN", "IN", "LIKE", "ILIKE"].into_iter().find(|name| is(name));
            let Some(kind) = kind else { return Ok(left) };
            self.next += word + 1;
            left = match kind {
                "BETWEEN" => self.between(left, negated)?,
                "IN" => self.contained(left, negated)?,
                _ => self.like(left, kind == "ILIKE", negated)?,
            };
        }
    }

    fn between(&mut self, value: Node, negated: bool) -> Parsed {
        let low = self.operators(0)?;
        self.expect_word("AND", "after the lower bound of BETWEEN")?;
        let high = self.operators(0)?;
        let height = value.height.max(low.height).max(high.height);
        let [value, low, high] = [value, low, high].map(|node| Box::new(node.expr));
        self.above(height, Expr::Between { value, low, high, negated })
    }

    fn contained(&mut self, value: Node, negated: bool) -> Parsed {
        self.expect_symbol("(", "after IN")?;
        let (list, height) = self.items(")", "after the list of IN")?;
        let height = height.max(value.height);
        self.above(height, Expr::In { value: Box::new(value.expr), list, negated })
    }

    fn like(&mut self, value: Node, ignore_case: bool, negated: bool) -> Parsed {
        let pattern = self.operators(0)?;
        if self.is_word_at(0, "ESCAPE") {
            return Err(SyntaxError::new(self.at(), "LIKE ... ESCAPE is not supported"));
        }
        let height = value.height.max(pattern.height);
        let [value, pattern] = [value, pattern].map(|node| Box::new(node.expr));
        self.above(height, Expr::Like { value, pattern, ignore_case, negated })
    }

    /// Operators at least as tight as `level`, all of which group from the left.
    fn operators(&mut self, level: u8) -> Parsed {
        let mut left = self.signed()?;
        while let Some((op, tightness)) = self.peek_operator().filter(|found| found.1 >= level) {
            self.advance();
            let right = self.operators(tightness + 1)?;
            let height = left.height.max(right.height);
            let expr = match op {
                Some(op) => Expr::arithmetic(op, left.expr, right.expr),
                None => Expr::call("pow", vec![left.expr, right.expr]),
            };
            left = self.above(height, expr)?;
        }
        Ok(left)
    }

    /// The next operator and how tightly it binds; a power is a call in disguise.
    fn peek_operator(&self) -> Option<(Option<Arithmetic>, u8)> {
        let Kind::Symbol(symbol) = self.peek() else { return None };
        Some(match *symbol {
            "||" => (Some(Arithmetic::Concatenate), 0),
            "+" => (Some(Arithmetic::Add), 1),
            "-" => (Some(Arithmetic::Subtract), 1),
            "*" => (Some(Arithmetic::Multiply), 2),
            "/" => (Some(Arithmetic::Divide), 2),
            "//" => (Some(Arithmetic::DivideWhole), 2),
            "%" => (Some(Arithmetic::Remainder), 2),
            "^" | "**" => (None, 3),
            _ => return None,
        })
    }
}
