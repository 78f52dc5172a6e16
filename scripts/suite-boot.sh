#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# suite-boot.sh KERNEL ROOTFS TESTS RUNDIR CLOCK SECONDS DIRECTORY COMMAND...: run COMMAND
# in DIRECTORY of TESTS under KERNEL, a user mode one, and leave in RUNDIR
#   output       what the command printed
#   result       'exit STATUS', then '# end', by the guest's init
#   refused      how many pages were, each second of the guest, if some had to be
#   console.log  the kernel's log
#   status       how the kernel ended
#   leaks        what kmemleak found, if it did
# CLOCK travel: the guest's clock skips what it sleeps, and stands still while this
# machine does something else; real: it is this machine's, for programs that count
# what they can do in a second. The guest gets four times the seconds of this machine.
# SUITE_WORDS go to the kernel, too, and SUITE_PRELOAD is preloaded. Judging is suite.pl's.
set -euo pipefail

SUITE_MEMORY=${SUITE_MEMORY:-1024}
[ $# -ge 8 ] || { echo "usage: suite-boot.sh KERNEL ROOTFS TESTS RUNDIR CLOCK SECONDS DIRECTORY COMMAND..." >&2; exit 1; }
kernel=$1 root=$2 tests=$3 run=$4 clock=$5 seconds=$6 directory=$7
shift 7
read -ra words <<<"${SUITE_WORDS:-}"
[ "$clock" = real ] || words+=(time-travel)

# What an earlier run left must not pass for this one's.
rm -rf "$run"
mkdir -p "$run/modules"
# modprobe asks these whether a module is built in.
cp "${kernel%/*}"/modules.* "$run/modules/"
printf '%s\n' "$seconds" >"$run/seconds"
printf '%s\n' "$directory" >"$run/directory"
printf '%s\n' "$@" >"$run/command"

status=0
timeout --foreground -k 10 "$((seconds * 4))" env ${SUITE_PRELOAD:+LD_PRELOAD="$SUITE_PRELOAD"} "$kernel" mem="${SUITE_MEMORY}M" "${words[@]}" \
	uml_dir="$run/" umid=suite seccomp=auto con=null con0=null,fd:1 \
	root=/dev/root rootfstype=hostfs rootflags="$root" ro \
	init=/sbin/suite-init run="$run" tests="$tests" \
	</dev/null >"$run/console.log" 2>&1 || status=$?
[ "$status" -ne 124 ] || status="timeout after $((seconds * 4)) s"
echo "$status" >"$run/status"
