#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# boot.sh KERNEL INITRAMFS RUNDIR [NAME=VALUE...]: boot the guest, let it serve
# itself $PAYLOAD over four emulated network cards, and leave in RUNDIR
#   result       what the guest wrote to its result channel
#   console.log  the kernel's log
#   status       how the emulator ended
#   accelerator  what ran it: kvm or tcg
#   machine      what was asked for: guest, processors, MiB
#   command      how it was started
#   coverage     with COVERAGE set: what the guest packed, a tar
# The words after RUNDIR go to the kernel command line. Judging is verdict.sh's:
# this fails only if there was nothing to boot.
set -euo pipefail

QEMU=${QEMU:-qemu-system-x86_64}
VM_TIMEOUT=${VM_TIMEOUT:-1200}
VM_MEMORY=${VM_MEMORY:-1024}
VM_MACHINE=${VM_MACHINE:-pc}
VM_CPUS=${VM_CPUS:-2}
VM_NODES=${VM_NODES:-1}
PART_MB=${PART_MB:-1}
COVERAGE=${COVERAGE:-}
# A card that never gets more than a frame into one buffer.
small_buffers=mrg_rxbuf=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off

die() {
	printf 'error: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '       %s\n' "$2" >&2
	exit 1
}

# /dev/kvm can be there on a machine that cannot run a guest: ask the processor.
accelerator() {
	if grep -qE '^flags.*\b(vmx|svm)\b' /proc/cpuinfo && [ -w /dev/kvm ]; then
		echo kvm
	else
		echo tcg,thread=multi
	fi
}

# What the emulator hands to the guest, in a directory of its own: the paths
# inside -netdev are relative to it, and TFTP serves nothing else.
serve() {
	mkdir -p "$run/serve"
	cp -f "$PAYLOAD" "$run/serve/payload"
	head -c $((PART_MB << 20)) "$PAYLOAD" >"$run/serve/part"
}

digest() {
	sha256sum "$run/serve/$1" | cut -d' ' -f1
}

# card ID MODEL N RESTRICT: a card on a network of its own that ends in the emulator.
# .100 sends the payload, .101 a part of it, .102 answers with the digest of
# what it is sent. Nothing listens on the host. RESTRICT keeps the guest off the
# host's network too, and with it, in libslirp, TFTP over IPv6.
card() {
	printf '%s\n' -netdev "user,id=$1,restrict=$4,net=10.0.$3.0/24,\
ipv6-prefix=fd00:$3::,ipv6-prefixlen=64,tftp=.,\
guestfwd=tcp:10.0.$3.100:80-cmd:cat payload,\
guestfwd=tcp:10.0.$3.101:80-cmd:cat part,\
guestfwd=tcp:10.0.$3.102:80-cmd:sha256sum" \
		-device "$2,netdev=$1"
}

# processors: of several nodes no two may be in one socket
processors() {
	if [ "$VM_NODES" -gt 1 ]; then echo "$VM_CPUS,sockets=$VM_CPUS"; else echo "$VM_CPUS"; fi
}

# Of the machine pc ACPI computes each interrupt in a loop, which with KASAN can take longer
# than the 30 s it may; of q35 it looks it up.
machine() {
	printf '%s\n' -nodefaults -no-user-config -no-reboot -display none \
		-machine "$VM_MACHINE" -accel "$(accelerator)" -smp "$(processors)" -m "$VM_MEMORY" \
		-serial file:../console.log \
		-device virtio-serial-pci -chardev file,id=result,path=../result \
		-device virtserialport,chardev=result,name=result
	[ -z "$COVERAGE" ] || printf '%s\n' -chardev file,id=coverage,path=../coverage \
		-device virtserialport,chardev=coverage,name=coverage
	nodes
	card n0 virtio-net-pci 2 on
	card n1 e1000 3 off
	card n2 ne2k_pci 4 on
	card n3 "virtio-net-pci,$small_buffers" 5 on
}

# nodes: the memory in equal parts, one processor each, and the rest with the last
nodes() {
	local node last=$((VM_NODES - 1)) part=$((VM_MEMORY / VM_NODES))
	[ "$last" -gt 0 ] || return 0
	for ((node = 0; node < last; node++)); do
		printf '%s\n' -object "memory-backend-ram,id=m$node,size=${part}M" -numa "node,memdev=m$node,cpus=$node"
	done
	printf '%s\n' -object "memory-backend-ram,id=m$last,size=$((VM_MEMORY - last * part))M" \
		-numa "node,memdev=m$last,cpus=$last-$((VM_CPUS - 1))"
}

# A warning is a panic, a panic is the end, and either leaves no end marker.
command_line() {
	echo "console=ttyS0 panic=-1 panic_on_warn=1 oops=panic page_owner=on" \
		"payload_sha256=$(digest payload) part_sha256=$(digest part)" "$@"
}

[ $# -ge 3 ] || die "usage: PAYLOAD=FILE boot.sh KERNEL INITRAMFS RUNDIR [NAME=VALUE...]"
[[ $VM_MACHINE =~ ^(pc|q35)$ ]] || die "VM_MACHINE is no machine of the guest: $VM_MACHINE" "give pc or q35"
[ -r "$1" ] || die "no kernel $1" "run: make vm"
[ -r "$2" ] || die "no initramfs $2" "run: make vm"
[ -r "${PAYLOAD:-}" ] || die "PAYLOAD names no file to move: ${PAYLOAD:-it is not set}"
command -v "$QEMU" >/dev/null ||
	die "no $QEMU" "run: sudo apt-get install -y qemu-system-x86"
kernel=$(readlink -f "$1") initramfs=$(readlink -f "$2")
mkdir -p "$3"
run=$(readlink -f "$3")
shift 3

# What an earlier run left must not pass for this one's.
rm -rf "$run/result" "$run/console.log" "$run/status" "$run/coverage" "$run/serve"
serve
accelerator >"$run/accelerator"
echo "guest $VM_CPUS $VM_MEMORY" >"$run/machine"
mapfile -t machine < <(machine)
set -- "$QEMU" "${machine[@]}" -kernel "$kernel" -initrd "$initramfs" \
	-append "$(command_line "$@")"
printf '%q ' "$@" >"$run/command"
cd "$run/serve"
status=0
timeout --foreground -k 10 "$VM_TIMEOUT" "$@" </dev/null >&2 || status=$?
[ "$status" -ne 124 ] || status="timeout after $VM_TIMEOUT s"
echo "$status" >"$run/status"
