//! The review queue: one pair at a time, two records side by side, and what was decided.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use karat_chart::count;
use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::evidence::{self, Asked as AskedOf, Looked, Part, Said};
use karat_pipeline::resolve::pair::{self, Compared};
use karat_pipeline::review::{self, Deciding, Undone};
use karat_store::review::{self as store, Act, Pair, Verdict};
use karat_store::{Session, golden};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::cluster::{Drawn, reason};
use super::many;
use crate::app::App;
use crate::failure::{Answer, Failure, page, segment};
use crate::frame::Frame;
use crate::signed::{Operator, Signed};

/// Records that are read to weigh a pair, where all of its entity have to be; more on demand only.
const FEW: u64 = 20_000;
/// Pairs that are weighed on demand at one time: each takes the memory of all records.
static ON_DEMAND: Semaphore = Semaphore::const_new(1);
/// Decisions on a page.
const DECISIONS: u32 = 100;

#[derive(Template)]
#[template(path = "review.html")]
struct Queue {
    frame: Frame,
    total: String,
    unsure: u64,
    /// Those that somebody was unsure about are shown.
    of_unsure: bool,
    shown: Option<Shown>,
    next: Vec<Pair>,
    /// The decision that was just made, to take back.
    undo: Option<(String, i64)>,
}

/// The pair to decide.
struct Shown {
    pair: Pair,
    fields: Vec<Compared>,
    /// The entities that the records are of.
    ids: [Option<String>; 2],
    why: Option<Why>,
}

/// What speaks for and against a pair.
enum Why {
    /// In words, and as a waterfall.
    Weights(String, Drawn),
    Tiers(Vec<Looked>),
    TooMany(u64),
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    unsure: bool,
    /// The pair to show first, as `entity`, `a` and `b`; else the most important one.
    entity: Option<String>,
    a: Option<String>,
    b: Option<String>,
    /// Weigh it, however many records have to be read.
    #[serde(default)]
    weigh: bool,
    /// What was just decided.
    done: Option<i64>,
}

pub async fn queue(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let address = signed.address(&app);
    let session = app.session().await?;
    let waiting = app.waiting(&session, asked.unsure).await?;
    let mut next = waiting.pairs;
    let is_asked = |pair: &Pair| {
        asked.entity.as_ref() == Some(&pair.entity)
            && asked.a.as_deref() == Some(record(&pair.a).as_str())
            && asked.b.as_deref() == Some(record(&pair.b).as_str())
    };
    let first = next.iter().position(is_asked).unwrap_or_default();
    let mut shown = None;
    if !next.is_empty() {
        let pair = next.remove(first);
        let entity = app.entity(&pair.entity)?;
        let texts = [&pair.a, &pair.b].map(|(source, key)| (source.as_str(), key.as_str()));
        let fields = pair::side_by_side(&app.context(&address), entity, texts).await?;
        let ids = ids(&session, &pair).await?;
        let why = match asked.weigh {
            true => {
                let _turn = ON_DEMAND.acquire().await;
                why(&app.context(&address), entity, (texts, u64::MAX)).await?
            }
            false => why(&app.context(&address), entity, (texts, FEW)).await?,
        };
        shown = Some(Shown { fields: fields.unwrap_or_default(), ids, why, pair });
    }
    let frame = signed.frame(&app, "Review", "Review");
    page(&Queue {
        frame,
        total: count(waiting.total),
        unsure: waiting.unsure,
        of_unsure: asked.unsure,
        shown,
        next,
        undo: asked.entity.filter(|_| asked.a.is_none()).zip(asked.done),
    })
}

async fn why(
    context: &Context<'_>,
    entity: &Entity,
    of: ([(&str, &str); 2], u64),
) -> Result<Option<Why>, Failure> {
    Ok(evidence::of_pair(context, entity, of).await?.map(|said| match said {
        Said::Tiers(tiers) => Why::Tiers(tiers),
        Said::Weights(explained) => {
            Why::Weights(explained.verdict(), Drawn::of(&explained.waterfall(), false))
        }
        Said::TooMany(records) => Why::TooMany(records),
    }))
}

/// Whether something that a tier asks speaks for the pair or against it.
fn side(asked: &AskedOf) -> &'static str {
    if asked.holds == (asked.part != Part::DeniedBy) { "for" } else { "against" }
}

/// What a tier asks, in words.
fn words(asked: &AskedOf) -> String {
    match asked.part {
        Part::When => asked.said.clone(),
        Part::Confirm => format!("{}, which confirms it", asked.said),
        Part::DeniedBy => format!("{}, which denies it", asked.said),
    }
}

/// Where a pair is shown.
fn place(pair: &Pair, of_unsure: &bool) -> String {
    let record = |of: &(String, String)| format!("{}%3A{}", segment(&of.0), segment(&of.1));
    let unsure = if *of_unsure { "&unsure=true" } else { "" };
    let (entity, a, b) = (segment(&pair.entity), record(&pair.a), record(&pair.b));
    format!("/review?entity={entity}&a={a}&b={b}{unsure}")
}

async fn ids(session: &Session, pair: &Pair) -> Result<[Option<String>; 2], Failure> {
    let [a, b] = [&pair.a, &pair.b].map(|(source, key)| (source.as_str(), key.as_str()));
    Ok([
        golden::of_record(session, &pair.entity, a).await?,
        golden::of_record(session, &pair.entity, b).await?,
    ])
}

fn record((source, key): &(String, String)) -> String {
    format!("{source}:{key}")
}

#[derive(Deserialize)]
pub struct Decided {
    entity: String,
    a: String,
    b: String,
    verdict: String,
    #[serde(default)]
    reason: String,
}

pub async fn decide(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Form(decided): Form<Decided>,
) -> Result<Redirect, Failure> {
    app.entity(&decided.entity)?;
    let session = app.acting(&person).await?;
    let verdict = match decided.verdict.as_str() {
        "same" => Verdict::Same,
        "different" => Verdict::Different,
        "unsure" => Verdict::Unsure,
        _ => return Err(Failure::NotThere),
    };
    let reason = reason(&decided.reason);
    let (author, entity) = (person.name.as_str(), decided.entity.as_str());
    let deciding = Deciding { session: &session, author, entity, verdict, reason };
    let noted = deciding.pair(&decided.a, &decided.b).await?;
    let to = format!("/review?entity={}&done={}", segment(entity), noted.number);
    Ok(Redirect::to(&to))
}

#[derive(Deserialize)]
pub struct TakenBack {
    entity: String,
    number: i64,
    /// The golden record on whose page it was taken back.
    back: Option<String>,
}

pub async fn undo(
    State(app): State<Arc<App>>,
    Operator(person): Operator,
    Form(back): Form<TakenBack>,
) -> Result<Redirect, Failure> {
    let session = app.acting(&person).await?;
    let by = (back.entity.as_str(), person.name.as_str());
    review::undo(&session, by, Undone::Number(back.number)).await?;
    let id = back.back.filter(|id| id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()));
    Ok(match id {
        Some(id) => Redirect::to(&format!("/entities/{}/{id}#decisions", segment(&back.entity))),
        None => Redirect::to("/review"),
    })
}

#[derive(Template)]
#[template(path = "decisions.html")]
struct Decisions {
    frame: Frame,
    acts: Vec<Act>,
}

pub async fn decisions(State(app): State<Arc<App>>, signed: Signed) -> Answer {
    let acts = store::acts(&app.session().await?, None, DECISIONS).await?;
    page(&Decisions { frame: signed.frame(&app, "Review", "Decisions"), acts })
}
