#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# cover.sh: does scripts/cover.py find what the guest did not reach? On a diff and on
# counts as gcov writes them. TAP.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/tap.sh
. "$here/tap.sh" cover

cat >"$tmp/diff" <<'E2'
--- a/net/core/one.c
+++ b/net/core/one.c
@@ -9,0 +10,2 @@ f
+	a();
+	b();
@@ -30 +32 @@ g
-	old();
+	new();
--- a/include/net/one.h
+++ b/include/net/one.h
@@ -4,0 +5 @@
+	inlined();
--- a/net/core/two.c
+++ b/net/core/two.c
@@ -1 +1 @@
-	x();
+	y();
E2
printf 'net/core/two.c\t-\tno card\n' >"$tmp/known"

# line NUMBER FUNCTION COUNT
line() { printf '{"line_number": %s, "function_name": "%s", "count": %s}' "$1" "$2" "$3"; }

# report NAME COUNT10 COUNT11 COUNT32 COUNT5: one object
report() {
	printf '{"files": [{"file": "net/core/one.c", "lines": [%s, %s, %s, %s]}, {"file": "/tree/include/net/one.h", "lines": [%s]}]}\n' \
		"$(line 10 f "$2")" "$(line 11 f.part.0 "$3")" "$(line 20 f 0)" "$(line 32 g "$4")" "$(line 5 inl "$5")" >"$tmp/$1.json"
}

# covers NAME WANT TEXT STATUS REPORT...: how cover.py ends, and a line it prints
covers() {
	local name=$1 want=$2 text=$3 status=$4 rc=0
	shift 4
	"$here/../scripts/cover.py" "$tmp/known" "$tmp/diff" /tree "$status" "${@/#/$tmp/}" >"$tmp/out" || rc=$?
	verdict "$name" "$([ "$rc" = "$want" ] && grep -qF -- "$text" "$tmp/out" && echo yes)" "$rc: $(cat "$tmp/out")"
}

report all 1 2 3 4
report part 1 0 3 4
report none 1 2 0 4
report inline 1 2 3 0
covers "all reached" 0 "ok 3 - cover: net/core/one.c f: 2 of 2 lines, up to 2 times" 0 all.json
covers "the guest failed" 1 "not ok 1 - cover: the guest's verdict" 1 all.json
covers "a line that did not run is shown" 0 "f: 1 of 2 lines, up to 1 times (not 11)" 0 part.json
covers "a function that did not run" 1 "not ok 4 - cover: net/core/one.c g: 0 of 1 lines" 0 none.json
covers "an inline function of a header" 1 "not ok 2 - cover: include/net/one.h inl: 0 of 1" 0 inline.json
covers "what ran in another object counts" 0 "ok 4 - cover: net/core/one.c g: 1 of 1" 0 none.json all.json
covers "a file that is explained" 0 "ok 5 - cover: net/core/two.c # SKIP no card" 0 all.json
printf 'net/core/one.c\tg\tno way\n' >>"$tmp/known"
covers "a function that is explained" 0 "one.c g: 0 of 1 lines, up to 0 times (not 32) # SKIP no way" 0 none.json
printf 'net/core/one.c\tg\tno way\t7.3\nnet/core/two.c\t-\tno card\n' >"$tmp/known"
export BASE=6.12
covers "a reason of another base" 1 "not ok 4 - cover: net/core/one.c g: 0 of 1" 0 none.json
printf 'net/core/one.c\tf\tno way\nnet/core/two.c\t-\tno card\n' >"$tmp/known"
covers "a reason that is not needed" 1 "cover: net/core/one.c f was reached: no way" 0 all.json
sed 's/"function_name": "[a-z.0-9]*", //g' "$tmp/all.json" >"$tmp/nameless.json"
printf 'net/core/two.c\t-\tno card\n' >"$tmp/known"
covers "lines without a function" 0 "net/core/one.c inline code: 3 of 3" 0 nameless.json
cp "$tmp/diff" "$tmp/whole"
: >"$tmp/diff"
covers "nothing was counted" 1 "not ok 2 - cover: no changed line was counted" 0 all.json
cp "$tmp/whole" "$tmp/diff"
: >"$tmp/known"
covers "a file without counts" 1 "not ok 5 - cover: net/core/two.c: no line was counted" 0 all.json

done_testing
