# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scripts share: paths, messages, steps with their duration, one lock.
# Sourced, never run.

set -eEuo pipefail
trap 'echo "error: $0: line $LINENO: $BASH_COMMAND" >&2' ERR

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# After an error sparse keeps all warnings of the file back. What is an error to it and is
# none: a keyword of Linux 7.3, what a tracepoint is expanded to, a length that is constant.
export SPARSE="sparse -D__typeof_unqual__=__typeof__ -DNOTRACE '-D__builtin_strlen(s)=(sizeof(s)-1)'"
BASE=${BASE:-6.12}
KERNEL_SRC=${KERNEL_SRC:-}
# The same words in another order are the same kernel.
sorted_words() { xargs -n 1 <<<"$1" | sort -u | paste -sd' '; }
[[ ${DEBUG:-} != *' '* ]] || DEBUG=$(sorted_words "$DEBUG")
# Not from the environment, where the name is anybody's: distclean removes it.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/page_frag
JOBS=${JOBS:-$(nproc)}
export LC_ALL=C TOP BASE KERNEL_SRC JOBS
export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
# What the user's shell or make is set up for is another build than ours. Only
# make kunit takes ARCH, and it takes it from here.
export KUNIT_ARCH=${KUNIT_ARCH:-${ARCH:-}}
unset ARCH CROSS_COMPILE LLVM LLVM_IAS CC LD KCFLAGS KCPPFLAGS KAFLAGS LOCALVERSION
unset CFLAGS LDFLAGS EXTRA_CFLAGS HOSTCFLAGS HOSTLDFLAGS USERCFLAGS USERLDFLAGS
unset O M W C V CF CHECK MAKEFLAGS MFLAGS GNUMAKEFLAGS MAKEOVERRIDES MAKEFILES
unset "${!KBUILD_@}" "${!KCONFIG_@}"
# One date for all that has one: the same inputs give the same commits.
export EPOCH=2024-11-17T00:00:00Z
export KBUILD_BUILD_TIMESTAMP=2024-11-17 KBUILD_BUILD_USER=page_frag
export KBUILD_BUILD_HOST=localhost

# Exit status of what needs a base whose package has left the archive.
export EXIT_GONE=77

say() { printf '%s\n' "$*" >&2; }

