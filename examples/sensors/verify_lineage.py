"""Verifies audit_lineage.csv without Karat: every row hash from the input files, every cell of the
two sheets from those rows. Standard library only.

    karat outputs get --to out
    python3 verify_lineage.py out .karat/files
"""

import csv
import datetime
import fractions
import hashlib
import io
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# What the columns of the table are called in the files.
HEADERS = {
    "station_id": ["station_id", "site", "station"],
    "date_time": ["date_time", "day", "sampled on"],
    "pcode": ["pcode", "parameter"],
    "result": ["result", "reading", "value"],
}


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def csv_rows(data):
    """Line of the file and fields of each row, the header first."""
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    line = 1
    for row in reader:
        yield str(line), row
        line = reader.line_num + 1


def text_of(cell, shared):
    if cell.get("t") == "s":
        return shared[int(cell.find(SHEET + "v").text)]
    inline = cell.find(SHEET + "is")
    if inline is not None:
        return "".join(part.text or "" for part in inline.iter(SHEET + "t"))
    value = cell.find(SHEET + "v")
    return "" if value is None else value.text or ""


def xlsx_rows(data, name):
    """Row number and cells of each row of a sheet."""
    book = zipfile.ZipFile(io.BytesIO(data))
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        for item in xml.fromstring(book.read("xl/sharedStrings.xml")):
            shared.append("".join(part.text or "" for part in item.iter(SHEET + "t")))
    links = {
        link.get("Id"): link.get("Target")
        for link in xml.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = xml.fromstring(book.read("xl/workbook.xml")).iter(SHEET + "sheet")
    target = next(links[sheet.get(LINK)] for sheet in sheets if sheet.get("name") == name)
    for row in xml.fromstring(book.read("xl/" + target.removeprefix("/xl/"))).iter(SHEET + "row"):
        cells = {}
        for cell in row:
            letters = re.match(r"[A-Z]+", cell.get("r")).group()
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - ord("A") + 1
            cells[place - 1] = text_of(cell, shared)
        yield row.get("r"), [cells.get(at, "") for at in range(max(cells, default=-1) + 1)]


def canonical(text, kind):
    """What a cell says, as the row hash has it; None where it says nothing."""
    text = text.strip()
    if text == "":
        return None
    if kind == "date":
        if re.fullmatch(r"\d+(\.0+)?", text):
            day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(float(text)))
            return day.isoformat()
        return datetime.date.fromisoformat(text).isoformat()
    if kind == "numeric":
        sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, _, rest = text.partition(".")
        whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
        number = whole + ("." + rest if rest else "")
        return number if number == "0" else sign + number
    return text


def row_hash(fields, values):
    said = "karat-lineage-1\n"
    for field in fields:
        for part in (field["column"], field["type"]):
            said += f"{len(part.encode())}:{part},"
        value = values[field["column"]]
        said += "-," if value is None else f"{len(value.encode())}:{value},"
    return hashlib.sha256(said.encode()).hexdigest()


class Inputs:
    """The rows of the kept input files, each file read once."""

    def __init__(self, folder, fields):
        self.folder, self.fields, self.files = folder, fields, {}

    def row(self, sha256, sheet, number):
        key = (sha256, sheet)
        if key not in self.files:
            data = (self.folder / sha256[:2] / sha256).read_bytes()
            if hashlib.sha256(data).hexdigest() != sha256:
                raise SystemExit(f"input {sha256} is not what was loaded")
            rows = xlsx_rows(data, sheet) if sheet else csv_rows(data)
            _, header = next(rows)
            names = [plain(name) for name in header]
            places = {
                column: next(names.index(plain(n)) for n in known if plain(n) in names)
                for column, known in HEADERS.items()
            }
            self.files[key] = (places, dict(rows))
        places, rows = self.files[key]
        cells = rows[number]
        kinds = {field["column"]: field["type"] for field in self.fields}
        cell = lambda column: cells[places[column]] if places[column] < len(cells) else ""
        return {column: canonical(cell(column), kind) for column, kind in kinds.items()}


def mean_is(text, values):
    """Whether a cell is the mean of values, to the last of its digits."""
    mean = fractions.Fraction(sum(map(fractions.Fraction, values))) / len(values)
    off = abs(mean - fractions.Fraction(text))
    places = len(text.partition(".")[2])
    return off == 0 or places >= 15 and off * 2 * 10**places <= 1


def main(out, inputs):
    out = pathlib.Path(out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    files = {file["name"]: file for file in manifest["files"]}
    for name, file in files.items():
        if hashlib.sha256((out / name).read_bytes()).hexdigest() != file["sha256"]:
            raise SystemExit(f"{name} is not what the manifest says")
    [of] = files["audit_lineage.csv"]["made_from"]["of"]
    if of["aggregate"] != "mean":
        raise SystemExit(f"this script knows means, not {of['aggregate']}")
    read = Inputs(pathlib.Path(inputs), of["fields"])
    cells, rows = {}, 0
    with open(out / "audit_lineage.csv", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            values = read.row(line["sha256"], line["sheet"], line["row"])
            if row_hash(of["fields"], values) != line["row_hash"]:
                raise SystemExit(f"row {line['row']} of {line['file']} is not what was hashed")
            cell = (line["output"], line["Station"], line["Dates"], line["column"])
            cells.setdefault(cell, []).append(values["result"])
            rows += 1
    found = 0
    for name in of["files"]:
        with open(out / name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, text in row.items():
                    if column in ("Station", "Dates") or text == "":
                        continue
                    values = cells.get((name, row["Station"], row["Dates"], column))
                    if not values or not mean_is(text, values):
                        raise SystemExit(f"{name}: {column} of {row['Dates']} is not its rows' mean")
                    found += 1
    if found != len(cells):
        raise SystemExit(f"{len(cells)} cells have a lineage, and {found} are in the files")
    print(f"{len(files)} files, {rows} rows and {found} cells are as they should be")


if __name__ == "__main__":
    main(*sys.argv[1:])
