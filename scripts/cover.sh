#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# cover.sh: the guest once more, counting lines, as a test layer: for every function
# that the net part of the series changes, whether the guest reached the change.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

export DEBUG=gcov
work=$(work_dir)
run=$("$TOP/scripts/guest.sh")
out=$work/cover
build=$work/build/vm-gcov

# The guest's names are those of the build directory, without the first slash.
unpack() {
	rm -rf "$out"
	mkdir -p "$out/counts" "$out/lines"
	[ -s "$run/coverage" ] || die "the guest sent no counts" "see $run/console.log"
	tar -C "$out/counts" -xf "$run/coverage"
}

# count FILE: the lines of one object, as JSON
count() {
	local object=${1#"$out/counts"}
	local name=${object#"$build/"}
	cp "${object%.gcda}.gcno" "${1%.gcda}.gcno" &&
		gcov --json-format --stdout "$1" >"$out/lines/${name//\//-}.json"
}

count_all() {
	local file
	while read -r file; do count "$file" || return; done < <(find "$out/counts" -name '*.gcda')
}

rc=0
"$TOP/scripts/verdict.sh" "$run" >&2 || rc=1
unpack
step "counting the lines" "$work/log/cover.log" count_all ||
	die "the guest's counts do not fit the kernel in $build" "see $work/log/cover.log"
"$TOP/scripts/net-part.sh" -U0 -- '*.c' '*.h' >"$out/diff"
"$TOP/scripts/cover.py" "$TOP/tests/guest-uncovered" "$out/diff" "$work/tree" "$rc" "$out"/lines/*.json
