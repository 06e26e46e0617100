"""Writes generated.txt: random casts, formats, substrings and patterns for duckdb_values.py, the
same ones every time."""
import pathlib, random

R = random.Random(20)
OUT = pathlib.Path(__file__).parent / "generated.txt"


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def mutated(text, letters):
    text = list(text)
    for _ in range(R.choice([0, 1, 1, 2, 3])):
        at = R.randrange(len(text) + 1)
        kind = R.random()
        if kind < 0.4:
            text.insert(at, R.choice(letters))
        elif kind < 0.7 and text:
            del text[at % len(text)]
        elif text:
            text[at % len(text)] = R.choice(letters)
    return "".join(text)


def strptime():
    for _ in range(260):
        format, text = R.choice([
            ("%Y-%m-%d", "2020-01-31"), ("%d/%m/%Y", "31/12/1999"), ("%d/%m/%y", "3/1/68"),
            ("%Y-%m-%dT%H:%M:%SZ", "2020-01-05T10:11:12Z"), ("%Y-%m-%d %H:%M:%S", "2020-01-05 10:11:12"),
            ("%d %B %Y", "3 March 2020"), ("%b %d, %Y", "Mar 3, 2020"), ("%I:%M %p", "10:30 pm"),
            ("%Y%m%d", "20200131"), ("%j %Y", "366 2020"), ("%H:%M:%S.%f", "10:11:12.5"),
            ("%A %d %b %Y", "Friday 3 Jan 2020"), ("%Y/%m/%d %%", "2020/01/31 %"), ("  %Y  %m ", "  2020 01 "),
        ])
        yield f"try_strptime({quote(mutated(text, '0123456789 -/:TZ.apmj'))}, {quote(format)})"


def casts():
    for _ in range(300):
        kind, text = R.choice([
            ("integer", "125"), ("bigint", "-12.5e1"), ("double", "1.5e3"), ("double", "inf"), ("real", "0.1"),
            ("decimal(6,2)", "12.345"), ("boolean", "true"), ("date", "2020-01-31"), ("date", "2020-1-5 10:00"),
            ("timestamp", "2020-01-31 10:11:12"), ("timestamp", "2020-01-31T10:11:12.25Z"), ("date", "infinity"),
            ("timestamp", "2020-01-31 10:11:12+02:30"),
        ])
        yield f"try_cast({quote(mutated(text, '0123456789 -+./:eETZ_tn'))} as {kind})"


def texts():
    for _ in range(150):
        text = "".join(R.choices("abcéßΣ ñ🙂x-", k=R.randrange(7)))
        a, b = R.randrange(-8, 9), R.randrange(-8, 9)
        t = quote(text)
        yield R.choice([
            f"substr({t}, {a}, {b})", f"substr({t}, {a})", f"left({t}, {a})", f"right({t}, {a})",
            f"split_part({t}, 'a', {a})", f"lpad({t}, {abs(a)}, 'é1')", f"upper({t})", f"lower({t})",
            f"reverse({t})", f"length({t})", f"strlen({t})", f"trim({t}, 'a x')", f"strip_accents({t})",
            f"string_split({t}, '')", f"{t}[{a}]", f"replace({t}, 'a', 'éé')", f"{t} < {quote('b')}",
            f"levenshtein({t}, 'abcé')", f"jaro_winkler_similarity({t}, 'abcéß')", f"{t} ILIKE '%É_'", f"{t} LIKE 'a%_b%'",
        ])


def patterns():
    atoms = ["a", "b", ".", "\\d", "\\w", "\\W", "[a-c]", "[^a]", "(a|b)", "(?:ab)", "\\s", "é", "[[:alpha:]]",
             "^", "$", "\\b", "[\\w-]", "x{2}", "{", "[]a]", "\\.", "(?i)A", "[&&a]", "\\pL", "}"]
    for _ in range(200):
        pattern = "".join(R.choice(atoms) + R.choice(["", "", "", "*", "+", "?", "+?", "{1,2}"]) for _ in range(R.randrange(1, 4)))
        text = "".join(R.choices("abcAé1 -x{]&_", k=R.randrange(9)))
        yield R.choice([
            f"regexp_extract({quote(text)}, {quote(pattern)})", f"regexp_matches({quote(text)}, {quote(pattern)})",
            f"regexp_replace({quote(text)}, {quote(pattern)}, '<\\0>', 'g')", f"regexp_full_match({quote(text)}, {quote(pattern)})",
        ])


def numbers():
    values = ["1", "-7", "2.5", "-0.125", "1e3", "0.1::float", "NULL", "7.25::double", "0", "100.00"]
    for _ in range(200):
        a, b, c = (R.choice(values) for _ in range(3))
        op, op2 = (R.choice(["+", "-", "*", "/", "%", "//"]) for _ in range(2))
        test = R.choice(["=", "<", ">=", "<>"])
        yield R.choice([
            f"({a} {op} {b}) {op2} {c}", f"{a} {op} {b} {op2} {c}", f"{a} {op} {b} {test} {c}", f"abs({a}) {test} {b}",
            f"round({a}, {R.randrange(-2, 4)})", f"({a} {op} {b})::varchar", f"least({a}, {b}, {c}) {test} {a}",
            f"({a})::decimal(10,1) {op} {b}", f"floor({a}) {op} ceil({b})", f"{a} BETWEEN {b} AND {c}", f"{a} IN ({b}, {c})",
            f"{a} IS DISTINCT FROM {b}",
        ])


def vectors():
    for kind in ("double", "float"):
        for _ in range(30):
            size = R.choice([3, 8, 21])
            a, b = ([round(R.gauss(0, 1), 6) for _ in range(size)] for _ in range(2))
            yield f"array_cosine_similarity({a}::{kind}[{size}], {b}::{kind}[{size}])"


OUT.write_text("\n".join(dict.fromkeys([*strptime(), *casts(), *texts(), *patterns(), *numbers(), *vectors()])) + "\n")
