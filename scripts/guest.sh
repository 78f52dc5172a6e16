#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [NAME WORD...]: build the kernel and the file system of the QEMU guest and
# boot it. Leaves result, console and accelerator in run/ of the work directory, or in
# run-NAME/, and prints that path; the verdict is somebody else's. The words go to the
# kernel command line. DEBUG names fragments to add, see configs/debug-*.config.
# GUEST_TREE: another patched tree, with a build of its own. GUEST_KIND=stress: a kernel
# without the network, for the stress alone.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

read -ra debug <<<"${DEBUG:-}"
work=$(work_dir)
tree=${GUEST_TREE:-$work/tree}
name=$(IFS=-; echo "${GUEST_KIND:-vm}${GUEST_TREE:+-own}${debug:+-}${debug[*]}")
build=$work/build/$name
run=$work/run${1:+-$1}
words=("${@:2}") profiled=() files=() kind=() cannot=() COVERAGE=
[ "${GUEST_KIND:-vm}" = vm ] || kind=("$GUEST_KIND")
[ "${1:-}" != plants ] || kind=(plants)
list=$(fragments "${GUEST_KIND:-vm}" "${debug[@]}")
mapfile -t fragments <<<"$list"
for word in "${debug[@]}"; do
	[ "$word" != gcov ] || COVERAGE=yes
	[ "$word" != numa ] || export VM_NODES=2
	[ "$word" != rt ] || cannot=(hardirq)
done
mapfile -t -O ${#words[@]} words < <(debug_parameters "${debug[@]}")
# Of the kernel, only the files that the net part of the series changes.
if [ -n "$COVERAGE" ]; then
	sources=$("$TOP/scripts/net-part.sh" --name-only -- '*.c')
	mapfile -t profiled < <(printf '%s\n' "$sources" | sed 's|.*/\(.*\)\.c$|GCOV_PROFILE_\1.o=y|')
fi

"$TOP/scripts/config.sh" "$tree" "$build" x86_64 "${fragments[@]}" >&2
"$TOP/scripts/build.sh" "$name" x86_64 bzImage modules "${profiled[@]}"
modules=$("$TOP/scripts/modules.sh" "$name" x86_64 "${kind[@]}")
"$TOP/scripts/payload.sh" "$work/payload" "$build/vmlinux"
[ "${kind[*]}" != plants ] || files=("$modules"/plants/*.ko "$modules/plants/stress-plants")
step "packing the guest's file system" "$work/log/initramfs.log" \
	"$TOP/scripts/initramfs.sh" "$work/initramfs.cpio.gz" "$work/payload" "$modules"/*.ko "${files[@]}" ||
	die "the guest's file system cannot be packed" "see $work/log/initramfs.log"
rm -rf "$run"
mkdir -p "$run"
printf '%s\n' "${debug[*]}" >"$run/debug"
printf '%s\n' "${LAYER:-none}" >"$run/layer"
cp "$build/.config" "$run/config"
# There, what an interrupt would do is a task's.
[ ${#cannot[@]} -eq 0 ] || printf '%s\n' "${cannot[@]}" >"$run/cannot"
# How it ended is for the verdict to say.
step "booting ${1:-and driving traffic} (no output here; console: $run/console.log)" "$run/boot.log" \
	env PAYLOAD="$work/payload" COVERAGE="$COVERAGE" "$TOP/scripts/boot.sh" "$build/arch/x86/boot/bzImage" "$work/initramfs.cpio.gz" "$run" "${words[@]}" || :
printf '%s\n' "$run"
