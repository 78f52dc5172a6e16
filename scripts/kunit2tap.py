#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kunit2tap.py JSON LOG SUITE: results of kunit.py --json as flat TAP.

Every case and every parameter is a line, and the plan comes last. Two lines
more are judged from LOG, what the kernel printed: that the suite came to its
end with as many cases as it says, and that the kernel warned of nothing since
the tests began: UML warns at boot, of a device it has none of.
"""
import json
import re
import sys

VERDICT = {"PASS": ("ok", ""), "SKIP": ("ok", " # SKIP said by the case")}
ALARM = re.compile(r"WARNING:|BUG:|Oops|Call Trace:|Kernel panic")


def cases(group, path):
    for case in group.get("test_cases", []):
        yield path + [case["name"]], case["status"]
    for sub in group.get("sub_groups", []):
        yield from cases(sub, path + [sub["name"]])


def complete(log, suite, found):
    """The suite's own count, against the cases that were found below it."""
    said = re.search(rf"# {suite}: pass:\d+ fail:\d+ skip:\d+ total:(\d+)", log)
    names = {path[path.index(suite) + 1] for path, _ in found if suite in path}
    return bool(said) and int(said[1]) == len(names)


def main(results, log, suite):
    with open(results, encoding="utf-8") as file:
        top = json.load(file)
    with open(log, encoding="utf-8", errors="replace") as file:
        printed = file.read()
    printed = printed[printed.find("KTAP version 1"):]
    found = [c for c in cases(top, []) if suite in c[0]]
    lines = [(VERDICT.get(status, ("not ok", "")), ": ".join(name))
             for name, status in found]
    for name, good in (("the suite is complete", complete(printed, suite, found)),
                       ("no kernel warning", not ALARM.search(printed))):
        lines.append((("ok" if good else "not ok", ""), name))
    for number, ((verdict, note), name) in enumerate(lines, 1):
        print(f"{verdict} {number} - kunit: {name}{note}")
    if not found:
        sys.exit(f"error: no suite {suite} in {results}")
    print(f"1..{len(lines)}")


if __name__ == "__main__":
    main(*sys.argv[1:4])