# die WHAT [HOW TO MEND IT]
die() {
	say "error: $1"
	[ $# -lt 2 ] || say "       $2"
	exit 1
}

# base_gone: there is nothing to work on any more. Said by name; a failure with STRICT set.
base_gone() {
	[ -z "${STRICT:-}" ] || die "base $BASE: its package has left the archive, and STRICT is set" \
		"drop kernels/$BASE, or run without STRICT"
	say "SKIP base $BASE: its package has left the archive"
}

# plain_path PATH HOW TO MEND IT: the kernel's makefiles split paths at these
plain_path() {
	[[ $1 != *[[:space:]:]* ]] || die "no kernel builds below a path with a space or a colon: $1" "$2"
}
[[ $CACHE = /* ]] || die "XDG_CACHE_HOME is not absolute: $XDG_CACHE_HOME" "set it to a directory, from / on"
plain_path "$CACHE" "set XDG_CACHE_HOME to a directory without"
plain_path "$TOP" "move the repository to a directory without"

# The directory of this base, or of the user's own tree, below the cache.
work_dir() {
	if [ -n "$KERNEL_SRC" ]; then
		printf '%s/src-%s\n' "$CACHE" \
			"$(readlink -f "$KERNEL_SRC" | sha256sum | cut -c1-12)"
	else
		printf '%s/%s\n' "$CACHE" "$BASE"
	fi
}

# part_commits mm|net TREE: the commits of TREE that are for the tree of that name, oldest first
part_commits() {
	git -C "$2" log --reverse --format='%H %s' base..HEAD | grep -E "^[0-9a-f]+ $1: " | cut -d' ' -f1
}

# config_lines FILE: a configuration, but for the version in its comments, and that of
# pahole: it may come between two builds, and no code here is made with it
config_lines() { grep -E '^CONFIG_|is not set$' "$1" | grep -v '^CONFIG_PAHOLE_VERSION='; }

# rows TABLE NAMES: the lines of a table of ours whose first word is one of NAMES; all of
# them without names
rows() { awk -v want=" $2 " '/^[a-z]/ && (want ~ /^ *$/ || index(want, " " $1 " "))' "$1"; }

# soak_rows NAMES: of tests/soak, what this base has; after load_base
soak_rows() { rows "$TOP/tests/soak" "$1" | awk -v smp="${um_smp:-}" '$2 != "uml" || smp'; }

# Tests and what is written about the code, the rest is code.
beside=(Documentation MAINTAINERS mm/page_frag_test.c tools/testing)
# Code that is in no kernel that is booted.
compiled_only=(drivers/net/ethernet/chelsio)

# below PATH...: of the paths in the input, those that are one of these, or below one
below() { grep -E "^($(IFS='|'; echo "$*"))(/|\$)" || :; }

# without_comments NAME: C of the input, as far as NAME says that it is C
without_comments() {
	case $1 in
	*.[ch]) perl -0777 -pe 's{("(?:\\.|[^"\\\n])*"|\x27(?:\\.|[^\x27\\\n])+\x27)|/\*.*?\*/|//[^\n]*}{$1 // " "}gse; s/[ \t]+$//gm; s/\n+/\n/g; s/\A\n//' ;;
	*) cat ;;
	esac
}

# changed TREE: the paths of what it has otherwise than the base
changed() { git -C "$(work_dir)/tree" -c core.quotePath=false diff --no-renames --name-only base "$1"; }

# content TREE PATH: its mode, and a hash of what it says; nothing if it is not there
content() {
	local mode
	mode=$(git -C "$(work_dir)/tree" ls-tree "$1" -- "$2" | cut -d' ' -f1)
	[ -z "$mode" ] || echo "$mode $(git -C "$(work_dir)/tree" show "$1:$2" | without_comments "$2" | sha256sum)"
}

# contents TREE: of each path in the input, unless the base has the same but for comments
contents() {
	local path now was
	while read -r path; do
		now=$(content "$1" "$path") && was=$(content base "$path") || return
		[ "$now" = "$was" ] || printf '%s %s\n' "$path" "$now"
	done
}

# code_id [TREE [PATH]]: of the code in TREE, or in what there is now for this base, and of
# PATH beside it. What was measured of one tree holds for another with the same code:
# comments, and what is only compiled, are no part of it.
code_id() {
	local tree=${1:-HEAD} others
	git -C "$(work_dir)/tree" rev-parse -q --verify "$tree^{tree}" >/dev/null || return
	others=$(changed "$tree" | below "${beside[@]}" "${compiled_only[@]}" | grep -vxF -e "${2:-}" || :)
	{
		git -C "$(work_dir)/tree" rev-parse 'base^{tree}'
		changed "$tree" | { grep -vxF -e "$others" || :; } | contents "$tree"
	} | sha256sum | cut -c1-12
}

# tests_id TREE: of the tests in it
tests_id() {
	changed "$1" | below mm/page_frag_test.c tools/testing | contents "$1" | sha256sum | cut -c1-12
}

# suite_id NAME [CODE]: of all that a run of that suite depends on, but how it is judged and how a
# test of it is run again; nothing if there is no such suite. CODE is the code_id of now.
suite_id() {
	local line ours='' code
	line=$(rows "$TOP/tests/suites" "$1")
	[ -n "$line" ] || return 0
	if [[ $line == *$'\town\t'* ]]; then
		ours=$(gcc -MM "$TOP"/tests/suite/*.c | sed 's/.*://' | tr -s '\\ ' '\n' | grep .) ||
			die "gcc does not tell what tests/suite includes" "run: scripts/deps.sh vm"
	fi
	code=${2:-$(code_id HEAD)} || return
	{
		echo "$code"
		cut -f-3,5-7 <<<"$line"
		cat "$TOP"/tests/selftests-*.h "$TOP/tests/uml-xstate.c" "$TOP"/configs/{suite,debug}*.config
		[ -z "$ours" ] || xargs -d '\n' cat <<<"$ours"
	} | sha256sum | cut -c1-12
}

# tree_id: of what the series gives for this base
tree_id() { git -C "$(work_dir)/tree" rev-parse --short=12 'HEAD^{tree}'; }

# debug_fragment WORD: of DEBUG
debug_fragment() {
	local file=$TOP/configs/debug-$1.config
	[ -r "$file" ] || die "DEBUG names no fragment: $1" \
		"known: $(cd "$TOP/configs" && echo debug-*.config | sed 's/debug-\([a-z]*\).config/\1/g')"
	printf '%s\n' "$file"
}

# fragments vm|stress|uml [WORD...]: what a kernel is configured by, a line each: the guest,
# the guest of the stress, which has no network, or UML for that; and what DEBUG names
fragments() {
	local word kind=$1
	shift
	case $kind in
	vm) printf '%s\n' "$TOP"/configs/{vm-*,"base-$BASE",kunit-guest}.config ;;
	stress) printf '%s\n' "$TOP"/configs/{vm-x86_64,vm-debug,stress-guest,"base-$BASE",kunit-guest}.config ;;
	uml) printf '%s\n' "$TOP"/configs/stress-uml{,"-$BASE"}.config ;;
	esac
	for word; do debug_fragment "$word"; done
}

# debug_parameters WORD...: what the kernel has to be told, a line each. What is built in
# is not switched on; and emulated, it takes longer than what RCU calls a stall.
debug_parameters() {
	[ $# -gt 0 ] || return 0
	echo rcupdate.rcu_cpu_stall_timeout=300
	printf '%s\n' "$@" | sed -n 's/^poison$/page_poison=1/p'
}

# without_kvm MACHINE: on a processor that cannot have guests
without_kvm() {
	local bin
	bin=$(work_dir)/bin
	! grep -qE '^flags.*\b(vmx|svm)\b' /proc/cpuinfo || return 0
	mkdir -p "$bin"
	ln -sf "$TOP/scripts/emulator.sh" "$bin/qemu-system-$1"
	PATH=$bin:$PATH
}

# bases: all of them, the newest first
bases() { (cd "$TOP/kernels" && printf '%s\n' * | sort -rV); }

# load_base: package, suite, tested and member of kernels/$BASE
load_base() {
	[ -r "$TOP/kernels/$BASE" ] ||
		die "no base named '$BASE'" \
		    "known: $(cd "$TOP/kernels" && echo *); e.g. make test BASE=6.12"
	# shellcheck source=kernels/6.12
	. "$TOP/kernels/$BASE"
}

# end_groups LEADER...: all of these process groups; killed if they take ten seconds
end_groups() {
	local n leader left

	for leader; do kill -TERM -- "-$leader" 2>/dev/null || :; done
	for ((n = 0; n < 100; n++)); do
		left=
		for leader; do ! kill -0 -- "-$leader" 2>/dev/null || left=1; done
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	for leader; do kill -KILL -- "-$leader" 2>/dev/null || :; done
}

# end_started: what runs in the background, which would keep the lock
end_started() {
	local leaders
	mapfile -t leaders < <(jobs -p)
	end_groups "${leaders[@]}"
}

# interrupted SIGNAL: end what was started, then die of SIGNAL: a caller that sees an
# exit status instead goes on.
interrupted() {
	trap '' INT TERM HUP
	end_started
	trap - INT TERM HUP
	kill -s "$1" "$BASHPID"
}

# end_on_signal: from here on, until the traps are reset
end_on_signal() {
	local signal
	# shellcheck disable=SC2064 # the signal of now
	for signal in INT TERM HUP; do trap "interrupted $signal" "$signal"; done
}

# step NAME LOG COMMAND...: run with output in LOG; show what and how long. What
# runs has a process group of its own, by which it can be ended with all its children:
# a command in the background of a script ignores the terminal's SIGINT.
step() {
	local name=$1 log=$2 start=$SECONDS pid ticker rc=0
	shift 2

	mkdir -p "$(dirname "$log")"
	say "  .. $name"
	end_on_signal
	set -m
	"$@" </dev/null >"$log" 2>&1 &
	pid=$!
	tick "$pid" "$name" </dev/null 9>&- &
	ticker=$!
	set +m
	wait "$pid" || rc=$?
	kill -- "-$ticker" 2>/dev/null || :
	wait "$ticker" 2>/dev/null || :
	trap - INT TERM HUP
	if [ "$rc" -ne 0 ]; then
		say "  FAILED $name after $((SECONDS - start)) s (exit $rc); the end of $log:"
		tail -n 25 "$log" >&2
		return "$rc"
	fi
	say "  ok $name ($((SECONDS - start)) s)"
}

# tick PID NAME: a line every half minute while PID runs
tick() {
	local n=0

	while sleep 1 && kill -0 "$1" 2>/dev/null; do
		n=$((n + 1))
		[ $((n % 30)) -ne 0 ] || say "  .. $2, $n s"
	done
}

# take_lock DIR FD: FD is DIR/lock, opened
take_lock() {
	flock -n "$2" || die "another run is using $1 (process $(cat "$1/lock.pid" 2>/dev/null || echo unknown))" \
		"wait for it, or give this one a cache of its own: XDG_CACHE_HOME=/some/dir"
	echo $$ >"$1/lock.pid"
}

# One run at a time in a work directory. The lock dies with its holder.
lock_work() {
	local dir
	dir=$(work_dir)

	[ -z "${PAGE_FRAG_LOCKED:-}" ] || return 0
	mkdir -p "$dir" || die "cannot create $dir" "set XDG_CACHE_HOME to a directory you may write"
	exec 9>>"$dir/lock"
	take_lock "$dir" 9
	export PAGE_FRAG_LOCKED=1
}

# need_space DIR MIB
need_space() {
	local free
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$2" ] ||
		die "$1 has $free MiB free, $2 MiB are needed" \
		    "free some, or set XDG_CACHE_HOME to a file system with room"
}
