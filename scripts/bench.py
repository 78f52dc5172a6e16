#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bench.py [--check|--load] RUN: compare two kernels that were booted alternately.

RUN is what scripts/bench.sh writes: for each boot a line "# boot PAIR PLACE SIDE
status S wall W s foreign F %" and the report described in tests/bench/main.c.
With --check: nothing, if the run is valid; with --load: for each boot of which others
took too much, how much.

A run that says nothing is refused, each reason named, without a ratio:
BENCH_NOISE=5 is the spread of the empty loop that is allowed, BENCH_LOAD=10 what
others may take of one processor, BENCH_UNQUIET=5 how many rows of boots may have no quiet
sample, all in percent. The empty loop runs before and after each turn, a sample is the first
turn with both within 3 % of the boot's quickest, or the quietest of 40. The spread is taken
as a row's value is: of the least of each.

The value of a boot is the least of its samples: what else the machine does comes on
top. What passes between two processors depends on how they meet, and can be less by
chance: of those rows it is the median. The ratio is patched/base, pair by pair; its
interval is the one of the median by order statistics, which assumes nothing about the
distribution, with a confidence of 95 % or a little more.

A run that is valid may have a finding: more fragments for the same traffic, more
pages held, more bytes charged. Then the last line says so, and the exit status is 3.
"""
import math
import os
import re
import sys
from statistics import median

SIDES = ("base", "patched")
NOISE = float(os.environ.get("BENCH_NOISE") or 5)
LOAD = float(os.environ.get("BENCH_LOAD") or 10)
UNQUIET = float(os.environ.get("BENCH_UNQUIET") or 5)
QUIET = 1 + 1 / 32  # as in tests/bench/main.c
SHORTEST = 1e6      # ns: below, the clock and the start of a thread count
FINDING = 3         # exit status
STREAMS = ("tcp", "tcp-x8", "veth", "veth-x8", "mptcp", "tls")
PATHS = STREAMS + ("tcp-rr", "veth-rr", "udp", "tap", "virtio-rx")
BOOT = re.compile(r"# boot (\d+) (\d) (\w+) status (\S+) wall \S+ s foreign (\S+) %$")
SAMPLE = re.compile(r"bench: (\S+) (time|peer|count) (\d+) ns=(\d+) ops=(\d+) bytes=(\d+) skbs=(\d+) frags=(\d+)"
                    r"(?: turns=(\d+))?$")


class Boot:
    """What one kernel reported: for each row a list of samples."""

    def __init__(self, match):
        self.pair, self.place, self.side = int(match[1]), match[2], match[3]
        self.status, self.foreign = match[4], float(match[5])
        self.begin = self.end = None
        self.rows, self.kinds, self.faults = {}, {}, []
        self.empty = None

    def name(self):
        return f"boot {self.pair}/{self.place} ({self.side})"

    def take(self, line):
        sample = SAMPLE.match(line)
        if self.end is not None:
            self.faults.append(f"text after the end: {line}")
        elif sample:
            values = dict(zip(("ns", "ops", "bytes", "skbs", "frags"), map(int, sample.groups()[3:8])))
            values["turns"] = int(sample[9] or 0)
            self.rows.setdefault(sample[1], []).append(values)
            self.kinds[sample[1]] = sample[2]
            if sample[1] == "empty":
                self.empty = values["ns"] / values["ops"]
            values["empty"] = self.empty
        elif line.startswith("bench: begin "):
            self.begin = line.split()[2:]
        elif line.startswith("bench: end "):
            self.end = int(line.split()[2])
        else:
            self.faults.append(line)

    def disturbed(self):
        return self.foreign > LOAD

    def check(self):
        """What makes this boot no measurement, whatever the others are."""
        yield from (f"{self.name()}: {fault}" for fault in self.faults)
        samples = sum(map(len, self.rows.values()))
        if self.begin is None or self.begin[0] != self.side:
            yield f"{self.name()}: the report is of {self.begin[0] if self.begin else 'nobody'}"
        elif self.end is None:
            yield f"{self.name()}: the report has no end (status {self.status})"
        elif self.end != samples or not samples:
            yield f"{self.name()}: {samples} samples, the kernel made {self.end}"
        if self.disturbed():
            yield f"{self.name()}: others took {self.foreign:.1f} % of a processor, at most {LOAD:g} % may be"

    def ns(self, row):
        value = median if row.startswith("ring") else min
        return value(s["ns"] / s["ops"] for s in self.rows[row])

    def timed(self):
        """Of what is timed, the samples of each row, but not those of the empty loop alone."""
        return [samples for row, samples in self.rows.items() if row != "empty" and self.kinds[row] != "count"]

    def unquiet(self):
        """The rows without a quiet sample."""
        least = [min(s["empty"] for s in samples) for samples in self.timed()]
        return [empty for empty in least if empty > min(least) * QUIET]

    def per_skb(self, row):
        skbs = sum(s["skbs"] for s in self.rows[row])
        return sum(s["frags"] for s in self.rows[row]) / skbs if skbs else None


def read(path):
    boots = []
    with open(path, encoding="utf-8") as lines:
        for line in map(str.rstrip, lines):
            match = BOOT.match(line)
            if match:
                boots.append(Boot(match))
            elif line.startswith("bench: ") and boots:
                boots[-1].take(line)
            elif line and not line.startswith("# "):
                sys.exit(f"error: {path}: not a line of a run: {line}")
    return boots


def pairs_of(boots):
    pairs = {}
    for boot in boots:
        pairs.setdefault(boot.pair, []).append(boot)
    return pairs


def check_pairs(boots):
    for number, pair in sorted(pairs_of(boots).items()):
        if sorted(b.side for b in pair) != sorted(SIDES):
            yield f"pair {number} is not one boot of each kernel"
    count = len(pairs_of(boots))
    if interval_rank(count) is None:
        yield f"{count} pairs give no interval: 6 or more do"


def check_work(boots):
    """Each row did the same on every boot, or its times cannot be compared."""
    rows = boots[0].rows
    for boot in boots:
        for row in rows.keys() ^ boot.rows.keys():
            yield f"{boot.name()}: row {row} is not on every boot"
    for row in rows:
        work = {(s["ops"], s["bytes"]) for b in boots for s in b.rows.get(row, [])}
        if len(work) > 1:
            yield f"row {row}: not the same work: operations and bytes are {sorted(work)}"
        if len({len(b.rows.get(row, [])) for b in boots}) > 1:
            yield f"row {row}: not as often on every boot"
        shortest = min(s["ns"] for b in boots for s in b.rows.get(row, rows[row]))
        if boots[0].kinds[row] != "count" and shortest < SHORTEST:
            yield f"row {row}: {shortest / 1e6:.1f} ms are too short, {SHORTEST / 1e6:g} ms are needed"


def quantile(values, share):
    values = sorted(values)
    return values[round(share * (len(values) - 1))]


def width(values):
    return 100 * (quantile(values, 0.95) - quantile(values, 0.05)) / median(values)


def empty_spreads(boots):
    """Of the empty loop, in percent: by the least of rows, and by single samples."""
    rows = [[s["empty"] for s in samples] for b in boots for samples in b.timed()]
    return width([min(row) for row in rows]), width([sample for row in rows for sample in row])


def unquiet_share(boots):
    """In percent, of the rows of all boots."""
    return 100 * sum(len(b.unquiet()) for b in boots) / sum(len(b.timed()) for b in boots)


def check_noise(boots):
    """The empty loop is the same code on both sides and uses no memory."""
    if not all("empty" in b.rows and all(s["empty"] for r in b.rows.values() for s in r) for b in boots):
        yield "no row 'empty': the noise is not known"
        return
    noise, _ = empty_spreads(boots)
    if noise > NOISE:
        yield f"noise: the empty loop differs by {noise:.1f} %, at most {NOISE:g} % may be"
    share = unquiet_share(boots)
    if share > UNQUIET:
        yield f"noise: {share:.0f} % of the rows of boots had no quiet sample, at most {UNQUIET:g} % may be so"
    sides = [median(b.ns("empty") for b in boots if b.side == side) for side in SIDES]
    drift = 100 * abs(sides[1] / sides[0] - 1)
    if drift > NOISE:
        yield f"noise: the empty loop differs by {drift:.1f} % between the two kernels"


def invalid(boots):
    if not boots:
        return ["there is no boot in it"]
    found = [fault for boot in boots for fault in boot.check()]
    found += check_pairs(boots)
    # What follows compares boots that are whole.
    if all(b.end and b.rows for b in boots) and {b.side for b in boots} == set(SIDES):
        found += check_work(boots)
        found += check_noise(boots)
    return found


def interval_rank(count):
    """Rank k: the k-th value from either end bounds the median with 95 %."""
    best, tail = None, 0
    for k in range(1, count // 2 + 1):
        tail += math.comb(count, k - 1) / 2 ** count
        if 1 - 2 * tail >= 0.95:
            best = k
    return best


class Ratio:
    """Of pairs, patched/base: median, and the interval of the median."""

    def __init__(self, ratios):
        self.all = list(ratios)
        ordered = sorted(self.all)
        k = interval_rank(len(ordered))
        self.middle, self.low, self.high = median(ordered), ordered[k - 1], ordered[-k]

    def verdict(self):
        if self.high < 1:
            return "faster"
        return "slower" if self.low > 1 else "same"

    def __str__(self):
        return f"{self.middle:.3f} ({self.low:.3f}..{self.high:.3f})"

    def cells(self):
        return [f"{self.middle:.3f}", f"{self.low:.3f}..{self.high:.3f}", self.verdict()]


class Run:
    """A run that is valid."""

    def __init__(self, boots):
        self.pairs = [{b.side: b for b in pair} for _, pair in sorted(pairs_of(boots).items())]
        self.kinds = boots[0].kinds

    def rows(self, kind):
        return [row for row in self.kinds if self.kinds[row] == kind]

    def values(self, side, row):
        return [pair[side].ns(row) for pair in self.pairs]

    def ratio(self, *rows):
        """Of one row, or the geometric mean of several."""
        return Ratio([math.exp(sum(math.log(p["patched"].ns(r) / p["base"].ns(r)) for r in rows) / len(rows))
                      for p in self.pairs])

    def without(self, row, floor):
        """The same of what a row takes more than another one, or None."""
        rest = [[p[side].ns(row) - p[side].ns(floor) for side in SIDES] for p in self.pairs]
        if any(base <= 0 or patched <= 0 for base, patched in rest):
            return None
        return Ratio([patched / base for base, patched in rest])

    def to_floor(self, side, row, floor):
        """What a row takes, as a multiple of another one on the same kernel."""
        return Ratio([p[side].ns(row) / p[side].ns(floor) for p in self.pairs])

    def bytes_per_op(self, row):
        sample = self.pairs[0]["base"].rows[row][0]
        return sample["bytes"] / sample["ops"]

    def counts(self, side, row):
        """skbs and frags of the samples; one pair if they never differ."""
        return sorted({(s["skbs"], s["frags"]) for p in self.pairs for s in p[side].rows[row]})

    def per_skb(self, side, row):
        """Fragments, or None where nobody counts skbs."""
        counts = [p[side].per_skb(row) for p in self.pairs]
        return None if None in counts else median(counts)

    def paths(self):
        return [row for row in self.rows("time") if row.split("/")[0] in PATHS]


def geometric_means(run):
    """Name and ratio of each kind of stream over all of its sizes."""
    for name in STREAMS:
        rows = [row for row in run.rows("time") if row.startswith(name + "/")]
        if rows:
            yield f"{name}/*, geometric mean", run.ratio(*rows)


def ring_ratios(run):
    """Rows through the ring, without what the ring takes; None: it takes all."""
    for row in run.rows("time"):
        if row.startswith("ring-"):
            yield row, run.without(row, "ring")


def more_frags(run):
    return [row for row in run.rows("count") if queue_verdict(run, row) == "MORE"]


def spread(values):
    return f"{median(values):.2f} ({min(values):.2f}..{max(values):.2f})"


def time_table(run, kind):
    yield ["ns per operation" if kind == "time" else "the same code on both", "base", "patched",
           "ratio", "interval", ""]
    for row in run.rows(kind):
        yield [row] + [spread(run.values(side, row)) for side in SIDES] + run.ratio(row).cells()
    if kind == "time":
        for name, ratio in geometric_means(run):
            yield [name, "", ""] + ratio.cells()
        for row, ratio in ring_ratios(run):
            yield [f"{row}, ring subtracted", "", ""] + (ratio.cells() if ratio else ["none left", "", ""])


def traffic_lines(run):
    """Of what is a path: row, MB/s and fragments per skb, base and patched."""
    for row in run.paths():
        size = run.bytes_per_op(row)
        frags = [run.per_skb(side, row) for side in SIDES]
        yield ([row] + [f"{1000 * size / median(run.values(side, row)):.0f}" for side in SIDES] +
               ["-" if n is None else f"{n:.2f}" for n in frags])


def traffic_table(run):
    yield ["traffic", "MB/s base", "patched", "frags per skb: base", "patched"]
    yield from traffic_lines(run)


def queue_verdict(run, row):
    """By the exact counts, as a fraction; what varies is compared by its worst, on either side."""
    base, patched = [max(frags / max(skbs, 1) for skbs, frags in run.counts(side, row)) for side in SIDES]
    return "MORE" if patched > base else "same" if patched == base else "fewer"


def queue_table(run):
    yield ["frags/skbs, bytes/queues, pages/owners", "base", "patched", ""]
    for row in run.rows("count"):
        cells = [", ".join(f"{frags}/{skbs}" for skbs, frags in run.counts(side, row)) for side in SIDES]
        yield [row] + cells + [queue_verdict(run, row)]


def show(table):
    table = list(table)
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    for line in table:
        cells = [cell.rjust(width) if i else cell.ljust(width)
                 for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    print()


def print_tables(run):
    print(f"{len(run.pairs)} pairs of boots; ratio is patched/base, below 1 is faster\n")
    for kind in ("peer", "time"):
        if run.rows(kind):
            show(time_table(run, kind))
    if run.paths():
        show(traffic_table(run))
    if run.rows("count"):
        show(queue_table(run))


def load(path):
    """The run of a file; ends with the reasons if it says nothing."""
    boots = read(path)
    reasons = invalid(boots)
    for reason in reasons:
        print(f"invalid: {reason}", file=sys.stderr)
    if reasons:
        sys.exit(f"error: the run is invalid, {len(reasons)} reasons\n"
                 "       run it again on a machine that does nothing else: make bench")
    return Run(boots)


def main(arguments):
    if arguments[0] == "--load":
        print(*(f"{boot.foreign:.1f}" for boot in read(arguments[-1]) if boot.disturbed()), sep="\n", end="")
        return 0
    run = load(arguments[-1])
    if arguments[0] == "--check":
        return 0
    print_tables(run)
    found = more_frags(run)
    if found:
        print(f"finding: MORE than on the base: {', '.join(found)}", file=sys.stderr)
    return FINDING if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
