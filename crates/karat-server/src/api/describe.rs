//! The API described by itself: as OpenAPI for programs, as a page for people.

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse, Response};
use karat_pipeline::queue::State;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, SecurityRequirement, schema::ObjectBuilder, schema::Type,
    server::ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::answer::{Limit, Problem};
use super::once;
use crate::failure::page;

/// What every refusal can be, besides what an operation says itself.
const REFUSALS: [(&str, &str); 8] = [
    ("400", "The request cannot be read."),
    ("401", "What was shown lets nobody in."),
    ("403", "The role does not allow it."),
    ("404", "There is no such thing."),
    ("409", "Something else is going on; ask again."),
    ("422", "It was understood, and cannot be done."),
    ("429", "Too many attempts; wait."),
    ("default", "What went wrong."),
];

/// What is said before anything else.
pub fn head(project: &str) -> OpenApi {
    let about = "Everything the pages and the commands do. Show a token as Authorization: Bearer, or \
                 a name and a password as Basic. Times are in UTC.";
    let info = InfoBuilder::new()
        .title(format!("Karat: {project}"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about));
    OpenApiBuilder::new().info(info.build()).build()
}

/// Adds what all operations have in common.
pub fn complete(said: &mut OpenApi, root: &str) {
    said.servers = Some(vec![ServerBuilder::new().url(root).build()]);
    let components = said.components.get_or_insert_default();
    // What is referred to by parameters or from here alone.
    let known = [
        (Problem::name(), Problem::schema()),
        (Limit::name(), Limit::schema()),
        (<State as ToSchema>::name(), State::schema()),
    ];
    components.schemas.extend(known.map(|(name, schema)| (name.into_owned(), schema)));
    for (name, scheme) in [("token", HttpAuthScheme::Bearer), ("password", HttpAuthScheme::Basic)] {
        components.add_security_scheme(name, SecurityScheme::Http(Http::new(scheme)));
    }
    let ways = ["token", "password"].map(|name| SecurityRequirement::new(name, [""; 0]));
    said.security = Some(ways.to_vec());
    for item in said.paths.paths.values_mut() {
        let asks = [&mut item.get, &mut item.head];
        asks.into_iter().flatten().for_each(refusals);
        // A part of a file is taken once anyway: it says where it goes on.
        item.patch.iter_mut().for_each(refusals);
        for operation in [&mut item.post, &mut item.delete].into_iter().flatten() {
            refusals(operation);
            operation.parameters.get_or_insert_default().push(RefOr::T(key()));
        }
    }
}

fn refusals(operation: &mut Operation) {
    let problem = RefOr::Ref(Ref::from_schema_name(Problem::name()));
    let content = ContentBuilder::new().schema(Some(problem)).build();
    for (status, what) in REFUSALS {
        let response = ResponseBuilder::new()
            .description(what)
            .content("application/problem+json", content.clone());
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
    }
}

fn key() -> Parameter {
    let about = "Asked again under the same key within a day, the same is answered, and nothing is \
                 done twice.";
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200));
    ParameterBuilder::new()
        .name(once::KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(text.build()))
        .build()
}

/// The description for programs.
pub fn document(said: &OpenApi) -> Json<OpenApi> {
    Json(said.clone())
}

/// The description for people.
#[derive(Template)]
#[template(path = "api.html")]
struct Described<'a> {
    title: &'a str,
    about: &'a str,
    parts: Vec<Part>,
}

/// Operations that belong together.
struct Part {
    name: String,
    operations: Vec<Shown>,
}

struct Shown {
    method: &'static str,
    path: String,
    about: String,
    /// Name, where it stands, and what it is.
    parameters: Vec<[String; 3]>,
    /// The names of what is sent and answered, where they have one.
    body: Option<String>,
    answers: Vec<String>,
}

pub fn page_of(said: &OpenApi, root: &str) -> Response {
    let mut parts: Vec<Part> = Vec::new();
    for (path, item) in &said.paths.paths {
        let all = [
            ("GET", &item.get),
            ("HEAD", &item.head),
            ("POST", &item.post),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in all {
            let Some(operation) = operation else { continue };
            let name = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
            let shown = shown((method, format!("{root}{path}")), operation);
            match parts.iter_mut().find(|part| part.name == name) {
                Some(part) => part.operations.push(shown),
                None => parts.push(Part { name, operations: vec![shown] }),
            }
        }
    }
    let about = said.info.description.as_deref().unwrap_or_default();
    let described = Described { title: &said.info.title, about, parts };
    page(&described).into_response()
}

fn shown((method, path): (&'static str, String), operation: &Operation) -> Shown {
    let parameter = |parameter: &Parameter| {
        let place = match parameter.parameter_in {
            ParameterIn::Path => "in the path",
            ParameterIn::Header => "a header",
            _ => "in the query",
        };
        let about = parameter.description.clone().unwrap_or_default();
        [parameter.name.clone(), place.to_owned(), about]
    };
    let parameters =
        operation.parameters.iter().flatten().filter_map(here).map(parameter).collect();
    let name = |content: Option<&RefOr<Content>>| {
        content.and_then(here).and_then(|content| content.schema.as_ref()).and_then(named)
    };
    let body = operation.request_body.as_ref().and_then(here);
    let body = body.and_then(|body| name(body.content.values().next()));
    let done = operation.responses.responses.iter().filter(|(status, _)| status.starts_with('2'));
    let answers = done.map(|(status, response)| {
        let content = here(response).and_then(|response| response.content.values().next());
        match name(content) {
            Some(name) => format!("{status} {name}"),
            None => status.clone(),
        }
    });
    let about = [&operation.summary, &operation.description];
    let about = about.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    Shown { method, path, about, parameters, body, answers: answers.collect() }
}

/// What is described in its place, and not elsewhere.
fn here<T>(described: &RefOr<T>) -> Option<&T> {
    match described {
        RefOr::T(described) => Some(described),
        RefOr::Ref(_) => None,
    }
}

/// The name of a schema that has one.
fn named(schema: &RefOr<utoipa::openapi::Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(to) => to.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}
