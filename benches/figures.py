#!/usr/bin/env python3
"""Measures the release binary on this machine and prints the README's table of figures.

Needs Python 3 and nothing else; the ratio to sqlite3 needs the `sqlite3` command. See benches/README.md."""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, "target", "release", "throughline")
PEOPLE_PER_FAMILY = 6.2  # measured on the invented area; only sets how many families are asked for


def run(*words, **more):
    return subprocess.run([PROGRAM, *map(str, words)], check=False, capture_output=True, text=True, **more)


def must(*words):
    done = run(*words)
    if done.returncode not in (0, 1):
        sys.exit(f"{words}: {done.stderr}")
    return done.stdout


def rows_in(report):
    return sum(f["rows"] for f in report["files"])


def import_by_sqlite3(exports, folder):
    """Seconds that sqlite3 takes to import the delimited files of the same area, and their rows."""
    if not shutil.which("sqlite3"):
        return None
    script = [".mode csv"]
    for at, (path, _, names) in enumerate(os.walk(exports)):
        for name in sorted(names):
            if name.endswith(".csv") and not path.endswith("truth"):
                comma = ";" if "probation" in path else ","
                script.append(f".separator '{comma}'")
                script.append(f".import '{os.path.join(path, name)}' t{at}_{re.sub(r'[^a-z]', '', name)}")
    began = time.monotonic()
    subprocess.run(["sqlite3", os.path.join(folder, "import.db")], input="\n".join(script), text=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.monotonic() - began


def taking_in(folder, families, seed):
    exports, area = os.path.join(folder, "exports"), os.path.join(folder, "area")
    must("sample", "--out", exports, "--families", families, "--seed", seed)
    must("init", "--db", area, "--area", "Benchmark", "--invented")
    began = time.monotonic()
    report = json.loads(must("ingest", "--db", area, exports, "--json"))
    return exports, area, report, time.monotonic() - began


class Server:
    """The program serving an area, with how long it took to answer first."""

    def __init__(self, area):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        began = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, "serve", "--db", area, "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.DEVNULL)
        while True:
            try:
                self.get("/health")
                break
            except OSError:
                time.sleep(0.005)
        self.cold = time.monotonic() - began
        form = urllib.parse.urlencode({"user": "head"}).encode()
        opener = urllib.request.build_opener(NoRedirect)
        try:
            opener.open(f"http://127.0.0.1:{self.port}/sign-in", form)
        except urllib.error.HTTPError as redirect:
            self.cookie = redirect.headers["Set-Cookie"].split(";")[0]

    cookie = ""

    def get(self, path, form=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=form,
                                         headers={"Cookie": self.cookie})
        return urllib.request.urlopen(request).read()

    def memory_mb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(server, addresses, seconds):
    """Milliseconds of each answer, one after the other, for about so many seconds."""
    took, until, at = [], time.monotonic() + seconds, 0
    while time.monotonic() < until:
        path, form = addresses[at % len(addresses)]
        began = time.monotonic()
        server.get(path, form)
        took.append((time.monotonic() - began) * 1000)
        at += 1
    return sorted(took)


def p95(took):
    return took[min(len(took) - 1, int(len(took) * 0.95))]


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=100_000)
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--seconds", type=float, default=20)
    asked = words.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        speeds, whole, ratios = [], [], []
        for seed in range(1, asked.runs + 1):
            place = os.path.join(folder, f"small{seed}")
            exports, _, report, took = taking_in(place, 300, seed)
            linked = report["seconds_taking_in"] + report["seconds_linking"]
            speeds.append(rows_in(report) / linked)
            whole.append(rows_in(report) / took)
            imported = import_by_sqlite3(exports, place)
            if imported:
                ratios.append(linked / imported)
        lines.append(("rows a second through parse, check, append and link", f"{statistics.median(speeds):,.0f}"))
        lines.append(("rows a second with the picture drawn as well", f"{statistics.median(whole):,.0f}"))
        if ratios:
            lines.append(("time against `sqlite3 .import` of the same rows", f"{statistics.median(ratios):.1f} x"))
        families = int(asked.people / PEOPLE_PER_FAMILY)
        place = os.path.join(folder, "large")
        exports, area, report, took = taking_in(place, families, 1)
        lines.append((f"an area of {report['people']:,} people, {rows_in(report):,} rows, taken in whole", f"{took:.0f} s"))
        server = Server(area)
        lines.append(("cold start to first answer", f"{server.cold:.2f} s"))
        harm = json.loads(server.get("/api/people-causing-harm"))["lines"][:200]
        families = []
        for line in harm[:60]:
            families += json.loads(server.get(f"/api/people-causing-harm/{line['profile']['person']}"))["profile"]["families"]
        more = os.path.join(folder, "more")
        must("sample", "--out", more, "--families", 400, "--seed", 99)
        taker = threading.Thread(target=lambda: run("ingest", "--db", area, more))
        taker.start()
        pages = ask(server, [(f"/family/{family}", None) for family in families], asked.seconds)
        token = re.search(rb'name="form_token" value="([0-9a-f]+)"', server.get("/search")).group(1).decode()
        names = [urllib.parse.urlencode({"form_token": token, "query": line["name"]}).encode() for line in harm]
        found = ask(server, [("/search", name) for name in names], asked.seconds)
        busy = taker.is_alive()
        note = "taking in went on throughout" if busy else "taking in ended before the last answers"
        lines.append((f"family page, p50 / p95 ({note})", f"{statistics.median(pages):.0f} / {p95(pages):.0f} ms"))
        lines.append(("search, p50 / p95", f"{statistics.median(found):.0f} / {p95(found):.0f} ms"))
        lines.append(("memory of the server at its peak", f"{server.memory_mb():.0f} MB"))
        taker.join()
        server.process.terminate()
    print("| what | figure |\n|---|---|")
    for what, figure in lines:
        print(f"| {what} | {figure} |")


if __name__ == "__main__":
    main()
