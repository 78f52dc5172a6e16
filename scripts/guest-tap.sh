#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# guest-tap.sh RUNDIR VERDICT NAME: the guest's own TAP, numbered on and with NAME before
# each line, and as the last line what the script VERDICT says of the run; all of that is
# in RUNDIR/verdict.
set -euo pipefail

run=$1 verdict=$2 name=$3
touch "$run/result"
rc=0
"$verdict" "$run" >"$run/verdict" || rc=$?
cat "$run/verdict" >&2
awk -v rc="$rc" -v name="$name" '
	/^(not )?ok / { sub(/ok [0-9]+( -)? */, "ok " ++n " - " name ": "); print }
	END {
		printf "%sok %d - %s: verdict\n", rc ? "not " : "", ++n, name
		printf "1..%d\n", n
	}' "$run/result"
exit "$rc"
