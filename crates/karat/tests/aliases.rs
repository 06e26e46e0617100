//! Alias tables: values that become canonical, and those for which there is no alias.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use project::Project;

const SCHEMA: &str = "create table public.d (id int primary key, branch text);";
const ALIASES: &str = "alias,canonical\nATX,Austin\nDallas-Fort Worth,Dallas\nDallas,Dallas\n";

/// A project whose branches have aliases.
fn branches(unmapped: &str) -> Project {
    let dataset = format!(
        "files = \"d.csv\"\nkey = [\"id\"]\n[columns.branch]\nclean = [\"whitespace\"]\n\
         alias = \"branches\"\n{unmapped}"
    );
    Project::new(&[
        ("datasets/d.toml", &dataset),
        ("schema/d.sql", SCHEMA),
        ("aliases/branches.csv", ALIASES),
    ])
}

const FILE: &str =
    "id,branch\n1,ATX\n2,austin \n3,dallas / fort   worth\n4,\n5,Dalas\n6,Dalas\n7,Rome\n";

fn values(project: &Project) -> String {
    project.db.sql("select id, branch from public.d order by id").replace('\n', " ")
}

#[test]
fn aliases_become_canonical_and_the_rest_is_kept_left_out_or_rejected() {
    let mapped = "1|Austin 2|Austin 3|Dallas 4|";
    for (unmapped, found) in [
        ("", "5|Dalas 6|Dalas 7|Rome"),
        ("unmapped = \"keep\"\n", "5|Dalas 6|Dalas 7|Rome"),
        ("unmapped = \"null\"\n", "5| 6| 7|"),
        ("unmapped = \"reject\"\n", ""),
    ] {
        let project = branches(unmapped);
        project.write("d.csv", FILE);
        let said = project.ends(0, &["run"]);
        assert!(said.contains("3 values of branch are not in aliases/branches"), "{said}");
        assert_eq!(values(&project), format!("{mapped} {found}").trim(), "{unmapped}");
        let said = project.ends(0, &["rejects", "unmapped", "d"]);
        let lines: Vec<&str> = said.lines().skip(2).map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "d        branch  branches     2  Dalas  Dallas",
                "d        branch  branches     1  Rome"
            ]
        );
    }
    let rejecting = branches("unmapped = \"reject\"\n");
    rejecting.write("d.csv", FILE);
    rejecting.ends(0, &["run"]);
    assert_eq!(
        rejecting.db.sql("select \"column\", rule, message from karat.reject where line = 8"),
        "branch|alias|is not in aliases/branches"
    );
}

#[test]
fn a_changed_table_loads_anew_and_what_it_knows_now_is_no_longer_listed() {
    let project = branches("");
    project.write("d.csv", FILE);
    project.ends(0, &["run"]);
    assert!(project.ends(0, &["run"]).contains("nothing to do"));
    project.ends(0, &["rejects", "unmapped", "--csv", "missing.csv"]);
    let missing = std::fs::read_to_string(project.path("missing.csv")).unwrap();
    assert_eq!(missing, "alias,canonical,rows,nearest\nDalas,,2,Dallas\nRome,,1,\n");
    // Filled in, the file is an alias table by itself.
    let filled = missing.replace("Dalas,,", "Dalas,Dallas,").replace("Rome,,", "Rome,Roma,");
    let filled = filled + "ATX,Austin,,\n\"Dallas Fort Worth\",Dallas,,\n";
    project.write("aliases/branches.csv", filled);
    assert!(project.ends(0, &["rejects", "unmapped"]).contains("no value is missing"));
    project.ends(0, &["run"]);
    assert_eq!(values(&project), "1|Austin 2|Austin 3|Dallas 4| 5|Dallas 6|Dallas 7|Roma");
    assert_eq!(project.db.sql("select count(*) from karat.unmapped where load = 2"), "0");
    assert!(project.ends(2, &["rejects", "unmapped", "x"]).contains("there is no dataset"));
}

#[test]
fn lists_and_tables_in_toml_are_mapped_too() {
    let dataset = "files = \"d.csv\"\nkey = [\"id\"]\n[columns.tags]\nsplit = \"|\"\n\
                   alias = \"tags\"\nunmapped = \"null\"\n";
    let project = Project::new(&[
        ("datasets/d.toml", dataset),
        ("schema/d.sql", "create table public.d (id int primary key, tags text[]);"),
        ("aliases/tags.toml", "Piano = [\"grand piano\", \"upright\"]\n\"Box\" = []\n"),
        ("d.csv", "id,tags\n1,Upright|box|GRAND-PIANO|sofa\n"),
    ]);
    project.ends(0, &["run"]);
    assert_eq!(project.db.sql("select tags from public.d"), "{Piano,Box}");
    let said = project.ends(0, &["rejects", "unmapped"]);
    assert!(said.contains("sofa"), "{said}");
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_line() {
    for (path, text, what) in [
        ("aliases/branches.csv", "alias,canonical\nx,A\nX.,A\n", "aliases/branches.csv:3"),
        (
            "aliases/branches.csv",
            "alias,canonical\nx,A\nx,B\n",
            "stands for \"A\" on line 2 already",
        ),
        ("aliases/branches.csv", "alias,canonical\nx,\n", "has no canonical value"),
        ("aliases/branches.csv", "alias,name\nx,A\n", "there is no column \"canonical\""),
        ("aliases/branches.csv", "alias,canonical,note\nx,A,b\n", "unknown column \"note\""),
        ("aliases/branches.csv", "alias,canonical\nx\n", "the row has 1 fields"),
        ("aliases/branches.toml", "A = [\"x\"]\n", "there is an aliases/branches.csv too"),
        ("aliases/other.toml", "A = [\"x\"]\nB = [\"X\"]\n", "aliases/other.toml:2"),
        ("aliases/other.toml", "A = 1\n", "must be a list of texts"),
        (
            "datasets/d.toml",
            "files = \"d.csv\"\ncolumns.branch.alias = \"branch\"\n",
            "did you mean branches?",
        ),
        (
            "datasets/d.toml",
            "files = \"d.csv\"\ncolumns.branch.unmapped = \"keep\"\n",
            "there is no alias table",
        ),
        (
            "datasets/d.toml",
            "files = \"d.csv\"\n[columns.b]\nhash = [\"id\"]\nalias = \"branches\"\n",
            "a hash has no aliases",
        ),
    ] {
        let project = branches("");
        project.write(path, text);
        let said = project.ends(2, &["config", "show"]);
        assert!(said.contains(what), "{path}: {what}: {said}");
    }
}
