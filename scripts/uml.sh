#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# uml.sh NAME WORD...: a kernel as a process, with VM_CPUS processors and VM_MEMORY MiB,
# that runs the stress of the selftests. What it leaves, in run-NAME/ of the work
# directory, is as that of guest.sh. DEBUG names fragments to add.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

# By default as many as this base can have.
VM_CPUS=${VM_CPUS:-${um_smp:+2}}
VM_CPUS=${VM_CPUS:-1}
VM_MEMORY=${VM_MEMORY:-512}
read -ra debug <<<"${DEBUG:-}"
work=$(work_dir)
name=$(IFS=-; echo "um-stress${debug:+-}${debug[*]}")
build=$work/build/$name
run=$work/run-${1:?usage: uml.sh NAME WORD...}
list=$(fragments uml "${debug[@]}")
mapfile -t fragments <<<"$list"
words=(mem="${VM_MEMORY}M" "con0=null,fd:1" console=tty0 "con1=null,fd:3" noreboot panic=-1 panic_on_warn=1 page_owner=on "${@:2}")

if [ "$VM_CPUS" -gt 1 ]; then
	[ -n "${um_smp:-}" ] || die "Linux $version has no SMP under UML" "give VM_CPUS=1, or BASE=7.3"
	fragments+=("$TOP/configs/bench-smp.config")
	words+=(seccomp=on ncpus="$VM_CPUS")
fi
mapfile -t -O ${#words[@]} words < <(debug_parameters "${debug[@]}")

# boot: its log is its first console, on standard output; its report the second, on fd 3
boot() {
	local status=0
	printf '%q ' "$build/linux" initrd="$work/initramfs.cpio.gz" "${words[@]}" >"$run/command"
	timeout --foreground -k 10 "$VM_TIMEOUT" "$build/linux" initrd="$work/initramfs.cpio.gz" "${words[@]}" \
		</dev/null >"$run/console.log" 2>&1 3>"$run/result" || status=$?
	[ "$status" -ne 124 ] || status="timeout after $VM_TIMEOUT s"
	echo "$status" >"$run/status"
}

mkdir -p "$build"
CC="ccache gcc" "$TOP/scripts/config.sh" "$work/tree" "$build" um "${fragments[@]}" >&2
"$TOP/scripts/build.sh" "$name" um linux modules
modules=$("$TOP/scripts/modules.sh" "$name" um stress)
step "packing the guest's file system" "$work/log/initramfs.log" \
	"$TOP/scripts/initramfs.sh" "$work/initramfs.cpio.gz" /dev/null "$modules"/page_frag_stress.ko ||
	die "the guest's file system cannot be packed" "see $work/log/initramfs.log"
rm -rf "$run"
mkdir -p "$run"
printf '%s\n' "${debug[*]}" >"$run/debug"
printf '%s\n' "${LAYER:-none}" >"$run/layer"
cp "$build/.config" "$run/config"
# It cannot do without a processor.
echo hotplug >"$run/cannot"
echo uml >"$run/accelerator"
echo "uml $VM_CPUS $VM_MEMORY" >"$run/machine"
step "booting $1 under UML (console: $run/console.log)" "$run/boot.log" boot
printf '%s\n' "$run"
