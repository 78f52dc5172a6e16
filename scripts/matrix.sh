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
ours=(mm/page_frag_cache.o)
suite=(CONFIG_KUNIT=y CONFIG_PAGE_FRAG_CACHE_KUNIT_TEST=y)
smp=(CONFIG_64BIT=y CONFIG_SMP=y)

# prepared NAME CC LINE...: a configuration of these lines, ready to compile
prepared() {
	local name=$1 cc=$2
	mkdir -p "$out/$name"
	printf '%s\n' "${@:3}" >"$out/$name/lines.config"
	CC=$cc "$TOP/scripts/config.sh" "$tree" "$out/$name" x86_64 "$out/$name/lines.config" &&
		make -s -C "$tree" O="$out/$name" ARCH=x86_64 CC="ccache $cc" -j"$JOBS" prepare
}

# built NAME CC OBJECT...: anew, as a warning is not repeated
built() {
	local name=$1 cc=$2
	(cd "$out/$name" && rm -f "${@:3}") &&
		make -s -C "$tree" O="$out/$name" ARCH=x86_64 CC="$cc" -j"$JOBS" \
			W=1 KCFLAGS=-Werror "${@:3}"
}

# compiles NAME CC OBJECTS LINE...
compiles() {
	local name=$1 cc=$2 objects
	read -ra objects <<<"$3"
	prepared "$name" "$cc" "${@:4}" && built "$name" "$cc" "${objects[@]}"
}

# Modules link against what is exported only.
module_links() {
	local name missing=0
	while read -r name; do
		nm "$out/module/mm/page_frag_cache.o" | grep -q " T $name\$" || continue
		nm "$out/module/mm/page_frag_cache.o" | grep -q "_$name\$" ||
			{ echo "$name is not exported"; missing=1; }
	done < <(nm -u "$out/module/mm/page_frag_test.o" | awk '{ print $2 }')
	return $missing
}

as_module() {
	compiles module gcc "${ours[*]} mm/page_frag_test.o" "${smp[@]}" CONFIG_MODULES=y \
		CONFIG_KUNIT=m CONFIG_PAGE_FRAG_CACHE_KUNIT_TEST=m && module_links
}

# Nothing is included before the header, and it is included twice.
self_contained() {
	local header dir=$out/built-in/header
	mkdir -p "$dir"
	printf '#include <linux/page_frag_cache.h>\n%s\n' '#include <linux/page_frag_cache.h>' >"$dir/public.c"
	printf '#include "%s/mm/page_frag_cache.h"\n%s\n' "$tree" "#include \"$tree/mm/page_frag_cache.h\"" >"$dir/private.c"
	echo 'obj-y := public.o private.o' >"$dir/Makefile"
	for header in public private; do
		make -s -C "$out/built-in" M="$dir" CC=gcc W=1 KCFLAGS=-Werror "$header.o" || return
	done
}

gate "built in, W=1, gcc" compiles built-in gcc "${ours[*]} mm/page_frag_test.o" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gate "headers stand on their own" self_contained
gate "module, KUnit a module too; what it needs is exported" as_module
gate "without KUnit" compiles plain gcc "${ours[*]}" "${smp[@]}" "# CONFIG_KUNIT is not set"
gate "DEBUG_VM" compiles debug-vm gcc "${ours[*]} mm/page_frag_test.o" "${smp[@]}" CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_VM=y "${suite[@]}"
gate "SMP=n" compiles up gcc "${ours[*]} mm/page_frag_test.o" CONFIG_64BIT=y "# CONFIG_SMP is not set" "${suite[@]}"
gate "PREEMPT_RT" compiles rt gcc "${ours[*]} mm/page_frag_test.o net/core/skbuff.o" "${smp[@]}" CONFIG_EXPERT=y CONFIG_PREEMPT_RT=y CONFIG_NET=y "${suite[@]}"
gate "NET=n" compiles no-net gcc "${ours[*]} mm/page_frag_test.o" "${smp[@]}" "# CONFIG_NET is not set" "${suite[@]}"
gate "32 bits" compiles i386 gcc "${ours[*]} mm/page_frag_test.o" "# CONFIG_64BIT is not set" CONFIG_SMP=y "${suite[@]}"
gate "W=1, $CLANG" compiles clang "$CLANG" "${ours[*]} mm/page_frag_test.o" "${smp[@]}" CONFIG_MODULES=y "${suite[@]}"
gates_done
