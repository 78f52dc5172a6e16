#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""unit-count.py [--record] RECORD COMPILER DUMPS: instructions against the record.

DUMPS is what callgrind wrote for tools/testing/page_frag/count.c. An operation
costs what op_*() and the allocator's own functions execute. RECORD has a line for
each: compiler, operation, size, instructions. What differs is red, fewer too: the
record is made again. Exit 4: no record of this compiler.
"""
import re
import sys

OURS = re.compile(r"^fn=(op_|__page_frag_|page_frag_)")


def read_dumps(path):
    """Operation and size: instructions. The line after calls= is the callee's."""
    counts, name, ours, skip = {}, None, False, False
    with open(path, encoding="utf-8") as dumps:
        for line in dumps:
            if line.startswith("desc: Trigger: Client Request: "):
                name = tuple(line.split()[-2:])
                counts.setdefault(name, 0)
            elif line.startswith("fn="):
                ours = bool(OURS.match(line))
            elif line.startswith("calls="):
                skip = True
            elif line[0].isdigit():
                if ours and name and not skip:
                    counts[name] += int(line.split()[1])
                skip = False
            elif line.startswith("part:"):
                name = None
    return counts


def read_record(path):
    with open(path, encoding="utf-8") as lines:
        return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def record(path, compiler, counts):
    others = [r for r in read_record(path) if r[0] != compiler]
    mine = [[compiler, name, size, str(n)] for (name, size), n in counts.items()]
    with open(path, "w", encoding="utf-8") as out:
        out.write("# SPDX-License-Identifier: GPL-2.0\n"
                  "# Instructions of one call in user space: compiler, operation, size, count.\n")
        out.writelines(" ".join(r) + "\n" for r in others + mine)


def compare(path, compiler, counts):
    known = {(r[1], r[2]): int(r[3]) for r in read_record(path) if r[0] == compiler}
    if not known:
        print(f"no record of {compiler}")
        return 4
    bad = 0
    for name in sorted(set(known) | set(counts)):
        old, new = known.get(name), counts.get(name)
        bad += old != new
        print(f"{' '.join(name)}: recorded {old}, now {new}{'  DIFFERS' if old != new else ''}")
    return 1 if bad else 0


def main(args):
    recording = args[:1] == ["--record"]
    if len(args) - recording != 3:
        sys.exit(__doc__)
    path, compiler, dumps = args[recording:]
    counts = read_dumps(dumps)
    if not counts or not all(counts.values()):
        sys.exit(f"error: {dumps} counts nothing")
    if recording:
        return record(path, compiler, counts)
    return compare(path, compiler, counts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
