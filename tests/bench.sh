#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016 # programs of sed, not of the shell
# bench.sh: what scripts/bench.py makes of a run. Runs are made up here, with
# numbers whose outcome is known; each bad one differs from the good one in one way.
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C
unset BENCH_NOISE BENCH_LOAD BENCH_UNQUIET
. "$top/tests/tap.sh" bench

# one_boot PAIR PLACE SIDE NS: NS is what the row x takes for an operation
one_boot() {
	local ops=10000000 repeat
	echo "# boot $1 $2 $3 status 0 wall 10.0 s foreign 0.5 %"
	echo "bench: begin $3 ${repeats:-2}"
	for ((repeat = 0; repeat < ${repeats:-2}; repeat++)); do
		echo "bench: empty peer $repeat ns=$((60000000 + $1 * 1000)) ops=150000000 bytes=0 skbs=0 frags=0"
		echo "bench: x time $repeat ns=$(($4 * ops)) ops=$ops bytes=$((256 * ops)) skbs=0 frags=0"
		echo "bench: tcp/64 time $repeat ns=$((2 * $4 * ops)) ops=$ops bytes=$((64 * ops)) skbs=100 frags=250"
		echo "bench: q count $repeat ns=0 ops=4 bytes=400 skbs=10 frags=$([ "$3" = base ] && echo 170 || echo "${frags:-160}")"
	done
	echo "bench: end $((4 * ${repeats:-2}))"
}

# run PATCHED...: a pair for each, the base with 20 ns
run() {
	local pair=0 ns
	for ns; do
		pair=$((pair + 1))
		one_boot "$pair" 1 base 20
		one_boot "$pair" 2 patched "$ns"
	done
}

judge() { "$top/scripts/bench.py" "$tmp/run"; }

# bad NAME PATTERN COMMAND...: COMMAND spoils the good run; a reason, and no ratio
bad() {
	local name=$1 pattern=$2 out rc=0
	shift 2
	cp "$tmp/good" "$tmp/run"
	"$@" "$tmp/run"
	out=$(judge 2>&1) || rc=$?
	verdict "$name" "$([ "$rc" -eq 1 ] && ! cmp -s "$tmp/good" "$tmp/run" &&
		grep -qE -- "^invalid: .*$pattern" <<<"$out" && ! grep -qE '^x |ratio is' <<<"$out" && echo yes)" "$out"
}

run 10 10 10 10 10 10 10 10 10 10 >"$tmp/good"
cp "$tmp/good" "$tmp/run"
says "a faster row" 0 '^x +20.00 \(20.00..20.00\) +10.00 \(10.00..10.00\) +0.500 +0.500..0.500 +faster$' judge
says "bytes per time, and frags per skb as they arrive" 0 '^tcp/64 +1600 +3200 +2.50 +2.50$' judge
says "geometric mean of the streams" 0 '^tcp/\*, geometric mean +0.500 ' judge
says "fewer frags" 0 '^q +170/10 +160/10 +fewer$' judge

# Of ten values, the second and the ninth bound the median with 97.9 %.
run 30 16 17 18 19 21 22 23 24 12 >"$tmp/run"
says "median and interval of ten pairs" 0 '^x .* 1.000 +0.800..1.200 +same$' judge
run 22 22 22 22 22 22 22 22 10 22 >"$tmp/run"
says "a slower row, but for one pair" 0 '^x .* 1.100 +1.100..1.100 +slower$' judge
run 22 22 22 22 10 10 22 22 22 22 >"$tmp/run"
says "two pairs of ten leave it open" 0 '^x .* 1.100 +0.500..1.100 +same$' judge
run 10 11 12 13 14 15 >"$tmp/run"
says "of six pairs, all bound it" 0 '^x .* 0.625 +0.500..0.750 +faster$' judge
# disturbed PAIRS SAMPLES: these of three, in those of six pairs
disturbed() {
	repeats=3 run 10 10 10 10 10 10 |
		sed "/^# boot [$1] /,/end/s/empty peer [$2] ns=60/empty peer 0 ns=90/" >"$tmp/run"
}
disturbed 1 12
says "two samples of three are disturbed" 0 '^x .* 0.500 ' judge
disturbed 123 012
says "three samples of three are" 1 '^invalid: noise: the empty loop differs by' judge
# One of two rows, in a sixth of the boots.
repeats=3 run 10 10 10 10 10 10 | awk '
	function empty(ns) { print "bench: empty peer 0 ns=" ns " ops=150000000 bytes=0 skbs=0 frags=0" }
	/^# boot/ { slow = $3 == 1 }
	/: x time/ { empty(slow ? 90000000 : 60000000); print; empty(60000000); next }
	{ sub(/end 12/, "end 18"); print }' >"$tmp/run"
