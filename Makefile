# SPDX-License-Identifier: GPL-2.0
# One page fragment allocator for Linux: the verbs. Bare 'make' prints them.

# Knobs: on the command line or in the environment.
BASE ?= 6.12
KERNEL_SRC ?=
PAYLOAD_MB ?= 4
DEBUG ?=
# Emulated, a kernel with all the checkers takes several times as long.
VM_TIMEOUT ?= $(if $(strip $(DEBUG)),7200,1200)
# The guest's processors and MiB; without, as many as the layer says.
VM_CPUS ?=
VM_MEMORY ?=
# pc or q35: with DEBUG=kasan on a slow machine pc can be too slow for ACPI.
VM_MACHINE ?=
JOBS ?= $(shell nproc)
# Of make vm: the suites of tests/suites to run instead of the traffic guest.
SUITE ?=
# Percent of the pages of order 3 and above that are refused meanwhile, of a SUITE.
SUITE_REFUSE ?=
# How often a test that failed on the patched kernel alone is run again on each.
SUITE_AGAIN ?= 20
# Where make series writes (default: the cache), and who the mails are from.
OUT ?=
FROM ?=
# Set: a base that has left the archive is a failure, not a skip.
STRICT ?=
COV ?=
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1
# Of make stress: all cases together, and where the random numbers start.
STRESS_SECONDS ?= 30
STRESS_SEED ?= 1
# Where: guest (QEMU) or uml.
STRESS_ON ?= guest
# The checkers of make hostile, fragments of configs/ as for DEBUG.
HOSTILE ?= kasan lockdep poison
# Of make soak: all machines together (an hour, and each its share), and which of tests/soak (all).
SOAK_SECONDS ?=
SOAK ?=
# Of make guest-bugs: which of tests/guest-bugs (all).
BUGS ?=
# Of make boots: which prefixes of the net part, by number (all).
BOOTS ?=
# Of make test and other layers: where reports and guests' logs go (a directory in the cache).
KEPT ?=
# Pairs of boots of make bench; what it passes to the kernels; the try of
# tests/bench-tries that it compares with the patched kernel, instead of the base; PLACED=lines:
# each pair is built for itself, with its code elsewhere (inside: in tcp_sendmsg_locked() too).
PAIRS ?= 10
BENCH_ARGS ?=
TRY ?=
PLACED ?=

export BASE KERNEL_SRC PAYLOAD_MB VM_TIMEOUT VM_CPUS VM_MEMORY VM_MACHINE DEBUG JOBS OUT FROM STRICT
export SUITE SUITE_REFUSE SUITE_AGAIN COV FUZZ_SECONDS FUZZ_SEED PAIRS BENCH_ARGS TRY PLACED STRESS_SECONDS STRESS_SEED STRESS_ON HOSTILE SOAK SOAK_SECONDS BUGS BOOTS KEPT

.PHONY: help run test unit fuzz mutate unit-record check gates kunit vm stress hostile soak soak-record suite-record stress-plants guest-bugs plant objects bisect boots
.PHONY: cover bench bench-record bench-report bench-size icount fastpath series letters record porting tree where clean distclean

help:
	@sed -n 's/^# make /  make /p' $(MAKEFILE_LIST)
	@echo 'Knobs: BASE=$(BASE) (known: $(notdir $(wildcard kernels/*))) KERNEL_SRC=$(KERNEL_SRC)'
	@echo '       PAYLOAD_MB=$(PAYLOAD_MB) VM_TIMEOUT=$(VM_TIMEOUT) JOBS=$(JOBS)'
	@echo '       VM_CPUS=$(VM_CPUS) VM_MEMORY=$(VM_MEMORY) VM_MACHINE=$(VM_MACHINE) (for run, vm and stress)'
	@echo '       COV=$(COV) FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED) PAIRS=$(PAIRS)'
	@echo '       STRESS_SECONDS=$(STRESS_SECONDS) STRESS_SEED=$(STRESS_SEED) STRESS_ON=$(STRESS_ON)'
	@echo '       SOAK_SECONDS=$(SOAK_SECONDS) SOAK=$(SOAK) BUGS=$(BUGS) BOOTS=$(BOOTS) (SOAK: any of: $(shell awk '/^[a-z]/ { print $$1 }' tests/soak))'
	@echo '       SUITE=$(SUITE) (for vm, any of: all $(shell sed '/^\#/d; s/\t.*//' tests/suites)), SUITE_REFUSE=$(SUITE_REFUSE), SUITE_AGAIN=$(SUITE_AGAIN)'
	@echo '       DEBUG=$(DEBUG) (for run, vm and stress, any of: $(patsubst configs/debug-%.config,%,$(wildcard configs/debug-*.config)))'
	@echo '       KEPT=$(KEPT) OUT=$(OUT) FROM=$(FROM) STRICT=$(STRICT)'

