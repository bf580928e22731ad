#!/usr/bin/env python3
"""Holds `throughline link` against Splink on the same records, in one run on one machine.

Makes a virtual environment with Splink from PyPI, makes or takes labelled records, and runs both, each in a process
of its own: once learning, once with a model kept before. Prints time, peak memory and quality of each, and the ratios.
Needs Python 3.10 or later, network for the first run, and the release build. See benches/README.md."""

import argparse
import collections
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, "target", "release", "throughline")
PACKAGES = ["splink==5.0.0"]
NEEDED_BY_GENERATOR = ["numpy"]


def environment(folder, more):
    """The Python of a virtual environment that has Splink."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    asked = "import " + ", ".join(["splink", "duckdb", *more])
    if subprocess.run([python, "-I", "-c", asked], capture_output=True, check=False).returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES, *more], check=True)
    return python


def records(args, python):
    """Paths of the records and of the truth: given, or made by the generator."""
    if args.records:
        return args.records, args.truth
    folder = os.path.join(args.work, f"{args.noise}-{args.people}-{args.seed}")
    made = os.path.join(folder, "records.csv")
    if not os.path.exists(made):
        subprocess.run([python, args.generator, "--people", str(args.people), "--seed", str(args.seed),
                        "--noise", args.noise, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return made, os.path.join(folder, "truth.csv")


def measured(words):
    """Runs a command as the only child that is waited for: wall, processor seconds, peak memory, what it printed."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 1) or (child.returncode == 1 and "throughline" not in words[0]):
            errors.seek(0)
            sys.exit(f"{words}: exit code {child.returncode}\n{errors.read()[-3000:]}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024,
            "said": json.loads(said.strip().splitlines()[-1])}


def column(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["record_id"]: row["person_id"] for row in csv.DictReader(file)}


