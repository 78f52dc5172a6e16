#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# stress.sh: a guest that runs the stress of the kernel's selftests, as a test layer:
# STRESS_SECONDS for all cases together, numbers from STRESS_SEED. VM_CPUS and VM_MEMORY
# (MiB) are the machine, STRESS_ON=uml is another kind of it. Without checkers its kernel is
# that of make vm, which is there already, or a small one with GUEST_KIND=stress.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

STRESS_SECONDS=${STRESS_SECONDS:-30}
STRESS_SEED=${STRESS_SEED:-1}
STRESS_ON=${STRESS_ON:-guest}
[[ $STRESS_SECONDS =~ ^[1-9][0-9]*$ ]] ||
	die "STRESS_SECONDS is no number of seconds: $STRESS_SECONDS" "for example: make stress STRESS_SECONDS=30"
[[ $STRESS_SEED =~ ^[0-9]+$ ]] ||
	die "STRESS_SEED is no number: $STRESS_SEED" "for example: make stress STRESS_SEED=1"
[[ $STRESS_ON =~ ^(guest|uml)$ ]] || die "STRESS_ON is neither guest nor uml: $STRESS_ON"
export VM_MEMORY=${VM_MEMORY:-512} GUEST_KIND=${GUEST_KIND:-${DEBUG:+stress}}
# What is asked for, and what the rest of a boot may take.
export VM_TIMEOUT=$((${VM_TIMEOUT:-1200} + 4 * STRESS_SECONDS))

run=$("$TOP/scripts/$STRESS_ON.sh" stress rdinit=/stress-init "stress=-t,$STRESS_SECONDS,-s,$STRESS_SEED")
"$TOP/scripts/guest-tap.sh" "$run" "$TOP/scripts/stress-verdict.sh" "${LAYER:-stress}"
