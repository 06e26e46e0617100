//! The columns of a file, found in its tree of groups: what each is called, and how it is read.

use karat_record::{Problem, Result};
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, Type};

use crate::parquet::form::Form;
use crate::parquet::guard;

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name; in a group, after the group's name and a point: `address.city`.
    pub name: String,
    /// What its values are, for messages: `text`, `list of integer`.
    pub kind: String,
    pub shape: Shape,
}

/// What a row has in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A value or null: read by `File::texts`.
    Value,
    /// A list of values or null: read by `File::lists`.
    List,
    /// Something deeper, such as a map or a list of groups. It cannot be read.
    Nested,
}

/// The values of a column, as the file stores them.
pub(super) struct Leaf {
    /// The position among all leaves of the file.
    pub(super) at: usize,
    pub(super) description: ColumnDescPtr,
    pub(super) form: Form,
    pub(super) list: Levels,
}

/// The definition levels of a list; 0 where there is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Levels {
    /// Below it the list itself is null.
    pub(super) list: i16,
    /// Below it the list is empty.
    pub(super) item: i16,
}

impl Leaf {
    pub(super) fn physical_type(&self) -> Physical {
        self.description.physical_type()
    }

    /// The definition level of a value that is not null.
    pub(super) fn defined(&self) -> i16 {
        self.description.max_def_level()
    }
}

/// All columns, and for each the leaf it is read from. A field of the file has one column for
/// all that is nested deeper in it.
pub(super) fn all(schema: &SchemaDescriptor) -> (Vec<Column>, Vec<Leaf>) {
    let mut found = Found { schema, next: 0, columns: Vec::new(), leaves: Vec::new() };
    for field in schema.root_schema().get_fields() {
        found.visit(field, &Above::default());
    }
    (found.columns, found.leaves)
}

struct Found<'a> {
    schema: &'a SchemaDescriptor,
    next: usize,
    columns: Vec<Column>,
    leaves: Vec<Leaf>,
}

/// What stands above a node of the tree.
#[derive(Clone, Default)]
struct Above {
    name: String,
    /// The name of the field of the file that all this is in.
    root: String,
    level: i16,
    list: Option<Levels>,
    /// The parent is marked as a list: what it holds has names that mean nothing.
    is_list: bool,
    /// The parent is the repeated group of a list.
    is_item: bool,
    is_nested: bool,
}

impl Found<'_> {
    fn visit(&mut self, node: &Type, above: &Above) {
        let here = above.below(node);
        if node.is_primitive() {
            self.push(&here);
        } else {
            for field in node.get_fields() {
                self.visit(field, &here);
            }
        }
    }

    fn push(&mut self, here: &Above) {
        let at = self.next;
        self.next += 1;
        let shape = here.shape();
        let name = if shape == Shape::Nested { &here.root } else { &here.name };
        let again = |known: &Column| known.shape == Shape::Nested && known.name == *name;
        if shape == Shape::Nested && self.columns.iter().any(again) {
            return;
        }
        let description = self.schema.column(at);
        let form = Form::of(&description);
        let kind = match shape {
            Shape::Value => form.name(),
            Shape::List => format!("list of {}", form.name()),
            Shape::Nested => "nested".to_owned(),
        };
        self.columns.push(Column { name: name.clone(), kind, shape });
        self.leaves.push(Leaf { at, description, form, list: here.list.unwrap_or_default() });
    }
}

impl Above {
    fn below(&self, node: &Type) -> Above {
        let repetition = repetition(node);
        let repeated = repetition == Repetition::REPEATED;
        let level = self.level + i16::from(repetition != Repetition::REQUIRED);
        let own = Levels { list: self.level, item: level };
        let deeper = self.list.is_some() && (repeated || !node.is_primitive());
        let wide = repeated && node.is_group() && node.get_fields().len() != 1;
        Above {
            name: self.name_of(node),
            root: if self.root.is_empty() { node.name() } else { &self.root }.to_owned(),
            level,
            list: if repeated { Some(own) } else { self.list },
            is_list: node.is_group() && is_list(node),
            is_item: repeated && self.is_list,
            is_nested: self.is_nested || deeper || wide,
        }
    }

    fn name_of(&self, node: &Type) -> String {
        match self.name.as_str() {
            "" => node.name().to_owned(),
            name if self.is_list || self.is_item => name.to_owned(),
            name => format!("{name}.{}", node.name()),
        }
    }

    fn shape(&self) -> Shape {
        match self.list {
            _ if self.is_nested => Shape::Nested,
            Some(_) => Shape::List,
            None => Shape::Value,
        }
    }
}

fn repetition(node: &Type) -> Repetition {
    let info = node.get_basic_info();
    if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED }
}

fn is_list(node: &Type) -> bool {
    let info = node.get_basic_info();
    let converted = info.converted_type() == ConvertedType::LIST;
    converted || info.logical_type_ref() == Some(&LogicalType::List)
}

/// # Errors
/// When two columns have one name, or none can be read.
pub(super) fn check(columns: &[Column], name: &str) -> Result<()> {
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].iter().any(|known| known.name == column.name) {
            let what = format!("two columns are named {:?}", column.name);
            return Err(guard::problem(name, what).hint("rename one of them"));
        }
    }
    match columns.first() {
        None => Err(guard::problem(name, "the file has no columns").hint("export it again")),
        Some(first) if columns.iter().all(|column| column.shape == Shape::Nested) => {
            Err(refusal(first, name))
        }
        Some(_) => Ok(()),
    }
}

/// Why a column cannot be read the way it was asked for.
pub(super) fn refusal(column: &Column, name: &str) -> Problem {
    let Column { name: column_name, kind, shape } = column;
    let (what, hint) = match shape {
        Shape::Value => (format!("is no list but {kind}"), "declare it with a type of one value"),
        Shape::List => (format!("is a {kind}"), "declare it as a list, or leave it out"),
        Shape::Nested => (
            "is nested deeper than a list of values".to_owned(),
            "leave it out, or export its parts as columns of their own",
        ),
    };
    guard::problem(name, format!("column {column_name:?} {what}")).hint(hint)
}
