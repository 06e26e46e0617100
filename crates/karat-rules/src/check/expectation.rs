//! The list of expectations: Great Expectations' core ones by their names and arguments, and ours.

/// What has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ColumnCountBetween,
    ColumnCountEqual,
    ColumnsOrdered,
    ColumnsSet,
    ColumnExists,
    RowCountBetween,
    RowCountEqual,
    RowCountOtherTable,
    RowCountQuery,
    OfType,
    InTypeList,
    Between,
    InSet,
    NotInSet,
    Null,
    NotNull,
    Unique,
    Regex,
    NotRegex,
    RegexList,
    NotRegexList,
    Like,
    NotLike,
    LikeList,
    NotLikeList,
    LengthBetween,
    LengthEqual,
    ZScore,
    Outliers,
    Relationships,
    Min,
    Max,
    Mean,
    Median,
    Sum,
    Stdev,
    Quantiles,
    UniqueProportion,
    UniqueCount,
    MostCommon,
    DistinctInSet,
    DistinctContainSet,
    DistinctEqualSet,
    Divergence,
    Fresh,
    PairGreater,
    PairEqual,
    PairInSet,
    CompoundUnique,
    UniqueWithinRecord,
    SumEqual,
    UnexpectedRows,
    VolumeAnomaly,
    NullShareAnomaly,
    DistributionAnomaly,
}

impl Kind {
    /// Whether what is found is judged against what earlier runs found.
    pub fn is_anomaly(self) -> bool {
        matches!(self, Kind::VolumeAnomaly | Kind::NullShareAnomaly | Kind::DistributionAnomaly)
    }

    /// Whether it is about the different values of a column and how often each occurs.
    pub fn is_of_distinct_values(self) -> bool {
        use Kind::{
            DistinctContainSet, DistinctEqualSet, DistinctInSet, Divergence, MostCommon,
            UniqueCount, UniqueProportion,
        };
        let counted = matches!(self, UniqueProportion | UniqueCount | MostCommon | Divergence);
        counted || matches!(self, DistinctInSet | DistinctContainSet | DistinctEqualSet)
    }
}

/// Where the answer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The table's definition; no row is read.
    Shape,
    /// Each row is as expected or not.
    Row,
    /// One value over all rows.
    Aggregate,
    /// A query of the user's own.
    Query,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Text,
    Texts,
    /// A number, a text or a truth: something that a column can hold.
    Scalar,
    Scalars,
    Number,
    /// A whole number that is not negative.
    Count,
    Truth,
    /// Two scalars each.
    Pairs,
    /// `{ quantiles = [...], value_ranges = [[low, high], ...] }`
    Quantiles,
    /// `{ values = [...], weights = [...] }`
    Partition,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// An argument of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    pub name: &'static str,
    pub is: Is,
    pub required: bool,
}

/// An entry of the list.
#[derive(Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The name without `expect_`.
    pub name: &'static str,
    pub kind: Kind,
    pub form: Form,
    pub arguments: &'static [Argument],
}

impl Expectation {
    /// The name in Great Expectations' files.
    pub fn full_name(&self) -> String {
        match self.kind {
            Kind::UnexpectedRows => "unexpected_rows_expectation".to_owned(),
            _ => format!("expect_{}", self.name),
        }
    }
}

/// The expectation of a name, with or without `expect_`, in any case.
pub fn named(name: &str) -> Option<&'static Expectation> {
    let name = name.to_lowercase();
    let name = name.strip_prefix("expect_").unwrap_or(&name);
    let name = match name {
        "unexpected_rows_expectation" | "unexpectedrowsexpectation" => "unexpected_rows",
        "multicolumn_values_to_be_unique" => "select_column_values_to_be_unique_within_record",
        other => other,
    };
    ALL.iter().find(|expectation| expectation.name == name)
}

const fn must(name: &'static str, is: Is) -> Argument {
    Argument { name, is, required: true }
}

const fn may(name: &'static str, is: Is) -> Argument {
    Argument { name, is, required: false }
}

const COLUMN: Argument = must("column", Is::Text);
const COLUMN_A: Argument = must("column_A", Is::Text);
const COLUMN_B: Argument = must("column_B", Is::Text);
const COLUMN_LIST: Argument = must("column_list", Is::Texts);
const SET: Argument = must("value_set", Is::Scalars);
const MIN: Argument = may("min_value", Is::Scalar);
const MAX: Argument = may("max_value", Is::Scalar);
const STRICT_MIN: Argument = may("strict_min", Is::Truth);
const STRICT_MAX: Argument = may("strict_max", Is::Truth);
const ANY_OR_ALL: Argument = may("match_on", Is::Word(&["any", "all"]));
const PAIR_MISSING: Argument = may(
    "ignore_row_if",
    Is::Word(&["both_values_are_missing", "either_value_is_missing", "neither"]),
);
const ROW_MISSING: Argument =
    may("ignore_row_if", Is::Word(&["all_values_are_missing", "any_value_is_missing", "never"]));

