//! The table of the functions that are reproduced, by the names that DuckDB gives them.

use super::ast::Expr;
use super::value::{EvaluationError, Outcome, Value};
use super::{
    list_functions as list, number_functions as number, pattern_functions as pattern,
    text_functions as text, time_functions as time,
};

/// What a prepared function does with its values, of which none is NULL.
pub(super) type Prepared = Box<dyn Fn(&[Value]) -> Outcome + Send + Sync>;

/// How a function is called.
pub(super) enum Body {
    /// NULL when any argument is; otherwise this.
    Strict(fn(&[Value]) -> Outcome),
    /// Sees NULLs.
    Nullable(fn(&[Value]) -> Outcome),
    /// Reads its literal arguments (patterns, formats) once, or says why it cannot.
    Prepared(fn(&[Expr]) -> Result<Prepared, String>),
    /// `coalesce`: the first argument that is not NULL, later ones are not looked at.
    Coalesce,
    /// `if(test, yes, no)`.
    If,
    /// A list and a lambda that makes its items.
    Transform,
    /// A list and a lambda that chooses among its items.
    Filter,
}

/// A function of DuckDB.
pub(super) struct Function {
    /// The name and its synonyms, lower-cased.
    pub names: &'static [&'static str],
    pub least: usize,
    pub most: usize,
    pub body: Body,
}

const ANY: usize = usize::MAX;

const fn strict(
    names: &'static [&'static str],
    least: usize,
    most: usize,
    apply: fn(&[Value]) -> Outcome,
) -> Function {
    Function { names, least, most, body: Body::Strict(apply) }
}

const fn nullable(
    names: &'static [&'static str],
    least: usize,
    most: usize,
    apply: fn(&[Value]) -> Outcome,
) -> Function {
    Function { names, least, most, body: Body::Nullable(apply) }
}

const fn prepared(
    names: &'static [&'static str],
    least: usize,
    most: usize,
    prepare: fn(&[Expr]) -> Result<Prepared, String>,
) -> Function {
    Function { names, least, most, body: Body::Prepared(prepare) }
}

