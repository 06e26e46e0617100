//! `karat review` as typed.

use clap::{Args as Group, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Review {
    /// List pairs to decide, first those of which a decision changes most
    #[command(after_help = "Example: karat review list --entity agents")]
    List {
        #[command(flatten)]
        which: Reviewed,
        /// Those instead about which somebody was not sure
        #[arg(long)]
        unsure: bool,
    },
    /// Decide that two records are the same
    #[command(after_help = DECIDE.replace("VERB", "accept"))]
    Accept(Decide),
    /// Decide that two records are not the same
    #[command(after_help = DECIDE.replace("VERB", "refuse"))]
    Refuse(Decide),
    /// Say that it cannot be told whether two records are the same
    #[command(after_help = DECIDE.replace("VERB", "unsure"))]
    Unsure(Decide),
    /// Decide that all records of some entities are one
    #[command(after_help = "Example: karat review merge agents ID ID --reason 'same licence'")]
    Merge {
        /// The entity
        entity: String,
        /// The ids of two entities or more
        #[arg(required = true, num_args = 2..)]
        ids: Vec<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Decide that some records of an entity are not of it
    #[command(after_help = "Example: karat review split agents ID members:20-3 members:20-4")]
    Split {
        /// The entity
        entity: String,
        /// The id of the entity that they leave
        id: String,
        /// The records that leave together, as SOURCE:KEY
        #[arg(required = true)]
        records: Vec<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Say what a golden field is, whatever records offer
    #[command(after_help = SET)]
    Set(Set),
    /// Take a decision back: the last one on two records, or one by its number
    #[command(after_help = "Example: karat review undo agents --decision 17\n\
        Example: karat review undo agents agents:1017 members:20-3")]
    Undo {
        /// The entity
        entity: String,
        /// A record, as SOURCE:KEY
        #[arg(requires = "b", required_unless_present = "decision")]
        a: Option<String>,
        /// The other record
        b: Option<String>,
        /// The number of a decision, as karat review decisions shows it
        #[arg(long, value_name = "N", conflicts_with = "a")]
        decision: Option<i64>,
    },
    /// List what was decided: by whom, when, why
    #[command(after_help = "Example: karat review decisions --entity agents")]
    Decisions(Reviewed),
}

const DECIDE: &str = "Example: karat review VERB agents agents:1017 members:20-3 --reason phoned\n\
    karat review list shows the pairs as they are to be written";

const SET: &str = "Examples:\n  karat review set customers ID --field city --value Boston \
    --reason phoned\n  karat review set customers ID --field phones --value 0301234 --value \
    0305678\n  karat review set customers ID --field fax --none";

#[derive(Debug, Group)]
pub struct Set {
    /// The entity
    pub entity: String,
    /// The id of a golden record, of today or of any day before
    pub id: String,
    /// The golden column
    #[arg(long, value_name = "COLUMN")]
    pub field: String,
    /// The value; several for a union
    #[arg(long = "value", value_name = "VALUE", required_unless_present = "none")]
    pub values: Vec<String>,
    /// It has no value
    #[arg(long, conflicts_with = "values")]
    pub none: bool,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
}

#[derive(Debug, Group)]
pub struct Reviewed {
    /// Of this entity only
    #[arg(long, value_name = "NAME")]
    pub entity: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 20)]
    pub limit: u32,
}

#[derive(Debug, Group)]
pub struct Decide {
    /// The entity
    pub entity: String,
    /// A record, as SOURCE:KEY
    pub a: String,
    /// The other record
    pub b: String,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
}
