"""Writes src/condition/accents.txt: what DuckDB's strip_accents does to every code point. The
first line holds the ranges of those that vanish, the second each other one with its result."""
import pathlib, duckdb

OUT = pathlib.Path(__file__).parent.parent.parent / "src" / "condition" / "accents.txt"
rows = duckdb.sql("""select x, strip_accents(chr(x::int)) from range(1, 1114112) t(x)
                     where x not between 55296 and 57343 order by x""").fetchall()
ranges = []
for point in (x for x, to in rows if to == ""):
    if ranges and ranges[-1][1] == point - 1:
        ranges[-1][1] = point
    else:
        ranges.append([point, point])
gone = " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in ranges)
pairs = "".join(chr(x) + to for x, to in rows if to not in ("", chr(x)))
OUT.write_text(f"{gone}\n{pairs}\n")
