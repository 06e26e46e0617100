//! Quality, models and lineage: what pages say is what the commands say, and who may waive.

use serde_json::Value;

use crate::browser::Browser;
use crate::invited;
use crate::project::Project;
use crate::served::Served;

const PEOPLE: &str = "id,name,email\n1,Ann Lee,ann@x.org\n2,Ann Lee,ann@x.org\n3,Bob Ray,bob@x.org\n\
     4,Bobby Ray,bob@y.org\n5,Cid <Poe>,\n6,Dan Fox,dan@x.org\n";
const DATASET: &str = "files = \"list*.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n\
     [columns]\nid = { type = \"integer\" }\nemail = { clean = [\"email\"] }\n";
const ENTITY: &str = r#"
auto = 80
sources = [{ dataset = "list" }]
fields.name = { from = "name", clean = ["folded"] }
fields.email = { from = "email", clean = ["email"] }
tiers = [
  { name = "same e-mail", score = 95, when = [{ same = "email" }] },
  { name = "similar name", score = 60, when = [{ similar = "name", at_least = 0.8 }] },
]
"#;
const CHECKS: &str = "table = \"public.list\"\nthreshold = 0.2\n\n[[checks]]\nname = \"few/all\"\n\
     expect = \"column_values_to_be_between\"\ncolumn = \"id\"\nmax_value = 3\n\n[[checks]]\n\
     name = \"named\"\nexpect = \"column_values_to_not_be_null\"\ncolumn = \"name\"\n\
     severity = \"block\"\n\n[[checks]]\nname = \"many\"\n\
     expect = \"table_row_count_to_be_between\"\nmin_value = 10\n";
const OBJECTIVES: &str = "owner = \"Data Team\"\ncompliance = 0.5\n\n[[objectives]]\n\
     name = \"mail_is_there\"\ndimension = \"completeness\"\ntable = \"public.list\"\n\
     column = \"email\"\ntarget = 0.9\n\n[[objectives]]\nname = \"name_is_there\"\n\
     dimension = \"completeness\"\ntable = \"public.list\"\ncolumn = \"name\"\ntarget = 0.9\n";
const EXPORT: &str = "kind = \"export\"\nentity = \"people\"\nfile = \"people.csv\"\n";

/// The check whose name needs care in addresses.
const FEW: &str = "/quality/checks/list/few%2Fall";

pub fn project() -> Project {
    let project = Project::new(&[
        ("datasets/list.toml", DATASET),
        ("list.csv", PEOPLE),
        ("entities/people.toml", ENTITY),
        ("checks/list.toml", CHECKS),
        ("objectives/sla.toml", OBJECTIVES),
        ("outputs/people.toml", EXPORT),
    ]);
    project.ends(0, &["run"]);
    project
}

fn json(project: &Project, arguments: &[&str]) -> Value {
    let said = project.karat(&[arguments, &["--format", "json"]].concat()).1;
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"))
}

/// What is written in the markup between the first `from` and what follows it, `to`.
fn between(page: &str, from: &str, to: &str) -> String {
    let rest = page.split_once(from).unwrap_or_else(|| panic!("no {from}: {page}")).1;
    let part = rest.split_once(to).unwrap_or_else(|| panic!("no {to}: {rest}")).0;
    let texts = part.split('>').map(|piece| piece.split('<').next().unwrap_or_default());
    texts.map(str::trim).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
}

/// The row of a table that holds a text.
fn row(page: &str, text: &str) -> String {
    between(page, text, "</tr>")
}

