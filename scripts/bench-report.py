#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bench-report.py RESULTS OUT BASE...: docs/benchmarks.md, from recorded data alone.

RESULTS is the directory results/. For each BASE it may have bench/BASE.run and
bench/BASE.try.NAME.run and bench/BASE.placed.NAME.run (see bench.py), bench/BASE.size
(bench-size.sh), bench/BASE.icount (icount.sh),
bench/BASE.why (text, for targets that were missed) and BASE.tsv (render.py). OUT gets
benchmarks.md, and for gnuplot bench/BASE-NAME.gp, which writes bench/BASE-NAME.svg.
What is not there is said to be not measured. The same data gives the same bytes.
"""
import os
import sys
from fnmatch import fnmatch
from statistics import median

import bench

MISSING = ("not measured", "", "")

OPERATIONS = ("atomic-put", "alloc/256", "alloc-free/256", "alloc-free-x16/256", "alloc-free-x64/256",
              "alloc-align-free/256", "alloc-both-put/256", "build-put/256", "build-put-x64/256",
              "sock-put/256", "build-more/256", "order0/256", "kmalloc/256", "page-pool/256")
CURVES = ("alloc", "alloc-free", "alloc-free-x16", "alloc-free-x64", "alloc-align-free", "build-put",
          "build-more")
SPEEDS = ("tcp", "tcp-x8", "veth")
TRIED = ("alloc/256", "alloc-free/64", "alloc-free/256", "alloc-free-x16/256", "alloc-free-x16/4096",
         "alloc-free-x64/2048", "alloc-free-x64/4096",
         "alloc-align-free/64", "alloc-both-put/64", "build-put/256", "build-put/4096", "build-put-x64/256",
         "build-put-x16/256", "sock-put/256", "sock-put/1024", "ring-alloc/64", "ring-alloc/256", "ring-alloc/1024", "ring-alloc/4096",
         "ring-build/64", "ring-build/256", "ring-build/1024", "ring-build/4096", "refill-new/256",
         "order0-new/256", "order0-build/4096", "build-more/64", "build-more/256", "build-more/1024",
         "build-more/2048", "build-more/4096", "tcp/64", "tcp/65536", "tcp-x8/64", "tcp-rr/16384", "mptcp/64", "mptcp/1024")
SMALL = 48      # bytes, of what is listed function by function


def verdict(met):
    return "met" if met else "**missed**"


class Report:
    """What is recorded of one base."""

    def __init__(self, results, base):
        self.base, self.directory = base, os.path.join(results, "bench")
        path = self.path("run")
        self.run = bench.load(path) if os.path.exists(path) else None
        self.facts = [line[2:] for line in self.lines("run") if line.startswith("# ")][1:]
        self.facts = [line for line in self.facts if not bench.BOOT.match(f"# {line}")]
        self.sizes = [line.split("\t") for line in self.lines("size") if "\t" in line]
        self.size_facts = [line[2:] for line in self.lines("size") if line.startswith("# ")][1:]
        self.counted = [line.split("\t") for line in self.lines("icount") if "\t" in line]
        self.count_facts = [line[2:] for line in self.lines("icount") if line.startswith("# ")][1:]
        self.records = [line.split("\t") for line in self.lines("tsv", results)]

    def path(self, kind, directory=None):
        return os.path.join(directory or self.directory, f"{self.base}.{kind}")

    def aside(self, kind):
        """For each run of a kind that is recorded beside: its name, what it is, and the run."""
        kinds = sorted(name[len(self.base) + 1:] for name in os.listdir(self.directory)
                       if fnmatch(name, f"{self.base}.{kind}.*.run")) if os.path.isdir(self.directory) else []
        for path in kinds:
            facts = [line for line in self.lines(path) if line.startswith((f"# {kind} ", f"# {kind}: "))]
            head, _, text = facts[0].partition(": ")
            yield path.split(".")[1], text + self.how(path, head), bench.load(self.path(path))

    def how(self, kind, head):
        """Which change it was, and what the kernels were told to run."""
        told = [word for line in self.lines(kind) if line.startswith("# bench ")
                for word in line.split() if word.startswith("bench.")]
        return "".join(f"; change {word}" for word in head.split()[3:4]) + \
            (f"; `BENCH_ARGS=\"{' '.join(told)}\"`" if told else "")

    def tries(self):
        return self.aside("try")

    def placed(self):
        return self.aside("placed")

    def lines(self, kind, directory=None):
        if not os.path.exists(self.path(kind, directory)):
            return []
        with open(self.path(kind, directory), encoding="utf-8") as lines:
            return [line.rstrip("\n") for line in lines]

    def rows(self, *patterns):
        return [row for row in self.run.rows("time") if any(fnmatch(row, p) for p in patterns)]

    def size_of(self, side, table, name):
        found = [line[3] for line in self.sizes if line[:3] == [table, side, name]]
        return int(found[0]) if found else None


def worst(ratios):
    """The largest of (row, ratio), or None."""
    return max(ratios, key=lambda item: item[1].middle, default=None)


def judged(ratios, limit):
    found = worst(ratios)
    if not found:
        return MISSING
    return str(found[1]), f"{found[0]}, the worst of {len(ratios)}", verdict(found[1].middle <= limit)


def at_most(limit, *patterns):
    return lambda r: judged([(row, r.run.ratio(row)) for row in r.rows(*patterns)], limit)


def ring_at_most(limit):
    """What the ring hides altogether is no proof."""
    def judge(report):
        ratios = list(bench.ring_ratios(report.run))
        if any(ratio is None for _, ratio in ratios):
            return "the ring takes all of it", "", verdict(False)
        return judged(ratios, limit)
    return judge


def none_slower(report):
    """By the interval: a median above 1 that may be 1 is no finding."""
    ratios = [(row, report.run.ratio(row)) for row in report.run.rows("time")]
    slower = [row for row, ratio in ratios if ratio.verdict() == "slower"]
    above = sum(ratio.middle > 1 and ratio.verdict() == "same" for _, ratio in ratios)
    row, ratio = worst([item for item in ratios if item[0] in slower] or ratios)
    said = f"{len(slower)} of {len(ratios)} rows slower: {', '.join(slower)}" if slower else \
        f"none of {len(ratios)} rows slower"
    return (str(ratio), f"{row}, the worst; {said}; {above} medians above 1 whose interval has 1 in it",
            verdict(not slower))


def tcp_mean(limit):
    def judge(report):
        rows = report.rows("tcp/*", "tcp-x8/*")
        if not rows:
            return MISSING
        ratio = report.run.ratio(*rows)
        speed = bench.Ratio([1 / r for r in ratio.all])
        return str(speed), f"{len(rows)} rows", verdict(speed.middle >= limit)
    return judge


def tcp_never_slower(report):
    ratios = [(row, report.run.ratio(row)) for row in report.rows("tcp/*", "tcp-x8/*", "tcp-rr/*")]
    if not ratios:
        return MISSING
    slower = [item for item in ratios if item[1].verdict() == "slower"]
    row, ratio = worst(slower or ratios)
    speed = bench.Ratio([1 / r for r in ratio.all])
    return str(speed), f"{row}, the worst; {len(slower)} of {len(ratios)} rows slower", verdict(not slower)


def near_floor(limit):
    def judge(report):
        ratios = [(row, report.run.to_floor("patched", row, "atomic-put")) for row in report.rows("alloc-free/*")]
        return judged(ratios, limit)
    return judge


def frags_no_more(report):
    rows = report.run.rows("count")
    more = bench.more_frags(report.run)
    return f"{len(more)} of {len(rows)} rows", ", ".join(more), verdict(not more)


def not_larger(report):
    sizes = [[report.size_of(side, "size", part) for side in bench.SIDES] for part in ("text", "data", "bss")]
    if None in sum(sizes, []):
        return MISSING
    text, data, bss = (patched - base for base, patched in sizes)
    return (f"{text + data:+d} bytes", f"text and data; with bss, whose end is rounded, {text + data + bss:+d}",
            verdict(text + data <= 0))


def freed(*sizes):
    """Rows that allocate and free without alignment: by address, by page and offset, both."""
    return [f"{kind}/{size}" for kind in ("alloc-free*", "alloc-pg-put", "alloc-both-put") for size in sizes]


# Text, limit as shown, function that judges. The limits were agreed upon before
# anything was measured; that of FRAGS was added.
SLOWER = ("nothing slower than the base", "1.00, by the interval", none_slower)
FRAGS = ("no more fragments for the same traffic, no more pages held", "0 rows", frags_no_more)
SIZE = ("vmlinux is not larger", "0", not_larger)
TARGETS = {
    "7.3": (
        ("allocation alone", "<= 0.60", at_most(0.60, "alloc/*")),
        ("allocation and free, up to 1 KiB", "<= 0.85",
         at_most(0.85, *freed("64", "256", "1024"))),
        ("allocation and free, above 1 KiB", "<= 0.90", at_most(0.90, *freed("2048", "4096"))),
        ("aligned", "<= 0.85", at_most(0.85, "alloc-align*")),
        ("prepare + commit + free, relative to refill + get_page + put_page", "<= 0.50",
         at_most(0.50, "build-put*", "sock-put*", "order0-build*")),
        ("two processors, the ring subtracted", "<= 0.95", ring_at_most(0.95)),
        SLOWER,
        ("loopback TCP, bytes per second, geometric mean", ">= 1.02", tcp_mean(1.02)),
        ("loopback TCP, bytes per second, never less", "1.00, by the interval", tcp_never_slower),
        ("allocation + free, relative to one locked atomic and the loop", "<= 1.20", near_floor(1.20)),
        FRAGS, SIZE),
    "6.12": (
        ("allocation alone", "<= 0.80", at_most(0.80, "alloc/*")),
        SLOWER, FRAGS, SIZE),
}


def table(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for line in lines:
        yield "| " + " | ".join(line) + " |"
    yield ""


def target_lines(report):
    for text, limit, judge in TARGETS.get(report.base, ()):
        needs_run = judge is not not_larger
        measured, where, word = MISSING if needs_run and not report.run else judge(report)
        yield text, limit, measured, where, word


def time_lines(run, kind):
    for row in run.rows(kind):
        ratio = run.ratio(row)
        yield [f"`{row}`"] + [bench.spread(run.values(side, row)) for side in bench.SIDES] + \
            [str(ratio), ratio.verdict()]


def derived_lines(run):
    for name, ratio in bench.geometric_means(run):
        yield name, str(ratio), ratio.verdict()
    for row, ratio in bench.ring_ratios(run):
        yield (f"`{row}` without `ring`",) + \
            ((str(ratio), ratio.verdict()) if ratio else ("the ring takes all of it", ""))


def count_lines(run):
    for row in run.rows("count"):
        cells = [", ".join(f"{frags}/{skbs}" for skbs, frags in run.counts(side, row)) for side in bench.SIDES]
        word = bench.queue_verdict(run, row)
        yield [f"`{row}`"] + cells + [f"**{word}**" if word == "MORE" else word]


def size_lines(report, title):
    names = dict.fromkeys(line[2] for line in report.sizes if line[0] == title)
    for name in names:
        base, patched = (report.size_of(side, title, name) for side in bench.SIDES)
        known = [str(n) if n is not None else "-" for n in (base, patched)]
        change = f"{patched - base:+d}" if None not in (base, patched) else "-"
        yield [name] + known + [change]


def plot_names(report):
    return [name for name, body in PLOTS if report.run and body(report)]


def is_small(line):
    """A line of bloat-o-meter about one function: name, old, new, change. Numbered names change by themselves."""
    words = line[2:].split()
    return len(words) == 4 and words[3].lstrip("+-").isdigit() and \
        (abs(int(words[3])) < SMALL or words[0].startswith("__UNIQUE_ID_"))


def size_part(report):
    yield "### Size\n"
    if not report.sizes:
        yield "Not measured: `make bench-size`.\n"
        return
    yield "x86_64; bytes. " + "; ".join(report.size_facts) + ".\n"
    yield from table(("vmlinux", "base", "patched", "change"), size_lines(report, "size"))
    yield "The files that the series changes and that are in this kernel, text and data:\n"
    yield from table(("object", "base", "patched", "change"), size_lines(report, "object"))
    yield "Those that are not, with allmodconfig:\n"
    yield from table(("object", "base", "patched", "change"), size_lines(report, "allmod"))
    yield "Structs, as `pahole` has them; -: no object that was looked at uses it. `struct page_frag` itself " \
        "stays, for those that hand a page on and do not allocate from it.\n"
    yield from table(("struct", "base", "patched", "change"), size_lines(report, "struct"))
    yield "```"
    yield from (line[2:] for line in report.lines("size") if line.startswith("= ") or line == "=")
    yield "```\n"
    yield f"What `scripts/bloat-o-meter` says of vmlinux, and of each object that is not in it, without changes below " \
        f"{SMALL} bytes:\n"
    yield "```"
    yield from (line[2:] for line in report.lines("size") if line.startswith("| ") and not is_small(line))
    yield "```\n"


def tried_part(report):
    tries = list(report.tries())
    if not tries:
        return
    yield "### What was tried\n"
    yield "The series with a change and without it, booted alternately like the two kernels above: ratio with/without, " \
        f"interval. Of what `tests/bench-tries` has; `make bench BASE={report.base} TRY=NAME`, with " \
        "`PAIRS` and `BENCH_ARGS` as below.\n"
    yield from (f"- `{name}`: {what}; {len(run.pairs)} pairs." for name, what, run in tries)
    yield ""
    rows = [row for row in TRIED if any(row in run.kinds for _, _, run in tries)]
    yield from table(("row", *(f"`{name}`" for name, _, _ in tries)),
                     ([f"`{row}`"] + [str(run.ratio(row)) if row in run.kinds else "-" for _, _, run in tries]
                      for row in rows))


def placed_part(report):
    runs = list(report.placed())
    if not runs:
        return
    yield "### With the code elsewhere\n"
    yield "Pairs of kernels, each of which is booted once. By how much is the same for both of a pair. What a column " \
        "spans is what the place does to the same code, and the boot.\n"
    for name, where, run in runs:
        yield f"{len(run.pairs)} pairs: {where}. `make bench BASE={report.base} PLACED={name}`, with `PAIRS` and " \
            "`BENCH_ARGS` as here.\n"
        yield from table(("row", "base", "patched", "ratio", ""), time_lines(run, "time"))


def counted(report, side):
    """The repeats of each row, sorted: what else the machine does comes on top of the least."""
    return {line[1]: sorted(float(n) for n in line[2:]) for line in report.counted if line[0] == side}


def counted_lines(report):
    base, patched = (counted(report, side) for side in bench.SIDES)
    for row in dict.fromkeys([*base, *patched]):
        both = [side.get(row) for side in (base, patched)]
        if None in both:
            yield [f"`{row}`"] + [f"{n[0]:.1f}" if n else "-" for n in both] + ["-", "-", "**one only**"]
            continue
        ratio = both[1][0] / both[0][0]
        spread = max(n[1] / n[0] - 1 for n in both)
        yield [f"`{row}`"] + [f"{n[0]:.1f}" for n in both] + \
            [f"{ratio:.3f}", f"{100 * spread:.2f} %", "**MORE**" if ratio > 1 + spread else ""]


def counted_part(report):
    yield "### Instructions from user space and back\n"
    if not report.counted:
        yield "Not measured: `make icount`.\n"
        return
    yield "Of one write and of what takes it, x86_64, in an emulator of one processor that counts them: the least " \
        "of five times 1000. Spread: by how much the second least is above it, on either kernel. MORE: the increase " \
        "exceeds the spread. " + "; ".join(report.count_facts) + ".\n"
    lines = list(counted_lines(report))
    yield from table(("row", "base", "patched", "ratio", "spread", ""), lines)
    bad = [line[0] for line in lines if line[5]]
    yield f"More than on the base: {', '.join(bad) or 'none'} of {len(lines)}.\n"


def code_part(report):
    """Counted, not timed: the guard that each make check and make test runs."""
    found = [r for r in report.records if r[0].startswith(("speed: ", "calls: "))]
    yield "### Instructions\n"
    if not found:
        yield "Not measured: `make record`.\n"
        return
    yield from table(("call", "instructions", "kernel"), ((r[0].split(": ", 1)[1], r[1], r[4]) for r in found))


def beside_lines(run):
    """Rows of the patched kernel beside those of what the series replaces, of the same boots."""
    for row in run.rows("peer"):
        mine = row.removeprefix("old-")
        if mine == row or mine not in run.kinds:
            continue
        both = [[pair["patched"].ns(name) for pair in run.pairs] for name in (row, mine)]
        ratio = bench.Ratio([new / old for old, new in zip(*both)])
        yield [f"`{mine}`"] + [bench.spread(ns) for ns in both] + [str(ratio), ratio.verdict()]


def peer_lines(run):
    """What the same code differs by is what no row can tell; two processors differ by more."""
    peers = [run.ratio(row) for row in run.rows("peer") if not row.startswith("ring")]
    outside = [100 * abs(ratio.middle - 1) for ratio in peers if ratio.verdict() != "same"]
    boots = [boot for pair in run.pairs for boot in pair.values()]
    medians, samples = bench.empty_spreads(boots)
    yield "The same code on both sides: floors, allocators that the series does not touch, and those that it " \
        "replaces, under other names.\n"
    if outside:
        yield f"{len(outside)} of {len(peers)}, without those through the ring, are beyond their interval, in " \
            f"either direction, by up to {max(outside):.1f} %: code and data lie elsewhere in another kernel.\n"
    samples_of = [s for boot in boots for row in boot.timed() for s in row]
    turned = sum(s["turns"] for s in samples_of)
    yield f"The empty loop's spread, without the outer tenth: {medians:.1f} % by the least of each row, which is " \
        f"what is judged, {samples:.1f} % by single samples. {bench.unquiet_share(boots):.1f} % of what boots say " \
        f"of rows had no quiet sample, at most {bench.UNQUIET:g} % may be so." + \
        (f" {len(samples_of)} samples were taken in {turned} turns.\n" if turned else "\n")


def time_part(report):
    run = report.run
    for name in plot_names(report):
        yield f"![{name}](bench/{report.base}-{name}.svg)\n"
    yield "### Time\n"
    yield "ns per operation: median of the boots, least and most; ratio patched/base, interval.\n"
    head = ("row", "base", "patched", "ratio", "")
    yield from table(head, time_lines(run, "time"))
    yield from table(("derived", "ratio", ""), derived_lines(run))
    yield from peer_lines(run)
    yield from table(head, time_lines(run, "peer"))
    beside = list(beside_lines(run))
    if beside:
        yield "Beside what the series replaces, in the boots of the patched kernel.\n"
        yield from table(("row", "the base's allocator", "the series", "ratio", ""), beside)
    yield "### Fragments\n"
    yield "Exact: fragments/messages, fragments/skbs, pages/owners.\n"
    yield from table(("row", "base", "patched", ""), count_lines(run))
    yield "As it arrives: MB/s, and fragments per skb.\n"
    yield from table(("row", "base", "patched", "frags per skb, base", "patched"),
                     ([f"`{row}`"] + cells for row, *cells in bench.traffic_lines(run)))


def base_part(report):
    yield f"## Linux {report.base}\n"
    yield from (f"- {fact}" for fact in report.facts)
    yield ""
    yield from table(("target", "limit", "measured", "where", ""), target_lines(report))
    why = [line for line in report.lines("why") if "SPDX-License-Identifier" not in line]
    yield from why + [""] if why else []
    if report.run:
        yield from time_part(report)
    else:
        yield f"Times and fragments: not measured. `make bench BASE={report.base}`, " \
            f"`make bench-record BASE={report.base}`.\n"
    yield from placed_part(report)
    yield from tried_part(report)
    yield from counted_part(report)
    yield from code_part(report)
    yield from size_part(report)


INTRO = """<!-- SPDX-License-Identifier: GPL-2.0 -->
<!-- Written by make bench-report from what is in results/. -->
# Benchmarks

