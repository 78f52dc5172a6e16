# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Where a run leaves its reports and guests: in $kept, which is KEPT or a new directory in
# the cache, where the last ten stay. Sourced after lib.sh, by who holds the lock.

runs=$(readlink -m "$(work_dir)/runs")
kept=$(readlink -m "${KEPT:-$runs/$(date -u +%Y%m%dT%H%M%S.%3NZ)}")
[ -z "$(ls -A "$kept" 2>/dev/null)" ] || die "KEPT has something in it: $kept" "give a directory that is empty or not there"

# drop_old: the last ten of those in the cache stay, and that of the last soak, which took an
# hour; no directory of another name goes.
drop_old() {
	local soak
	[ -d "$runs" ] || return 0
	soak=$(cat "$(work_dir)/soak.last" 2>/dev/null || :)
	find "$runs" -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' | sort | head -n -10 |
		awk -v soak="${soak%/*}" '$0 != soak' | xargs -r -d '\n' rm -rf
}
