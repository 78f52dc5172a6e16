#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# emulator.sh: under the name of an emulator and first in PATH, that emulator without
# KVM. kunit.py of later kernels asks for KVM first, and where the device is there but
# the processor cannot have guests, the guest hangs.
set -euo pipefail

words=()
while [ $# -gt 0 ]; do
	case "$1 ${2:-}" in
	"-accel kvm"|"-accel hvf") shift 2 ;;
	*) words+=("$1"); shift ;;
	esac
done
PATH=${PATH#*:}
exec "${0##*/}" "${words[@]}"