/// Every function, in no particular order.
pub(super) const ALL: &[Function] = &[
    strict(&["levenshtein", "editdist3"], 2, 2, text::levenshtein),
    strict(&["damerau_levenshtein"], 2, 2, text::damerau_levenshtein),
    strict(&["jaro_similarity"], 2, 3, text::jaro_similarity),
    strict(&["jaro_winkler_similarity"], 2, 3, text::jaro_winkler_similarity),
    strict(&["jaccard"], 2, 2, text::jaccard),
    strict(&["hamming", "mismatches"], 2, 2, text::hamming),
    strict(&["lower", "lcase"], 1, 1, text::lower),
    strict(&["upper", "ucase"], 1, 1, text::upper),
    strict(&["trim"], 1, 2, text::trim),
    strict(&["ltrim"], 1, 2, text::ltrim),
    strict(&["rtrim"], 1, 2, text::rtrim),
    strict(&["substr", "substring"], 2, 3, text::substring),
    strict(&["substring_grapheme"], 2, 3, text::substring_grapheme),
    strict(&["left"], 2, 2, text::left),
    strict(&["right"], 2, 2, text::right),
    strict(&["length", "len", "char_length", "character_length"], 1, 1, text::length),
    strict(&["length_grapheme"], 1, 1, text::length_grapheme),
    strict(&["strlen"], 1, 1, text::strlen),
    strict(&["replace"], 3, 3, text::replace),
    strict(&["reverse"], 1, 1, text::reverse),
    strict(&["strip_accents"], 1, 1, text::strip_accents),
    strict(&["starts_with", "prefix", "^@"], 2, 2, text::starts_with),
    strict(&["ends_with", "suffix"], 2, 2, text::ends_with),
    strict(&["contains"], 2, 2, text::contains),
    strict(&["strpos", "instr"], 2, 2, text::strpos),
    strict(&["lpad"], 3, 3, text::lpad),
    strict(&["rpad"], 3, 3, text::rpad),
    strict(&["chr"], 1, 1, text::chr),
    strict(&["ascii", "unicode", "ord"], 1, 1, text::unicode),
    strict(&["repeat"], 2, 2, text::repeat),
    strict(&["split_part"], 3, 3, text::split_part),
    strict(&["string_split", "str_split", "string_to_array", "split"], 2, 2, text::string_split),
    nullable(&["concat"], 1, ANY, text::concat),
    nullable(&["concat_ws"], 2, ANY, text::concat_ws),
    prepared(&["regexp_extract"], 2, 4, pattern::regexp_extract),
    prepared(&["regexp_matches"], 2, 3, pattern::regexp_matches),
    prepared(&["regexp_full_match"], 2, 3, pattern::regexp_full_match),
    prepared(&["regexp_replace"], 3, 4, pattern::regexp_replace),
    nullable(&["nullif"], 2, 2, number::nullif),
    nullable(&["least"], 1, ANY, number::least),
    nullable(&["greatest"], 1, ANY, number::greatest),
    Function { names: &["coalesce"], least: 1, most: ANY, body: Body::Coalesce },
    Function { names: &["ifnull"], least: 2, most: 2, body: Body::Coalesce },
    Function { names: &["if"], least: 3, most: 3, body: Body::If },
    strict(&["abs"], 1, 1, number::abs),
    strict(&["sign"], 1, 1, number::sign),
    strict(&["round"], 1, 2, number::round),
    strict(&["floor"], 1, 1, number::floor),
    strict(&["ceil", "ceiling"], 1, 1, number::ceil),
    strict(&["sqrt"], 1, 1, |args| number::float(args, f64::sqrt)),
    strict(&["sin"], 1, 1, |args| number::float(args, f64::sin)),
    strict(&["cos"], 1, 1, |args| number::float(args, f64::cos)),
    strict(&["tan"], 1, 1, |args| number::float(args, f64::tan)),
    strict(&["asin"], 1, 1, |args| number::float(args, f64::asin)),
    strict(&["acos"], 1, 1, |args| number::float(args, f64::acos)),
    strict(&["atan"], 1, 1, |args| number::float(args, f64::atan)),
    strict(&["atan2"], 2, 2, |args| number::float2(args, f64::atan2)),
    strict(&["radians"], 1, 1, |args| number::float(args, number::radians)),
    strict(&["degrees"], 1, 1, |args| number::float(args, number::degrees)),
    strict(&["exp"], 1, 1, |args| number::float(args, f64::exp)),
    strict(&["ln"], 1, 1, |args| number::float(args, f64::ln)),
    strict(&["log2"], 1, 1, |args| number::float(args, f64::log2)),
    strict(&["log10", "log"], 1, 1, |args| number::float(args, f64::log10)),
    strict(&["pow", "power"], 2, 2, |args| number::float2(args, f64::powf)),
    strict(&["pi"], 0, 0, |_| Ok(Value::Float(std::f64::consts::PI))),
    prepared(&["try_strptime"], 2, 2, time::try_strptime),
    prepared(&["strptime"], 2, 2, time::strptime),
    prepared(&["strftime"], 2, 2, time::strftime),
    prepared(&["date_diff", "datediff"], 3, 3, time::date_diff),
    prepared(&["date_part", "datepart"], 2, 2, time::date_part),
    strict(&["epoch"], 1, 1, time::epoch),
    strict(&["date"], 1, 1, time::date),
    strict(&["make_date"], 3, 3, time::make_date),
    strict(&["year"], 1, 1, |args| time::part(args, time::Part::Year)),
    strict(&["quarter"], 1, 1, |args| time::part(args, time::Part::Quarter)),
    strict(&["month"], 1, 1, |args| time::part(args, time::Part::Month)),
    strict(&["day", "dayofmonth"], 1, 1, |args| time::part(args, time::Part::Day)),
    strict(&["hour"], 1, 1, |args| time::part(args, time::Part::Hour)),
    strict(&["minute"], 1, 1, |args| time::part(args, time::Part::Minute)),
    strict(&["second"], 1, 1, |args| time::part(args, time::Part::Second)),
    strict(&["dayofweek", "weekday"], 1, 1, |args| time::part(args, time::Part::Weekday)),
    strict(&["dayofyear"], 1, 1, |args| time::part(args, time::Part::YearDay)),
    strict(&["array_length"], 1, 1, list::array_length),
    nullable(&["list_intersect", "array_intersect"], 2, 2, list::list_intersect),
    strict(
        &["list_contains", "array_contains", "list_has", "array_has"],
        2,
        2,
        list::list_contains,
    ),
    strict(&["list_has_any", "array_has_any"], 2, 2, list::list_has_any),
    strict(&["list_has_all", "array_has_all"], 2, 2, list::list_has_all),
    strict(&["list_distinct", "array_distinct"], 1, 1, list::list_distinct),
    strict(&["list_unique", "array_unique"], 1, 1, list::list_unique),
    strict(&["list_sort", "array_sort"], 1, 2, list::list_sort),
    strict(&["list_reverse_sort", "array_reverse_sort"], 1, 1, list::list_reverse_sort),
    strict(&["list_extract", "array_extract", "list_element"], 2, 2, list::list_extract),
    strict(&["struct_extract"], 2, 2, list::list_extract),
    strict(&["list_min", "array_min"], 1, 1, list::list_min),
    strict(&["list_max", "array_max"], 1, 1, list::list_max),
    strict(&["flatten"], 1, 1, list::flatten),
    nullable(&["list_value", "list_pack"], 0, ANY, |items| Ok(Value::List(items.to_vec()))),
    strict(&["list_cosine_similarity", "list_cosine_sim"], 2, 2, list::cosine_similarity),
    strict(&["array_cosine_similarity"], 2, 2, list::cosine_similarity),
    Function {
        names: &["list_transform", "array_transform", "list_apply", "array_apply", "apply"],
        least: 2,
        most: 2,
        body: Body::Transform,
    },
    Function {
        names: &["list_filter", "array_filter", "filter"],
        least: 2,
        most: 2,
        body: Body::Filter,
    },
];