says "a row without a quiet sample, whatever the spread" 1 '^invalid: noise: 8 % of the rows of boots had no quiet sample' \
	env BENCH_NOISE=99 "$top/scripts/bench.py" "$tmp/run"
run 10 10 10 10 10 10 | sed -e '/: q count/i bench: empty peer 0 ns=90000000 ops=150000000 bytes=0 skbs=0 frags=0' \
	-e 's/end 8/end 10/' >"$tmp/run"
says "what is counted may be disturbed" 0 '^x .* 0.500 ' judge
repeats=3 run 20 20 20 20 20 20 | sed '/patched status/,/end/s/\(: x time 1 ns=\)[0-9]*/\1150000000/' >"$tmp/run"
says "the least of the samples is a row's value" 0 '^x .* 0.750 ' judge
sed -i -e 's,: x ,: ring-x ,' -e '/empty peer 0/a bench: ring peer 0 ns=50000000 ops=10000000 bytes=0 skbs=0 frags=0' \
	-e 's/end 12/end 13/' "$tmp/run"
says "of what passes between processors the median is" 0 '^ring-x .* 1.000 ' judge
frags=171 run 10 10 10 10 10 10 >"$tmp/run"
says "more frags are said so" 3 '^q +170/10 +171/10 +MORE$' judge
says "more frags are a finding by name" 3 '^finding: MORE than on the base: q$' judge
says "a run with a finding is a valid one" 0 '^$' "$top/scripts/bench.py" --check "$tmp/run"
frags=170 run 10 10 10 10 10 10 >"$tmp/run"
says "the same frags" 0 '^q +170/10 +170/10 +same$' judge
sed -i '/^# boot 2 . base/,/end/s/frags=170/frags=171/' "$tmp/run"
says "the worst of the base is not met" 0 '^q +170/10, 171/10 +170/10 +fewer$' judge
sed -i '/^# boot 5 . patched/,/end/s/frags=170/frags=171/' "$tmp/run"
says "what varies on both sides by as much" 0 '^q +170/10, 171/10 +170/10, 171/10 +same$' judge
sed -i '/^# boot 5 . patched/,/end/s/frags=171/frags=172/' "$tmp/run"
says "one worse than the worst of the base" 3 '^q +170/10, 171/10 +170/10, 172/10 +MORE$' judge

run 10 10 10 10 10 >"$tmp/run"
says "five pairs are too few" 1 '^invalid: 5 pairs give no interval' judge
: >"$tmp/run"
says "an empty run" 1 '^invalid: there is no boot' judge

sed_all() { sed -i "$1" "$2"; }
bad "no end marker" 'boot 3/2 \(patched\): the report has no end' \
	sed_all '/^# boot 3 2/,/end/{/^bench: end/d}'
bad "an empty end of the file" 'boot 10/2 \(patched\): the report has no end' sed_all '$d'
bad "a row lost in one boot" 'boot 2/1 \(base\): 6 samples, the kernel made 8' \
	sed_all '/^# boot 2 1/,/end/{/: x /d}'
bad "a row that one boot does not have" 'row x is not on every boot' \
	sed_all '/^# boot 2 1/,/end/{/: x /d;s/end 8/end 6/}'
