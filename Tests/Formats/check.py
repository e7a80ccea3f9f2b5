"""Reads every file of a set with somebody else's reader: `make formats`.

usage: check.py SET [SCHEMAS]

SET was made by `gradus generate --format all`. SCHEMAS is a folder that holds IMS's published
schemas, where there is one: imsqti_v2p1.xsd and imsqti_asiv3p0_v1p0.xsd with what they import.
"""

import csv
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile

here = os.path.dirname(os.path.abspath(__file__))
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print("FAILED", what)


def files(folder, ending):
    found = sorted(glob.glob(os.path.join(sys.argv[1], folder, "*" + ending)))
    check(found, f"no {ending} in {folder}")
    return found


def google_scripts():
    """Builds each form under node with Google's documented methods only."""
    for folder in ("papers", "keys"):
        for path in files(folder, ".gs"):
            run = subprocess.run(
                ["node", os.path.join(here, "form.js"), path], capture_output=True, text=True)
            check(run.returncode == 0, f"{path}: {run.stderr[-300:]}")


def google_requests():
    """Holds each request to Google's own discovery document."""
    import googleapiclient.discovery_cache as cache

    folder = os.path.join(os.path.dirname(cache.__file__), "documents", "forms.v1.json")
    schemas = json.load(open(folder))["schemas"]

    def valid(value, schema, place):
        if "$ref" in schema:
            schema = schemas[schema["$ref"]]
        kind = schema.get("type")
        if kind == "object":
            check(isinstance(value, dict), place)
            known = schema.get("properties", {})
            for name, member in known.items():
                if member.get("description", "").startswith("Required.") and name not in value:
                    # What a form is called in Drive is said when it is created.
                    check(name == "documentTitle", f"{place}: {name} is required")
            for name, member in value.items():
                check(name in known, f"{place}: there is no {name}")
                if name in known:
                    valid(member, known[name], f"{place}.{name}")
        elif kind == "array":
            for index, member in enumerate(value):
                valid(member, schema["items"], f"{place}[{index}]")
        elif kind == "string":
            check(isinstance(value, str), place)
            check("enum" not in schema or value in schema["enum"], f"{place}: {value}")
        elif kind == "integer":
            check(isinstance(value, int), place)
        elif kind == "boolean":
            check(isinstance(value, bool), place)

    for folder in ("papers", "keys"):
        for path in files(folder, ".forms.json"):
            valid(json.load(open(path)), {"$ref": "BatchUpdateFormRequest"}, path)


def anki():
    """The real importer takes each note."""
    from anki.collection import Collection, ImportCsvRequest

    for path in files("solutions", ".anki.txt"):
        rows = [r for r in csv.reader(
            (line for line in open(path, newline="") if not line.startswith("#")), delimiter="\t")]
        with tempfile.TemporaryDirectory() as folder:
            collection = Collection(os.path.join(folder, "deck.anki2"))
            metadata = collection.get_csv_metadata(path=path, delimiter=None)
            log = collection.import_csv(ImportCsvRequest(path=path, metadata=metadata)).log
            check(len(log.new) == len(rows), f"{path}: {len(log.new)} of {len(rows)} notes")
            names = [deck.name for deck in collection.decks.all_names_and_ids()]
            check(any(rows[0][3].endswith(name.split("::")[-1]) for name in names), f"{path}: {names}")
            note = collection.get_note(collection.find_notes("")[0])
            check(note.fields[0].startswith("<"), f"{path}: {note.fields[0][:60]}")
            collection.close()


def anki_packages():
    """The real importer takes each note and its card, and the same file again adds nothing."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    for path in files("solutions", ".apkg"):
        notes = path.replace(".apkg", ".anki.txt")
        count = sum(1 for _ in csv.reader(
            (line for line in open(notes, newline="") if not line.startswith("#")), delimiter="\t"))
        with tempfile.TemporaryDirectory() as folder:
            collection = Collection(os.path.join(folder, "deck.anki2"))
            request = ImportAnkiPackageRequest(
                package_path=path, options=ImportAnkiPackageOptions())
            first, second = (collection.import_anki_package(request).log for _ in range(2))
            check(len(first.new) == count, f"{path}: {len(first.new)} of {count} notes")
            check(not second.new and len(second.duplicate) == count, f"{path}: twice")
            cards = collection.find_cards('deck:"All families*"')
            check(len(cards) == count, f"{path}: {len(cards)} cards in its deck")
            card = collection.get_card(cards[0])
            check("<p>" in card.question() and "<hr id=answer>" in card.answer(), path)
            check(collection.fix_integrity()[1], f"{path}: damaged")
            collection.close()


def packages(schemas):
    """Every file of a package is well-formed and listed; with schemas, valid too."""
    for ending, schema in (
        (".qti21.zip", "imsqti_v2p1.xsd"), (".qti30.zip", "imsqti_asiv3p0_v1p0.xsd"),
        (".canvas.zip", None),
    ):
        for path in files("keys", ending):
            archive = zipfile.ZipFile(path)
            check(archive.testzip() is None, path)
            listed = re.findall(r'<file href="([^"]*)"', archive.read("imsmanifest.xml").decode())
            check(sorted(listed) == sorted(set(archive.namelist()) - {"imsmanifest.xml"}), path)
            for name in archive.namelist():
                ElementTree.fromstring(archive.read(name))
            found = schemas and schema and glob.glob(f"{schemas}/**/{schema}", recursive=True)
            if found:
                with tempfile.TemporaryDirectory() as folder:
                    archive.extractall(folder)
                    run = subprocess.run(
                        ["xmllint", "--nonet", "--noout", "--schema", found[0]]
                        + [os.path.join(folder, name) for name in listed],
                        capture_output=True, text=True)
                    check(run.returncode == 0, f"{path}: {run.stderr[:400]}")
            elif schema:
                print(f"{path}: well-formed; no {schema} to hold it to")


google_scripts()
google_requests()
anki()
anki_packages()
packages(sys.argv[2] if len(sys.argv) > 2 else None)
print(f"{len(failures)} failures")
sys.exit(bool(failures))
