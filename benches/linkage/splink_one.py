#!/usr/bin/env python3
"""Splink's side of linking one new record: a process that asks the last records of a file against all others, one by
one, with `predict_between`, the documented way of Splink 5, and prints the milliseconds of each. Edges only: Splink
updates no cluster. Run by splink.py."""

import argparse
import importlib.util
import json
import os
import time

import duckdb
from splink import DuckDBAPI, Linker


def cleaning():
    """The cleaning that the model beside this file uses."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "splink_model.py")
    described = importlib.util.spec_from_file_location("splink_model", beside)
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module.CLEAN


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", required=True)
    asked.add_argument("--model", required=True)
    asked.add_argument("--ask", type=int, default=40)
    asked.add_argument("--threads", type=int, default=2)
    args = asked.parse_args()
    connection = duckdb.connect(":memory:")
    connection.execute(f"set threads = {args.threads}")
    connection.execute(cleaning().format(file=args.records.replace("'", "''")))
    connection.execute(
        f"create table asked as select * from cleaned order by hash(unique_id), unique_id limit {args.ask}")
    connection.execute(
        "create table held as select * from cleaned where unique_id not in (select unique_id from asked)")
    api = DuckDBAPI(connection)
    held = api.register("held")
    linker = Linker(held, args.model, log_level="ERROR")
    for column in ("forename", "surname", "dob"):
        linker.table_management.compute_tf_table(column)
    times = []
    names = [row[0] for row in connection.execute("select unique_id from asked").fetchall()]
    for at, name in enumerate(names):
        connection.execute(f"create table one_{at} as select * from asked where unique_id = ?", [name])
        one = api.register(f"one_{at}")
        began = time.monotonic()
        edges = linker.inference.predict_between(one, held, threshold_match_weight=-4)
        edges.as_record_list()
        times.append((time.monotonic() - began) * 1000)
    print(json.dumps({"milliseconds": times[1:]}))


if __name__ == "__main__":
    main()
