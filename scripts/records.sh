# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a passing run measured, in records/SOURCE.tsv of the work directory until
# make record takes it into results/BASE.tsv (scripts/render.py has the format).
# Sourced after lib.sh.

records=$(work_dir)/records

# records_new SOURCE: what SOURCE measured before holds no more
records_new() {
	mkdir -p "$records"
	rm -f "$records/$1.tsv"
}

# compiler SOURCE: what the thing was built with
compiler() {
	case $1 in
	kunit-arm64*|kunit-s390) echo "clang $(clang-19 -dumpversion)" ;;
	*) echo "gcc $(gcc -dumpfullversion)" ;;
	esac
}

# record SOURCE 'TABLE: ROW: COLUMN' VALUE UNIT BY
record() {
	local tree
	tree=$(work_dir)/tree
	[ "$(grep -o ': ' <<<"$2" | wc -l)" -eq 2 ] ||
		die "not the name of a record: $2" "it has to be 'TABLE: ROW: COLUMN'"
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "${@:2}" \
		"$(make -s -C "$tree" kernelversion)" "$(compiler "$1")" \
		"$(tree_id)" >>"$records/$1.tsv"
}

# What the letters call a layer; a part of a record's name, so without ': '
declare -A titles=(
	[unit]="user space, sanitized"
	[mutate]="mutants, all that live with a reason"
	[check]="static gates"
	[matrix]="configurations compiled"
	[kunit]="KUnit, UML"
	[plant]="planted bugs caught by KUnit"
	[vm]="QEMU guest, two processors"
	[stress]="stress, QEMU guest"
	[stress-uml]="stress, UML"
	[hostile]="stress, QEMU guest with KASAN, lockdep and page poisoning"
	[soak]="soak"
	[stress-plants]="faults planted into the stress module"
	[guest-bugs]="bugs planted into a kernel in a guest"
	[objects]="objects of x86_64 allmodconfig"
	[porting]="porting kit"
	[gates-planted]="faults planted for the gates"
	[bisect]="prefixes of the series"
	[boots]="prefixes of the net part, booted"
	[cover]="functions of the net part, reached in a guest"
	[letters]="commands of the letters"
)

# layer_name LAYER: of the kernel that DEBUG names, and of the machine that KUNIT_ARCH or
# STRESS_ON does, it is another
layer_name() {
	local on=${STRESS_ON:-guest}
	on=${on#guest}
	case $1 in
	kunit) echo "$1${KUNIT_ARCH:+-$KUNIT_ARCH}" ;;
	vm) echo "$1${DEBUG:+-with-${DEBUG// /-}}" ;;
	stress) echo "$1${on:+-$on}${DEBUG:+-with-${DEBUG// /-}}" ;;
	*) echo "$1" ;;
	esac
}

# title NAME
title() {
	case $1 in
	kunit-*) echo "KUnit, ${1#kunit-}" ;;
	*-with-*) echo "${titles[${1%%-with-*}]} with ${1#*-with-}" ;;
	*) echo "${titles[$1]:-$1}" ;;
	esac
}

# named_now: of records, all but the counts of a layer that has another name since
named_now() {
	awk -F': ' 'NR == FNR { now[$0]; next }
		{ layer = $2; sub(/ with [a-z-]+$/, "", layer) }
		$1 != "tests" || layer ~ /^KUnit, / || layer in now' \
		<(printf '%s\n' "${titles[@]}") -
}

# recorded_field NAME FIELD: of that record in results/BASE.tsv
recorded_field() {
	[ ! -e "$TOP/results/$BASE.tsv" ] ||
		awk -F'\t' -v name="$1" -v field="$2" '$1 == name { print $field }' "$TOP/results/$BASE.tsv"
}

# recorded NAME: the value; recorded_with NAME: the compiler
recorded() { recorded_field "$1" 2; }
recorded_with() { recorded_field "$1" 6; }
