#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# porting.sh: the porting kit on tests/porting/driver, with the commands that
# docs/porting.md gives: what is reported before and after, that what was
# converted builds, and that the rest is what the compiler stops at. TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
tree=$work/tree
before=$work/build/fastpath-base
after=$work/build/fastpath
driver=$work/build/porting
n=0
bad=0

# verdict NAME STATUS LOG
verdict() {
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - porting: $1"
	else
		bad=1
		echo "not ok $n - porting: $1"
		printf '%s\n' "$3" | tail -n 20 | sed 's/^/# /'
	fi
}

# expect NAME COMMAND...: succeeds
expect() {
	local name=$1 out rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	verdict "$name" "$rc" "$out"
}

# red NAME COMMAND...: the check in COMMAND notices the fault that is planted
red() {
	local name=$1 out rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	verdict "red on a planted fault: $name" "$((rc == 0))" "not noticed: $*"$'\n'"$out"
}

# In a function that is called to be judged errexit is off, for bash: each line
# of a check that has more than one has to say || return.

# coccicheck RULES MODE: as an author runs it, below the patched kernel's Makefile
coccicheck() {
	make -s -C "$tree" O="$after" coccicheck COCCI="$TOP/scripts/coccinelle/page_frag_$1.cocci" \
		MODE="$2" M="$driver" "${@:3}"
}

convert() {
	coccicheck rename patch SPFLAGS=--in-place || return
	coccicheck helpers patch SPFLAGS=--in-place
}

# Names that are put together by the preprocessor; no parser sees them.
pasted() { grep -nE 'page_frag_\w* *##|## *\w*page_frag' "$driver"/*.[ch] /dev/null | sed 's/\(:[0-9]*\):.*/\1: a name that is put together/'; }

# report: file, line and what is said, without the columns
report() {
	{ coccicheck rename report; coccicheck helpers report; coccicheck builders report; pasted; } |
		sed -nE "s,^(\\./|$driver/)?([^/: ]+:[0-9]+)(:[0-9-]+)?: ,\\2: ,p" | sort -uV
}

same() { diff <(report) <(grep -v '^#' "$TOP/tests/porting/$1"); }

# marked: in a diff that removes nothing, as coccicheck shows it
marked() { coccicheck builders context | grep '^-.*sk_page_frag_refill'; }

no_old_name() {
	! grep -nwE '(__)?page_frag_alloc_align|page_frag_(alloc|free)|va|pagecnt_bias|pfmemalloc' \
		"$driver/names.c" "$driver/fields.c" "$driver/demo.h" | grep -v '/\*'
}

# compile BUILD OBJECT..., of $driver or what IN says
compile() { make -s -C "$1" M="${IN:-$driver}" CC="ccache gcc" KCFLAGS=-Werror "${@:2}"; }

# On a base whose struct has other fields by now, only the names can be built.
old_objects() {
	printf '%s\n' names.o builder.o
	! git -C "$tree" grep -q 'bool pfmemalloc;' base -- include/linux/mm_types.h ||
		printf '%s\n' fields.o manual.o
}

# stops_where_reported FILE: the compiler stops at no place that was not reported
stops_where_reported() {
	local stops missed
	stops=$({ compile "$after" "$1.o" 2>&1 || :; } |
		sed -nE "s,.*$1\\.c:([0-9]+):[0-9]+: error.*,$1.c:\\1,p" | sort -u)
	[ -n "$stops" ] || { echo "$1.c compiles"; return 1; }
	missed=$(comm -23 <(echo "$stops") <(grep -o "^$1.c:[0-9]*" "$TOP/tests/porting/after" | sort -u))
	[ -z "$missed" ] || { echo "not reported: $missed"; return 1; }
}

again() {
	local sums
	sums=$(sha256sum "$driver"/*.[ch]) || return
	convert >/dev/null || return
	[ "$sums" = "$(sha256sum "$driver"/*.[ch])" ]
}

# broken_spatch RULES COMMAND...: with a spatch that fails on these rules
broken_spatch() {
	local stub=$driver/spatch
	cat >"$stub" <<-EOS || return
	#!/bin/sh
	case "\$*" in *page_frag_$1.cocci*) echo "planted: $1 fails"; exit 1 ;; esac
	exec $(command -v spatch) "\$@"
	EOS
	chmod +x "$stub" || return
	SPATCH=$stub "${@:2}"
}

# both_build FILE: the lines that FILE gives for one source that builds before and
# after do that
both_build() {
	mkdir -p "$driver/both" || return
	rm -f "$driver"/both/* || return
	{
		echo '#include <linux/skbuff.h>'
		sed -n 's/^    //; /^#ifndef PAGE_FRAG/,/^#endif/p' "$1"
		cat <<-EOC
		void (*const demo_release)(void *buf) = page_frag_free_va;
		void *demo_both(struct page_frag_cache *nc, unsigned int align);
		void *demo_both(struct page_frag_cache *nc, unsigned int align)
		{
			page_frag_free_va(page_frag_alloc_va(nc, 64, GFP_ATOMIC));
			page_frag_free_va(page_frag_alloc_va_align(nc, 64, GFP_ATOMIC, 64));
			return __page_frag_alloc_va_align(nc, 64, GFP_ATOMIC, -align);
		}
		EOC
	} >"$driver/both/both.c" || return
	echo 'obj-m := both.o' >"$driver/both/Makefile" || return
	IN=$driver/both compile "$before" both.o || return
	rm "$driver/both/both.o" || return
	IN=$driver/both compile "$after" both.o
}

rm -rf "$driver"
mkdir -p "$driver"
cp "$TOP"/tests/porting/driver/* "$driver"
base=$("$TOP/scripts/worktree.sh" base base)
"$TOP/scripts/external.sh" "$base" "$before" >&2
"$TOP/scripts/external.sh" "$tree" "$after" >&2
mapfile -t old < <(old_objects)
expect "the driver builds before, on the base: ${old[*]}" compile "$before" "${old[@]}"
expect "mode report names every place" same before
expect "mode context marks what has to be looked at" marked
expect "mode patch runs" convert
expect "no old name and no field is left" no_old_name
expect "mode report names what a person has to decide on" same after
expect "what was converted builds on the patched tree" compile "$after" names.o fields.o
for left in manual builder; do
	expect "the compiler stops only where something was reported: $left.c" stops_where_reported "$left"
done
expect "a second run changes nothing" again
red "the first semantic patch of a second run fails" broken_spatch rename again
red "the last semantic patch of a second run fails" broken_spatch helpers again
expect "the lines for one source build before and after" both_build "$TOP/docs/porting.md"
red "without the lines, which is an error before" both_build /dev/null
echo "1..$n"
[ "$bad" -eq 0 ]
