//! Replacing an object that was deployed before: in place where PostgreSQL can, else by
//! dropping it together with what needs it and making all of that again.

use karat_record::{Kind, Problem, Result};

use crate::name::Ident;
use crate::schema::{ObjectKind, Statement, edges};

/// The statements that put a changed object in its place, to be run in order.
pub fn in_place(statement: &Statement) -> Vec<String> {
    match statement.object.kind {
        ObjectKind::Function | ObjectKind::View => vec![or_replace(&statement.text)],
        ObjectKind::Trigger
        | ObjectKind::Policy
        | ObjectKind::Index
        | ObjectKind::MaterializedView
        | ObjectKind::Rule => {
            drop_statement(statement).into_iter().chain([statement.text.clone()]).collect()
        }
        _ => vec![statement.text.clone()],
    }
}

/// `create` becomes `create or replace`.
fn or_replace(text: &str) -> String {
    let Some((create, rest)) = text.split_at_checked("create".len()) else {
        return text.to_owned();
    };
    let follows = rest.split_whitespace().next().unwrap_or_default();
    if !create.eq_ignore_ascii_case("create") || follows.eq_ignore_ascii_case("or") {
        return text.to_owned();
    }
    format!("{create} or replace{rest}")
}

/// The statement that drops an object, for kinds that can be made again from their declaration.
fn drop_statement(statement: &Statement) -> Option<String> {
    let object = &statement.object;
    let on = object.on.as_deref().unwrap_or_default();
    Some(match object.kind {
        ObjectKind::View => format!("drop view if exists {}", object.sql()),
        ObjectKind::MaterializedView => {
            format!("drop materialized view if exists {}", object.sql())
        }
        ObjectKind::Function => format!("drop routine if exists {}", object.sql()),
        ObjectKind::Index => format!("drop index if exists {}", object.sql()),
        ObjectKind::Trigger => format!("drop trigger if exists {} on {on}", Ident(&object.name)),
        ObjectKind::Policy => format!("drop policy if exists {} on {on}", Ident(&object.name)),
        ObjectKind::Rule => format!("drop rule if exists {} on {on}", Ident(&object.name)),
        _ => return None,
    })
}

/// Drops and makes again `at` and everything that needs it: statements to run, each with the
/// number of the declared statement it is for.
///
/// # Errors
/// When a table or another object with content needs it: that takes a migration.
pub fn with_dependants(statements: &[Statement], at: usize) -> Result<Vec<(usize, String)>> {
    let edges = edges(statements);
    let mut affected = vec![at];
    for (i, needs) in edges.iter().enumerate() {
        if needs.iter().any(|edge| edge.hard && affected.contains(&edge.to)) {
            affected.push(i);
        }
    }
    let mut run = Vec::new();
    for i in affected.iter().rev() {
        let statement = &statements[*i];
        match drop_statement(statement) {
            Some(drop) => run.push((*i, drop)),
            None if statement.repeatable => {}
            None => {
                let what = format!(
                    "{} cannot be replaced, because {} needs it",
                    statements[at].object, statement.object
                );
                return Err(Problem::new(Kind::Schema, what)
                    .at(statements[at].place())
                    .hint("write a migration that changes both"));
            }
        }
    }
    run.extend(affected.iter().map(|i| (*i, statements[*i].text.clone())));
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{SourceFile, parse};

    fn statements(text: &str) -> Vec<Statement> {
        parse(&[SourceFile { path: "a.sql".into(), text: text.into() }]).unwrap()
    }

    #[test]
    fn a_function_is_replaced_whatever_its_creation_said() {
        for text in [
            "create function f() returns int language sql as 'select 1'",
            "CREATE or replace FUNCTION f() returns int language sql as 'select 1'",
        ] {
            let statements = statements(text);
            let [sql] = in_place(&statements[0]).try_into().unwrap();
            assert!(sql.to_lowercase().starts_with("create or replace function"), "{sql}");
        }
    }

    #[test]
    fn what_needs_a_view_is_made_again_with_it() {
        let statements = statements(
            "create view a as select 1 as x; create view b as select x from a; grant select on b \
             to public;",
        );
        let run: Vec<String> =
            with_dependants(&statements, 0).unwrap().into_iter().map(|(_, sql)| sql).collect();
        assert_eq!(
            run,
            [
                "drop view if exists public.b",
                "drop view if exists public.a",
                "create view a as select 1 as x",
                "create view b as select x from a",
                "grant select on b \nto public".replace('\n', "").as_str(),
            ]
        );
    }
}
