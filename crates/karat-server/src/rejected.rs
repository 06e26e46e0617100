//! A rejected row, and who says that it needs no mending.

use karat_pipeline::account::Person;
use karat_record::{Kind, Problem};
use karat_store::Session;
use karat_store::rejects::{self, Rejected};

use crate::app::App;
use crate::failure::Failure;

/// Where a rejected row stands: the dataset, the load, and the line.
pub type At = (String, String, String);

/// The row at a place with all that became of it, and where it is now.
pub async fn found(
    app: &App,
    session: &Session,
    (dataset, load, line): &At,
) -> Result<(Vec<Rejected>, Rejected), Failure> {
    app.project.dataset(dataset).ok_or(Failure::NotThere)?;
    let number = |text: &String| text.parse::<i64>().map_err(|_| Failure::NotThere);
    let history = rejects::history(session, number(load)?, number(line)?).await?;
    let now = history.last().filter(|row| row.dataset == *dataset).cloned();
    Ok((history, now.ok_or(Failure::NotThere)?))
}

/// A row needs no mending, as somebody says.
pub async fn dismissed(
    app: &App,
    person: &Person,
    (at, reason): (&At, &str),
) -> Result<(), Failure> {
    let session = app.acting(person).await?;
    let (_, now) = found(app, &session, at).await?;
    let reason = reason.trim();
    if reason.is_empty() {
        let problem = Problem::new(Kind::Usage, "there is no reason");
        return Err(problem.hint("say why the row needs no mending").into());
    }
    let by = (reason, person.name.as_str());
    if rejects::dismiss(&session, now.load, &[now.line], by).await? == 0 {
        let what = format!("the row is {}, and not open", now.state);
        return Err(Problem::new(Kind::Usage, what).hint("look at it again").into());
    }
    Ok(())
}
