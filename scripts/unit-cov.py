#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""unit-cov.py MIN_LINES MIN_BRANCHES EXPLAINED BUILD...: line and branch coverage.

Each BUILD has cov.lcov and cov.json of llvm-cov; a line or a branch counts if one
of the builds took it. A condition on a constant of the configuration is no branch.
Whatever is not covered has to be in EXPLAINED, by the text of its line.
"""
import json
import re
import sys

FILES = ("include/linux/page_frag_cache.h", "mm/page_frag_cache.c")
CONSTANT = re.compile(r"IS_ENABLED\(|^PAGE_FRAG_CACHE_MAX_ORDER$")


def name_of(path):
    return next((f for f in FILES if path.endswith("/" + f)), None)


def add_lines(path, lines):
    name = None
    with open(path, encoding="utf-8") as records:
        for record in records:
            kind, _, value = record.strip().partition(":")
            if kind == "SF":
                name = name_of(value)
            elif kind == "DA" and name:
                number, count = (int(v) for v in value.split(",")[:2])
                key = (name, number)
                lines[key] = lines.get(key, 0) + count


def snippet(path, line, start, end):
    with open(path, encoding="utf-8") as source:
        return source.read().splitlines()[line - 1][start - 1:end - 1]


def root_of(function, branch):
    """Where the macro is used that a condition is in, through all levels."""
    used = {r[6]: r for r in function["regions"] if r[7] == 1}
    where = branch[6], branch[0], branch[1]
    while where[0] in used:
        region = used[where[0]]
        where = region[5], region[0], region[1]
    return function["filenames"][where[0]], where[1], where[2]


def add_branches(path, branches):
    with open(path, encoding="utf-8") as export:
        functions = json.load(export)["data"][0]["functions"]
    for function in functions:
        for branch in function["branches"]:
            root, line, column = root_of(function, branch)
            own = function["filenames"][branch[6]]
            if not name_of(root) or CONSTANT.search(snippet(own, branch[0], branch[1], branch[3])):
                continue
            key = (name_of(root), line, column, branch[0], branch[1])
            old = branches.get(key, (0, 0))
            branches[key] = (old[0] + branch[4], old[1] + branch[5])


def missed_branches(branches, text):
    """One entry for each direction that was not taken."""
    for (name, line, *_), counts in sorted(branches.items()):
        for direction, count in zip(("true", "false"), counts):
            if not count:
                yield name, line, f"never {direction}: {text(name, line)}"


def share(total, missed):
    return 100.0 * (total - missed) / total if total else 0.0


def report(kind, total, missed, least):
    percent = share(total, len(missed))
    print(f"{kind}: {total - len(missed)} of {total}, {percent:.1f} % (at least {least} %)")
    return percent >= least


def main(least_lines, least_branches, explained, builds):
    lines, branches, sources = {}, {}, {}
    for build in builds:
        add_lines(f"{build}/cov.lcov", lines)
        add_branches(f"{build}/cov.json", branches)
    for name in FILES:
        with open(f"{builds[0]}/src/{name}", encoding="utf-8") as source:
            sources[name] = source.read().splitlines()

    def text(name, line):
        return sources[name][line - 1].strip()

    no_lines = [(n, l, f"not run: {text(n, l)}") for (n, l), c in sorted(lines.items()) if not c]
    no_branches = list(missed_branches(branches, text))
    with open(explained, encoding="utf-8") as known:
        reasons = dict(l.rstrip("\n").split("\t", 1) for l in known if "\t" in l)
    good = report("lines", len(lines), no_lines, least_lines)
    good &= report("branches", 2 * len(branches), no_branches, least_branches)
    for name, line, what in no_lines + no_branches:
        reason = reasons.get(what)
        good &= reason is not None
        print(f"  {name}:{line}: {what}\n    {reason or 'NOT EXPLAINED in ' + explained}")
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4:]))
