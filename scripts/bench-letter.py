#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bench-letter.py RUN: what letters and messages tell of a recorded run (see bench.py),
as records (see render.py): tables of a few of its rows and of all that are slower, with the
ratio pair by pair.
"""
import re
import sys
from statistics import median

import bench

RINGS = ("ring-alloc/256", "ring-alloc/1024", "ring-build/1024")     # what the ring takes by itself is subtracted
ALLOCATOR = ("alloc", "order0", "refill", "ring")
SENDERS = ("order0-build",)                                          # as sockets ask, whatever the name begins with
TABLES = {
    "time": ("alloc/256", "alloc-free/256", "alloc-free-x16/256", "alloc-free-x64/4096", "alloc-align-free/256",
             "order0/256", "order0-new/256", "refill-new/256", *RINGS),
    "time-net": ("build-put/1024", "build-more/1024", "sock-put/1024", "tcp/64", "tcp/1024", "tcp/16384",
                 "tcp-rr/1024", "veth/16384", "udp/1400", "mptcp/1024", "tls/16384"),
    "time-ip": ("udp/64", "udp/1400", "udp/32768"),
    "time-mptcp": ("mptcp/64", "mptcp/1024", "mptcp/16384"),
    "time-tls": ("tls/1024", "tls/16384"),
    "time-tcp": ("build-put/1024", "build-more/1024", "sock-put/1024", "tcp/64", "tcp/1024", "tcp/16384",
                 "tcp/65536", "tcp-rr/1024"),
}


def facts(path):
    """Kernel, tree, compiler and number of pairs, of the head of the file."""
    with open(path, encoding="utf-8") as lines:
        head = "".join(line for line in lines if line.startswith("# ") and not line.startswith("# boot "))
    kernel, tree = re.search(r"^# patched ([0-9.]+)\S* tree (\S+)$", head, re.M).groups()
    gcc = re.search(r"^# config \S+ gcc (\S+)$", head, re.M)[1]
    pairs = re.search(r"^# bench \S+ pairs (\d+) ", head, re.M)[1]
    return f"median of {pairs} pairs of boots, UML", kernel, f"gcc {gcc}", tree


def cells(run, row):
    values = {side: run.values(side, row) for side in bench.SIDES}
    ratio = run.ratio(row)
    if row in RINGS:
        values = {side: [a - b for a, b in zip(values[side], run.values(side, "ring"))] for side in bench.SIDES}
        ratio = run.without(row, "ring")
    for side in bench.SIDES:
        yield side, f"{median(values[side]):.2f}"
    yield "ratio", str(ratio or "not told")
    yield "verdict", ratio.verdict() if ratio else "not told"


def slower(run, table):
    """What is slower and not in the tables yet: of the allocator, or of who sends."""
    wanted = {"time": True, "time-net": False}.get(table)
    return [row for row in run.rows("time") if
            (row.startswith(ALLOCATOR) and not row.startswith(SENDERS)) == wanted and
            row not in TABLES[table] and run.ratio(row).verdict() == "slower"]


def main(path):
    run, source = bench.load(path), facts(path)
    for table, rows in TABLES.items():
        for row in (*rows, *slower(run, table)):
            if row in run.kinds:
                for column, value in cells(run, row):
                    print(f"{table}: {row}: {column}", value, "ns", *source, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
