//! The projects that `karat new` writes.

pub mod agents;
pub mod customers;
mod name_lists;
mod random;
pub mod sensors;

/// A file of a project: its path and its text.
type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../examples/", $folder, "/", $path)))),+]
    };
}

/// A project of comments, to be filled.
pub const PLAIN: &[File] = files!("plain":
    "karat.toml",
    "datasets/people.toml.example",
    "entities/person.toml.example",
    "checks/people.toml.example",
    "objectives/people.toml.example",
    "aliases/cities.toml.example",
    "schema/README.md",
    ".env.example",
    ".gitignore",
);

/// Documents 000 and 001: agents of a CRM export and of company pages.
pub const AGENTS: &[File] = files!("agents":
    "README.md",
    "karat.toml",
    ".env.example",
    ".gitignore",
    "datasets/agents.toml",
    "datasets/companies.toml",
    "datasets/members.toml",
    "entities/agents.toml",
    "schema/functions/array_merge_unique.sql",
    "schema/functions/update_last_updated_column.sql",
    "schema/grants/functions.sql",
    "schema/grants/tables.sql",
    "schema/indexes/sources.sql",
    "schema/indexes/unified_agents.sql",
    "schema/policies/company_info_raw.sql",
    "schema/policies/new_agents.sql",
    "schema/policies/new_unified_agents.sql",
    "schema/policies/unified_company_member.sql",
    "schema/policies/unified_merge_logs.sql",
    "schema/roles/karat.sql",
    "schema/schemas/bronze.sql",
    "schema/tables/company_info_raw.sql",
    "schema/tables/new_agents.sql",
    "schema/tables/new_unified_agents.sql",
    "schema/tables/unified_company_member.sql",
    "schema/tables/unified_merge_logs.sql",
    "schema/triggers/unified_agents_update_timestamp.sql",
);

/// Document 002: customers of a moving company, from its customer system, its bookings and its
/// web forms.
pub const CUSTOMERS: &[File] = files!("customers":
    "README.md",
    "karat.toml",
    ".env.example",
    ".gitignore",
    "aliases/branches.csv",
    "datasets/bookings.toml",
    "datasets/branches.toml",
    "datasets/customers.toml",
    "datasets/leads.toml",
    "entities/customers.toml",
    "objectives/sla.toml",
    "objectives/states.txt",
    "schema/functions/audit_customers.sql",
    "schema/functions/refuse_change.sql",
    "schema/functions/update_last_updated_column.sql",
    "schema/grants/functions.sql",
    "schema/grants/tables.sql",
    "schema/indexes/customers.sql",
    "schema/indexes/sources.sql",
    "schema/policies/bookings.sql",
    "schema/policies/branches.sql",
    "schema/policies/crm_customers.sql",
    "schema/policies/customer_audit.sql",
    "schema/policies/customers.sql",
    "schema/policies/leads.sql",
    "schema/roles/karat.sql",
    "schema/tables/bookings.sql",
    "schema/tables/branches.sql",
    "schema/tables/crm_customers.sql",
    "schema/tables/customer_audit.sql",
    "schema/tables/customers.sql",
    "schema/tables/leads.sql",
    "schema/triggers/customers.sql",
);

/// Document 003: readings of river gauges, from a laboratory's workbook and from loggers.
pub const SENSORS: &[File] = files!("sensors":
    "README.md",
    "karat.toml",
    ".env.example",
    ".gitignore",
    "checks/readings.toml",
    "datasets/readings.toml",
    "outputs/analysis.toml",
    "outputs/dashboard.toml",
    "outputs/lineage.toml",
    "outputs/readings.toml",
    "outputs/stations.toml",
    "outputs/validated.toml",
    "schema/grants/tables.sql",
    "schema/policies/readings.sql",
    "schema/roles/karat.sql",
    "schema/tables/readings.sql",
    "verify_lineage.py",
);
