//! Files on their way in, by a page or by a program: written while they come, kept, recognised, and
//! brought where they belong.

use std::fmt::Display;
use std::io::{self, Write};
use std::pin::pin;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt};
use karat_pipeline::account::Person;
use karat_pipeline::upload::{self, Incoming};
use karat_record::{Kind, Problem};
use karat_store::upload::{self as store, Processed, Upload};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::app::App;
use crate::failure::Failure;
use crate::page::size;

/// How long the next piece of a file may take.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Pieces that wait to be written.
const AHEAD: usize = 4;

/// Keeps a file that has come; one that is surely of a dataset is brought there by a job.
pub async fn arrived(
    app: &App,
    person: &Person,
    incoming: Incoming,
    name: &str,
) -> Result<Upload, Failure> {
    let session = app.acting(person).await?;
    let kept = upload::keep(&app.project, &session, incoming, (name, &person.name)).await?;
    if let Ok(detection) = upload::recognise(&app.project, &session, &kept).await
        && let Some(best) = detection.automatic()
    {
        let into = (best.dataset.as_str(), false);
        upload::process(&app.project, &session, &kept, into).await?;
    }
    store::find(&session, kept.id).await?.ok_or(Failure::NotThere)
}

/// Writes a file while it comes.
pub async fn received<E>(
    app: &App,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    refused: impl Fn(&E) -> Failure,
) -> Result<Incoming, Failure> {
    let incoming = upload::begin(&app.project)?;
    let (incoming, come) = written(incoming, app.upload_limit, pieces, refused).await?;
    come.map(|()| incoming)
}

/// Hands on bytes while they come, so many at most; what took them, and whether all came.
pub async fn written<T: Write + Send + 'static, E>(
    mut into: T,
    most: u64,
    pieces: impl Stream<Item = Result<Bytes, E>>,
    refused: impl Fn(&E) -> Failure,
) -> Result<(T, Result<(), Failure>), Failure> {
    let mut coming = pin!(pieces);
    let (send, mut pieces) = mpsc::channel::<Bytes>(AHEAD);
    let writing = spawn_blocking(move || {
        while let Some(piece) = pieces.blocking_recv() {
            into.write_all(&piece)?;
        }
        Ok::<_, io::Error>(into)
    });
    let mut bytes = 0;
    let come = loop {
        match timeout(PATIENCE, coming.next()).await {
            Err(_) => break Err(slow()),
            Ok(Some(Err(error))) => break Err(refused(&error)),
            Ok(None) => break Ok(()),
            Ok(Some(Ok(piece))) => {
                bytes += piece.len() as u64;
                if bytes > most {
                    break Err(too_large(most));
                }
                if send.send(piece).await.is_err() {
                    break Ok(());
                }
            }
        }
    };
    drop(send);
    let cannot = |e: &dyn Display| {
        Problem::new(Kind::Permission, format!("the file cannot be written: {e}"))
    };
    let into = writing.await.map_err(|e| cannot(&e))?.map_err(|e| cannot(&e))?;
    Ok((into, come))
}

/// Brings a file into the dataset that somebody chose, and remembers the choice where the file alone
/// did not say it.
pub async fn chosen(
    app: &App,
    person: &Person,
    number: i64,
    (dataset, again): (&str, bool),
) -> Result<Processed, Failure> {
    let session = app.acting(person).await?;
    let upload = store::find(&session, number).await?.ok_or(Failure::NotThere)?;
    let into = (dataset, again);
    let processed = upload::process(&app.project, &session, &upload, into).await?;
    if let Ok(detection) = upload::recognise(&app.project, &session, &upload).await
        && detection.automatic().is_none_or(|best| best.dataset != dataset)
    {
        upload::remember(&session, &detection, dataset).await?;
    }
    Ok(processed)
}

pub fn too_large(limit: u64) -> Failure {
    let what = format!("the file is larger than {}", size(&limit));
    Failure::TooLarge(Problem::new(Kind::Input, what).hint("karat serve --upload-limit raises it"))
}

pub fn slow() -> Failure {
    Problem::new(Kind::Input, "the file stopped coming").hint("try again").into()
}

/// Why a file did not come whole.
pub fn cut_off(error: &dyn Display) -> Failure {
    Problem::new(Kind::Input, format!("the file did not come whole: {error}"))
        .hint("try again")
        .into()
}
