"""Writes tests/fixtures/condition/splink_library.jsonl: the levels of Splink's two libraries, in
the order in which tests/condition_library.rs builds them. Run in an environment with splink."""
import json, pathlib
from splink import ColumnExpression as C
import splink.comparison_level_library as cll, splink.comparison_library as cl
from splink.internals.dialects import DuckDBDialect

OUT = pathlib.Path(__file__).parent.parent / "fixtures" / "condition" / "splink_library.jsonl"
E = cll.ExactMatchLevel
time = dict(input_is_string=True)
CASES = [
    ("name", E("name")), ("first name", E("first name")), ("lower", E(C("name").lower())), ("substr", E(C("name").substr(1, 3))),
    ("cast", E(C("n").cast_to_string())), ("regex", E(C("n").regex_extract("^[^@]+"))), ("regex group", E(C("n").regex_extract("(a)(b)", 2))),
    ("date", E(C("d").try_parse_date())), ("date format", E(C("d").try_parse_date("%d/%m/%Y"))), ("timestamp", E(C("t").try_parse_timestamp())),
    ("nullif", E(C("n").nullif("x"))), ("first", E(C("a").access_extreme_array_element("first"))), ("last", E(C("a").access_extreme_array_element("last"))),
    ("chain", E(C("n").lower().substr(2, 4).nullif(""))), ("upper", E(C("upper(x)"))), ("joined", E(C("a || b"))), ("struct", E(C("loc['lat']"))),
    ("null", cll.NullLevel("a")), ("null pattern", cll.NullLevel("a", valid_string_pattern=r"^\d+$")),
    ("literal text", cll.LiteralMatchLevel("a", "abc", "string", "left")), ("literal date", cll.LiteralMatchLevel("a", "2020-01-01", "date", "right")),
    ("literal int", cll.LiteralMatchLevel("a", "5", "int")), ("literal float", cll.LiteralMatchLevel("a", "5.5", "float")),
    ("reversed", cll.ColumnsReversedLevel("a", "b")), ("reversed both", cll.ColumnsReversedLevel("a", "b", symmetrical=True)),
    ("levenshtein", cll.LevenshteinLevel("a", 2)), ("damerau", cll.DamerauLevenshteinLevel("a", 1)), ("jaro winkler", cll.JaroWinklerLevel("a", 0.88)),
    ("jaro", cll.JaroLevel("a", 1)), ("jaccard", cll.JaccardLevel("a", 0.9)),
    ("function", cll.DistanceFunctionLevel("a", "hamming", 2, higher_is_more_similar=False)), ("function similar", cll.DistanceFunctionLevel("a", "jaro_similarity", 0.5)),
    ("pairwise levenshtein", cll.PairwiseStringDistanceFunctionLevel("a", "levenshtein", 2)),
    ("pairwise damerau", cll.PairwiseStringDistanceFunctionLevel("a", "damerau_levenshtein", 2)),
    ("pairwise jaro winkler", cll.PairwiseStringDistanceFunctionLevel("a", "jaro_winkler", 0.9)),
    ("pairwise jaro", cll.PairwiseStringDistanceFunctionLevel("a", "jaro", 0.9)),
    *[(f"time {m} {t}", cll.AbsoluteTimeDifferenceLevel("a", input_is_string=True, threshold=t, metric=m))
      for m in ("second", "minute", "hour", "day", "month", "year") for t in (1, 1.5, 10)],
    ("time parsed", cll.AbsoluteTimeDifferenceLevel("a", input_is_string=False, threshold=1, metric="month")),
    ("date difference", cll.AbsoluteDateDifferenceLevel("a", threshold=1, metric="month", **time)),
    ("date difference format", cll.AbsoluteDateDifferenceLevel("a", threshold=10, metric="year", datetime_format="%d/%m/%y", **time)),
    ("km", cll.DistanceInKMLevel("lat", "long", 10)), ("km known", cll.DistanceInKMLevel("c['lat']", "c['long']", 0.1, not_null=True)),
    ("cosine", cll.CosineSimilarityLevel("a", 0.9)), ("intersect", cll.ArrayIntersectLevel("a", 3)),
    ("subset", cll.ArraySubsetLevel("a")), ("subset empty", cll.ArraySubsetLevel("a", True)),
    ("percentage", cll.PercentageDifferenceLevel("a", 0.2)), ("difference", cll.AbsoluteDifferenceLevel("a", 2)), ("difference half", cll.AbsoluteDifferenceLevel("a", 0.5)),
    ("and", cll.And(E("a"), cll.NullLevel("b"))), ("or", cll.Or(cll.NullLevel("a"), cll.NullLevel("b"))), ("not", cll.Not(cll.Or(E("a"), E("b")))),
    ("small", cll.JaroWinklerLevel("a", 0.00001)),
    ("ExactMatch", cl.ExactMatch("a")), ("Levenshtein", cl.LevenshteinAtThresholds("a")), ("Damerau", cl.DamerauLevenshteinAtThresholds("a")),
    ("Jaccard", cl.JaccardAtThresholds("a")), ("Jaro", cl.JaroAtThresholds("a")), ("JaroWinkler", cl.JaroWinklerAtThresholds("a")),
    ("Function", cl.DistanceFunctionAtThresholds("a", "hamming", [1, 2], higher_is_more_similar=False)),
    ("Pairwise", cl.PairwiseStringDistanceFunctionAtThresholds("a", "jaro_winkler", [0.9, 0.8])),
    ("Time", cl.AbsoluteTimeDifferenceAtThresholds("a", metrics=["hour", "day"], thresholds=[1, 2], **time)),
    ("Date", cl.AbsoluteDateDifferenceAtThresholds("a", metrics=["month", "year"], thresholds=[1, 1], invalid_dates_as_null=False, **time)),
    ("Date parsed", cl.AbsoluteDateDifferenceAtThresholds("a", metrics=["month"], thresholds=[1], input_is_string=False)),
    ("Sizes", cl.ArrayIntersectAtSizes("a", [2, 1])), ("Km", cl.DistanceInKMAtThresholds("lat", "long", [1, 10])),
    ("Cosine", cl.CosineSimilarityAtThresholds("a")), ("Birth", cl.DateOfBirthComparison("dob", **time)),
    ("Birth parsed", cl.DateOfBirthComparison("dob", input_is_string=False)), ("Postcode", cl.PostcodeComparison("pc")),
    ("Postcode place", cl.PostcodeComparison("pc", invalid_postcodes_as_null=True, lat_col="lat", long_col="long", km_thresholds=[1, 10])),
    ("Email", cl.EmailComparison("email")), ("Name", cl.NameComparison("n")), ("Name sounds", cl.NameComparison("n", dmeta_col_name="dm")),
    ("Forename", cl.ForenameSurnameComparison("f", "s")), ("Forename whole", cl.ForenameSurnameComparison("f", "s", forename_surname_concat_col_name="fs")),
]

with open(OUT, "w") as file:
    for name, made in CASES:
        if hasattr(made, "create_comparison_levels"):
            made = made.create_comparison_dict("duckdb")["comparison_levels"]
        else:
            made = [made.create_level_dict("duckdb")]
        levels = [{"sql": l["sql_condition"], "label": l["label_for_charts"], "is_null": l.get("is_null_level", False), "tf": l.get("tf_adjustment_column")} for l in made]
        file.write(json.dumps({"case": name, "levels": levels}) + "\n")
