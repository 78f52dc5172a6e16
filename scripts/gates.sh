# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# gate NAME COMMAND...: a TAP line for each, with the end of the output on
# failure; gates_done prints the plan. Sourced by the layers made of gates. Those
# whose name matches GATES_SKIP are skipped, with GATES_ONLY all but that of this name.

gates=0
bad_gates=0
gate_log=$(work_dir)/log/gates
mkdir -p "$gate_log"

gate() {
	local name=$1 log start=$SECONDS
	if [[ -n ${GATES_SKIP:-} && $name =~ $GATES_SKIP ]]; then
		gate_skip "$name" "GATES_SKIP=$GATES_SKIP"
		return
	fi
	if [ "${GATES_ONLY:-$name}" != "$name" ]; then
		gate_skip "$name" "GATES_ONLY=$GATES_ONLY"
		return
	fi
	shift
	gates=$((gates + 1))
	log=$gate_log/${name//[^a-zA-Z0-9.]/-}.log
	if ("$@") >"$log" 2>&1; then
		echo "ok $gates - $name"
	else
		bad_gates=$((bad_gates + 1))
		echo "not ok $gates - $name"
		tail -n 15 "$log" | sed 's/^/# /'
		echo "# all of it: $log"
	fi
	say "  .. $name ($((SECONDS - start)) s)"
}

# gate_skip NAME REASON
gate_skip() {
	gates=$((gates + 1))
	echo "ok $gates - $1 # SKIP $2"
}

gates_done() {
	echo "1..$gates"
	[ "$bad_gates" -eq 0 ]
}
