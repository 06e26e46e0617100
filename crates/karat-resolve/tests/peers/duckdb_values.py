"""Writes tests/fixtures/condition/duckdb.jsonl: expressions over two records and the values that
DuckDB gives them. Run in an environment with duckdb; the lists of expressions stand beside this
file in expressions.txt (one a line, over the columns below)."""
import datetime, decimal, json, pathlib, duckdb

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / "fixtures" / "condition" / "duckdb.jsonl"
# Malformed offsets and minutes that DuckDB's reader of times lets through, and an error that its
# folding of constants hides.
SKIPPED = {
    "try_cast('2020-01-31 10:11:12+02: 30' as timestamp)", "try_cast('220-01-31 10:+11:12' as timestamp)",
    "(-0.125 % 0) * NULL",
}
COLUMNS = {
    "s": "varchar", "n": "varchar", "num": "varchar", "i": "integer", "d": "double",
    "dt": "date", "ts": "timestamp", "day": "varchar", "l": "varchar[]", "v": "double[]",
    "st": "struct(lat double, long double)", "bo": "boolean",
}
ROWS = [
    # left, right
    ({"s": "Martha", "n": None, "num": "5", "i": 5, "d": 2.5, "dt": "2020-01-05",
      "ts": "2020-01-05 10:11:12", "day": "2020-1-5", "l": ["a", "b", None, "a"], "v": [1.0, 2.0, 3.0],
      "st": {"lat": 51.5, "long": -0.12}, "bo": True},
     {"s": "marhta", "n": None, "num": "12", "i": 7, "d": -2.5, "dt": "2020-03-01",
      "ts": "2020-01-06 00:00:00.5", "day": "01/02/2020", "l": ["b", "c"], "v": [3.0, 2.0, 1.0],
      "st": {"lat": 48.85, "long": 2.35}, "bo": False}),
    ({"s": "", "n": "x", "num": "0", "i": 0, "d": 0.0, "dt": "1899-12-31",
      "ts": "1969-12-31 23:59:59", "day": " 2020-12-31 ", "l": [], "v": [0.0, 0.0, 0.0],
      "st": {"lat": 0.0, "long": 0.0}, "bo": None},
     {"s": "Élodie Müller", "n": None, "num": "-1.5", "i": -3, "d": float("nan"), "dt": None,
      "ts": None, "day": None, "l": None, "v": None, "st": None, "bo": True}),
]


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime.datetime):
        return {"timestamp": value.isoformat(" ")}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, list):
        return {"list": [plain(item) for item in value]}
    raise TypeError(type(value))


def main():
    con = duckdb.connect()
    names = [f"{c}_{side} {t}" for side in "lr" for c, t in COLUMNS.items()]
    out = []
    for number, (left, right) in enumerate(ROWS):
        con.execute(f"create table t{number}({', '.join(names)})")
        values = [row[c] for row in (left, right) for c in COLUMNS]
        con.execute(f"insert into t{number} values ({', '.join('?' * len(values))})", values)
    generated = FUZZ.read_text().splitlines() if (FUZZ := HERE / "generated.txt").exists() else []
    expressions = generated + [e for e in (HERE / "expressions.txt").read_text().splitlines() if e and not e.startswith("##")]
    for sql in dict.fromkeys(expressions):
        if sql in SKIPPED:
            continue
        rows = range(len(ROWS)) if ("_l" in sql or "_r" in sql) else [0]
        for number in rows:
            row = {"sql": sql, "row": number}
            try:
                cast = con.execute(f"select typeof(x) from (select {sql} as x from t{number})").fetchone()[0]
                got = con.execute(f"select x from (select {sql} as x from t{number})").fetchone()[0]
                if cast in ("DATE", "TIMESTAMP") and got is not None:
                    text = con.execute(f"select x::varchar from (select {sql} as x from t{number})").fetchone()[0]
                    row["value"] = {cast.lower(): text}
                else:
                    row["value"] = plain(got)
            except TypeError:
                continue
            except duckdb.BinderException:
                # The types of columns are not known to a condition, so these are not promised.
                continue
            except duckdb.Error as error:
                row["error"] = str(error).split("\n")[0][:120]
            out.append(row)
    con.close()
    def literal(value):
        return {"float": repr(value)} if isinstance(value, float) else value
    head = {"rows": [[{c: ({"list": [literal(x) for x in v]} if isinstance(v, list) else
                            {"struct": {k: literal(x) for k, x in v.items()}} if isinstance(v, dict) else
                            {COLUMNS[c]: v} if COLUMNS[c] in ("date", "timestamp") and v is not None else
                            literal(v)) for c, v in side.items()} for side in pair] for pair in ROWS]}
    with open(OUT, "w") as file:
        for row in [head, *out]:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(out), "rows")


main()
