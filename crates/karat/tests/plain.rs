//! The project of comments: its examples, renamed as they say, are a project that runs.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use std::fs;

use project::Project;

const PEOPLE: &str = "id,full_name,emails,city
1,Ann Lee,ann@x.org,ATX
2,Anne Lee,ann@x.org,Austin
3,Bob Ray,,DFW
";

#[test]
fn the_examples_of_a_new_project_are_a_project_once_they_are_renamed() {
    let project = Project::new(&[]);
    project.ends(0, &["new", "made"]);
    let mut renamed = 0;
    for folder in ["datasets", "entities", "checks", "objectives", "aliases"] {
        for file in fs::read_dir(project.path("made").join(folder)).unwrap() {
            let example = file.unwrap().path();
            fs::rename(&example, example.with_extension("")).unwrap();
            renamed += 1;
        }
    }
    assert_eq!(renamed, 5);
    // Of what is commented out: columns by name, and the alias table in use.
    let dataset = project.path("made/datasets/people.toml");
    let text = fs::read_to_string(&dataset).unwrap();
    let text = text.replace("# [columns]", "[columns]").replace("# city =", "city =");
    fs::write(dataset, text).unwrap();
    project.write("made/data/people.csv", PEOPLE);
    let said = project.ends(1, &["--project", "made", "run"]);
    assert!(said.contains("people.emails_are_there"), "the objective that is missed: {said}");
    let golden = "select count(*) from golden_person";
    assert_eq!(project.db.sql(golden), "2", "{said}");
    assert_eq!(
        project.db.sql("select string_agg(city, ' ' order by id) from people"),
        "Austin Austin Dallas"
    );
    let checked = project.ends(0, &["--project", "made", "check"]);
    assert!(checked.contains("2 checks hold"), "{checked}");
}
