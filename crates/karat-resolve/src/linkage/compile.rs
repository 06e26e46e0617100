//! From conditions as written to conditions as asked: what looks at one record becomes a column,
//! the known measures become kernels, and what is left is evaluated as it stands.

use super::candidates::Rule;
use super::columns::{Column, unify};
use super::derive::{derive, explode};
use super::keys::{Keys, NO_KEY, combine};
use super::measures;
use super::measuring::Measuring;
use super::model::BlockingRule;
use super::program::Program;
use super::records::Records;
use super::refusal::Refusal;
use super::table::{Operand, Table, Values};
use super::test::{Measure, Test};
use crate::condition::{self, Bound, Comparison as Relation, Expr, Literal, Side};

/// Collects the columns and measures that the conditions of a model need.
pub(super) struct Compiler<'a> {
    records: &'a Records,
    /// Each column with the expression over the left record that makes it; columns that share a
    /// dictionary with another have none.
    columns: Vec<(Option<Expr>, Column)>,
    values: Vec<Values>,
    pub measures: Vec<Measure>,
    /// Conditions that have no kernel.
    bound: Vec<Bound>,
}

impl<'a> Compiler<'a> {
    pub fn new(records: &'a Records) -> Compiler<'a> {
        Compiler {
            records,
            columns: Vec::new(),
            values: Vec::new(),
            measures: Vec::new(),
            bound: Vec::new(),
        }
    }

    /// What the programs made so far need.
    pub fn finish(self) -> (Table, Vec<Measuring>, Vec<Bound>) {
        let ids: Vec<Column> = self.columns.into_iter().map(|(_, column)| column).collect();
        let measures = self.measures.into_iter().map(Measuring::new).collect();
        (Table::new(self.values, &ids, self.records.len()), measures, self.bound)
    }

    /// The program of a comparison with these levels.
    pub fn program(&mut self, levels: Vec<Test>) -> Result<Program, Refusal> {
        let program = Program::new(levels, &mut self.bound);
        match program.is_whole(&self.bound) {
            true => Ok(program),
            false => Err(Refusal::new("it has more conditions than can be numbered")),
        }
    }

    /// The condition of a level or the remainder of a rule.
    pub fn condition(&mut self, expr: &Expr) -> Result<Test, Refusal> {
        match expr {
            Expr::Literal(Literal::Boolean(true)) => Ok(Test::Always),
            Expr::And(parts) => Ok(Test::All(self.conditions(parts)?)),
            Expr::Or(parts) => Ok(Test::Any(self.conditions(parts)?)),
            Expr::Not(part) => Ok(Test::Not(Box::new(self.condition(part)?))),
            Expr::IsNull { value, negated } => self.missing(value, *negated, expr),
            Expr::Compare { op, left, right } => self.relation(*op, left, right, expr),
            _ if side_of(expr).is_some() => self.holds(expr),
            _ => self.as_it_stands(expr),
        }
    }

    fn conditions(&mut self, parts: &[Expr]) -> Result<Vec<Test>, Refusal> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn missing(&mut self, value: &Expr, negated: bool, whole: &Expr) -> Result<Test, Refusal> {
        if side_of(value).is_none() {
            return self.as_it_stands(whole);
        }
        let test = Test::Missing(self.operand(value)?);
        Ok(if negated { Test::Not(Box::new(test)) } else { test })
    }

    fn relation(
        &mut self,
        op: Relation,
        left: &Expr,
        right: &Expr,
        whole: &Expr,
    ) -> Result<Test, Refusal> {
        if side_of(whole).is_some() {
            return self.holds(whole);
        }
        if let Some(test) = measures::recognise(self, op, left, right)? {
            return Ok(test);
        }
        match (op, side_of(left), side_of(right)) {
            (Relation::Equal, Some(a), Some(b)) if a != b => self.equal(left, right),
            _ => self.as_it_stands(whole),
        }
    }

    /// Two values, one of each record, are the same.
    fn equal(&mut self, left: &Expr, right: &Expr) -> Result<Test, Refusal> {
        let (a, b) = (self.operand(left)?, self.operand(right)?);
        if a.column == b.column {
            return Ok(Test::Equal(a, b));
        }
        let column = |operand: Operand| &self.columns[operand.column as usize].1;
        let (of_a, of_b) = unify(column(a), column(b));
        let (a, b) = (
            Operand { side: a.side, column: self.add(None, of_a)? },
            Operand { side: b.side, column: self.add(None, of_b)? },
        );
        Ok(Test::Equal(a, b))
    }

    /// A condition over one record.
    fn holds(&mut self, expr: &Expr) -> Result<Test, Refusal> {
        let operand = self.operand(expr)?;
        self.values[operand.column as usize].decide();
        Ok(Test::Holds(operand))
    }

    /// The condition with everything about one record replaced by a column.
    fn as_it_stands(&mut self, expr: &Expr) -> Result<Test, Refusal> {
        condition::check(expr)?;
        let mut failed = None;
        let rewritten = condition::rewrite(expr, &mut |part| {
            side_of(part)?;
            match self.operand(part) {
                Ok(operand) => Some(Expr::column(operand.side, &operand.column.to_string())),
                Err(refusal) => {
                    failed.get_or_insert(refusal);
                    None
                }
            }
        });
        match failed {
            Some(refusal) => Err(refusal),
            None => Ok(Test::Value(Box::new(condition::bind(&rewritten)?))),
        }
    }

    /// The column that an expression over one record makes.
    pub fn operand(&mut self, expr: &Expr) -> Result<Operand, Refusal> {
        let side = side_of(expr).expect("only expressions over one record have an operand");
        let of_left = if side == Side::Left { expr.clone() } else { condition::mirror(expr) };
        let known = self.columns.iter().position(|(made_by, _)| made_by.as_ref() == Some(&of_left));
        let column = match known {
            Some(column) => column as u16,
            None => {
                let column = derive(&of_left, self.records)?;
                self.add(Some(of_left), column)?
            }
        };
        Ok(Operand { side, column })
    }

    fn add(&mut self, made_by: Option<Expr>, column: Column) -> Result<u16, Refusal> {
        let number = u16::try_from(self.columns.len());
        let number = number.map_err(|_| Refusal::new("the model needs over 65,536 columns"))?;
        self.values.push(Values::new(column.values.clone()));
        self.columns.push((made_by, column));
        Ok(number)
    }

    /// The column of an operand.
    pub fn column(&self, operand: Operand) -> &Column {
        &self.columns[operand.column as usize].1
    }

    /// The prepared values of an operand's column.
    pub fn values(&mut self, operand: Operand) -> &mut Values {
        &mut self.values[operand.column as usize]
    }

    /// A blocking rule: equal keys, and what must hold besides.
    pub fn rule(&mut self, rule: &BlockingRule) -> Result<Rule, Refusal> {
        let (keys, also) = split(&rule.condition);
        let also = match also.is_empty() {
            true => None,
            false => {
                let test = self.condition(&Expr::all(also.into_iter().cloned().collect()))?;
                Some(self.program(vec![test])?)
            }
        };
        if rule.explode.is_empty() {
            let (left, right) = self.keys(&keys)?;
            return Ok(Rule { left: Keys::One(left), right: right.map(Keys::One), also });
        }
        let used = keys.iter().flat_map(|(left, right)| [left, right]);
        let names = used.flat_map(|expr| condition::columns(expr)).map(|(_, name)| name.folded());
        let (exploded, owners) = explode(self.records, &rule.explode, &names.collect::<Vec<_>>())?;
        let (left, right) = Compiler::new(&exploded).keys(&keys)?;
        let gather = |keys: Vec<u32>| Keys::gathered(&keys, &owners, self.records.len());
        Ok(Rule { left: gather(left), right: right.map(gather), also })
    }

    /// The column that an expression over the left record makes. Rows are for comparing and have
    /// no place for it.
    fn key_column(&self, expr: &Expr) -> Result<Column, Refusal> {
        match self.columns.iter().find(|(made_by, _)| made_by.as_ref() == Some(expr)) {
            Some((_, column)) => Ok(column.clone()),
            None => derive(expr, self.records),
        }
    }

    /// The keys of the left records, and of the right ones where they are made otherwise.
    fn keys(&self, parts: &[(&Expr, &Expr)]) -> Result<(Vec<u32>, Option<Vec<u32>>), Refusal> {
        let records = self.records.len();
        if parts.is_empty() {
            return Ok((vec![0; records], None));
        }
        let mut columns = Vec::new();
        for (left, right) in parts {
            let right = condition::mirror(right);
            let other = if **left == right { None } else { Some(self.key_column(&right)?) };
            columns.push((self.key_column(left)?, other));
        }
        if columns.iter().all(|(_, right)| right.is_none()) {
            let ids: Vec<&[u32]> = columns.iter().map(|(left, _)| left.ids.as_slice()).collect();
            return Ok((combine(&ids), None));
        }
        // Both sides' keys are numbered together.
        let stacked: Vec<Vec<u32>> = columns
            .into_iter()
            .map(|(left, right)| match right {
                Some(right) => unify(&left, &right),
                None => (left.clone(), left),
            })
            .map(|(left, right)| [left.ids.as_slice(), right.ids.as_slice()].concat())
            .collect();
        let stacked: Vec<&[u32]> = stacked.iter().map(Vec::as_slice).collect();
        let mut left = combine(&stacked);
        let right = left.split_off(records);
        Ok((left, Some(right)))
    }
}

impl Keys {
    /// Keys of rows as keys of the records that own the rows.
    fn gathered(keys: &[u32], owners: &[u32], records: usize) -> Keys {
        let mut pairs: Vec<(u32, u32)> = owners
            .iter()
            .zip(keys)
            .filter(|(_, key)| **key != NO_KEY)
            .map(|(owner, key)| (*owner, *key))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; records + 1];
        for (owner, _) in &pairs {
            starts[*owner as usize + 1] += 1;
        }
        for record in 0..records {
            starts[record + 1] += starts[record];
        }
        Keys::Many { starts, keys: pairs.into_iter().map(|(_, key)| key).collect() }
    }
}

/// Whether a rule asks for one equal key, made alike on both sides, and nothing else.
pub(super) fn is_plain(rule: &BlockingRule) -> bool {
    let (keys, also) = split(&rule.condition);
    rule.explode.is_empty()
        && also.is_empty()
        && keys.iter().all(|(left, right)| **left == condition::mirror(right))
}

/// The record that an expression looks at, if it looks at one alone.
pub(super) fn side_of(expr: &Expr) -> Option<Side> {
    match condition::sides(expr) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    }
}

/// The equalities of a rule, left expression first, and its other conditions.
pub(super) fn split(expr: &Expr) -> (Vec<(&Expr, &Expr)>, Vec<&Expr>) {
    let (mut keys, mut also) = (Vec::new(), Vec::new());
    for part in condition::conjuncts(expr) {
        match part {
            Expr::Compare { op: Relation::Equal, left, right } => {
                match (side_of(left), side_of(right)) {
                    (Some(Side::Left), Some(Side::Right)) => keys.push((&**left, &**right)),
                    (Some(Side::Right), Some(Side::Left)) => keys.push((&**right, &**left)),
                    _ => also.push(part),
                }
            }
            _ => also.push(part),
        }
    }
    (keys, also)
}