# make run        build, boot, move real files through the allocator, table
run:
	@scripts/run.sh

# make test       all layers, from user space to the guest; the last line counts
test:
	@scripts/test.sh unit mutate check matrix kunit plant vm stress hostile

# make unit       the allocator in user space, sanitized; COV=1: with coverage
unit:
	@scripts/test.sh unit

# make fuzz       libFuzzer on it, FUZZ_SECONDS=60
fuzz:
	@scripts/fuzz.sh

# make mutate     one change of the allocator at a time: do the tests notice?
mutate:
	@scripts/test.sh mutate

# make unit-record  what a call costs now, in instructions, is the record
unit-record:
	@scripts/unit-record.sh

# make check      static gates; every configuration and every object compiles
check:
	@scripts/test.sh check matrix objects

# make gates      each gate of check is red on a fault planted for it
gates:
	@scripts/test.sh gates-planted

# make kunit      the KUnit suite under UML, or ARCH=i386, arm64, arm64-64k, s390...
kunit:
	@scripts/test.sh kunit

# make stress     allocate and free from everywhere at once, in a guest of its own
stress:
	@scripts/test.sh stress

# make hostile    the stress on a kernel with checkers that cost more
hostile:
	@scripts/test.sh hostile

# make soak       the stress on every kernel and machine of tests/soak, for an hour
soak:
	@scripts/test.sh soak

# make suite-record  what the suites last said into results/suite/ and docs/selftests.md
suite-record:
	@scripts/suite-record.sh

# make soak-record  the figures of the last soak into results/soak/ and docs/soak.md
soak-record:
	@scripts/soak-record.sh

# make stress-plants  the stress module with faults planted into it: are they told?
stress-plants:
	@scripts/test.sh stress-plants

# make guest-bugs  bugs planted into users and allocator: does a guest tell? BUGS=some
guest-bugs:
	@scripts/test.sh guest-bugs

# make plant      planted bugs, each of which the KUnit suite has to find
plant:
	@scripts/test.sh plant

# make vm         boot under QEMU: KUnit, traffic, leaks, as TAP; SUITE=tls: the
# make vm           selftests of the kernel, base and patched; SUITE=all: all of them
# make vm           and what a user sees (SUITE=user_view)
vm:
	@scripts/test.sh $(if $(SUITE)$(SUITE_REFUSE),suite,vm)

# make cover      the guest counts lines: does it reach every converted function?
cover:
	@scripts/test.sh cover

# make objects    every file of the kernel the series concerns, allmodconfig
objects:
	@scripts/test.sh objects

# make bisect     every prefix of the series builds; three of them boot
bisect:
	@scripts/test.sh bisect

# make boots      every prefix of the net part boots and moves files
boots:
	@scripts/test.sh boots

# make bench      base and patched kernel by turns under UML: time, ratio, frags
bench:
	@scripts/deps.sh bench
	@scripts/tree.sh
	@scripts/bench.sh

# make bench-record  the raw data of the last run into results/bench/
bench-record:
	@scripts/bench-record.sh

# make bench-size  size of the kernel and of structs, base and patched, into results/
bench-size:
	@scripts/deps.sh bench-size
	@scripts/tree.sh
	@scripts/bench-size.sh

# make icount     instructions of ways from user space, base and patched, into results/
icount:
	@scripts/deps.sh icount
	@scripts/tree.sh
	@scripts/icount.sh

# make bench-report  docs/benchmarks.md and its plots, from results/
bench-report:
	@scripts/deps.sh bench-report
	@scripts/bench-report.sh

# make fastpath   instructions of the fast path, base and patched
fastpath:
	@scripts/fastpath.sh

# make series     the mails: an mm part and a net part, each with a letter
series:
	@scripts/deps.sh
	@scripts/series.sh

# make porting    the porting kit, on a driver that uses every old name
porting:
	@scripts/test.sh porting

# make letters    what the letters say, done as one does who gets only the mails
letters:
	@scripts/test.sh letters

# make record     numbers of this base into results/, for letters and messages
record:
	@scripts/deps.sh
	@scripts/record.sh

# make tree       only fetch, unpack and apply
tree:
	@scripts/deps.sh
	@scripts/tree.sh

# make where      tree=, build= and log= of this base, for work by hand
where:
	@scripts/where.sh

# make clean      remove what was built for this base
clean:
	@scripts/clean.sh build

# make distclean  remove the whole cache: packages, trees, builds
distclean:
	@scripts/clean.sh all
