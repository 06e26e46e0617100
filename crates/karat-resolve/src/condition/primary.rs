//! The parser's tightest parts: literals, columns, calls, casts, CASE, lists and lambdas.

use super::ast::{Expr, Literal, Name, Side, Type};
use super::decimal::Decimal;
use super::lex::Kind;
use super::parse::{Node, Parsed, Parser, Style, SyntaxError};
use super::types;

impl Parser {
    /// A value with any number of signs before it.
    pub(super) fn signed(&mut self) -> Parsed {
        let mut negations = 0;
        loop {
            if self.take_symbol("-") {
                if let (Kind::Number(digits), true) = (self.peek(), !self.suffix_follows(1)) {
                    let literal = number(&format!("-{digits}"), self.at())?;
                    self.advance();
                    return self.negated(Node::leaf(Expr::Literal(literal)), negations);
                }
                negations += 1;
            } else if !self.take_symbol("+") {
                let value = self.postfix()?;
                return self.negated(value, negations);
            }
        }
    }

    /// Whether the token `ahead` binds to its left more tightly than a sign does.
    fn suffix_follows(&self, ahead: usize) -> bool {
        matches!(self.peek_at(ahead), Kind::Symbol("::" | "[" | "."))
    }

    fn negated(&self, mut node: Node, times: usize) -> Parsed {
        for _ in 0..times {
            node = self.above(node.height, Expr::Negate(Box::new(node.expr)))?;
        }
        Ok(node)
    }

