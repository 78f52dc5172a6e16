#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# kunit.sh: the KUnit suite through the kernel's kunit.py, as TAP: under UML, or
# with ARCH (KUNIT_ARCH here, see lib.sh) on another machine that QEMU emulates.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

on=${KUNIT_ARCH:-um}
work=$(work_dir)
build=$work/build/$on
json=$work/log/kunit-$on.json
export PYTHONDONTWRITEBYTECODE=1

# Debian's cross compilers cannot be installed beside gcc-multilib; clang is one.
llvm=(--make_options LLVM=-19)
emulated=(--arch "${on%-64k}" --qemu_args "-smp 2" --kernel_args panic_on_warn=1)
cc=gcc
case $on in
um) options=() ;;
um-smp)
	[ -n "${um_smp:-}" ] || die "Linux $version has no SMP under UML" "run: make kunit ARCH=um-smp BASE=7.3"
	options=(--kconfig_add CONFIG_SMP=y --kernel_args seccomp=on --kernel_args ncpus=2) ;;
x86_64|i386) options=("${emulated[@]}" --kconfig_add CONFIG_SMP=y) ;;
arm64|s390) options=("${emulated[@]}" "${llvm[@]}"); cc=clang-19 ;;
arm64-64k) options=("${emulated[@]}" "${llvm[@]}" --kconfig_add CONFIG_ARM64_64K_PAGES=y); cc=clang-19 ;;
*) die "ARCH=$on is none of those the suite was run on" \
	"known: um um-smp x86_64 i386 arm64 arm64-64k s390" ;;
esac

run_kunit() {
	cd "$tree" || return
	./tools/testing/kunit/kunit.py run --kunitconfig "$TOP/configs/kunit.config" \
		--build_dir "$build" --jobs "$JOBS" --timeout 300 \
		--make_options CC="ccache $cc" --json="$json" \
		"${options[@]}" page_frag_cache
}

# keep_kernel: what there is of it, be it that it did not build
keep_kernel() {
	mkdir -p "$LAYER_KEPT"
	[ ! -e "$build/.config" ] || cp "$build/.config" "$LAYER_KEPT/config"
	[ ! -e "$build/test.log" ] || cp "$build/test.log" "$LAYER_KEPT/console.log"
	cp "$work/log/kunit-$on.log" "$LAYER_KEPT/kunit.log"
}

[ "$on" = um ] || "$TOP/scripts/deps.sh" "kunit-$on"
case $on in
x86_64|i386) without_kvm "$on" ;;
esac
mkdir -p "$work/build" "$work/log"
rm -f "$json" "$build/test.log"
need_space "$work" 3000
tree=$("$TOP/scripts/worktree.sh" um HEAD)
# A failed case is not a failure to run: what ran is in the file.
step "KUnit, $on" "$work/log/kunit-$on.log" run_kunit || :
[ -z "${LAYER_KEPT:-}" ] || keep_kernel
[ -s "$json" ] || die "kunit.py wrote no results" "see $work/log/kunit-$on.log"
python3 "$TOP/scripts/kunit2tap.py" "$json" "$build/test.log" page_frag_cache