#[test]
fn checks_stand_as_the_command_says() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let said = json(&project, &["check"]);
    let found = &said["validation_results"][0];
    let page = eve.page("/quality");
    for result in found["results"].as_array().unwrap() {
        let name = result["meta"]["karat"]["name"].as_str().unwrap();
        let row = row(&page, &format!("checks/list/{}\"", name.replace('/', "%2F")));
        let holds = if result["success"] == true { "| holds |" } else { "| violated |" };
        assert!(row.contains(holds), "{name}: {row}");
        let blocks = result["meta"]["karat"]["severity"] == "block";
        assert!(row.contains(if blocks { "| blocks |" } else { "| warns |" }), "{name}: {row}");
        if let Some(percent) = result["result"]["unexpected_percent"].as_f64() {
            let (all, unexpected) =
                (&result["result"]["element_count"], &result["result"]["unexpected_count"]);
            let counts = format!("| {all} | {unexpected} | {percent:.2} % |");
            assert!(row.contains(&counts), "{name}: {counts} in {row}");
        }
    }
    let score = found["meta"]["karat"]["score"].as_f64().unwrap();
    let shown = format!("{:.1} %", (score * 1000.0).floor() / 10.0);
    assert!(between(&page, "public.list", "</p>").contains(&shown), "{shown}: {page}");
    let check = eve.page(FEW);
    for text in
        ["expect_column_values_to_be_between", "max_value", "public.list", "from public.list"]
    {
        assert!(check.contains(text), "{text}: {check}");
    }
    assert_eq!(
        check.matches("<th scope=\"row\"><a href=\"/runs/").count(),
        2,
        "two runs judged it"
    );
    let shown = json(&project, &["check", "show", "list.few/all"]);
    let rows = between(&check, "aria-label=\"Rows that fail\"", "</table>");
    for failing in shown["rows"].as_array().unwrap() {
        assert!(rows.contains(&format!("{} | {} | open", failing["key"]["id"], failing["value"])));
    }
    assert!(eve.page("/").contains(&format!("href=\"{FEW}\"")), "what needs somebody leads here");
    for nothing in ["/quality/checks/list/none", "/quality/checks/none/named"] {
        assert_eq!(eve.get(nothing).status, 404, "{nothing}");
    }
}

#[test]
fn an_operator_waives_with_a_reason_and_a_viewer_looks() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut vic = invited(&served, &mut eve, "Vic", "viewer");
    let mut oz = invited(&served, &mut eve, "Oz", "operator");
    let (four, five) = (r#"{"id":4}"#, r#"{"id": 5}"#);
    let waive = [("key", four), ("key", five), ("what", "waive"), ("reason", " they are <late> ")];
    let page = vic.page(FEW);
    assert!(page.contains("Rows that fail") && !page.contains("name=\"key\""), "{page}");
    assert_eq!(vic.post(FEW, &waive).status, 403);
    let form = oz.page(FEW);
    assert!(form.contains("name=\"key\" value=\"{&#34;id&#34;:4}\""), "{form}");
    let refused = oz.post(FEW, &[("key", four), ("what", "waive"), ("reason", " ")]);
    assert!(refused.status == 422 && refused.body.contains("needs a reason"), "{refused:?}");
    let nobody = oz.post(FEW, &[("key", "9"), ("what", "waive"), ("reason", "none")]);
    assert!(nobody.status == 422 && nobody.body.contains("no row of that key"), "{nobody:?}");
    assert_eq!(oz.post(FEW, &[("what", "undo")]).status, 422, "no row was chosen");
    assert_eq!(oz.post(FEW, &[("key", four), ("what", "drop")]).status, 404);
    assert_eq!(oz.post("/quality/checks/list/none", &waive).status, 404);
    let states = "select string_agg(concat_ws(' ', key->>'id', state, decided_by, reason), ', '
                  order by key) from karat.check_failure where \"check\" = 'few/all'";
    assert_eq!(project.db.sql(states), "4 open, 5 open, 6 open");
    let done = oz.post(FEW, &waive);
    assert_eq!((done.status, done.header("location")), (303, Some(FEW)));
    let waived = "4 waived Oz they are <late>, 5 waived Oz they are <late>, 6 open";
    assert_eq!(project.db.sql(states), waived);
    let page = oz.page(FEW);
    assert!(page.contains("they are &#60;late&#62;"), "{page}");
    project.ends(0, &["check"]);
    assert!(row(&oz.page("/quality"), "few%2Fall\"").contains("2 waived"), "it counts no more");
    assert_eq!(oz.post(FEW, &[("key", four), ("what", "undo")]).status, 303);
    assert_eq!(project.db.sql(states), "4 open, 5 waived Oz they are <late>, 6 open");
    project.db.sql("delete from public.list where id = 6");
    project.ends(0, &["check"]);
    assert!(!oz.page(FEW).contains("fixed</span>"), "what is fixed is not shown");
    assert!(oz.page(&format!("{FEW}?all=true")).contains("fixed</span>"), "unless asked for");
}