const FALSE_ALARMS: Argument = may("false_alarms", Is::Number);
const HISTORY: Argument = may("history", Is::Count);

const NONE: &[Argument] = &[];
const ONE: &[Argument] = &[COLUMN];
const COUNTS: &[Argument] =
    &[may("min_value", Is::Count), may("max_value", Is::Count), STRICT_MIN, STRICT_MAX];
const EXACT: &[Argument] = &[must("value", Is::Count)];
const BOUNDS: &[Argument] = &[COLUMN, MIN, MAX, STRICT_MIN, STRICT_MAX];
const IN_SET: &[Argument] = &[COLUMN, SET];
const REGEX: &[Argument] = &[COLUMN, must("regex", Is::Text)];
const REGEXES: &[Argument] = &[COLUMN, must("regex_list", Is::Texts), ANY_OR_ALL];
const NO_REGEXES: &[Argument] = &[COLUMN, must("regex_list", Is::Texts)];
const LIKE: &[Argument] = &[COLUMN, must("like_pattern", Is::Text)];
const LIKES: &[Argument] = &[COLUMN, must("like_pattern_list", Is::Texts), ANY_OR_ALL];
const NO_LIKES: &[Argument] = &[COLUMN, must("like_pattern_list", Is::Texts)];
const SEVERAL: &[Argument] = &[COLUMN_LIST, ROW_MISSING];

const fn entry(
    name: &'static str,
    (kind, form): (Kind, Form),
    arguments: &'static [Argument],
) -> Expectation {
    Expectation { name, kind, form, arguments }
}

const fn shape(name: &'static str, kind: Kind, arguments: &'static [Argument]) -> Expectation {
    entry(name, (kind, Form::Shape), arguments)
}

const fn row(name: &'static str, kind: Kind, arguments: &'static [Argument]) -> Expectation {
    entry(name, (kind, Form::Row), arguments)
}

const fn whole(name: &'static str, kind: Kind, arguments: &'static [Argument]) -> Expectation {
    entry(name, (kind, Form::Aggregate), arguments)
}

