#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# guest-bugs.sh: the bugs of tests/guest-bugs, one at a time, in a kernel of which a guest
# drives what they break: is each told, as the table says? BUGS: only those. TAP. What each
# guest left is kept below LAYER_KEPT.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

BUGS=${BUGS:-}
table=$TOP/tests/guest-bugs
work=$(work_dir)
log=$work/log/guest-bugs
kept=${LAYER_KEPT:-$log/kept}
# What leaves the guest hanging must not take as long as a whole run may.
export VM_TIMEOUT=300 VM_MEMORY=512

# bugs: the lines of those that are wanted
bugs() { rows "$table" "$BUGS"; }

# driven LAYER: what the bugs of a layer need, each once
driven() { bugs | awk -F'\t' -v layer="$1" '$2 == layer { print $3 }' | tr , '\n' | sort -u | paste -sd,; }

# boot NAME LAYER DRIVEN: prints where the guest's run is, which is kept under NAME; its
# report and its kernel's log are in one file. Of the stress the case va comes first: while
# the next runs, pages are looked for.
boot() {
	local run
	case $2 in
	guest) run=$("$TOP/scripts/guest.sh" bugs rdinit=/few-init kunit.enable=0 "only=$3") ;;
	stress) run=$("$TOP/scripts/guest.sh" bugs rdinit=/stress-init kunit.enable=0 "stress=-t,$(stress_seconds "va,$3"),va,$3") ;;
	esac || return
	"$TOP/scripts/few-verdict.sh" "$run" >"$run/verdict" || :
	"$TOP/scripts/keep.sh" "$run" "$kept/$1"
	cat "$run/result" "$run/console.log" "$run/verdict" >"$log/said" 2>/dev/null
	printf '%s\n' "$run"
}

# stress_seconds CASES: two for each
stress_seconds() { echo $((2 * $(tr , ' ' <<<"$1" | wc -w))); }

# clean RUNDIR: it passes; or why not
clean() {
	sed -n 's/^fault: //p' "$1/verdict" | paste -sd';'
	[ "$(tail -n 1 "$1/verdict")" = PASS ]
}

# unplanted LAYER: of a red kernel no bug can be told
unplanted() {
	local run why what
	what=$(driven "$1")
	[ -n "$what" ] || return 0
	n=$((n + 1))
	if run=$(boot "unplanted-$1" "$1" "$what") && why=$(clean "$run"); then
		echo "ok $n - unplanted, $1: all of it passes"
	else
		echo "not ok $n - unplanted, $1: ${why:-there was no run}"
		bad=1
	fi
}

# plant FILE SCRIPT
plant() {
	cp "$tree/$1" "$log/before"
	sed -i "$2" "$tree/$1" && ! cmp -s "$log/before" "$tree/$1"
}

# told NAME LAYER DRIVEN SAID FILE SCRIPT: or why not. Judged by few-verdict.sh, as only some
# ways are driven; what it says is searched, too.
told() {
	local run
	[ -e "$tree/$5" ] || { echo "there is no $5"; return 1; }
	plant "$5" "$6" || { echo "it changes nothing"; return 1; }
	run=$(VM_TIMEOUT=120 boot "$1" "$2" "$3") || { echo "there was no run"; return 1; }
	! clean "$run" >/dev/null || { echo "the verdict is that it passes"; return 1; }
	grep -qE '^1\.\.|test_page_frag.sh: begin' "$log/said" || { echo "the guest did not begin"; return 1; }
	! grep -q 'the module is not loaded' "$log/said" || { echo "the module was not loaded"; return 1; }
	grep -qE "$4" "$log/said" || { echo "not seen: $4"; return 1; }
}

# try_bug NAME ...: and the file as it was
try_bug() {
	local name=$1 why
	n=$((n + 1))
	rm -f "$log/said"
	if why=$(told "$@"); then
		echo "ok $n - bug $name: told by $2, $3"
	else
		echo "not ok $n - bug $name: $why, see $log/$name.said"
		bad=1
	fi
	mv "$log/said" "$log/$name.said" 2>/dev/null || :
	git -C "$tree" checkout -q -- .
}

rm -rf "$log/kept"
mkdir -p "$log"
n=0 bad=0
want=$(wc -w <<<"$BUGS")
[ "$want" -eq 0 ] || [ "$(bugs | wc -l)" -eq "$want" ] ||
	die "BUGS names one that is not there: $BUGS" "known: $(awk -F'\t' '/^[a-z]/ { print $1 }' "$table" | paste -sd' ')"
tree=$("$TOP/scripts/worktree.sh" bugs HEAD)
export GUEST_TREE=$tree
unplanted guest
unplanted stress
if [ "$bad" -eq 0 ]; then
	while IFS=$'\t' read -r -u 8 name layer what said file script; do
		try_bug "$name" "$layer" "$what" "$said" "$file" "$script"
	done 8< <(bugs)
fi
echo "1..$n"
[ "$bad" -eq 0 ]