/// The function of a lower-cased name.
pub(super) fn find(folded: &str) -> Option<&'static Function> {
    ALL.iter().find(|function| function.names.contains(&folded))
}

/// The functions whose results have an order that DuckDB does not promise.
pub(super) const UNORDERED: [&str; 2] = ["list_distinct", "array_distinct"];

/// The functions for which the order of a list makes no difference.
pub(super) const ORDER_FREE: [&str; 23] = [
    "array_length",
    "length",
    "len",
    "list_intersect",
    "array_intersect",
    "list_contains",
    "array_contains",
    "list_has",
    "array_has",
    "list_has_any",
    "array_has_any",
    "list_has_all",
    "array_has_all",
    "list_unique",
    "array_unique",
    "list_sort",
    "array_sort",
    "list_reverse_sort",
    "array_reverse_sort",
    "list_min",
    "list_max",
    "list_distinct",
    "contains",
];

/// The text at a place, or the complaint that it is something else.
pub(super) fn text_at(args: &[Value], place: usize) -> Result<&str, EvaluationError> {
    match args.get(place) {
        Some(Value::Text(text)) => Ok(text),
        other => Err(wrong(other, place, "text")),
    }
}

/// The whole number at a place.
pub(super) fn integer_at(args: &[Value], place: usize) -> Result<i64, EvaluationError> {
    match args.get(place) {
        Some(Value::Integer(whole)) => Ok(*whole),
        other => Err(wrong(other, place, "a whole number")),
    }
}

/// The number at a place.
pub(super) fn number_at(args: &[Value], place: usize) -> Result<f64, EvaluationError> {
    let value = args.get(place);
    value.and_then(Value::as_f64).ok_or_else(|| wrong(value, place, "a number"))
}

/// The list at a place.
pub(super) fn list_at(args: &[Value], place: usize) -> Result<&[Value], EvaluationError> {
    match args.get(place) {
        Some(Value::List(items)) => Ok(items),
        other => Err(wrong(other, place, "a list")),
    }
}

/// The complaint that an argument has the wrong kind.
pub(super) fn wrong(value: Option<&Value>, place: usize, wanted: &str) -> EvaluationError {
    let kind = value.map_or("nothing", Value::kind);
    EvaluationError::new(format!("argument {} is {kind}, it takes {wanted}", place + 1))
}