def quality(found_path, truth):
    """Pairwise and B-cubed scores over every record of the truth; counted here for both alike."""
    found = column(found_path)
    both, ours, theirs = collections.Counter(), collections.Counter(), collections.Counter()
    for record, person in truth.items():
        cluster = found.get(record, record)
        both[cluster, person] += 1
        ours[cluster] += 1
        theirs[person] += 1

    def pairs(counts):
        return sum(n * (n - 1) // 2 for n in counts.values())

    right = pairs(both)
    precision, recall = right / max(pairs(ours), 1), right / max(pairs(theirs), 1)
    by_precision = sum(n * n / ours[key[0]] for key, n in both.items()) / len(truth)
    by_recall = sum(n * n / theirs[key[1]] for key, n in both.items()) / len(truth)

    def mean(a, b):
        return 2 * a * b / (a + b) if a + b else 0.0

    return {"precision": precision, "recall": recall, "f1": mean(precision, recall),
            "b3_f1": mean(by_precision, by_recall), "biggest": max(ours.values())}


def splink(python, args, path, out, model, learn):
    words = [python, "-I", os.path.join(HERE, "splink_model.py"), "--records", path, "--out", out,
             "--threads", str(args.threads), "--save-model" if learn else "--model", model]
    return measured(words)


def throughline(args, path, out, model, learn):
    words = [args.program, "link", path, "--out", out, "--json", "--save-model" if learn else "--model", model]
    return measured(words)


def latency_of_splink(python, args, path, model):
    """One new record against the rest, the documented way of Splink 5 (`predict_between`): edges only."""
    words = [python, "-I", os.path.join(HERE, "splink_one.py"), "--records", path, "--model", model,
             "--threads", str(args.threads), "--ask", str(args.ask)]
    return measured(words)["said"]["milliseconds"]


def latency_of_throughline(args, path):
    """One new record against the rest, the person updated too: the last records of the file come one by one."""
    folder, early, late = (os.path.join(args.work, name) for name in ("index", "early.csv", "late.csv"))
    shutil.rmtree(folder, ignore_errors=True)
    with open(path, encoding="utf-8") as whole:
        lines = whole.readlines()
    asked = min(args.ask, len(lines) // 10)
    for name, some in ((early, lines[1:-asked]), (late, lines[-asked:])):
        with open(name, "w", encoding="utf-8") as out:
            out.writelines([lines[0], *some])
    out = os.path.join(args.work, "changed.csv")
    measured([args.program, "link", early, "--out", out, "--index", folder, "--json"])
    return measured([args.program, "link", late, "--out", out, "--index", folder, "--json"])["said"]["one_by_one"]


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def table(rows, head):
    widths = [max(len(str(row[at])) for row in [head, *rows]) for at in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(str(cell).ljust(width) if at == 0 else str(cell).rjust(width)
                        for at, (cell, width) in enumerate(zip(row, widths))))


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--venv", required=True, help="folder of the virtual environment; made when it is not there")
    asked.add_argument("--work", required=True, help="folder for what is made on the way")
    asked.add_argument("--generator", help="script that takes --people --seed --noise --out and writes labelled records")
    asked.add_argument("--people", type=int, default=33_300)
    asked.add_argument("--seed", type=int, default=2)
    asked.add_argument("--noise", default="mid")
    asked.add_argument("--records", help="records instead of a generator")
    asked.add_argument("--truth", help="record_id,person_id for --records")
    asked.add_argument("--program", default=PROGRAM)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--ask", type=int, default=0, help="single records to link one by one, for latency")
    asked.add_argument("--only", choices=["splink", "throughline"], help="run one side only")
    asked.add_argument("--json", help="file for the figures")
    args = asked.parse_args()
    if bool(args.records) != bool(args.truth) or bool(args.records) == bool(args.generator):
        asked.error("give --generator, or --records and --truth")
    if not os.path.exists(args.program):
        asked.error(f"{args.program} is not there; run cargo build --release")
    os.makedirs(args.work, exist_ok=True)
    # One thread count for both: ours takes it from the environment.
    os.environ["RAYON_NUM_THREADS"] = str(args.threads)
    python = environment(args.venv, NEEDED_BY_GENERATOR if args.generator else [])
    path, truth_path = records(args, python)
    truth = column(truth_path)
    work = lambda name: os.path.join(args.work, name)
    runs = {"splink": lambda learn: splink(python, args, path, work("splink.csv"), work("splink.json"), learn),
            "throughline": lambda learn: throughline(args, path, work("links.csv"), work("model.json"), learn)}
    outs = {"splink": work("splink.csv"), "throughline": work("links.csv")}
    results = {}
    for side in ["splink", "throughline"]:
        if args.only in (None, side):
            for learn in (True, False):
                name = f"{side}, {'learning' if learn else 'model kept'}"
                results[name] = {**runs[side](learn), **quality(outs[side], truth)}
    print(f"{len(truth):,} records of {len(set(truth.values())):,} people, {args.threads} threads\n")
    table([[name, f"{r['wall']:.1f}", f"{r['cpu']:.1f}", f"{r['peak_mb']:.0f}", f"{r['precision']:.4f}",
            f"{r['recall']:.4f}", f"{r['f1']:.4f}", f"{r['b3_f1']:.4f}", r["biggest"]]
           for name, r in results.items()],
          ["", "wall s", "cpu s", "peak MB", "P", "R", "F1", "B3 F1", "biggest"])
    if args.only is None:
        print()
        for how in ["learning", "model kept"]:
            theirs, ours = results[f"splink, {how}"], results[f"throughline, {how}"]
            print(f"{how}: {theirs['wall'] / ours['wall']:.1f} x faster, "
                  f"{theirs['peak_mb'] / ours['peak_mb']:.1f} x less memory, "
                  f"F1 {ours['f1'] - theirs['f1']:+.4f}, B3 F1 {ours['b3_f1'] - theirs['b3_f1']:+.4f}")
    if args.ask:
        latencies = {}
        if args.only in (None, "splink"):
            theirs = latency_of_splink(python, args, path, work("splink.json"))
            latencies["splink, predict_between (edges only)"] = {
                "p50_ms": statistics.median(theirs), "p99_ms": percentile(theirs, 0.99)}
        if args.only in (None, "throughline"):
            latencies["throughline, person updated"] = latency_of_throughline(args, path)
        print("\none new record against the rest")
        for name, took in latencies.items():
            print(f"{name}: p50 {took['p50_ms']:.2f} ms, p99 {took['p99_ms']:.2f} ms")
            results[name] = took
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
