"""Grades an export as a competent script does: polars reads and compares, COPY lands one row an answer.

usage: scale_rival.py EXPORT KEYS(.keys or .parquet) DATABASE_URI
Keys are read from a file, each answer's numbers in order; an answer is right where its numbers are
the key's to within half a unit of the third decimal. Prints seconds by step and the answers landed.
"""

import json
import sys
import time

import numpy as np
import polars as pl
import psycopg

export, key_file, uri = sys.argv[1:4]
marks = {}


def step(name, began):
    marks[name] = round(time.perf_counter() - began, 2)
    return time.perf_counter()


start = clock = time.perf_counter()
table = pl.read_csv(
    export, infer_schema=False)
columns = table.columns[3:]
clock = step("read the export", clock)
keys = pl.read_parquet(key_file) if key_file.endswith(".parquet") else pl.read_ndjson(
    key_file, schema={"email": pl.String, "key": pl.List(pl.List(pl.Float64))})
clock = step("read the keys", clock)
address = table.columns[1]
latest = table.with_columns(pl.col(address).str.strip_chars().str.to_lowercase()).unique(
    address, keep="last")
joined = latest.join(keys, left_on=address, right_on="email", how="inner")
count = joined.height
clock = step("match", clock)
verdicts = np.zeros((count, len(columns)), np.int16)
number = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
for place, column in enumerate(columns):
    key = joined["key"].list.get(place)
    typed = joined[column].str.replace_all("−", "-", literal=True).str.extract_all(number)
    same = (typed.list.len() == key.list.len()).fill_null(False) & (key.list.len() > 0)
    rows = np.flatnonzero(same.to_numpy())
    given = typed.gather(rows).explode().cast(pl.Float64).to_numpy()
    right = key.gather(rows).explode().to_numpy()
    lengths = key.gather(rows).list.len().to_numpy().astype(np.int64)
    if len(rows):
        close = np.abs(given - right) <= 0.0005
        verdicts[rows, place] = np.logical_and.reduceat(close, np.cumsum(lengths) - lengths)
clock = step("compare", clock)
field = [("length{}", ">i4"), ("value{}", ">i4")]
layout = np.dtype([("fields", ">i2")] + [
    (name.format(i), kind) for i in range(3) for name, kind in field])
rows = np.empty(count * len(columns), layout)
rows["fields"] = 3
for i, values in enumerate([
        np.repeat(np.arange(count), len(columns)), np.tile(np.arange(len(columns)), count),
        verdicts.ravel()]):
    rows[f"length{i}"] = 4
    rows[f"value{i}"] = values
clock = step("encode", clock)
with psycopg.connect(uri) as database:
    database.execute("drop table if exists rival_answer")
    database.execute(
        "create table rival_answer (candidate int not null, item int not null, verdict int not null)")
    with database.cursor().copy("copy rival_answer from stdin (format binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        data = rows.tobytes()
        for begin in range(0, len(data), 1 << 20):
            copy.write(data[begin:begin + (1 << 20)])
        copy.write(b"\xff\xff")
    database.execute("alter table rival_answer add primary key (candidate, item)")
step("land", clock)
marks["all"] = round(time.perf_counter() - start, 2)
marks["answers"] = int(rows.size)
marks["right"] = int(verdicts.sum())
print(json.dumps(marks))
