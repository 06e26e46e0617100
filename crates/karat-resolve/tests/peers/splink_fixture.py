"""Makes tests/fixtures/splink: invented records, a model that Splink trains on them, and all that
Splink predicts from it. Needs `pip install splink==5.0.0 duckdb`.

Usage: splink_fixture.py OUT_DIR
"""
import json
import random
import sys

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

out = sys.argv[1]
dice = random.Random(20261121)
STARTS = ["Al", "Bren", "Cor", "Dal", "Eli", "Fara", "Gin", "Hol", "Iva", "Jor", "Kel", "Lé", "Mar", "Nor"]
ENDS = ["a", "an", "den", "dis", "is", "la", "mo", "na", "ra", "ton"]
CITIES = ["Ashford", "Brill", "Calder", "Dunmere", "Eastlow"]
TAGS = ["red", "green", "blue", "late", "vip", "north", "south"]


def name(parts):
    return "".join(dice.choice(kind) for kind in parts)


def slip(text):
    """One keyboard slip, or none."""
    if not text or dice.random() < 0.6:
        return text
    at = dice.randrange(len(text))
    kind = dice.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + dice.choice("aeinrst") + text[at:]
    if kind == 2:
        return text[:at] + dice.choice("aeinrst") + text[at + 1 :]
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def missing(value, share=0.08):
    return None if dice.random() < share else value


def person():
    year, month, day = dice.randint(1930, 2005), dice.randint(1, 12), dice.randint(1, 28)
    first, last = name([STARTS, ENDS]), name([STARTS, ENDS, ENDS])
    return {
        "first_name": first,
        "surname": last,
        "dob": f"{year:04}-{month:02}-{day:02}",
        "postcode": f"{dice.choice(['AB', 'L', 'QX'])}{dice.randint(1, 19)} {dice.randint(1, 9)}{name([['A', 'B', 'D'], ['E', 'F', 'G']])}",
        "city": dice.choice(CITIES),
        "email": f"{first}.{last}@{dice.choice(['mail', 'post', 'home'])}.example".lower(),
        "tags": dice.sample(TAGS, dice.randint(0, 3)),
        "amount": round(dice.uniform(5, 500), 2),
        "lat": round(dice.uniform(50, 52), 5),
        "lon": round(dice.uniform(-3, 1), 5),
    }


def record(who, number):
    r = dict(who)
    for column in ["first_name", "surname", "postcode", "email"]:
        r[column] = missing(slip(r[column]))
    if dice.random() < 0.07:
        r["first_name"], r["surname"] = r["surname"], r["first_name"]
    if dice.random() < 0.1:
        r["dob"] = r["dob"][:8] + f"{dice.randint(1, 28):02}"
    r["dob"] = missing(r["dob"])
    if dice.random() < 0.03:
        r["dob"] = "1970-13-45"
    if dice.random() < 0.3:
        r["amount"] = round(r["amount"] * dice.uniform(0.8, 1.2), 2)
    if dice.random() < 0.3:
        r["lat"] = round(r["lat"] + dice.uniform(-0.2, 0.2), 5)
    r["tags"] = missing([tag for tag in r["tags"] if dice.random() < 0.9])
    for column in ["city", "amount", "lat", "lon"]:
        r[column] = missing(r[column])
    return {"unique_id": number, **r}


people = [person() for _ in range(170)]
owners = [dice.randrange(len(people)) for _ in range(420)]
records = [record(people[owner], number) for number, owner in enumerate(owners)]
with open(f"{out}/records.jsonl", "w") as file:
    for r in records:
        file.write(json.dumps(r, ensure_ascii=False) + "\n")

con = duckdb.connect()
con.execute("create table people (unique_id bigint, first_name text, surname text, dob text, postcode text, city text, email text, tags text[], amount double, lat double, lon double, person bigint)")
con.executemany("insert into people values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [[*r.values(), owner] for r, owner in zip(records, owners)])

settings = SettingsCreator(
    link_type="dedupe_only",
    blocking_rules_to_generate_predictions=[
        block_on("first_name", "substr(surname, 1, 2)"),
        "l.surname = r.first_name and l.city = r.city",
        block_on("dob"),
        {"blocking_rule": "l.tags = r.tags and l.city = r.city", "arrays_to_explode": ["tags"]},
        "l.postcode = r.postcode and levenshtein(l.surname, r.surname) <= 3",
    ],
    comparisons=[
        cl.NameComparison("first_name"),
        cl.DamerauLevenshteinAtThresholds(ColumnExpression("surname").lower(), [1, 2]).configure(term_frequency_adjustments=False),
        cl.CustomComparison(
            output_column_name="both_names",
            comparison_levels=[
                cll.And(cll.NullLevel("first_name"), cll.NullLevel("surname")),
                cll.ColumnsReversedLevel("first_name", "surname", symmetrical=True),
                cll.ExactMatchLevel("surname", term_frequency_adjustments=True).configure(tf_adjustment_weight=0.5, tf_minimum_u_value=0.01),
                cll.JaroLevel("surname", 0.85).configure(tf_adjustment_column="surname"),
                cll.Not(cll.LiteralMatchLevel("city", "Brill", "string", "left")),
                cll.ElseLevel(),
            ],
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode"),
        cl.EmailComparison("email"),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.ArrayIntersectAtSizes("tags", [2, 1]),
        cl.CustomComparison(
            output_column_name="amount",
            comparison_levels=[
                cll.NullLevel("amount"),
                cll.AbsoluteDifferenceLevel("amount", 0.5),
                cll.PercentageDifferenceLevel("amount", 0.1),
                cll.ElseLevel(),
            ],
        ),
        cl.DistanceInKMAtThresholds("lat", "lon", [1, 25]),
        cl.CustomComparison(
            output_column_name="letters",
            comparison_levels=[cll.NullLevel("surname"), cll.JaccardLevel("surname", 0.8), cll.ElseLevel()],
        ),
    ],
    retain_intermediate_calculation_columns=True,
    retain_matching_columns=True,
)
linker = Linker(DuckDBAPI(con).register("people"), settings)
linker.training.estimate_probability_two_random_records_match([block_on("first_name", "surname", "dob")], recall=0.4)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_m_from_label_column("person")
linker.misc.save_model_to_json(f"{out}/model.json", overwrite=True)
pairs = linker.inference.predict()
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.9)
columns = con.execute(f"select * from {pairs.physical_name} limit 0").description
gammas = [c[0] for c in columns if c[0].startswith("gamma_")]
rows = con.execute(
    f"select unique_id_l, unique_id_r, match_key, {', '.join(gammas)}, match_weight, match_probability from {pairs.physical_name} order by 1, 2"
).fetchall()
with open(f"{out}/pairs.csv", "w") as file:
    file.write("left,right,rule," + ",".join(gammas) + ",weight,probability\n")
    for row in rows:
        file.write(",".join(repr(v) if isinstance(v, float) else str(v) for v in row) + "\n")
rows = con.execute(f"select unique_id, cluster_id from {clusters.physical_name} order by 1").fetchall()
with open(f"{out}/clusters.csv", "w") as file:
    file.write("record,cluster\n")
    file.writelines(f"{record},{cluster}\n" for record, cluster in rows)
print(len(records), "records")
