//! What a condition or a blocking rule says, as a tree.

use std::hash::{Hash, Hasher};

use super::decimal::Decimal;

/// The record of a pair that a column belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    /// The other record of the pair.
    pub fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// `l` or `r`.
    pub fn letter(self) -> char {
        match self {
            Side::Left => 'l',
            Side::Right => 'r',
        }
    }
}

/// An identifier: keeps the spelling as written, equal to any other case of itself, as in DuckDB.
#[derive(Clone, Debug)]
pub struct Name(Box<str>);

impl Name {
    /// The spelling as written, without quotes and without the suffix of the side.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lower-cased spelling, to look a name up by.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl From<&str> for Name {
    fn from(written: &str) -> Name {
        Name(written.into())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

/// A constant as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    /// `0.88` is a DECIMAL(2, 2) in DuckDB; `8.8e-1` is a DOUBLE.
    Decimal(Decimal),
    Float(f64),
    Text(Box<str>),
}

impl Literal {
    /// The number as DuckDB casts it to DOUBLE; `None` for null, booleans and text.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Literal::Integer(whole) => Some(*whole as f64),
            Literal::Decimal(decimal) => Some(decimal.to_f64()),
            Literal::Float(number) => Some(*number),
            Literal::Null | Literal::Boolean(_) | Literal::Text(_) => None,
        }
    }
}

impl From<i64> for Literal {
    fn from(whole: i64) -> Literal {
        Literal::Integer(whole)
    }
}

impl From<i32> for Literal {
    fn from(whole: i32) -> Literal {
        Literal::Integer(whole.into())
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Literal {
        Literal::Text(text.into())
    }
}

/// The decimal that Python prints for this float (`1.0`, `0.88`), which is what Splink writes;
/// a float too small or too large for plain digits stays a DOUBLE.
impl From<f64> for Literal {
    fn from(number: f64) -> Literal {
        let plain = number == 0.0 || (1e-4..1e16).contains(&number.abs());
        plain
            .then(|| Decimal::parse(&format!("{number:?}")))
            .flatten()
            .map_or(Literal::Float(number), Literal::Decimal)
    }
}

/// How two values are compared; the last two treat NULL as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Distinct,
    NotDistinct,
}

/// An operator of two values that yields a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    /// `/`: always of floats, also between integers.
    Divide,
    /// `//`: truncates between integers.
    DivideWhole,
    Remainder,
    /// `||`, of texts or of lists.
    Concatenate,
}

/// A type that a value can be cast to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Boolean,
    TinyInteger,
    SmallInteger,
    Integer,
    BigInteger,
    Real,
    Double,
    Decimal { width: u8, scale: u8 },
    Text,
    Date,
    Timestamp,
    List { of: Box<Type>, length: Option<u32> },
}

/// A condition, a blocking rule or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Literal(Literal),
    Column {
        side: Side,
        name: Name,
    },
    /// The parameter of an enclosing `lambda`.
    Variable(Name),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// Two or more parts.
    And(Vec<Expr>),
    /// Two or more parts.
    Or(Vec<Expr>),
    Compare {
        op: Comparison,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Arithmetic {
        op: Arithmetic,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    IsNull {
        value: Box<Expr>,
        negated: bool,
    },
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        negated: bool,
    },
    In {
        value: Box<Expr>,
        list: Vec<Expr>,
        negated: bool,
    },
    Like {
        value: Box<Expr>,
        pattern: Box<Expr>,
        ignore_case: bool,
        negated: bool,
    },
    Case {
        subject: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Cast {
        value: Box<Expr>,
        to: Type,
        lenient: bool,
    },
    Call {
        function: Name,
        arguments: Vec<Expr>,
    },
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    List(Vec<Expr>),
    Lambda {
        parameter: Name,
        body: Box<Expr>,
    },
}

impl Expr {
    /// A column of one side.
    pub fn column(side: Side, name: &str) -> Expr {
        Expr::Column { side, name: name.into() }
    }

    /// A constant.
    pub fn literal(value: impl Into<Literal>) -> Expr {
        Expr::Literal(value.into())
    }

    /// A function call.
    pub fn call(function: &str, arguments: Vec<Expr>) -> Expr {
        Expr::Call { function: function.into(), arguments }
    }

    /// A comparison of two values.
    pub fn compare(op: Comparison, left: Expr, right: Expr) -> Expr {
        Expr::Compare { op, left: Box::new(left), right: Box::new(right) }
    }

    /// An operator between two values.
    pub fn arithmetic(op: Arithmetic, left: Expr, right: Expr) -> Expr {
        Expr::Arithmetic { op, left: Box::new(left), right: Box::new(right) }
    }

    /// All parts hold; a single part stands for itself, no part is TRUE.
    pub fn all(mut parts: Vec<Expr>) -> Expr {
        match parts.len() {
            0 => Expr::Literal(Literal::Boolean(true)),
            1 => parts.remove(0),
            _ => Expr::And(parts),
        }
    }

    /// At least one part holds; a single part stands for itself, no part is FALSE.
    pub fn any(mut parts: Vec<Expr>) -> Expr {
        match parts.len() {
            0 => Expr::Literal(Literal::Boolean(false)),
            1 => parts.remove(0),
            _ => Expr::Or(parts),
        }
    }

    /// `value IS NULL`.
    pub fn is_null(value: Expr) -> Expr {
        Expr::IsNull { value: Box::new(value), negated: false }
    }
}
