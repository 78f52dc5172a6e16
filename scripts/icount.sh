#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# icount.sh: instructions of whole ways from user space, on the base and on the patched
# kernel, counted by an emulator of one processor, into results/bench/BASE.icount: lines
# SIDE, ROW, and the instructions of an operation in each of the repeats.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

QEMU=${QEMU:-qemu-system-x86_64}
ICOUNT_TIMEOUT=${ICOUNT_TIMEOUT:-1800}	# seconds for a boot

work=$(work_dir)
run=$work/log/icount
out=$TOP/results/bench/$BASE.icount
[ -z "$KERNEL_SRC" ] || die "results/bench/$BASE.icount is of the packaged base, not of $KERNEL_SRC" \
	"run it without KERNEL_SRC"

# An instruction is a nanosecond of the guest's time, also of its time stamp counter.
# Nothing that the guest sees is of this machine: neither time nor random numbers.
machine=(-nodefaults -no-user-config -no-reboot -display none -machine pc
	-accel "tcg,thread=single" -icount "shift=0,sleep=off" -cpu "qemu64,-rdrand" -smp 1 -m 512
	-rtc "base=2024-11-17,clock=vm")

# boot SIDE
boot() {
	timeout --foreground -k 10 "$ICOUNT_TIMEOUT" "$QEMU" "${machine[@]}" -serial "file:$run/$1.console" -serial "file:$run/$1" \
		-kernel "$build/bzImage-$1" -initrd "$run/initramfs.cpio.gz" \
		-append "console=ttyS0 panic=-1 nokaslr rdinit=/icount-init" </dev/null
}

# counted SIDE: its lines, or nothing if it did not come to its end
counted() {
	grep -qx 'icount end' "$run/$1" || return 0
	awk -v side="$1" 'NF == 4 {
			if (!($2 in all)) names[++rows] = $2
			all[$2] = all[$2] "\t" sprintf("%.1f", $4 / $3)
		}
		END { for (i = 1; i <= rows; i++) print side "\t" names[i] all[names[i]] }' "$run/$1"
}

facts() {
	cat "$build/facts"
	echo "# $("$QEMU" --version | head -n 1), program $(sha256sum <"$TOP/tests/guest/icount.c" | cut -c1-16)"
}

command -v "$QEMU" >/dev/null || die "no $QEMU" "run: sudo apt-get install -y qemu-system-x86"
build=$("$TOP/scripts/size-kernels.sh")
rm -rf "$run"
mkdir -p "$run" "${out%/*}"
: >"$run/payload"
step "packing the guest's file system" "$run/initramfs.log" \
	"$TOP/scripts/initramfs.sh" "$run/initramfs.cpio.gz" "$run/payload" ||
	die "the guest's file system cannot be packed" "see $run/initramfs.log"
for side in base patched; do
	step "counting instructions of the $side kernel" "$run/$side.boot" boot "$side" || :
	counted "$side" >"$run/$side.counted"
	[ -s "$run/$side.counted" ] || die "the $side kernel did not come to the end of the rows" "see $run/$side.console"
done
{ facts; cat "$run/base.counted" "$run/patched.counted"; } >"$run/report"
mv "$run/report" "$out"
say "instructions: $out"
