#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# matrix.sh: the allocator and its suite compile without a warning (W=1 -Werror)
# in every configuration that changes what they compile to, with gcc and with
# clang; the header stands on its own; what a module needs is exported. TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work
# shellcheck source=scripts/gates.sh
. "$TOP/scripts/gates.sh"

work=$(work_dir)
tree=${CHECK_TREE:-$work/tree}
lanes=$work/build${CHECK_TREE:+-gates}/matrix
# Linux 7.3 refuses the clang that Debian 12 has by default.
CLANG=${CLANG:-clang-19}
one=mm/page_frag_cache.o
both="$one mm/page_frag_test.o"
# Who else is compiled to something else there: the cache of a task, and of those who send.
task="kernel/fork.o kernel/exit.o"
net="net/core/skbuff.o net/core/sock.o net/core/skmsg.o net/ipv4/tcp.o net/ipv4/ip_output.o drivers/net/tun.o"
inet=(CONFIG_NET=y CONFIG_INET=y CONFIG_NETDEVICES=y CONFIG_NET_CORE=y CONFIG_TUN=y CONFIG_BPF_SYSCALL=y)
suite=(CONFIG_KUNIT=y CONFIG_PAGE_FRAG_CACHE_KUNIT_TEST=y)
smp=(CONFIG_64BIT=y CONFIG_SMP=y)

kmake() { make -s -C "$tree" O="$out" ARCH=x86 CC="$1" -j"$JOBS" "${@:2}"; }

# in_lane COMMAND...: in the first directory that nobody uses, out. There are as many as
# gates that run at a time, and not as many as gates: the host's programs are built in each.
in_lane() {
	local i
	for ((i = 0; i < JOBS; i++)); do
		out=$lanes-$i
		mkdir -p "$out"
		exec 7>"$out/lane"
		! flock -n 7 || { "$@"; return; }
	done
	die "$lanes: no directory is free" "another run uses them, or run: make clean"
}

# configured CC LINE...: in a configuration of these lines
configured() {
	printf '%s\n' "${@:2}" >"$out/lines.config"
	CC=$1 "$TOP/scripts/config.sh" "$tree" "$out" x86 "$out/lines.config" && kmake "$1" prepare
}

# compiles CC OBJECTS LINE...: configured so, and anew, as a warning is not repeated
compiles() {
	local objects
	read -ra objects <<<"$2"
	configured "$1" "${@:3}" &&
		(cd "$out" && rm -f "${objects[@]}") &&
		kmake "$1" W=1 KCFLAGS=-Werror "${objects[@]}"
}

# Modules link against what is exported only.
module_links() {
	local name missing=0
	while read -r name; do
		nm "$out/mm/page_frag_cache.o" | grep " T $name\$" >/dev/null || continue
		nm "$out/mm/page_frag_cache.o" | grep "__export_symbol_$name\$" >/dev/null ||
			{ echo "$name is not exported"; missing=1; }
	done < <(nm -u "$out/mm/page_frag_test.o" | awk '{ print $2 }')
	return $missing
}

as_module() {
	compiles gcc "$both" "${smp[@]}" CONFIG_MODULES=y CONFIG_KUNIT=m \
		CONFIG_PAGE_FRAG_CACHE_KUNIT_TEST=m && module_links
}

# Nothing is included before the header, and it is included twice.
self_contained() {
	local header dir=$out/header
	configured gcc "${smp[@]}" CONFIG_MODULES=y "${suite[@]}" || return
	mkdir -p "$dir"
	printf '#include <linux/page_frag_cache.h>\n%s\n' '#include <linux/page_frag_cache.h>' >"$dir/public.c"
	printf '#include "%s/mm/page_frag_cache.h"\n%s\n' "$tree" "#include \"$tree/mm/page_frag_cache.h\"" >"$dir/private.c"
	echo 'obj-y := public.o private.o' >"$dir/Makefile"
	for header in public private; do
		make -s -C "$out" ARCH=x86 M="$dir" CC=gcc W=1 KCFLAGS=-Werror "$header.o" || return
	done
}

# The first builds the host's programs, with all processors.
gate "built in, W=1, gcc" in_lane compiles gcc "$both" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gate_start "headers stand on their own" in_lane self_contained
gate_start "module, KUnit a module too; what it needs is exported" in_lane as_module
gate_start "without KUnit" in_lane compiles gcc "$one" "${smp[@]}" "# CONFIG_KUNIT is not set"
gate_start "DEBUG_VM" in_lane compiles gcc "$both" "${smp[@]}" CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_VM=y "${suite[@]}"
gate_start "SMP=n" in_lane compiles gcc "$both $task $net" CONFIG_64BIT=y "# CONFIG_SMP is not set" "${inet[@]}" "${suite[@]}"
gate_start "PREEMPT_RT" in_lane compiles gcc "$both $task $net" "${smp[@]}" CONFIG_EXPERT=y CONFIG_PREEMPT_RT=y "${inet[@]}" "${suite[@]}"
gate_start "NET=n" in_lane compiles gcc "$both $task" "${smp[@]}" "# CONFIG_NET is not set" "${suite[@]}"
gate_start "32 bits" in_lane compiles gcc "$both $task $net" "# CONFIG_64BIT is not set" CONFIG_SMP=y "${inet[@]}" "${suite[@]}"
gate_start "W=1, $CLANG" in_lane compiles "$CLANG" "$both" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gates_join
gates_done