#[test]
fn objectives_stand_as_the_command_says() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let before = json(&project, &["objectives"]);
    // An earlier day, on which less was there.
    project.db.sql(
        "update karat.objective_result
         set at = now() - interval '3 days', actual = 0.5, bad = 0.5, verdict = 'violated'
         where objective = 'mail_is_there'
           and run = (select min(run) from karat.objective_result)",
    );
    let said = json(&project, &["objectives"]);
    assert_ne!(
        before["files"][0]["objectives"][0]["budget"]["spent"],
        said["files"][0]["objectives"][0]["budget"]["spent"],
    );
    let file = &said["files"][0];
    let page = eve.page("/quality");
    for objective in file["objectives"].as_array().unwrap() {
        let name = objective["objective"].as_str().unwrap().strip_prefix("sla.").unwrap();
        let row = row(&page, &format!("objectives/sla/{name}\""));
        let percent = |of: &Value| format!("{:.2} %", (of.as_f64().unwrap() * 1e4).floor() / 100.0);
        let spent = objective["budget"]["spent"].as_f64().unwrap();
        let shown = [
            objective["verdict"].as_str().unwrap().to_owned(),
            format!("≥ {}", percent(&objective["target"])),
            percent(&objective["actual"]),
            format!("| {:.0} % |", (spent * 100.0 - 1e-6).ceil().abs()),
            "Data Team".to_owned(),
        ];
        for text in shown {
            assert!(row.contains(&text), "{text}: {row}");
        }
    }
    let share = file["compliance"].as_f64().unwrap();
    let share = format!("{:.1} %", (share * 1000.0).floor() / 10.0);
    let compliance = between(&page, "What is promised", "</p>");
    assert!(compliance.contains(&share), "{share}: {compliance}");
    let one = eve.page("/quality/objectives/sla/mail_is_there");
    for text in
        ["email of public.list", "50.00 %", "The last figure of each day", "from public.list"]
    {
        assert!(one.contains(text), "{text}: {one}");
    }
    let home = eve.page("/");
    assert!(home.contains("href=\"/quality/objectives/sla/mail_is_there\""), "{home}");
    assert_eq!(eve.get("/quality/objectives/sla/none").status, 404);
    assert_eq!(eve.get("/quality/objectives/none/mail_is_there").status, 404);
}

#[test]
fn tiers_are_shown_with_what_they_did() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    assert_eq!(eve.get("/models").header("location"), Some("/models/people"));
    let page = eve.page("/models/people");
    let tiers = project.db.sql("select summary->>'tiers' from karat.resolution");
    let tiers: Value = serde_json::from_str(&tiers).unwrap();
    for tier in tiers.as_array().unwrap() {
        let name = tier["name"].as_str().unwrap();
        let row = row(&page, &format!("<th scope=\"row\">{name}"));
        assert!(row.contains(&format!("{} | same", tier["score"])) || name != "same e-mail");
        let counts = format!("| {} | {}", tier["merged"], tier["review"]);
        assert!(row.ends_with(&counts), "{counts}: {row}");
    }
    assert_eq!(tiers[0]["merged"], 1, "two records of Ann");
    assert_eq!(eve.get("/models/cats").status, 404);
}

