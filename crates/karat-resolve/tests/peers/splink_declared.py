"""Writes the model that splink_declared.toml of karat-pipeline's tests declares, as Splink saves it
before training: comparisons of the library with their arguments, and all that can be configured.

Usage: splink_declared.py OUT.json   (in an environment with splink==5.0.0)
"""
import json
import sys

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, SettingsCreator, block_on

settings = SettingsCreator(
    link_type="link_only",
    probability_two_random_records_match=0.002,
    blocking_rules_to_generate_predictions=[
        block_on("surname", "dob"),
        block_on("substr(surname, 1, 3)", "city"),
        block_on("emails", arrays_to_explode=["emails"]),
        "l.surname = r.surname and substr(l.dob, 1, 4) = substr(r.dob, 1, 4)",
    ],
    comparisons=[
        cl.ExactMatch("first name").configure(term_frequency_adjustments=True, m_probabilities=[0.9, 0.1], u_probabilities=[0.01, 0.99]),
        cl.LevenshteinAtThresholds("city", 2),
        cl.JaroWinklerAtThresholds("surname", [0.95, 0.9, 0.8]).configure(term_frequency_adjustments=True, m_probabilities=[0.5, 0.2, 0.1, 0.1, 0.1]),
        cl.JaccardAtThresholds("lower(street)"),
        cl.JaroAtThresholds(ColumnExpression("title").lower().substr(1, 3), [0.9]),
        cl.DamerauLevenshteinAtThresholds(ColumnExpression("phones").access_extreme_array_element("last").nullif("")),
        cl.DistanceFunctionAtThresholds("code", "hamming", [1, 2], higher_is_more_similar=False),
        cl.AbsoluteTimeDifferenceAtThresholds("seen", input_is_string=True, metrics=["minute", "hour"], thresholds=[30, 1.5], term_frequency_adjustments=True),
        cl.AbsoluteDateDifferenceAtThresholds("joined", input_is_string=True, metrics="day", thresholds=7, datetime_format="%d/%m/%Y", invalid_dates_as_null=False),
        cl.ArrayIntersectAtSizes("emails", [3, 1]),
        cl.DistanceInKMAtThresholds("lat", "lon", [0.5, 10]),
        cl.CosineSimilarityAtThresholds("vector", 0.8),
        cl.DateOfBirthComparison("dob", input_is_string=True, datetime_thresholds=[2, 5], datetime_metrics=["day", "year"]),
        cl.PostcodeComparison("postcode", invalid_postcodes_as_null=True, lat_col="lat", long_col="lon", km_thresholds=[1, 50]),
        cl.EmailComparison("email").configure(u_probabilities=[0.001, 0.002, 0.003, 0.004, 0.99]),
        cl.NameComparison("alias", jaro_winkler_thresholds=[0.9, 0.6], dmeta_col_name="sounds"),
        cl.ForenameSurnameComparison("forename", "surname", forename_surname_concat_col_name="full_name"),
        cl.CustomComparison(
            output_column_name="birth",
            comparison_description="date of birth",
            comparison_levels=[
                cll.NullLevel("dob", valid_string_pattern=r"^\d{4}-"),
                cll.ExactMatchLevel("dob", term_frequency_adjustments=True).configure(m_probability=0.9, fix_m_probability=True, tf_adjustment_weight=0.4, tf_minimum_u_value=0.001),
                cll.And(cll.LevenshteinLevel("dob", 1), cll.Not(cll.NullLevel("postcode"))).configure(u_probability=0.02, fix_u_probability=True, label_for_charts="close, with a postcode"),
                cll.Or(cll.LiteralMatchLevel("city", "Brill", "string", "right"), {"sql_condition": "dob_l is null"}).configure(tf_adjustment_column="city", disable_tf_exact_match_detection=True),
                cll.CustomLevel("levenshtein(dob_l, dob_r) <= 2", "near"),
                cll.CustomLevel("city_l is null").configure(is_null_level=True),
                cll.ElseLevel(),
            ],
        ).configure(m_probabilities=[0.4, 0.3, 0.1, 0.1, 0.1]),
        cl.CustomComparison(
            comparison_levels=[
                {"sql_condition": "lat_l is null or lon_l is null", "label_for_charts": "no place", "is_null_level": True},
                {"sql_condition": "lat_l = lat_r and lon_l = lon_r", "m_probability": 0.7},
                {"sql_condition": "ELSE", "label_for_charts": "other"},
            ],
        ),
    ],
)
with open(sys.argv[1], "w") as file:
    json.dump(settings.get_settings("duckdb").as_dict() if hasattr(settings, "get_settings") else settings.create_settings_dict("duckdb"), file, indent=1)
    file.write("\n")
