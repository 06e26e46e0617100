//! The kind `webhook`: a message to another program, as a job.

use std::time::{SystemTime, UNIX_EPOCH};

use karat_connect::webhook::{Message, Taken, deliver};
use karat_record::Result;
use karat_store::{Session, webhook as store};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Done, Kind, Task, Work};

/// Its name in the queue.
const NAME: &str = "webhook";

/// The kind.
pub struct Webhook;

/// A message as it lies in the queue, where the database puts it.
#[derive(Debug, Deserialize)]
struct Args {
    webhook: i64,
    message: String,
    r#type: String,
    timestamp: String,
    data: Json,
}

impl Kind for Webhook {
    fn name(&self) -> &'static str {
        NAME
    }

    fn work<'a>(&'a self, task: &'a Task) -> Work<'a> {
        Box::pin(work(task))
    }
}

async fn work(task: &Task) -> Result<Done> {
    let args: Args = task.read_args("the database")?;
    let session = Session::open(&task.base.address).await?;
    let Some((url, secret)) = store::find(&session, args.webhook).await? else {
        return Ok(Done::Completed(json!({ "told": false, "why": "the webhook has ended" })));
    };
    let Args { message: id, r#type, timestamp, data, .. } = &args;
    let body = json!({ "type": r#type, "timestamp": timestamp, "data": data }).to_string();
    let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs());
    let message = Message { id, body: &body, at: at.cast_signed() };
    match deliver(&url, &secret, &message, task.project.private_webhooks).await? {
        Taken::Yes => Ok(Done::Completed(json!({ "told": true }))),
        Taken::NoMore => {
            store::end(&session, args.webhook).await?;
            Ok(Done::Completed(json!({ "told": false, "why": "it wants no more messages" })))
        }
    }
}
