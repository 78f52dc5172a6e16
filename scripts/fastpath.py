#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""fastpath.py OBJECT FUNCTION...: instructions of a call that hits the cache.

Counts the shortest way through each function, in the order given and as one
path (a caller and what it calls), that stores to memory and makes no call
except into the next function: refill and warnings are calls. ENDBR and
padding do not count. Reads the output of objdump.
"""
import re
import subprocess
import sys
from collections import deque

LINE = re.compile(r"^\s*([0-9a-f]+):\t(\S+)\s*(.*)$")
FREE = ("endbr", "nop", "data16", "cs", "xchg   %ax,%ax")


def functions(path):
    text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", path],
                          check=True, capture_output=True, text=True).stdout
    found, name = {}, None
    for line in text.splitlines():
        head = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        if head:
            name = head.group(1)
            found[name] = []
        elif "R_X86_64" in line and name and found[name]:
            found[name][-1][2] += " " + line.split(":", 1)[1].strip()
        elif name and LINE.match(line):
            addr, op, args = LINE.match(line).groups()
            found[name].append([int(addr, 16), op, args])
    return found


def stores(op, args):
    last = args.split("#")[0].split(",")[-1] if "(" not in args else re.split(r",(?![^(]*\))", args)[-1]
    return "(" in last and not op.startswith(("cmp", "test", "lea", "call", "j", "prefetch"))


def shortest(code, allowed):
    """Length of the shortest storing way from entry to ret, or None."""
    index = {addr: i for i, (addr, _, _) in enumerate(code)}
    queue, seen = deque([(0, False, 0)]), set()
    while queue:
        i, stored, length = queue.popleft()
        if i >= len(code) or (i, stored) in seen:
            continue
        seen.add((i, stored))
        _, op, args = code[i]
        length += not op.startswith(FREE)
        stored = stored or stores(op, args)
        target = re.match(r"([0-9a-f]+) <", args)
        target = index.get(int(target.group(1), 16)) if target else None
        if op.startswith("ret") or (op.startswith("jmp") and "return_thunk" in args):
            if stored:
                return length
        elif op.startswith("call"):
            if allowed and allowed in args:
                queue.append((i + 1, True, length))
        elif op.startswith("jmp"):
            if allowed and allowed in args:
                return length
            if target is not None and "R_X86_64_PLT32" not in args:
                queue.append((target, stored, length))
        else:
            queue.append((i + 1, stored, length))
            if op.startswith("j") and target is not None:
                queue.append((target, stored, length))
    return None


def main(pairs):
    total = 0
    for number, pair in enumerate(pairs):
        path, name = pair.split(":")
        callee = pairs[number + 1].split(":")[1] if number + 1 < len(pairs) else None
        length = shortest(functions(path)[name], callee)
        if length is None:
            sys.exit(f"error: no way through {name} in {path} that stays on the fast path")
        total += length
    print(total)


if __name__ == "__main__":
    main(sys.argv[1:])