bad "a row as often as it likes" 'row x: not as often on every boot' \
	sed_all '/^# boot 2 1/,/end/{/: x time 1/d;s/end 8/end 7/}'
bad "text after the end" 'text after the end' sed_all '$a bench: x time 2 ns=1 ops=1 bytes=0 skbs=0 frags=0'
bad "an error of the kernel" 'failed x -12' sed_all '5i bench: failed x -12'
bad "the wrong kernel" 'boot 4/1 \(base\): the report is of patched' \
	sed_all '/^# boot 4 1/,/end/s/begin base/begin patched/'
bad "half a pair" 'pair 10 is not one boot of each' sed_all '/^# boot 10 2/,$d'
bad "a pair of the same" 'pair 10 is not one boot of each' \
	sed_all '/^# boot 10 2/,${s/patched/base/}'
bad "other bytes" 'row x: not the same work' \
	sed_all '/^# boot 7 2/,/end/s/bytes=2560000000/bytes=2560000001/'
bad "other operations" 'row tcp/64: not the same work' \
	sed_all '/^# boot 7 2/,/end/{/tcp/s/ops=10000000/ops=9999999/}'
bad "a busy machine" 'boot 5/1 \(base\): others took 40.0 % of a processor' \
	sed_all '/^# boot 5 1/s/foreign 0.5/foreign 40.0/'
bad "a noisy machine" 'noise: the empty loop differs by 1[0-9.]+ %' \
	sed_all '/^# boot [78] /,/end/s/empty peer \(.\) ns=60/empty peer \1 ns=69/'
bad "an empty loop that is another on one side" 'between the two kernels' \
	sed_all '/patched status/,/end/s/empty peer \(.\) ns=60/empty peer \1 ns=66/'
bad "no empty loop" "no row 'empty'" sed_all '/: empty/d;s/end 8/end 6/'
bad "rows that are too short" 'row x: [0-9.]+ ms are too short' \
	sed_all 's/\(: x .*ns=\)[0-9]*/\1900000/'
sed '/^# boot 5 1/s/foreign 0.5/foreign 40.0/' "$tmp/good" >"$tmp/run"
says "a boot to repeat, by what others took" 0 '^40.0$' "$top/scripts/bench.py" --load "$tmp/run"
says "no boot to repeat" 0 '^$' "$top/scripts/bench.py" --load "$tmp/good"
cp "$tmp/good" "$tmp/run"
echo "what is this" >>"$tmp/run"
says "a line of something else" 1 'not a line of a run: what is this' judge

# The report: a repository that has nothing else, and a run with rows of targets.
repo=$tmp/top
mkdir -p "$repo/scripts" "$repo/kernels" "$repo/docs" "$repo/results/bench"
cp "$top"/scripts/{lib.sh,bench.py,bench-report.sh,bench-report.py} "$repo/scripts/"
: >"$repo/kernels/7.3"
report=$repo/scripts/bench-report.sh
# target PATTERN NAME: the line of that target, if it says so
target() { grep -F "| $2 |" "$repo/docs/benchmarks.md" | grep -E "$1"; }
# recorded_run NS SED...: as if make bench had been run, and recorded
recorded_run() {
	{ echo "# SPDX-License-Identifier: GPL-2.0"; echo "# cpu of the test"
	run "$1" "$1" "$1" "$1" "$1" "$1"; } | sed "${@:2}" >"$repo/results/bench/7.3.run"
	"$report"
}

"$report" 2>/dev/null
says "nothing recorded is said to be not measured" 0 '^.*not measured' target . "allocation alone"
says "the report of nothing is up to date" 0 '^$' "$report" --check
recorded_run 11 's,bench: x ,bench: alloc/256 ,' 2>/dev/null
says "a target that is met" 0 '0.550 \(0.550..0.550\) \| alloc/256, the worst of 1 \| met' target . "allocation alone"
says "facts of the run are in it" 0 '^- cpu of the test$' cat "$repo/docs/benchmarks.md"
says "rows without data leave their target unmeasured" 0 'not measured' target . "aligned"
says "streams, as bytes per second" 0 '1.818 .* met' target . "loopback TCP, bytes per second, geometric mean"
says "fewer fragments meet the target" 0 '0 of 1 rows .* met' target . \
	"no more fragments for the same traffic, no more pages held"
