#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kunit2tap.py FILE SUITE: results of kunit.py --json as flat TAP.

Every case and every parameter is a line. The plan comes last: a suite that is
missing or empty has none and fails.
"""
import json
import sys

VERDICT = {"PASS": ("ok", ""), "SKIP": ("ok", " # SKIP said by the case")}


def cases(group, path):
    for case in group.get("test_cases", []):
        yield path + [case["name"]], case["status"]
    for sub in group.get("sub_groups", []):
        yield from cases(sub, path + [sub["name"]])


def main(path, suite):
    with open(path, encoding="utf-8") as results:
        top = json.load(results)
    found = [c for c in cases(top, []) if suite in c[0]]
    for number, (name, status) in enumerate(found, 1):
        verdict, note = VERDICT.get(status, ("not ok", ""))
        print(f"{verdict} {number} - kunit: {': '.join(name)}{note}")
    if not found:
        sys.exit(f"error: no suite {suite} in {path}")
    print(f"1..{len(found)}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
