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
out=$work/build${CHECK_TREE:+-gates}/matrix
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

# compiles CC OBJECTS LINE...: in a configuration of these lines, and anew, as a
# warning is not repeated. One directory for all: the host's programs are built once.
compiles() {
	local objects
	read -ra objects <<<"$2"
	mkdir -p "$out"
	printf '%s\n' "${@:3}" >"$out/lines.config"
	CC=$1 "$TOP/scripts/config.sh" "$tree" "$out" x86 "$out/lines.config" &&
		kmake "$1" prepare &&
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
	mkdir -p "$dir"
	printf '#include <linux/page_frag_cache.h>\n%s\n' '#include <linux/page_frag_cache.h>' >"$dir/public.c"
	printf '#include "%s/mm/page_frag_cache.h"\n%s\n' "$tree" "#include \"$tree/mm/page_frag_cache.h\"" >"$dir/private.c"
	echo 'obj-y := public.o private.o' >"$dir/Makefile"
	for header in public private; do
		make -s -C "$out" ARCH=x86 M="$dir" CC=gcc W=1 KCFLAGS=-Werror "$header.o" || return
	done
}

gate "built in, W=1, gcc" compiles gcc "$both" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gate "headers stand on their own" self_contained
gate "module, KUnit a module too; what it needs is exported" as_module
gate "without KUnit" compiles gcc "$one" "${smp[@]}" "# CONFIG_KUNIT is not set"
gate "DEBUG_VM" compiles gcc "$both" "${smp[@]}" CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_VM=y "${suite[@]}"
gate "SMP=n" compiles gcc "$both $task $net" CONFIG_64BIT=y "# CONFIG_SMP is not set" "${inet[@]}" "${suite[@]}"
gate "PREEMPT_RT" compiles gcc "$both $task $net" "${smp[@]}" CONFIG_EXPERT=y CONFIG_PREEMPT_RT=y "${inet[@]}" "${suite[@]}"
gate "NET=n" compiles gcc "$both $task" "${smp[@]}" "# CONFIG_NET is not set" "${suite[@]}"
gate "32 bits" compiles gcc "$both $task $net" "# CONFIG_64BIT is not set" CONFIG_SMP=y "${inet[@]}" "${suite[@]}"
gate "W=1, $CLANG" compiles "$CLANG" "$both" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gates_done