says "the report is up to date" 0 '^$' "$report" --check
cp -r "$repo/docs" "$tmp/first"
"$report" 2>/dev/null
says "the same data gives the same bytes" 0 '^$' diff -r "$tmp/first" "$repo/docs"
says "a plot is drawn" 0 '<svg' cat "$repo/docs/bench/7.3-ratio.svg"
says "a plot has no date" 1 '^$' grep -rE '20[0-9][0-9]-|UTC|:[0-9][0-9]:' "$repo/docs"
sed -i 's/0.550/0.450/' "$repo/docs/benchmarks.md"
says "a number that was typed is red" 1 'docs/benchmarks.md is not what results/ gives' "$report" --check
"$report" 2>/dev/null
rm "$repo/docs/bench/7.3-ratio.svg"
says "a plot that is missing is red" 1 'Only in .*7.3-ratio.svg' "$report" --check
"$report" 2>/dev/null
sed -i 's/ns=110000000 /ns=120000000 /' "$repo/results/bench/7.3.run"
says "other data is red" 1 '^\+.*0.600' "$report" --check
recorded_run 13 's,bench: x ,bench: alloc/256 ,' 2>/dev/null
says "a target that is missed" 0 '0.650 .* \*\*missed\*\*' target . "allocation alone"
recorded_run 21 's,bench: x ,bench: alloc/256 ,' 2>/dev/null
says "a row that is slower is named" 0 '2 of 2 rows slower: alloc/256, tcp/64; .*missed' target . "nothing slower than the base"
says "a stream that is slower" 0 '0.952 .*missed' target . "loopback TCP, bytes per second, never less"
recorded_run 10 's,bench: x ,bench: alloc/256 ,;s/status 0 wall/status 1 wall/;1,/end 8/s/end 8/end 9/' 2>/dev/null
says "a recorded run that is invalid makes no report" 1 'error: the run is invalid' "$report"
frags=171 recorded_run 10 's,bench: x ,bench: alloc/256 ,' 2>/dev/null
says "more fragments miss the target" 0 '1 of 1 rows .*q .*missed' target . \
	"no more fragments for the same traffic, no more pages held"
# The ring takes 15 of the 20 ns: what is left is 5 and 1.
with_ring() { recorded_run "$1" -e 's,bench: x ,bench: ring-alloc/256 ,' -e '/empty peer 0/a bench: ring peer 0 ns=150000000 ops=10000000 bytes=0 skbs=0 frags=0' -e 's/end 8/end 9/'; }
with_ring 16 2>/dev/null
says "the ring is subtracted" 0 '0.200 .* met' target . "two processors, the ring subtracted"
with_ring 15 2>/dev/null
says "what the ring hides is no proof" 0 'the ring takes all of it .*missed' target . "two processors, the ring subtracted"
# tried SED...: a try of the same numbers, beside the record; its line of the table
tried() {
	{ echo "# try other 0123: another way"; run 11 11 11 11 11 11; } |
		sed 's,bench: x ,bench: alloc/256 ,' | sed "$@" >"$repo/results/bench/7.3.try.other.run"
	"$report" 2>/dev/null && sed -n '/^### What was tried/,/^###* /p' "$repo/docs/benchmarks.md"
}
says "a try is named with what it is" 0 '^- `other`: another way; change 0123; 6 pairs\.$' tried ''
says "a try has its ratios" 0 '^\| `alloc/256` \| 0.550 \(0.550..0.550\) \|$' tried ''
sed 's/# try other/# try apart/;s,bench: alloc/256 ,bench: alloc/64x ,;s,bench: tcp/64 ,bench: tcp/1024 ,' \
	"$repo/results/bench/7.3.try.other.run" >"$repo/results/bench/7.3.try.apart.run"
