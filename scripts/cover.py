#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""cover.py EXPLAINED DIFF TREE STATUS JSON...: which changed functions were reached.

DIFF is a unified diff without context, each JSON what gcov says of one object. TAP: a
line for the guest itself (STATUS 0 if it passed) and one for each function with added
lines. A function passes if one of those that are code ran; the others are shown. What
did not run at all has to be in EXPLAINED: FILE, FUNCTION, the reason, and the base if it
is true of one only ($BASE), by tabs; a FUNCTION of - stands for a file that has no line.
A reason that is not needed fails. Lines that gcov gives no function are inline code.
"""
import collections
import json
import os
import re
import sys

HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def added(diff):
    """The numbers of the lines that were added, by file."""
    lines, name = collections.defaultdict(set), None
    with open(diff, encoding="utf-8") as text:
        for line in text:
            if line.startswith("+++ "):
                name = line[6:].strip()
            hunk = HUNK.match(line)
            if hunk:
                start, length = int(hunk[1]), int(hunk[2] or 1)
                lines[name].update(range(start, start + length))
    return lines


def own_name(function):
    """Without what the compiler puts behind the name of a part or a copy."""
    return function.split(".")[0]


def counted(reports, tree, changed):
    """{(file, function): {line: count}} of the added lines, from all objects."""
    counts = collections.defaultdict(collections.Counter)
    for report in reports:
        with open(report, encoding="utf-8") as text:
            files = json.load(text)["files"]
        for file in files:
            name = file["file"].removeprefix(tree + "/")
            for line in file["lines"]:
                number = line["line_number"]
                if number in changed.get(name, ()):
                    key = name, own_name(line.get("function_name", "inline code"))
                    counts[key][number] += line["count"]
    return counts


def explanations(path):
    with open(path, encoding="utf-8") as text:
        rows = (line.rstrip("\n").split("\t") for line in text if "\t" in line)
        return {(file, function): reason for file, function, reason, *base in rows
                if not base or base[0] == os.environ.get("BASE")}


def functions(counts, known):
    """(passed, text) of each function."""
    for (file, function), lines in sorted(counts.items()):
        ran = sum(1 for count in lines.values() if count)
        most = max(lines.values())
        text = f"cover: {file} {function}: {ran} of {len(lines)} lines, up to {most} times"
        missed = sorted(number for number, count in lines.items() if not count)
        if missed:
            text += f" (not {', '.join(map(str, missed))})"
        reason = known.get((file, function))
        if not ran and reason:
            text += f" # SKIP {reason}"
        yield bool(ran or reason), text


def absent(changed, counts, known):
    """The same of each file with code of which the guest has none."""
    present = {file for file, _ in counts}
    for file in sorted(changed):
        if file.endswith(".c") and file not in present:
            reason = known.get((file, "-"))
            yield reason is not None, f"cover: {file}" + (f" # SKIP {reason}" if reason else ": no line was counted")


def unneeded(counts, known):
    for (file, function), reason in sorted(known.items()):
        ran = any(any(lines.values()) for key, lines in counts.items()
                  if key[0] == file and function in (key[1], "-"))
        if ran:
            yield False, f"cover: {file} {function} was reached: {reason}"


def main(explained, diff, tree, status, *reports):
    changed, known = added(diff), explanations(explained)
    counts = counted(reports, tree, changed)
    results = [(status == "0", "cover: the guest's verdict")]
    results += functions(counts, known)
    results += absent(changed, counts, known)
    results += unneeded(counts, known)
    if not counts:
        results.append((False, "cover: no changed line was counted"))
    for number, (passed, text) in enumerate(results, 1):
        print(f"{'' if passed else 'not '}ok {number} - {text}")
    print(f"1..{len(results)}")
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
