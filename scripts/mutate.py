#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mutate.py [--only TEXT] [--survivors FILE] TOP KERNEL OUT JOBS: do the tests notice?

Changes one operator, constant or statement of the allocator at a time, builds the
programs of tools/testing/page_frag and runs them; what orders threads is also for
'threads' under ThreadSanitizer. TOP has the sources, KERNEL the
headers, OUT the copies, one for each of JOBS. A mutant that survives has to be in
FILE, by the text of its line, as 'equivalent' (no test can tell) or 'missed', with
a reason. TAP; fails below 95 % of what is not equivalent.
"""
import argparse
import concurrent.futures
import os
import queue
import re
import shutil
import subprocess
import sys

FILES = ("mm/page_frag_cache.h", "mm/page_frag_cache.c", "include/linux/page_frag_cache.h")
LEAST = 95.0
TIMEOUT = 20
RUNS = (["unit"], ["sweep"], ["sweep", "-p", "never"], ["sweep", "-p", "pfmemalloc"])
# One thread cannot tell what a line like this does. Only these: it takes longer.
ORDERING = re.compile(r"\bsmp_\w+\(")
TSAN_TIMEOUT = 90

# What is replaced by what; a name, an arrow or a longer operator is left alone.
SWAPS = [
    (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"),
    (r"(?<![<=>-])<=", "<"), (r"(?<![<=>-])>=", ">"), (r"<<", ">>"),
    (r"(?<= )<(?= )", "<="), (r"(?<= )>(?= )", ">="),
    (r"(?<= )\+(?= )", "-"), (r"(?<= )-(?= )", "+"),
    (r"(?<= )&(?= )", "|"), (r"(?<= )\|(?= )", "&"),
    (r"\+=", "-="), (r"(?<!-)-=", "+="), (r"\|=", "&="), (r"&=", "|="),
    (r"--(?=;)", "++"), (r"\+\+(?=;)", "--"),
    (r"!(?=[\w(_])", ""), (r"~(?=[\w(_])", ""), (r"(?<=[ (,])-(?=\w)", ""),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\b0(?=u?\b)(?!x)", "1"), (r"\b1(?=u?\b)", "0"), (r"\b1(?=u?\b)", "2"),
]
NOT_CODE = re.compile(r"^\s*(#(?!define PAGE_FRAG)|EXPORT_SYMBOL|static_assert|MODULE_|BUILD_BUG_ON|"
                      r"KUNIT_STATIC_STUB|\[PAGE_FRAG)|^\s*\*|_H_?$")
DECLARATION = re.compile(r"^\t+(const |static |struct |unsigned |gfp_t |bool |void |typeof)[\w\s*]+\b\w+;$")


def blank_comments(text):
    """Comments and strings as spaces, so that columns stay what they are."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"[^"\n]*"', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def statement(code, i):
    """The lines of a statement that starts at line i, or none."""
    for end in range(i, min(i + 4, len(code))):
        if code[end].rstrip().endswith(";"):
            return range(i, end + 1)
        if not code[end].strip() or code[end].rstrip().endswith(("{", "}", ":")):
            break
    return range(0)


def starts_statement(code, i):
    before = next((c.rstrip() for c in reversed(code[:i]) if c.strip()), "")
    return before.endswith((";", "{", "}", ":", ")")) and code[i].startswith("\t") and \
        not re.match(r"^\t+(if|else|for|while|do|case|return|static|struct|unsigned|bool|gfp_t|void)\b", code[i])


def of_line(code, i):
    """(lines, their new text, what was done) for each change of one line."""
    for pattern, new in SWAPS:
        for m in re.finditer(pattern, code[i]):
            yield range(i, i + 1), (m.start(), m.end(), new), f"'{m.group()}' -> '{new}' at {m.start() + 1}"
    m = re.match(r"^(\t+return )(?!0;|NULL;|false;|true;)([^;]+);$", code[i].rstrip())
    if m:
        yield range(i, i + 1), (m.end(1), m.end(2), "0"), "returns 0"
    m = re.match(r"^\t+if (\(.*\))$", code[i].rstrip())
    if m:
        for forced in "01":
            yield range(i, i + 1), (m.start(1), m.end(1), f"({forced})"), f"condition is {forced}"
    if starts_statement(code, i) and statement(code, i) and not DECLARATION.match(code[i]):
        yield statement(code, i), None, "removed"


def mutants_of(top, name):
    with open(f"{top}/{name}", encoding="utf-8") as source:
        text = source.read()
    lines, code, depth = text.split("\n"), blank_comments(text).split("\n"), 0
    for i, line in enumerate(code):
        inside = depth > 0 or line.startswith("#define PAGE_FRAG")
        depth += line.count("{") - line.count("}")
        if not inside or NOT_CODE.search(line) or re.match(r"^\tPAGE_FRAG_\w+,$", line):
            continue
        for where, edit, what in of_line(code, i):
            new = list(lines)
            if edit:
                new[i] = lines[i][:edit[0]] + edit[2] + lines[i][edit[1]:]
            else:
                new[where.start:where.stop] = [";"] + [""] * (len(where) - 1)
            yield {"file": name, "line": i + 1, "text": " ".join(lines[i].split()), "what": what,
                   "source": "\n".join(new)}


def prepare(args, n):
    """A copy of the sources with everything built, so that a mutant builds little."""
    copy = f"{args.out}/{n}"
    shutil.rmtree(copy, ignore_errors=True)
    for name in ("mm", "include"):
        shutil.copytree(f"{args.top}/{name}", f"{copy}/{name}")
    if build(args, copy).returncode:
        sys.exit(f"error: the unchanged sources do not build in {copy}")
    if survives(copy) is not True or threads(args, copy) is not True:
        sys.exit(f"error: the tests fail on the unchanged sources in {copy}")
    return copy


def build(args, copy, *more):
    harness = f"{args.top}/tools/testing/page_frag"
    return subprocess.run(["make", "-s", "-C", harness, f"SRC={copy}", f"KERNEL={args.kernel}",
                           "EXTRA=-w", "CC=gcc", *(more or (f"O={copy}/out", "SAN=", "OPT=-O0", "all"))],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def passes(command, timeout):
    """True, or who noticed."""
    try:
        done = subprocess.run(command, timeout=timeout, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "timeout"
    return os.path.basename(command[0]) if done.returncode else True


def survives(copy):
    """True, or the program that noticed."""
    for run in RUNS:
        verdict = passes([f"{copy}/out/{run[0]}"] + run[1:], TIMEOUT)
        if verdict is not True:
            return verdict
    return True


def threads(args, copy):
    """The same for the program with threads; None: it does not build."""
    program = f"{copy}/tsan/threads"
    if build(args, copy, f"O={copy}/tsan", "SAN=thread", program).returncode:
        return None
    return passes([program], TSAN_TIMEOUT)


def judge(args, copies, mutant):
    copy = copies.get()
    path = f"{copy}/{mutant['file']}"
    try:
        with open(path, "w", encoding="utf-8") as source:
            source.write(mutant["source"])
        if build(args, copy).returncode:
            return None
        verdict = survives(copy)
        if verdict is True and ORDERING.search(mutant["text"]):
            verdict = threads(args, copy)
        return verdict
    finally:
        shutil.copyfile(f"{args.top}/{mutant['file']}", path)
        copies.put(copy)


def key(mutant):
    return mutant["file"], mutant["text"], mutant["what"]


def load(path):
    known = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 5 and not line.startswith("#"):
                known[tuple(fields[:3])] = tuple(fields[3:])
    return known


def tap(number, good, text):
    print(f"{'ok' if good else 'not ok'} {number} - mutate: {text}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--survivors", default=os.path.join(os.path.dirname(__file__), "../tests/mutate-survivors"))
    for name in ("top", "kernel", "out"):
        parser.add_argument(name)
    parser.add_argument("jobs", type=int)
    args = parser.parse_args()
    mutants = [m for name in FILES for m in mutants_of(args.top, name) if args.only in m["text"]]
    if not mutants:
        sys.exit(f"error: no line with '{args.only}' to change")
    copies = queue.Queue()
    for n in range(args.jobs):
        copies.put(prepare(args, n))
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        verdicts = list(pool.map(lambda m: judge(args, copies, m), mutants))
    known = load(args.survivors)
    alive = [m for m, v in zip(mutants, verdicts) if v is True]
    unknown = [m for m in alive if key(m) not in known]
    equivalent = sum(known.get(key(m), ("",))[0] == "equivalent" for m in alive)
    caught = sum(v not in (True, None) for v in verdicts)
    judged = caught + len(alive) - equivalent
    percent = 100.0 * caught / judged if judged else 0.0
    print(f"# {len(mutants)} mutants: {verdicts.count(None)} do not build, {caught} caught "
          f"({verdicts.count('unit')} by the tests, {verdicts.count('sweep')} by the sweep, "
          f"{verdicts.count('threads')} by ThreadSanitizer, {verdicts.count('timeout')} by {TIMEOUT} s), "
          f"{len(alive)} survive, of which {equivalent} are equivalent")
    for m in alive:
        print("# survives: " + "\t".join(key(m)) + f"\t(line {m['line']}) " + ": ".join(known.get(key(m), ("NOT EXPLAINED",))))
    tap(1, percent >= LEAST, f"{caught} of {judged} that are not equivalent caught, {percent:.1f} % (at least {LEAST} %)")
    tap(2, not unknown, f"every survivor is explained ({len(unknown)} are not)")
    print("1..2")
    return percent < LEAST or bool(unknown)


if __name__ == "__main__":
    sys.exit(main())
