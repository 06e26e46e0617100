//! Which tables are audited: every golden table, and datasets that ask for it.

use karat_record::Result;
use karat_store::Session;
use karat_store::audit::{self, Audited, Extent, Refused};
use karat_store::load::{FROM, Mode};

use crate::project::dataset::Dataset;
use crate::project::{Entity, Project};

/// Has the changes of the tables of a project put on record, whoever makes them. Tables that are
/// not there yet are left to the next time; those that cannot be audited come back, with why.
pub async fn keep(project: &Project, session: &Session) -> Result<Vec<Refused>> {
    let golden = project.entities.iter().map(golden);
    let datasets = project.datasets.iter().map(|dataset| of_dataset(project, dataset));
    let mut wanted: Vec<Audited<'_>> = golden.chain(datasets).collect();
    // Several datasets may fill one table; one that asks is enough.
    wanted.sort_by_key(|audited| audited.extent == Extent::Nothing);
    let mut seen = Vec::new();
    wanted.retain(|audited| {
        let is_new = !seen.contains(&audited.table);
        seen.push(audited.table);
        is_new
    });
    audit::keep(session, &wanted).await
}

fn golden(entity: &Entity) -> Audited<'_> {
    let golden = &entity.golden;
    Audited { table: &golden.table, key: vec![golden.id.clone()], extent: Extent::Golden }
}

fn of_dataset<'a>(project: &Project, dataset: &'a Dataset) -> Audited<'a> {
    let is_source =
        |entity: &&Entity| entity.sources.iter().any(|source| source.dataset == dataset.name);
    let asked = dataset.audit || project.entities.iter().filter(is_source).any(|e| e.audit);
    let mut key = dataset.key.clone();
    if matches!(dataset.mode, Mode::History { .. }) {
        key.push(FROM.to_owned());
    }
    let extent = if asked { Extent::Dataset } else { Extent::Nothing };
    Audited { table: &dataset.table, key, extent }
}
