# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# gate NAME COMMAND...: a TAP line for each, with the end of the output on
# failure; gates_done prints the plan. Those of gate_start run JOBS at a time beside
# what follows, until gates_join says how they ended. Sourced by the layers made of
# gates. Those whose name matches GATES_SKIP are skipped, with GATES_ONLY all but that
# of this name.

gates=0
bad_gates=0
started=()	# names, in their order
gate_log=$(work_dir)/log/gates
mkdir -p "$gate_log"

log_of() { echo "$gate_log/${1//[^a-zA-Z0-9.]/-}.log"; }

# left_out NAME: why it is not run, if it is not
left_out() {
	if [[ -n ${GATES_SKIP:-} && $1 =~ $GATES_SKIP ]]; then
		echo "GATES_SKIP=$GATES_SKIP"
	elif [ "${GATES_ONLY:-$1}" != "$1" ]; then
		echo "GATES_ONLY=$GATES_ONLY"
	else
		return 1
	fi
}

# run_gate NAME COMMAND...: leaves a log, and beside it the status
run_gate() {
	local log start=$SECONDS rc=0
	log=$(log_of "$1")
	("${@:2}") >"$log" 2>&1 || rc=$?
	echo "$rc" >"$log.status"
	say "  .. $1 ($((SECONDS - start)) s)"
}

# judge_gate NAME: one that left no status has failed
judge_gate() {
	local log
	log=$(log_of "$1")
	gates=$((gates + 1))
	if [ "$(cat "$log.status" 2>/dev/null)" = 0 ]; then
		echo "ok $gates - $1"
	else
		bad_gates=$((bad_gates + 1))
		echo "not ok $gates - $1"
		tail -n 15 "$log" | sed 's/^/# /'
		echo "# all of it: $log"
	fi
	rm -f "$log.status"
}

gate() {
	local why
	! why=$(left_out "$1") || { gate_skip "$1" "$why"; return; }
	run_gate "$@"
	judge_gate "$1"
}

# gate_start NAME COMMAND...: in a process group of its own, as a step
gate_start() {
	started+=("$1")
	! left_out "$1" >/dev/null || return 0
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n || :; done
	rm -f "$(log_of "$1").status"
	end_on_signal
	trap end_started EXIT
	set -m
	run_gate "$@" </dev/null &
	set +m
}

gates_join() {
	local name why
	wait
	trap - INT TERM HUP EXIT
	for name in "${started[@]}"; do
		if why=$(left_out "$name"); then gate_skip "$name" "$why"; else judge_gate "$name"; fi
	done
	started=()
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