says "a row that another try has not is left open there" 0 '^\| `alloc/256` \| - \| 0.550 ' tried ''
rm "$repo/results/bench/7.3.try.apart.run"
says "a try that is invalid makes no report" 1 '^$' tried 's/status 0 wall/status 1 wall/;s/end 8/end 9/'
rm "$repo/results/bench/7.3.try.other.run"
# beside SED...: the base's allocator takes twice as long in the same boots; its table
beside() {
	local rc=0
	cp "$repo/results/bench/7.3.run" "$tmp/kept"
	run 11 11 11 11 11 11 | sed 's,bench: tcp/64 time,bench: old-x peer,' | sed "$@" >"$repo/results/bench/7.3.run"
	"$report" 2>/dev/null || rc=$?
	sed -n '/^Beside what the series replaces/,/^###* /p' "$repo/docs/benchmarks.md"
	cp "$tmp/kept" "$repo/results/bench/7.3.run"
	return "$rc"
}
says "a row beside what it replaces" 0 '^\| `x` \| 22.00 .*\| 11.00 .*\| 0.500 \(0.500..0.500\) \| faster \|$' beside ''
says "what replaces nothing is not there" 0 '^$' beside 's/old-x/old-y/'
# elsewhere SED...: a run of pairs that were each built for itself; its line of the table
elsewhere() {
	{ echo "# placed: behind this and that"; run 11 11 11 11 11 11; } | sed "$@" >"$repo/results/bench/7.3.placed.here.run"
	"$report" 2>/dev/null && sed -n '/^### With the code elsewhere/,/^###* /p' "$repo/docs/benchmarks.md"
}
says "code elsewhere has its ratios" 0 '^\| `x` .*\| 0.550 \(0.550..0.550\) \| faster \|$' elsewhere ''
says "and is said to be of so many pairs, and where" 0 '^6 pairs: behind this and that\. .*PLACED=here' elsewhere ''
says "a run of it that is invalid makes no report" 1 '^$' elsewhere 's/status 0 wall/status 1 wall/;s/end 8/end 9/'
rm "$repo/results/bench/7.3.placed.here.run"
# recorded PAIRS ARGS: what becomes of a run that was made so
recorded() {
	mkdir -p "$tmp/cache/page_frag/7.3/log/bench"
	{ echo "# bench 0123 pairs $1 machine mem=512M $2"; cat "$tmp/good"; } >"$tmp/cache/page_frag/7.3/log/bench/run"
	rm -f "$tmp/recorder/results/bench/7.3.run"
	env -u TRY -u PLACED -u KERNEL_SRC XDG_CACHE_HOME="$tmp/cache" BASE=7.3 "$tmp/recorder/scripts/bench-record.sh" || return
	cmp "$tmp/cache/page_frag/7.3/log/bench/run" "$tmp/recorder/results/bench/7.3.run"
}
mkdir -p "$tmp/recorder"
cp -r "$top/scripts" "$top/kernels" "$tmp/recorder"
says "a run of all rows is recorded" 0 'results: ' recorded 10 ''
says "a run of some rows is none of the base" fail 'the last run has some rows only' recorded 10 bench.only=tcp
says "nor is one of other samples" fail "or other samples" recorded 10 bench.repeats=1
says "nor is one of fewer pairs" fail 'the last run has fewer than ten pairs' recorded 9 ''
placed() {
	mkdir -p "$tmp/cache/page_frag/7.3/log/bench-placed/lines" "$tmp/recorder/results/bench"
	{ echo "# bench 0123 pairs 6 machine mem=512M bench.only=tcp"; cat "$tmp/good"; } \
		>"$tmp/cache/page_frag/7.3/log/bench-placed/lines/run"
	echo another >"$tmp/recorder/results/bench/7.3.run"
	env -u TRY -u KERNEL_SRC XDG_CACHE_HOME="$tmp/cache" BASE=7.3 PLACED=lines "$tmp/recorder/scripts/bench-record.sh" &&
		grep -qx another "$tmp/recorder/results/bench/7.3.run"
}
says "a run with code elsewhere is a record of its own" 0 'results: .*/7\.3\.placed\.lines\.run' placed
says "a try and code elsewhere are not one run" fail 'TRY and PLACED are two questions' \
	env -u KERNEL_SRC XDG_CACHE_HOME="$tmp/cache" BASE=7.3 TRY=prefetch PLACED=lines "$tmp/recorder/scripts/bench.sh"
