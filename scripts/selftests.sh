#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# selftests.sh TREE DIR PROGRAM...: the scripts of the kernel's selftests in DIR,
# and the programs named (net/tls: of tools/testing/selftests; virtio/...: of
# tools/virtio), compiled with the headers of TREE.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$1 dir=$2
shift 2
headers=$dir/headers
tests=$dir/tests
mkdir -p "$headers" "$tests"

copy_scripts() {
	git -C "$tree" archive HEAD tools/testing/selftests/net tools/testing/selftests/lib \
		tools/testing/selftests/kselftest |
		tar -x -C "$tests" --strip-components=3
}

# virtio PROGRAM: 7.3 has moved headers away from where this makefile looks for them.
virtio() {
	local moved=$dir/moved
	mkdir -p "$moved/linux" "$tests/virtio" &&
		ln -sfn "$tree/include/linux/device-id" "$moved/linux/device-id" &&
		CFLAGS="-idirafter $moved" make -C "$tree/tools/virtio" "$1" &&
		cp "$tree/tools/virtio/$1" "$tests/virtio/"
}

program() {
	case $1 in
	virtio/*) virtio "${1#virtio/}" ;;
	bpf/test_sockmap) "$TOP/scripts/selftests-bpf.sh" "$tree" "$dir" ;;
	*) make -C "$tree/tools/testing/selftests/${1%/*}" OUTPUT="$tests/${1%/*}" \
		KHDR_INCLUDES="-isystem $headers/usr/include" "$tests/$1" ;;
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
