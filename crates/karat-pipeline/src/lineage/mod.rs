//! Lineage: from which files, over which datasets and entities, outputs come, as the project
//! declares it. Nothing is asked of a database.

mod field;

use std::collections::BTreeMap;

use karat_store::Table;
use serde::Serialize;
use utoipa::ToSchema;

use crate::project::dataset::Origin;
use crate::project::outputs::{Form, From};
use crate::project::{Entity, Output, Project};
pub use field::{FieldLineage, FromColumn, FromSource, field};

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LineageKind)]
pub enum Kind {
    /// Files, by the pattern that names them.
    File,
    Dataset,
    /// A table that no dataset and no entity fills.
    Table,
    Entity,
    Output,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Dataset => "dataset",
            Kind::Table => "table",
            Kind::Entity => "entity",
            Kind::Output => "output",
        }
    }
}

/// Something that data passes through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Node {
    pub kind: Kind,
    pub name: String,
    /// How far it is from the files: whatever it is made from has a lower number.
    pub layer: usize,
    /// What it is made from, as places in the list of all.
    pub from: Vec<usize>,
}

/// Everything that data passes through, layer by layer; within one near what it is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lineage {
    pub nodes: Vec<Node>,
}

type Name = (Kind, String);

/// What each thing is made from, in the order of the declarations.
#[derive(Default)]
struct Links {
    names: Vec<Name>,
    from: BTreeMap<Name, Vec<Name>>,
}

impl Links {
    fn add(&mut self, name: Name, from: Vec<Name>) {
        for one in from.iter().chain([&name]) {
            if !self.names.contains(one) {
                self.names.push(one.clone());
            }
        }
        self.from.entry(name).or_default().extend(from);
    }

    fn of(&self, name: &Name) -> &[Name] {
        self.from.get(name).map_or(&[], Vec::as_slice)
    }

    /// The most steps from a file to a dataset.
    fn depth(&self, name: &Name, most: usize) -> usize {
        let of = self.of(name).iter().filter(|_| most > 0);
        of.map(|from| self.depth(from, most - 1) + 1).max().unwrap_or_default()
    }
}

/// The lineage of a project.
pub fn lineage(project: &Project) -> Lineage {
    let mut links = Links::default();
    for dataset in &project.datasets {
        let from = match &dataset.origin {
            Origin::Files { patterns, .. } => {
                patterns.iter().map(|pattern| (Kind::File, pattern.clone())).collect()
            }
            Origin::Each { dataset, .. } => vec![(Kind::Dataset, dataset.clone())],
        };
        links.add((Kind::Dataset, dataset.name.clone()), from);
    }
    for entity in &project.entities {
        let from = entity.sources.iter().map(|source| (Kind::Dataset, source.dataset.clone()));
        links.add((Kind::Entity, entity.name.clone()), from.collect());
    }
    for output in &project.outputs {
        links.add((Kind::Output, output.name.clone()), made_from(project, output));
    }
    arranged(&links)
}

fn made_from(project: &Project, output: &Output) -> Vec<Name> {
    match output.form.from() {
        Some(From::Dataset(name)) => vec![(Kind::Dataset, name.clone())],
        Some(From::Entity(name)) => vec![(Kind::Entity, name.clone())],
        Some(From::Table(table)) => filled_by(project, table),
        None => output.form.of().iter().map(|name| (Kind::Output, name.clone())).collect(),
    }
}

/// What fills a table: an entity or datasets; else the table stands for itself.
fn filled_by(project: &Project, table: &Table) -> Vec<Name> {
    let is_golden = |entity: &&Entity| entity.golden.table == *table;
    if let Some(entity) = project.entities.iter().find(is_golden) {
        return vec![(Kind::Entity, entity.name.clone())];
    }
    let datasets = project.datasets.iter().filter(|dataset| dataset.table == *table);
    let datasets: Vec<Name> = datasets.map(|d| (Kind::Dataset, d.name.clone())).collect();
    match datasets.is_empty() {
        true => vec![(Kind::Table, table.to_string())],
        false => datasets,
    }
}

/// Puts everything into layers, and in each near to what it is made from.
fn arranged(links: &Links) -> Lineage {
    let depth = |name: &Name| links.depth(name, links.names.len());
    let datasets = links.names.iter().filter(|name| name.0 == Kind::Dataset);
    let deepest = datasets.map(depth).max().unwrap_or_default();
    let is_of_outputs =
        |name: &Name| links.of(name).first().is_some_and(|from| from.0 == Kind::Output);
    let layer = |name: &Name| match name.0 {
        Kind::File => 0,
        Kind::Dataset => depth(name).max(1),
        Kind::Table => deepest.max(1),
        Kind::Entity => deepest + 1,
        Kind::Output => deepest + 2 + usize::from(is_of_outputs(name)),
    };
    let mut layers: BTreeMap<usize, Vec<&Name>> = BTreeMap::new();
    links.names.iter().for_each(|name| layers.entry(layer(name)).or_default().push(name));
    // Layers without anything in them count for nothing.
    let mut nodes: Vec<(&Name, usize)> = Vec::new();
    let mut height: BTreeMap<&Name, f64> = BTreeMap::new();
    for (layer, mut names) in layers.into_values().enumerate() {
        let middle = |name: &Name| {
            let from = links.of(name).iter().filter_map(|from| height.get(from));
            let from: Vec<f64> = from.copied().collect();
            from.iter().sum::<f64>() / from.len().max(1) as f64
        };
        // Equal ones stay in the order of their declarations.
        names.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        let all = names.len() as f64;
        for (at, name) in names.into_iter().enumerate() {
            height.insert(name, (at as f64 + 0.5) / all);
            nodes.push((name, layer));
        }
    }
    let place = |name: &Name| nodes.iter().position(|(node, _)| *node == name);
    let node = |(name, layer): &(&Name, usize)| Node {
        kind: name.0,
        name: name.1.clone(),
        layer: *layer,
        from: links.of(name).iter().filter_map(place).collect(),
    };
    Lineage { nodes: nodes.iter().map(node).collect() }
}