#[test]
fn the_model_in_force_is_the_one_that_the_command_shows() {
    let weighed = "sources = [{ dataset = \"list\" }]\n\
         fields.name = { from = \"name\", clean = [\"folded\"], role = \"full_name\" }\n\
         fields.email = { from = \"email\", clean = [\"email\"], role = \"email\" }\n";
    let project = Project::new(&[
        ("datasets/list.toml", DATASET),
        ("list.csv", PEOPLE),
        ("entities/people.toml", weighed),
        ("entities/others.toml", ENTITY),
    ]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let none = eve.page("/models/people");
    assert!(none.contains("None was learned") && none.contains("never"), "{none}");
    project.ends(0, &["run"]);
    let model = json(&project, &["model", "show", "people"]);
    let page = eve.page("/models/people");
    let levels = between(&page, "Levels of the model", "</table>");
    let learned = &model["people"];
    let fields = learned["fields"].as_array().unwrap().iter().chain([&learned["name"]]);
    let mut seen = 0;
    for field in fields {
        let of = |name: &str, at: usize| field[name][at].as_f64().unwrap();
        for (at, label) in field["levels"].as_array().unwrap().iter().enumerate() {
            let (m, u) = (of("m", at), of("u", at));
            let shown = karat_chart::number;
            let bits = karat_chart::signed((m / u).log2(), 2);
            let text =
                format!("{} | {} | {} | {bits}", label.as_str().unwrap(), shown(m), shown(u));
            assert!(levels.contains(&text), "{text}: {levels}");
            seen += 1;
        }
    }
    assert!(seen > 3, "{model}");
    let status = json(&project, &["status"]);
    let entities = status["entities"].as_array().unwrap();
    let people = entities.iter().find(|entity| entity["name"] == "people").unwrap();
    let facts = between(&page, "<dl class=\"facts\">", "</dl>");
    for (name, at) in [("Records", "records"), ("Entities", "entities")] {
        let shown = format!("{name} | {}", people["resolution"][at]);
        assert!(facts.contains(&shown), "{shown}: {facts}");
    }
    assert!(page.contains("karat evaluate people --labels"), "{page}");
    assert!(page.contains("class=\"k-chart\"") && !page.contains("style="), "{page}");
    let all = eve.page("/models");
    assert!(row(&all, "/models/people\"").contains("the model for people"), "{all}");
    assert!(row(&all, "/models/others\"").contains("declared tiers"), "{all}");
}

#[test]
fn lineage_is_what_the_command_says() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let said = json(&project, &["lineage"]);
    let page = eve.page("/lineage");
    let nodes = said["nodes"].as_array().unwrap();
    let told: Vec<(&str, &str)> =
        nodes.iter().map(|n| (n["kind"].as_str().unwrap(), n["name"].as_str().unwrap())).collect();
    let all =
        [("file", "list*.csv"), ("dataset", "list"), ("entity", "people"), ("output", "people")];
    assert_eq!(told, all);
    let rows = between(&page, "as a table\"", "</table>");
    for node in nodes {
        let from = node["from"].as_array().unwrap().iter();
        let from = from.map(|at| told[at.as_u64().unwrap() as usize].1).collect::<Vec<_>>();
        let (name, kind) = (node["name"].as_str().unwrap(), node["kind"].as_str().unwrap());
        let made = format!("{name} | {kind} | {}", from.join(" | , | "));
        assert!(rows.contains(made.trim_end_matches(" | ")), "{made}: {rows}");
    }
    for link in ["href=\"/datasets/list\"", "href=\"/entities/people\"", "href=\"/outputs\""] {
        assert!(page.matches(link).count() >= 2, "{link} in the drawing and the table");
    }
    let said = json(&project, &["lineage", "people.email"]);
    let one = eve.page("/lineage?field=people.email");
    let column = &said["sources"][0]["columns"][0];
    assert_eq!(column["clean"], serde_json::json!(["email"]));
    let row = between(&one, "<tbody>", "</tr>");
    let shown = format!(
        "list | {} | {} | email | {} | 0",
        column["column"].as_str().unwrap(),
        column["from"].as_str().unwrap(),
        column["files"][0].as_str().unwrap(),
    );
    assert_eq!(row, shown);
    assert!(one.contains(said["rule"].as_str().unwrap()), "{one}");
    for nothing in ["people.none", "cats.email", "people", "%3Cb%3E"] {
        assert_eq!(eve.get(&format!("/lineage?field={nothing}")).status, 404, "{nothing}");
    }
    let refused = project.ends(2, &["lineage", "people.emial"]);
    assert!(refused.contains("did you mean email?"), "{refused}");
}

#[test]
fn pages_of_an_empty_project_say_how_to_begin() {
    let project = Project::new(&[]);
    let served = Served::start(&project, &["--no-work"]);
    let mut eve = Browser::eve(&served);
    let mut stranger = Browser::new(&served);
    for (path, text) in [
        ("/quality", "Begin with a file in <code>checks/</code>"),
        ("/models", "No entity is declared"),
        ("/lineage", "Begin with a file in <code>datasets/</code>"),
    ] {
        assert!(eve.page(path).contains(text), "{path}");
        assert_eq!(stranger.get(path).status, 303, "{path}");
    }
}
