#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# selftests.sh TREE DIR PROGRAM...: the scripts of the kernel's selftests in DIR,
# and the programs named (net/tls: of tools/testing/selftests; virtio/...: of
# tools/virtio), compiled with the headers of TREE; own/...: of tests/suite here. What
# does not compile as it is has a header in tests/selftests-BASE.h.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$1 dir=$2
shift 2
headers=$dir/headers
tests=$dir/tests
mended=$TOP/tests/selftests-$BASE.h
flags=
[ ! -r "$mended" ] || flags="-include $mended"
mkdir -p "$headers" "$tests"

copy_scripts() {
	git -C "$tree" archive HEAD tools/testing/selftests/net tools/testing/selftests/lib \
		tools/testing/selftests/kselftest |
		tar -x -C "$tests" --strip-components=3
}

# virtio PROGRAM: this makefile does not look where its own includes lead to, device-id
# on 7.3 and compiler-context-analysis.h on both.
virtio() {
	local moved=$dir/moved
	mkdir -p "$moved/linux" "$tests/virtio" &&
		ln -sfnt "$moved/linux" "$tree"/include/linux/{device-id,compiler-context-analysis.h} &&
		CFLAGS="-idirafter $moved $flags" make -C "$tree/tools/virtio" "$1" &&
		cp "$tree/tools/virtio/$1" "$tests/virtio/"
}

program() {
	case $1 in
	own/*) mkdir -p "$tests/own" && gcc -O2 -Wall -Werror -o "$tests/$1" "$TOP/tests/suite/${1#own/}.c" ;;
	virtio/*) virtio "${1#virtio/}" ;;
	bpf/test_sockmap) "$TOP/scripts/selftests-bpf.sh" "$tree" "$dir" ;;
	*) make -C "$tree/tools/testing/selftests/${1%/*}" OUTPUT="$tests/${1%/*}" \
		KHDR_INCLUDES="-isystem $headers/usr/include" USERCFLAGS="$flags" "$tests/$1" ;;
	esac
}

# Each command is tied to the next: no error ends a function under '||'.
build() {
	local program
	make -C "$tree" O="$headers" ARCH=x86_64 -j"$JOBS" headers && copy_scripts || return
	for program; do program "$program" || return; done
}

step "compiling ${*##*/}" "$dir/selftests.log" build "$@" ||
	die "the selftests do not compile" "see $dir/selftests.log"