/// Every expectation.
pub static ALL: &[Expectation] = &[
    shape("table_column_count_to_be_between", Kind::ColumnCountBetween, COUNTS),
    shape("table_column_count_to_equal", Kind::ColumnCountEqual, EXACT),
    shape("table_columns_to_match_ordered_list", Kind::ColumnsOrdered, &[COLUMN_LIST]),
    shape(
        "table_columns_to_match_set",
        Kind::ColumnsSet,
        &[must("column_set", Is::Texts), may("exact_match", Is::Truth)],
    ),
    shape("column_to_exist", Kind::ColumnExists, &[COLUMN, may("column_index", Is::Count)]),
    shape("column_values_to_be_of_type", Kind::OfType, &[COLUMN, must("type_", Is::Text)]),
    shape(
        "column_values_to_be_in_type_list",
        Kind::InTypeList,
        &[COLUMN, must("type_list", Is::Texts)],
    ),
    whole("table_row_count_to_be_between", Kind::RowCountBetween, COUNTS),
    whole("table_row_count_to_equal", Kind::RowCountEqual, EXACT),
    whole(
        "table_row_count_to_equal_other_table",
        Kind::RowCountOtherTable,
        &[must("other_table_name", Is::Text)],
    ),
    whole("row_count_to_equal_query", Kind::RowCountQuery, &[must("query", Is::Text)]),
    row("column_values_to_be_between", Kind::Between, BOUNDS),
    row("column_values_to_be_in_set", Kind::InSet, IN_SET),
    row("column_values_to_not_be_in_set", Kind::NotInSet, IN_SET),
    row("column_values_to_be_null", Kind::Null, ONE),
    row("column_values_to_not_be_null", Kind::NotNull, &[COLUMN, may("placeholders", Is::Texts)]),
    row("column_values_to_be_unique", Kind::Unique, ONE),
    row("column_values_to_match_regex", Kind::Regex, REGEX),
    row("column_values_to_not_match_regex", Kind::NotRegex, REGEX),
    row("column_values_to_match_regex_list", Kind::RegexList, REGEXES),
    row("column_values_to_not_match_regex_list", Kind::NotRegexList, NO_REGEXES),
    row("column_values_to_match_like_pattern", Kind::Like, LIKE),
    row("column_values_to_not_match_like_pattern", Kind::NotLike, LIKE),
    row("column_values_to_match_like_pattern_list", Kind::LikeList, LIKES),
    row("column_values_to_not_match_like_pattern_list", Kind::NotLikeList, NO_LIKES),
    row(
        "column_value_lengths_to_be_between",
        Kind::LengthBetween,
        &[COLUMN, may("min_value", Is::Count), may("max_value", Is::Count), STRICT_MIN, STRICT_MAX],
    ),
    row("column_value_lengths_to_equal", Kind::LengthEqual, &[COLUMN, must("value", Is::Count)]),
    row(
        "column_value_z_scores_to_be_less_than",
        Kind::ZScore,
        &[COLUMN, must("threshold", Is::Number), may("double_sided", Is::Truth)],
    ),
    row(
        "column_values_to_not_be_outliers",
        Kind::Outliers,
        &[
            COLUMN,
            may("threshold", Is::Number),
            may("group_by", Is::Texts),
            may("max_outliers", Is::Count),
        ],
    ),
    row(
        "relationships",
        Kind::Relationships,
        &[COLUMN, must("to", Is::Text), must("field", Is::Text)],
    ),
    whole("column_min_to_be_between", Kind::Min, BOUNDS),
    whole("column_max_to_be_between", Kind::Max, BOUNDS),
    whole("column_mean_to_be_between", Kind::Mean, BOUNDS),
    whole("column_median_to_be_between", Kind::Median, BOUNDS),
    whole("column_sum_to_be_between", Kind::Sum, BOUNDS),
    whole("column_stdev_to_be_between", Kind::Stdev, BOUNDS),
    whole(
        "column_quantile_values_to_be_between",
        Kind::Quantiles,
        &[COLUMN, must("quantile_ranges", Is::Quantiles)],
    ),
    whole("column_proportion_of_unique_values_to_be_between", Kind::UniqueProportion, BOUNDS),
    whole("column_unique_value_count_to_be_between", Kind::UniqueCount, BOUNDS),
    whole(
        "column_most_common_value_to_be_in_set",
        Kind::MostCommon,
        &[COLUMN, SET, may("ties_okay", Is::Truth)],
    ),
    whole("column_distinct_values_to_be_in_set", Kind::DistinctInSet, IN_SET),
    whole("column_distinct_values_to_contain_set", Kind::DistinctContainSet, IN_SET),
    whole("column_distinct_values_to_equal_set", Kind::DistinctEqualSet, IN_SET),
    whole(
        "column_kl_divergence_to_be_less_than",
        Kind::Divergence,
        &[
            COLUMN,
            must("partition_object", Is::Partition),
            must("threshold", Is::Number),
            may("tail_weight_holdout", Is::Number),
        ],
    ),
    whole(
        "fresh",
        Kind::Fresh,
        &[COLUMN, may("max_days", Is::Number), may("max_hours", Is::Number)],
    ),
    row(
        "column_pair_values_a_to_be_greater_than_b",
        Kind::PairGreater,
        &[COLUMN_A, COLUMN_B, may("or_equal", Is::Truth), PAIR_MISSING],
    ),
    row("column_pair_values_to_be_equal", Kind::PairEqual, &[COLUMN_A, COLUMN_B, PAIR_MISSING]),
    row(
        "column_pair_values_to_be_in_set",
        Kind::PairInSet,
        &[COLUMN_A, COLUMN_B, must("value_pairs_set", Is::Pairs), PAIR_MISSING],
    ),
    row("compound_columns_to_be_unique", Kind::CompoundUnique, SEVERAL),
    row("select_column_values_to_be_unique_within_record", Kind::UniqueWithinRecord, SEVERAL),
    row(
        "multicolumn_sum_to_equal",
        Kind::SumEqual,
        &[COLUMN_LIST, must("sum_total", Is::Number), ROW_MISSING],
    ),
    entry(
        "unexpected_rows",
        (Kind::UnexpectedRows, Form::Query),
        &[must("unexpected_rows_query", Is::Text)],
    ),
    whole(
        "volume_anomaly",
        Kind::VolumeAnomaly,
        &[may("dataset", Is::Text), FALSE_ALARMS, HISTORY],
    ),
    whole(
        "null_share_anomaly",
        Kind::NullShareAnomaly,
        &[COLUMN, may("placeholders", Is::Texts), FALSE_ALARMS, HISTORY],
    ),
    whole(
        "distribution_anomaly",
        Kind::DistributionAnomaly,
        &[
            COLUMN,
            may("by", Is::Word(&["categories", "quantiles"])),
            may("quantiles", Is::Scalars),
            FALSE_ALARMS,
            HISTORY,
        ],
    ),
];

impl Expectation {
    /// What every expectation of this form takes besides its own arguments.
    pub fn common(&self) -> &'static [Argument] {
        const ROWS: &[Argument] = &[may("mostly", Is::Number), may("row_condition", Is::Text)];
        match self.form {
            Form::Row => ROWS,
            Form::Aggregate => &ROWS[1..],
            Form::Shape | Form::Query => NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_are_unique() {
        for (i, one) in ALL.iter().enumerate() {
            let twins = ALL[..i].iter().filter(|e| e.name == one.name || e.kind == one.kind);
            assert_eq!(twins.count(), 0, "{}", one.name);
            assert_eq!(named(&one.full_name()).map(|e| e.name), Some(one.name));
        }
    }
}
