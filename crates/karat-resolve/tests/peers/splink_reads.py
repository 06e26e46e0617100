"""Has Splink predict from a model that Karat exported, and compares every weight with those of
Splink's own model: tests/fixtures/splink. Needs cargo and `pip install splink==5.0.0 duckdb`.

Usage: splink_reads.py   (anywhere; exits with 1 if a weight differs)
"""
import csv
import json
import subprocess
import sys
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker

crate = Path(__file__).resolve().parents[2]
fixtures = crate / "tests/fixtures/splink"
exported = subprocess.run(
    ["cargo", "run", "-q", "-p", "karat-resolve", "--example", "export_model", str(fixtures / "model.json")],
    cwd=crate, check=True, capture_output=True, text=True,
).stdout

records = [json.loads(line) for line in (fixtures / "records.jsonl").read_text().splitlines()]
con = duckdb.connect()
con.execute("create table people (unique_id bigint, first_name text, surname text, dob text, postcode text, city text, email text, tags text[], amount double, lat double, lon double)")
con.executemany("insert into people values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [list(r.values()) for r in records])
linker = Linker(DuckDBAPI(con).register("people"), json.loads(exported))
pairs = linker.inference.predict()
found = {
    (str(left), str(right)): weight
    for left, right, weight in con.execute(
        f"select unique_id_l, unique_id_r, match_weight from {pairs.physical_name}"
    ).fetchall()
}
with open(fixtures / "pairs.csv") as file:
    wanted = {(row["left"], row["right"]): float(row["weight"]) for row in csv.DictReader(file)}
differ = [pair for pair in wanted.keys() | found.keys() if wanted.get(pair) != found.get(pair)]
print(f"{len(wanted)} pairs, {len(differ)} with another weight")
sys.exit(bool(differ))
