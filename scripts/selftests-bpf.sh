#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# selftests-bpf.sh TREE DIR: test_sockmap in DIR/tests/bpf, with libbpf of TREE and
# the headers in DIR. The makefile of the BPF selftests compiles all of them for one,
# for which it wants the types of a kernel and bpftool; this one needs neither.
set -euo pipefail

tree=$1 dir=$2
clang=${BPF_CLANG:-clang-19}
source=$tree/tools/testing/selftests/bpf
lib=$dir/libbpf
out=$dir/tests/bpf
includes=(-I"$source" -I"$lib/include" -I"$tree/tools/include" -I"$tree/tools/include/uapi"
	-I"$tree/tools/lib" -I"$dir/headers/usr/include")

mkdir -p "$lib" "$out"
make -C "$tree/tools/lib/bpf" OUTPUT="$lib/" DESTDIR="$lib" prefix= \
	"$lib/libbpf.a" install_headers
# The headers of the C library, for a target it does not know.
triplet=$(gcc -print-multiarch)
for program in test_sockmap_kern test_sockhash_kern; do
	"$clang" --target=bpf -mcpu=v3 -O2 -g -Wall -std=gnu11 -fno-strict-aliasing \
		-Wno-compare-distinct-pointer-types -D__TARGET_ARCH_x86 \
		-I"$source" -I"$lib/include" -I"$dir/headers/usr/include" \
		-I"$tree/tools/include" -idirafter "/usr/include/$triplet" \
		-c "$source/progs/$program.c" -o "$out/$program.bpf.o"
done
gcc -g -O2 "${includes[@]}" -o "$out/test_sockmap" "$source/test_sockmap.c" \
	"$source/cgroup_helpers.c" "$lib/libbpf.a" -lelf -lz -lrt -lpthread
