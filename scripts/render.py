#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""render.py RECORDS [KEY=VALUE]... <TEMPLATE: fill in a message or a letter.

    @table NAME@      a line of its own: the records of that table, or that
                      there are none
    @if PATH@, @end@  lines of their own: what is between stays if tree=DIR
                      has PATH
    @if table NAME@   the same, if that table has records
    @KEY@             the value given

RECORDS has a line for each number, fields separated by a tab: "TABLE: ROW:
COLUMN", value, unit, what measured it, kernel, compiler, tree measured. With
treeid=ID, numbers of another tree are marked as such.
"""
import os
import re
import sys

FIELDS = ("name", "value", "unit", "by", "kernel", "compiler", "tree")


def read_records(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines
                if line.strip() and not line.startswith("#")]
    for row in rows:
        if len(row) != len(FIELDS) or row[0].count(": ") != 2:
            sys.exit(f"error: {path}: not a record: {row[0]}\n"
                     f"       run: make record")
    return [dict(zip(FIELDS, row)) for row in rows]


def table(records, name, treeid):
    """The lines of a table: a row for each thing, a column for each kind."""
    cells, rows, columns, notes = {}, [], [], []
    for record in records:
        title, row, column = record["name"].split(": ")
        if title != name:
            continue
        row = (row, record["unit"])
        rows += [row] if row not in rows else []
        columns += [column] if column not in columns else []
        of_base = column == "base" or title.endswith("base kernel")
        stale = treeid and not of_base and record["tree"] != treeid
        cells[row, column] = record["value"] + (" *" if stale else "")
        source = f"{record['by']}, Linux {record['kernel']}, {record['compiler']}"
        for note in [source] + (["* on an earlier version of the series"] if stale else []):
            notes += [note] if note not in notes else []
    if not rows:
        return [f"  {name}: not measured"]
    head = [name, ""] + columns
    body = [[row, unit] + [cells.get(((row, unit), c), "not measured") for c in columns]
            for row, unit in rows]
    widths = [max(len(line[i]) for line in [head] + body) for i in range(len(head))]
    lines = []
    for line in [head] + body:
        text = [cell.ljust(width) if i < 2 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths))]
        lines.append(("  " + "  ".join(text)).rstrip())
    return lines + [""] + [f"  ({note})" for note in notes]


def render(template, records, keys):
    keep = True
    for line in template:
        line = line.rstrip("\n")
        condition = re.fullmatch(r"@if ((?!table )\S+)@", line)
        recorded = re.fullmatch(r"@if table (.+)@", line)
        wanted = re.fullmatch(r"@table (.+)@", line)
        if condition:
            keep = os.path.exists(os.path.join(keys["tree"], condition[1]))
        elif recorded:
            keep = any(record["name"].startswith(recorded[1] + ": ") for record in records)
        elif line == "@end@":
            keep = True
        elif keep and wanted:
            yield from table(records, wanted[1], keys.get("treeid"))
        elif keep:
            yield re.sub(r"@([a-z]+)@", lambda m: keys.get(m[1], m[0]), line)


def main(path, *settings):
    keys = dict(setting.split("=", 1) for setting in settings)
    for line in render(sys.stdin, read_records(path), keys):
        print(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