says "code has no other place than these" fail 'PLACED is neither lines nor inside: 1' \
	env -u TRY -u KERNEL_SRC XDG_CACHE_HOME="$tmp/cache" BASE=7.3 PLACED=1 "$tmp/recorder/scripts/bench.sh"
says "more rows are asked for than the kernel takes" fail 'bench.only has more than eight prefixes' \
	env -u TRY -u PLACED -u KERNEL_SRC XDG_CACHE_HOME="$tmp/cache" BASE=7.3 BENCH_ARGS=bench.only=a,b,c,d,e,f,g,h,i "$tmp/recorder/scripts/bench.sh"
# sized TEXT BSS: of the patched kernel; the base has 50 of each
sized() {
	printf 'size\t%s\t%s\t%s\n' base text 50 base data 50 base bss 50 patched text "$1" patched data 50 patched bss "$2" \
		>"$repo/results/bench/7.3.size"
	"$report" 2>/dev/null
}
sized 51 40
says "a larger kernel misses the target, whatever bss is" 0 '\+1 bytes .* -9 .*missed' target . "vmlinux is not larger"
sized 50 40
says "one that is not larger meets it" 0 '\+0 bytes .* met' target . "vmlinux is not larger"

# icounted BASE PATCHED: the line of a row, of which each side has these repeats and two more
icounted() {
	printf '# SPDX-License-Identifier: GPL-2.0\n# counter of the test\n' >"$repo/results/bench/7.3.icount"
	printf 'base\ttcp4/64\t%s\t110.0\t120.0\n' "$1" >>"$repo/results/bench/7.3.icount"
	[ -z "$2" ] || printf 'patched\ttcp4/64\t%s\t110.0\t120.0\n' "$2" >>"$repo/results/bench/7.3.icount"
	"$report" 2>/dev/null
	grep -F '`tcp4/64` |' "$repo/docs/benchmarks.md"
}
says "instructions that are fewer" 0 '^.* 100.0 . 90.0 . 0.900 . 0.10 % .  .$' icounted $'100.0\t100.1\t109.0' $'90.0\t90.0\t90.0'
says "more, within what the repeats differ by" 0 ' 1.001 . 0.20 % .  .$' icounted $'100.0\t100.2\t109.0' $'100.1\t100.1\t100.1'
says "more by more than that" 0 ' 1.003 . 0.20 % . ..MORE.. .$' icounted $'100.0\t100.2\t109.0' $'100.3\t100.3\t100.3'
says "one that is disturbed does not hide it" 0 ' ..MORE.. .$' icounted $'100.0\t100.1\t199.0' $'100.3\t100.3\t100.3'
says "a row of one kernel only" 0 ' 100.0 . - .*one only' icounted $'100.0\t100.0\t100.0' ''

# The boot itself, with something else as the kernel.
kernel() {
	mkdir -p "$tmp/boot"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/kernel"
	chmod +x "$tmp/kernel"
	"$top/scripts/bench-boot.py" base 1 1 "$tmp/boot" "$tmp/kernel" mem=1M && cat "$tmp/boot/boot-001-1-base"
}
says "a boot that ends is kept, without its console" 0 '^bench: end 0$' \
	kernel 'echo "boot text"; echo "x bench: begin base 1"; echo "bench: end 0"'
says "a boot without the marker fails by name" 1 'boot-001-1-base: the report has no end \(status 3\)' \
	kernel 'echo "bench: begin base 1"; exit 3'
says "a boot that says nothing fails" 1 'the report has no end' kernel 'exit 0'
done_testing
