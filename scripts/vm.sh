#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vm.sh: the guest as a test layer. Its own TAP, numbered on, then the verdict.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

run=$("$TOP/scripts/guest.sh")
touch "$run/result"
rc=0
"$TOP/scripts/verdict.sh" "$run" >&2 || rc=$?
awk -v rc="$rc" '
	/^(not )?ok / { sub(/ok [0-9]+( -)? */, "ok " ++n " - guest: "); print }
	END {
		printf "%sok %d - guest: verdict\n", rc ? "not " : "", ++n
		printf "1..%d\n", n
	}' "$run/result"
exit "$rc"