impl Lineage {
    /// The things that one is made from.
    pub fn made_from<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        node.from.iter().map(|at| &self.nodes[*at])
    }

    /// The things that are made from one.
    pub fn used_by<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        let at = self.nodes.iter().position(|other| std::ptr::eq(other, node));
        self.nodes.iter().filter(move |other| at.is_some_and(|at| other.from.contains(&at)))
    }
}

/// What an output is, as its file says.
pub fn form(project: &Project, name: &str) -> Option<&'static str> {
    let output = project.outputs.iter().find(|output| output.name == name);
    output.map(|output| Form::kind(&output.form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Request;

    const DATASET: &str = "key = [\"id\"]\n[columns]\nid = { type = \"integer\" }\n\
         name = { header = \"Full name\", clean = [\"whitespace\"] }\n";

    /// A project of files.
    pub(super) fn project(files: &[(&str, &str)]) -> Project {
        let folder = tempfile::tempdir().unwrap();
        let main = [("karat.toml", "name = \"t\"\n")];
        for (path, text) in main.iter().chain(files) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let request = Request { root: folder.path().to_owned(), ..Request::default() };
        Project::open(&request).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn dataset(files: &str) -> String {
        format!("files = \"{files}\"\n{DATASET}")
    }

    /// Each node with its layer and what it is made from.
    fn told(lineage: &Lineage) -> Vec<String> {
        let told = |node: &Node| {
            let from: Vec<&str> = lineage.made_from(node).map(|from| from.name.as_str()).collect();
            let (layer, kind, name) = (node.layer, node.kind.name(), &node.name);
            format!("{layer} {kind} {name} < {}", from.join(", "))
        };
        lineage.nodes.iter().map(told).collect()
    }

    const ENTITY: &str = "sources = [{ dataset = \"b\" }, { dataset = \"a\" }]\n\
         fields.name = { from = \"name\" }\n\
         tiers = [{ name = \"same\", score = 90, when = [{ same = \"name\" }] }]\n";

    #[test]
    fn everything_stands_behind_what_it_is_made_from() {
        let pivot = "kind = \"pivot\"\nentity = \"people\"\nrows = [\"a\"]\ncolumns = \"b\"\n\
             value = \"c\"\naggregate = \"count\"\n";
        let found = lineage(&project(&[
            ("datasets/a.toml", &dataset("in/a.csv")),
            ("datasets/b.toml", &dataset("in/b*.csv")),
            ("entities/people.toml", ENTITY),
            ("outputs/list.toml", "kind = \"export\"\ntable = \"public.golden_people\"\n"),
            ("outputs/raw.toml", "kind = \"export\"\ntable = \"public.a\"\n"),
            ("outputs/view.toml", "kind = \"export\"\ntable = \"report.view\"\n"),
            ("outputs/counts.toml", pivot),
            ("outputs/board.toml", "kind = \"dashboard\"\nof = [\"counts\"]\n"),
        ]));
        assert_eq!(
            told(&found),
            [
                "0 file in/a.csv < ",
                "0 file in/b*.csv < ",
                "1 table report.view < ",
                "1 dataset a < in/a.csv",
                "1 dataset b < in/b*.csv",
                "2 entity people < b, a",
                "3 output view < report.view",
                "3 output counts < people",
                "3 output list < people",
                "3 output raw < a",
                "4 output board < counts",
            ]
        );
        let people = found.nodes.iter().find(|node| node.name == "people").unwrap();
        let used: Vec<&str> = found.used_by(people).map(|node| node.name.as_str()).collect();
        assert_eq!(used, ["counts", "list"]);
    }

    #[test]
    fn a_dataset_of_another_stands_behind_it_and_empty_layers_are_left_out() {
        let each = "from = \"a\"\neach = \"teams\"\nkey = [\"id\"]\n[columns]\n\
             id = { path = \"id\", type = \"integer\" }\n";
        let found = lineage(&project(&[
            ("datasets/a.toml", &dataset("a.csv")),
            ("datasets/teams.toml", each),
            ("outputs/raw.toml", "kind = \"export\"\ndataset = \"teams\"\n"),
        ]));
        let told = told(&found);
        assert_eq!(
            told,
            [
                "0 file a.csv < ",
                "1 dataset a < a.csv",
                "2 dataset teams < a",
                "3 output raw < teams"
            ]
        );
    }

    #[test]
    fn a_project_without_anything_has_no_lineage() {
        assert_eq!(lineage(&project(&[])), Lineage::default());
    }
}
