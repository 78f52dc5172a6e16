#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""bench-boot.py SIDE PAIR PLACE DIR KERNEL ARGUMENT...: one boot of a benchmark.

Its report goes to DIR/boot-PAIR-PLACE-SIDE behind a line that says what else the
machine did meanwhile: the share of one processor that neither the kernel nor its
console took. Fails if the report has no end; the whole console is in the file
.console of the same name.
"""
import os
import re
import resource
import signal
import subprocess
import sys
import time

TIMEOUT = 600


def busy():
    """Seconds that the processors of this machine have worked."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(n) for n in stat.readline().split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = ticks[:8]
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def own():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def boot(command, console):
    """Exit status; everything the kernel started is gone afterwards."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console,
                          stderr=subprocess.STDOUT, start_new_session=True) as kernel:
        try:
            return kernel.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            if kernel.poll() is None:
                os.killpg(kernel.pid, signal.SIGKILL)


def report(console):
    """The lines of the benchmark, without what the console puts around them."""
    with open(console, encoding="utf-8", errors="replace") as lines:
        found = (re.search(r"bench: .*", line) for line in lines)
        return [match.group(0).rstrip() for match in found if match]


def main(side, pair, place, directory, *command):
    name = os.path.join(directory, f"boot-{int(pair):03}-{place}-{side}")
    before, mine, start = busy(), own(), time.monotonic()
    with open(name + ".console", "wb") as console:
        status = boot(command + (f"uml_dir={directory}/uml",), console)
    wall = time.monotonic() - start
    foreign = (busy() - before - (own() - mine)) / wall
    lines = report(name + ".console")
    with open(name, "w", encoding="utf-8") as out:
        print(f"# boot {pair} {place} {side} status {status} wall {wall:.1f} s "
              f"foreign {100 * max(foreign, 0):.1f} %", *lines, sep="\n", file=out)
    if not lines or not lines[-1].startswith("bench: end "):
        sys.exit(f"error: {name}: the report has no end (status {status})\n"
                 f"       see {name}.console")
    os.unlink(name + ".console")


if __name__ == "__main__":
    main(*sys.argv[1:])
