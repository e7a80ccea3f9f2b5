"""Reads one CSV file with pandas (C engine), polars and DuckDB, all columns as text, on so many cores.

usage: rivals.py READER FILE CORES     prints megabytes a second
"""
import os
import sys
import time

reader, path, cores = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ["POLARS_MAX_THREADS"] = str(cores)
os.sched_setaffinity(0, set(range(cores)))


def pandas_c():
    import pandas

    return lambda: len(pandas.read_csv(path, engine="c", dtype=str, keep_default_na=False))


def polars_read():
    import polars

    return lambda: len(polars.read_csv(path, infer_schema=False))


def duckdb_read():
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set threads = {cores}")
    columns = ", ".join(f"sum(length(Q{i}))" for i in range(32))
    query = f"select count(*), {columns} from read_csv('{path}', header = true, all_varchar = true)"
    return lambda: connection.execute(query).fetchone()[0]


read = {"pandas": pandas_c, "polars": polars_read, "duckdb": duckdb_read}[reader]()
start = time.perf_counter()
rows = read()
seconds = time.perf_counter() - start
print(f"{os.path.getsize(path) / 1e6 / seconds:.0f} MB/s {rows} rows")
