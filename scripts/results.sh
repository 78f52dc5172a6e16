#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# results.sh: the records of this base, all of them: those of make record, and what the
# letters tell of the recorded benchmark and of the kernel's selftests.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ ! -e "$TOP/results/$BASE.tsv" ] || cat "$TOP/results/$BASE.tsv"
[ ! -e "$TOP/results/bench/$BASE.run" ] ||
	python3 -B "$TOP/scripts/bench-letter.py" "$TOP/results/bench/$BASE.run"
[ ! -e "$TOP/results/suite/$BASE.tsv" ] || "$TOP/scripts/suite-letter.sh" "$TOP/results/suite/$BASE.tsv"