`make bench BASE=7.3` builds the base and the patched kernel with one configuration
and one compiler, boots them alternately under UML, natively, and runs the same rows in
each, inside of the kernel. `make bench-record` keeps the raw data in
`results/bench/`, and `make bench-report` writes this file and the plots from it,
bit for bit (the plots with the gnuplot that they name). A ratio is patched/base, pair of boots by pair; below 1 is faster. The
interval is that of the median by order statistics, with 95 % or more. With ten pairs, an
unchanged row is called slower by chance about once in a hundred: of a hundred rows, about one. Code
placement adds to that: see the rows whose code is the same in both kernels, and what `PLACED` gives. "By the
interval" means: missed if all of the interval is on the wrong side. What is said of a missed target
is written by hand, from these figures and from what objdump shows.

What a boot says of a row is the least of three samples, of rows through the ring the median
of fifteen. A sample is one turn of up to 40: the first around which the empty loop was within
3 % of the quickest of the boot, or else the one around which it was quickest. What the row
itself took has no say in that. Turns that were not taken are counted, not kept.

What a row does. The number after the slash is the size in bytes.

| rows | what |
|---|---|
| `alloc`, `alloc-align` | allocation alone: the references of a whole page are dropped by one atomic |
| `alloc-free`, `alloc-align-free` | allocation and free, one at a time; `-x16`, `-x64`: so many are held. Aligned: to 64 |
| `alloc-pg-put`, `alloc-both-put` | the same by page and offset, and with the address too; on the base, which has no such call, by address and `virt_to_head_page()` |
| `build-put` | prepare, commit, free; on the base refill, `get_page()`, `put_page()` |
| `sock-put` | as sockets do it: as much as there is, from the page's start once that is idle |
| `build-more` | prepare, commit without a reference: the end of the last fragment grows |
| `refill-new` | a new page for each; `order0`, `order0-build`: allocation and free, or prepare, commit and free, while there are no pages of high order; at 4096 bytes each starts its idle page again |
| `old-` | the same loops by the allocators of the base, in either kernel |
| `ring-alloc`, `ring-build` | allocated on one processor, freed on the other (where UML has two) |
| `ring-count`, `ring-get` | no allocator: only what one does to the count of each 32 KiB, one with a bias or one that takes a reference for each fragment; put by the other processor |
| `tcp`, `veth`, `mptcp`, `tls` | a stream through kernel sockets, written and read alternately; `-x8`: eight flows |
| `tcp-rr`, `veth-rr`, `udp` | request and response; datagrams |
| `tap` | frames written to a tap device, dropped where they are received. In tun mode the driver builds nothing in page fragments |
| `virtio-rx` | frames that a virtio-net device receives, 32 at a time, dropped behind it; 7.3 receives into pages of page_pool on both sides |
| `message` | fragments of a message, when nothing of the last one is in use; `-mptcp`, `-tls`, `-udp`: of a message sent over that protocol |
| `queue` | fragments per skb in the queue of a sender whose peer does not read |
| `charged` | bytes that the sender is charged for such a queue, as ss -m shows them |
| `pages-of-task`, `pages-of-socket` | pages held by an idle task or socket that has sent |