    /// A value followed by casts, subscripts and fields.
    fn postfix(&mut self) -> Parsed {
        let mut value = self.primary()?;
        loop {
            if self.take_symbol("::") {
                let to = types::parse(self)?;
                let inner = Box::new(value.expr);
                value =
                    self.above(value.height, Expr::Cast { value: inner, to, lenient: false })?;
            } else if self.take_symbol("[") {
                value = self.subscript(value)?;
            } else if self.take_symbol(".") {
                value = self.field(value)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn subscript(&mut self, value: Node) -> Parsed {
        let index = self.expression()?;
        if self.is_symbol(":") {
            return Err(SyntaxError::new(self.at(), "slices like [1:2] are not supported"));
        }
        self.expect_symbol("]", "after the subscript")?;
        let height = value.height.max(index.height);
        let [value, index] = [value, index].map(|node| Box::new(node.expr));
        self.above(height, Expr::Subscript { value, index })
    }

    fn field(&mut self, value: Node) -> Parsed {
        let (Kind::Word(name) | Kind::Quoted(name)) = self.peek().clone() else {
            return Err(self.expected("a field name after the dot"));
        };
        self.advance();
        if self.is_symbol("(") {
            let message = "calls written as value.function() are not supported";
            return Err(SyntaxError::new(self.at(), message));
        }
        let index = Box::new(Expr::literal(name.as_str()));
        self.above(value.height, Expr::Subscript { value: Box::new(value.expr), index })
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        match self.peek().clone() {
            Kind::Number(digits) => {
                self.advance();
                Ok(Node::leaf(Expr::Literal(number(&digits, at)?)))
            }
            Kind::Text(text) => {
                self.advance();
                Ok(Node::leaf(Expr::literal(text.as_str())))
            }
            Kind::Symbol("(") => self.parenthesised(),
            Kind::Symbol("[") => {
                self.advance();
                let (items, height) = self.items("]", "after the items of the list")?;
                self.above(height, Expr::List(items))
            }
            Kind::Quoted(name) => {
                self.advance();
                self.column(&name, at)
            }
            Kind::Word(word) => self.word(&word),
            Kind::Symbol(_) | Kind::End => Err(self.expected("a value")),
        }
    }

    fn parenthesised(&mut self) -> Parsed {
        self.advance();
        let inner = self.expression()?;
        if self.is_symbol(",") {
            return Err(SyntaxError::new(self.at(), "rows like (a, b) are not supported"));
        }
        self.expect_symbol(")", "after the parenthesis")?;
        Ok(inner)
    }

    /// Values between commas up to a closing symbol, and the height of the highest.
    pub(super) fn items(
        &mut self,
        close: &str,
        place: &str,
    ) -> Result<(Vec<Expr>, usize), SyntaxError> {
        let mut items = Vec::new();
        let mut height = 0;
        while !self.is_symbol(close) {
            let item = self.expression()?;
            height = height.max(item.height);
            items.push(item.expr);
            if !self.take_symbol(",") {
                break;
            }
        }
        self.expect_symbol(close, place)?;
        Ok((items, height))
    }

    /// A keyword, a call, a lambda or a column without quotes.
    fn word(&mut self, word: &str) -> Parsed {
        let at = self.at();
        self.advance();
        let literal = |value| Ok(Node::leaf(Expr::Literal(value)));
        match word.to_ascii_lowercase().as_str() {
            "null" => literal(Literal::Null),
            "true" => literal(Literal::Boolean(true)),
            "false" => literal(Literal::Boolean(false)),
            "case" => self.case(),
            "cast" if self.is_symbol("(") => self.cast(false),
            "try_cast" if self.is_symbol("(") => self.cast(true),
            "lambda" => self.lambda(),
            "date" | "timestamp" if matches!(self.peek(), Kind::Text(_)) => self.dated(word),
            reserved if is_reserved(reserved) => {
                Err(SyntaxError::new(at, format!("expected a value, found {reserved}")))
            }
            "extract" if self.is_symbol("(") => self.extract(),
            _ if self.is_symbol("(") => self.call(word),
            _ if self.is_symbol("->") => self.arrow(word),
            _ => self.column(word, at),
        }
    }

    fn case(&mut self) -> Parsed {
        let mut height = 0;
        let mut nested = |node: Node| {
            height = height.max(node.height);
            node.expr
        };
        let subject = match self.is_word_at(0, "WHEN") {
            true => None,
            false => Some(Box::new(nested(self.expression()?))),
        };
        let mut branches = Vec::new();
        while self.take_words(&["WHEN"]) {
            let test = nested(self.expression()?);
            self.expect_word("THEN", "after the test of WHEN")?;
            branches.push((test, nested(self.expression()?)));
        }
        if branches.is_empty() {
            return Err(self.expected("WHEN in CASE"));
        }
        let otherwise = match self.take_words(&["ELSE"]) {
            true => Some(Box::new(nested(self.expression()?))),
            false => None,
        };
        self.expect_word("END", "at the end of CASE")?;
        self.above(height, Expr::Case { subject, branches, otherwise })
    }

    fn cast(&mut self, lenient: bool) -> Parsed {
        self.advance();
        let value = self.expression()?;
        self.expect_word("AS", "after the value of CAST")?;
        let to = types::parse(self)?;
        self.expect_symbol(")", "after the type of CAST")?;
        self.above(value.height, Expr::Cast { value: Box::new(value.expr), to, lenient })
    }

    /// `DATE '2020-01-05'` is a cast in other words.
    fn dated(&mut self, word: &str) -> Parsed {
        let to = if word.eq_ignore_ascii_case("date") { Type::Date } else { Type::Timestamp };
        let text = self.primary()?;
        let value = Box::new(text.expr);
        self.above(text.height, Expr::Cast { value, to, lenient: false })
    }

    /// `extract(year FROM date)` is `date_part('year', date)`.
    fn extract(&mut self) -> Parsed {
        self.advance();
        let (Kind::Word(part) | Kind::Text(part)) = self.peek().clone() else {
            return Err(self.expected("a part of a date after extract("));
        };
        self.advance();
        self.expect_word("FROM", "after the part of extract")?;
        let date = self.expression()?;
        self.expect_symbol(")", "after the date of extract")?;
        let arguments = vec![Expr::literal(part.as_str()), date.expr];
        self.above(date.height, Expr::call("date_part", arguments))
    }

    fn call(&mut self, function: &str) -> Parsed {
        self.advance();
        if self.is_symbol("*") || self.is_word_at(0, "DISTINCT") {
            return Err(SyntaxError::new(
                self.at(),
                format!(
                    "{function} aggregates, a condition \
                looks at one pair"
                ),
            ));
        }
        let place = format!("after the arguments of {function}");
        let (arguments, height) = self.items(")", &place)?;
        if self.is_word_at(0, "OVER") {
            return Err(SyntaxError::new(self.at(), "window functions are not supported"));
        }
        self.above(height, Expr::call(function, arguments))
    }

    /// `lambda x: body`.
    fn lambda(&mut self) -> Parsed {
        let parameter = match self.peek().clone() {
            Kind::Word(name) if !is_reserved(&name.to_ascii_lowercase()) => name,
            _ => return Err(self.expected("the name of a parameter after lambda")),
        };
        self.advance();
        self.expect_symbol(":", "after the parameter of lambda")?;
        self.body(&parameter)
    }

    /// `x -> body`, as Splink 5.0 writes it.
    fn arrow(&mut self, parameter: &str) -> Parsed {
        self.advance();
        self.body(parameter)
    }

    fn body(&mut self, parameter: &str) -> Parsed {
        self.parameters.push(parameter.into());
        let body = self.expression();
        self.parameters.pop();
        let body = body?;
        let parameter = Name::from(parameter);
        self.above(body.height, Expr::Lambda { parameter, body: Box::new(body.expr) })
    }

    fn column(&mut self, written: &str, at: usize) -> Parsed {
        let name = Name::from(written);
        if self.parameters.contains(&name) {
            return Ok(Node::leaf(Expr::Variable(name)));
        }
        match self.style {
            Style::Suffixed => suffixed(written, at),
            Style::Plain => Ok(Node::leaf(Expr::column(Side::Left, written))),
            Style::Qualified => self.qualified(written, at),
        }
    }

    fn qualified(&mut self, table: &str, at: usize) -> Parsed {
        let side = match table {
            "l" | "L" => Side::Left,
            "r" | "R" => Side::Right,
            _ => {
                let message = format!("column {table} has no side, write l.{table} or r.{table}");
                return Err(SyntaxError::new(at, message));
            }
        };
        self.expect_symbol(".", "and a column after the side")?;
        let (Kind::Word(name) | Kind::Quoted(name)) = self.peek().clone() else {
            return Err(self.expected("a column after the side"));
        };
        self.advance();
        Ok(Node::leaf(Expr::column(side, &name)))
    }
}

/// The words that cannot name anything.
const RESERVED: [&str; 20] = [
    "and", "or", "not", "is", "in", "like", "ilike", "between", "when", "then", "else", "end",
    "as", "select", "interval", "exists", "null", "true", "false", "case",
];

fn is_reserved(folded: &str) -> bool {
    RESERVED.contains(&folded)
}

fn suffixed(written: &str, at: usize) -> Parsed {
    let name = written.get(..written.len().saturating_sub(2)).unwrap_or("");
    let side = match written.get(name.len()..) {
        Some("_l" | "_L") => Some(Side::Left),
        Some("_r" | "_R") => Some(Side::Right),
        _ => None,
    };
    match side {
        Some(side) if !name.is_empty() => Ok(Node::leaf(Expr::column(side, name))),
        _ => {
            let message = format!("column {written} has no side, it should end in _l or _r");
            Err(SyntaxError::new(at, message))
        }
    }
}

/// Integers to 64 bits, decimals to 38 digits, everything else as a float.
fn number(written: &str, at: usize) -> Result<Literal, SyntaxError> {
    if written.contains(['e', 'E']) {
        return float(written, at);
    }
    if written.contains('.') {
        return Decimal::parse(written)
            .map_or_else(|| float(written, at), |d| Ok(Literal::Decimal(d)));
    }
    let beyond = |_| SyntaxError::new(at, format!("{written} does not fit into 64 bits"));
    written.parse().map(Literal::Integer).map_err(beyond)
}

fn float(written: &str, at: usize) -> Result<Literal, SyntaxError> {
    let unread = |_| SyntaxError::new(at, format!("{written} is not a number"));
    written.parse().map(Literal::Float).map_err(unread)
}