Under UML a system call takes far longer than on hardware and would hide the rest.
`make icount` takes whole paths from user space, under an emulator that counts
instructions: how many, not how long they take.

The peers that a kernel has whatever is applied (kmalloc, pages, page_pool) are in each boot. So
are the allocators that the series replaces, as `old-`: `scripts/bench-old.sh` takes them from the
base's source, under other names. (A record that was made before a row was there does not have it.) Of batches, sizes, alignments and forms not every combination is
a row. The rows are built into the kernel, and are the same source on both sides but for
the calls of `tests/bench/base.h` and `patched.h`.

Not measured: cycles per byte. What UML can read is the processor's time stamp counter,
whose rate is constant: its cycles are the nanoseconds again, times the rate.

## Instructions, guarded

`make check`, which is part of `make test`, counts the instructions of each call in compiled kernel
code (`tests/fastpath`, "Instructions" below) and is red when a number is not the one recorded; with
another compiler than recorded, when it is larger. `make test` counts refills, reuses and drains too, in
user space (`tests/unit-counts`, for the compilers that it names), and is red when a number differs.
"""


def svg(report, name, lines):
    yield "# SPDX-License-Identifier: GPL-2.0"
    yield f'set terminal svg size 900,420 fixed font "sans,12" name "{name.replace("-", "_")}" background "white"'
    yield f'set output "{report.base}-{name}.svg"'
    yield "set grid ytics"
    yield "set key outside top center horizontal"
    yield from lines


def block(name, lines):
    return [f"${name} << EOD"] + [" ".join(line) for line in lines] + ["EOD"]


def operations_plot(report):
    run = report.run
    rows = [row for row in OPERATIONS if row in run.kinds]
    if not rows:
        return []
    values = {row: [v for side in bench.SIDES for v in
                    (median(run.values(side, row)), min(run.values(side, row)), max(run.values(side, row)))]
              for row in rows}
    data = block("data", ([f'"{row}"'] + [f"{v:.3f}" for v in values[row]] for row in rows))
    return data + [
        'set ylabel "ns per operation"', "set yrange [0:*]", "set rmargin 8", "set xtics rotate by -35 nomirror",
        "set style fill solid 0.7 border -1", "set style histogram errorbars gap 1 lw 1", "set style data histogram",
        f'set title "Linux {report.base}: ns per operation, median, least and most of the boots"',
        'plot $data using 2:3:4:xtic(1) title "base" lc rgb "#999999", '
        '$data using 5:6:7 title "patched" lc rgb "#2060a0"']


def sized(report, names):
    """(name, [(size, row)]) of those that were run."""
    for name in names:
        rows = [(int(row.split("/")[1]), row) for row in report.run.rows("time") if row.split("/")[0] == name]
        if rows:
            yield name, sorted(rows)


def ratio_plot(report):
    curves = list(sized(report, CURVES))
    lines, plots = [], []
    for number, (name, rows) in enumerate(curves):
        ratios = [(size, report.run.ratio(row)) for size, row in rows]
        lines += block(f"d{number}", ([str(s), f"{r.middle:.4f}", f"{r.low:.4f}", f"{r.high:.4f}"]
                                      for s, r in ratios))
        plots.append(f'$d{number} using 1:2:3:4 with yerrorlines title "{name}" lw 2 pt 7 ps 0.5')
    return plots and lines + [
        "set logscale x 2", "set xrange [48:5461]", "set yrange [0:1.2<*]",
        'set xlabel "bytes"', 'set ylabel "patched/base"',
        f'set title "Linux {report.base}: ratio of the times, and its interval"',
        "plot 1 notitle lc rgb 'black' dt 2, " + ", ".join(plots)]


def throughput_plot(report):
    lines, plots = [], []
    for number, (name, rows) in enumerate(sized(report, SPEEDS)):
        for side in bench.SIDES:
            speeds = [(size, sorted(1000 * report.run.bytes_per_op(row) / ns
                                    for ns in report.run.values(side, row))) for size, row in rows]
            lines += block(f"{side}{number}", ([str(s), f"{median(v):.2f}", f"{v[0]:.2f}", f"{v[-1]:.2f}"]
                                               for s, v in speeds))
            look = "dt 2" if side == "base" else "dt 1"
            plots.append(f'${side}{number} using 1:2:3:4 with yerrorlines title "{name}, {side}" '
                         f"lw 2 lt {number + 1} {look} pt 7 ps 0.5")
    return plots and lines + [
        "set logscale xy 2", 'set format y "%.0f"', "set xrange [48:87381]", 'set xlabel "bytes of a write"', 'set ylabel "MB/s"',
        f'set title "Linux {report.base}: bytes per second, median, least and most of the boots"',
        "plot " + ", ".join(plots)]


PLOTS = (("operations", operations_plot), ("ratio", ratio_plot), ("throughput", throughput_plot))


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        print(*lines, sep="\n", file=out)


def main(results, out, *bases):
    reports = [Report(results, base) for base in bases]
    os.makedirs(os.path.join(out, "bench"), exist_ok=True)
    text = "\n".join([INTRO] + [line for report in reports for line in base_part(report)])
    write(os.path.join(out, "benchmarks.md"), [text.rstrip("\n")])
    for report in reports:
        for name, body in PLOTS:
            lines = report.run and body(report)
            if lines:
                write(os.path.join(out, "bench", f"{report.base}-{name}.gp"), svg(report, name, lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
