#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# series.sh MAILS: what make series wrote to MAILS, and that roundtrip.sh finds a
# damaged mail. TAP. Works on copies; a base of $BASE is applied already.
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
mails=${1:?usage: series.sh MAILS}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset OUT FROM
export LC_ALL=C
. "$top/tests/tap.sh" series

# none NAME PATTERN FILE...: no line of the files matches
none() {
	local name=$1 pattern=$2 found
	shift 2
	found=$(grep -nE -- "$pattern" "$@")
	verdict "$name" "$([ -z "$found" ] && echo yes)" "$found"
}

# damage NAME STATUS PATTERN COMMAND: what COMMAND does to a copy is found
damage() {
	rm -rf "$tmp/mails"
	cp -r "$mails" "$tmp/mails"
	(cd "$tmp/mails" && eval "$4")
	says "$1" "$2" "$3" "$top/scripts/roundtrip.sh" "$tmp/mails"
}

head_of() { sed '/^$/q' "$1"; }

# lists_of MAIL...: addresses of lists that the mails go to
lists_of() {
	for mail; do head_of "$mail"; done | sed -E 's/^(To|Cc)://' | tr -d ' \t' | tr , '\n' |
		grep -E '@(vger\.kernel\.org|kvack\.org|lists\.)' | sort -u
}

# The planted faults: a byte, a place, a mail, a message.
damage "a changed line is found" 1 'another tree or message' \
	"sed -i '0,/^+.*remaining/s/remaining/remainder/' mm/*one-allocator*"
damage "a mail that does not fit is found" 1 'git am refuses' \
	"sed -i '/^diff/,\$s/^ }\$/ };/' mm/*one-allocator*"
damage "a mail that is missing is found" 1 'git am refuses|another tree' 'rm mm/*KUnit*'
damage "a mail that comes twice is found" 1 'git am refuses' 'cp mm/0001-* net/9999-again.patch'
damage "a changed message is found" 1 'another tree or message' \
	"sed -i '0,/^page_frag_alloc() returns/s/returns/gives/' mm/*say-_va*"

for part in mm net; do
	[ -d "$mails/$part" ] || continue
	count=$(find "$mails/$part" -name '*.patch' ! -name '0000-*' | wc -l)
	verdict "$part: no more than 15 mails" "$([ "$count" -le 15 ] && echo yes)" "$count"
	letter=$mails/$part/0000-cover-letter.patch
	none "$part: nothing is left blank in the letter" '\*\*\*|^@|@[a-z]+@' "$letter"
	wrong=$(for mail in "$mails/$part"/*.patch; do
		head_of "$mail" | tr -d '\n' | grep -qE "^Subject: |Subject: \[PATCH .*[0-9]+/$count\] $part: " || echo "$mail"
		head_of "$mail" | grep -q '^To: .*@' || echo "$mail"
	done)
	verdict "$part: every mail has its part, number and recipients" "$([ -z "$wrong" ] && echo yes)" "$wrong"
	missing=$(comm -23 <(lists_of "$mails/$part"/*.patch) <(lists_of "$letter"))
	verdict "$part: the letter goes to every list" "$([ -z "$missing" ] && echo yes)" "$missing"
done
none "nobody's name is signed, nothing is claimed fixed" \
	'^(Signed-off|Reviewed|Acked|Tested|Suggested|Reported|Co-developed)-by:|^Fixes:|^Link:|^base-commit:' \
	"$mails"/*/*.patch
none "no commit of ours is named" '^From [0-9a-f]*[1-9a-f]' "$mails"/*/*.patch

# The semantic patch of a message does to a file what its mail does.
rename=$(echo "$mails"/mm/*say-_va*)
sed -n '/^The semantic patch/,/^---$/p' "$rename" | sed '1,2d;/^---$/d' >"$tmp/rename.cocci"
tree=$("$top/scripts/where.sh" | sed -n 's/^tree=//p')
commit=$(git -C "$tree" log --format='%H %s' base..HEAD | sed -n 's/ mm: page_frag: say _va.*//p')
git -C "$tree" show "$commit^:net/core/xdp.c" >"$tmp/xdp.c"
spatch --no-includes --very-quiet --no-show-diff --in-place --sp-file "$tmp/rename.cocci" "$tmp/xdp.c" >"$tmp/log" 2>&1
verdict "the semantic patch in the message can be run" \
	"$(git -C "$tree" show "$commit:net/core/xdp.c" | cmp -s - "$tmp/xdp.c" && echo yes)" "$(cat "$tmp/log")"

# Tables: what has no record is said to have none; what is old is marked.
render=$top/scripts/render.py
printf 't: a: base\t1\tbytes\tx\t6.12\tgcc\tabc\nt: a: patched\t2\tbytes\tx\t6.12\tgcc\tabc\nt: b: base\t3\tbytes\tx\t6.12\tgcc\tabc\n' >"$tmp/records"
says "no record: not measured" 0 '^  speed: not measured$' "$render" "$tmp/none" < <(echo '@table speed@')
says "half a record: not measured" 0 'b  bytes +3  not measured$' "$render" "$tmp/records" < <(echo '@table t@')
says "a number of an earlier version is marked" 0 'a  bytes +1 +2 \*$' "$render" "$tmp/records" treeid=def < <(echo '@table t@')
printf 'abc\t123\t789\nghi\t456\t789\n' >"$tmp/codes"
# of_code TABLE CODE [TESTS]: as it is told of a tree def with that code, and those tests
of_code() {
	sed "s/^t:/$1:/" "$tmp/records" | "$top/scripts/same-code.sh" "$tmp/codes" def "$2" "${3:-none}" >"$tmp/same"
	"$render" "$tmp/same" treeid=def < <(echo "@table $1@")
}
says "but for one of the same code" 0 'a +bytes +1 +2$' of_code size 123
says "not of other code" 0 'a +bytes +1 +2 \*$' of_code size 456
says "nor what other tests have counted" 0 'a +bytes +1 +2 \*$' of_code tests 123
# counted TITLE: the same of a layer with that title
counted() {
	sed "s/: a:/: $1:/" "$tmp/records" >"$tmp/titled"
	sed "s/^t:/tests:/" "$tmp/titled" | "$top/scripts/same-code.sh" "$tmp/codes" def 123 789 >"$tmp/same"
	"$render" "$tmp/same" treeid=def < <(echo "@table tests@")
}
says "but what the same have, in a kernel" 0 'KUnit, UML +bytes +1 +2$' counted 'KUnit, UML'
for title in 'static gates' 'prefixes of the series' 'objects of x86_64 allmodconfig' 'faults planted for the gates'; do
	says "not of $title, which look at more" 0 "$title +bytes +1 +2 \\*\$" counted "$title"
done
says "but what the kernel's own said, too" 0 'a +bytes +1 +2$' of_code selftests 123

# The kernel's selftests are told by suite, and by what both kernels had beside.
for kind in suite suite-kasan-lockdep suite-kasan-refuse-50; do
	printf 'run\t%s x\t2026-01-01\t6.12.1\tgcc 1\tdef\t0\n' "$kind"
	printf "test\t$kind x\t%s\n" 'one	pass	pass' 'two	fail	pass' 'three	skip	skip' 'four	pass	missing'
done | sed 's/\\t/\t/g' >"$tmp/suites"
printf 'run\tsuite y\t2026-01-01\t6.12.1\tgcc 1\tdef\t0\tworse\ntest\tsuite y\tone\tpass\tfail\n' >>"$tmp/suites"
printf 'run\tsuite z\t2026-01-01\t6.12.1\tgcc 1\tdef\t0\tpassed\nend\tsuite z\texit status\tpass\tpass\n' >>"$tmp/suites"
# suites_in TABLE: as it is told
suites_in() {
	"$top/scripts/suite-letter.sh" "$tmp/suites" >"$tmp/same"
	"$render" "$tmp/same" treeid=def < <(echo "@table $1@")
}
says "a suite by what passed, failed, was skipped and is missing" 0 'x +pass/fail/skip/none +2/1/1/0 +2/0/1/1$' suites_in selftests
says "one of which only the status is known by that" 0 'z +pass/fail/skip/none +1/0/0/0 +1/0/0/0$' suites_in selftests
verdict "one that was worse not at all" "$(suites_in selftests | grep -q '^ *y ' || echo yes)"
says "kernels with nothing beside" 0 'nothing beside, 2 suites  .* 3/1/1/0 +3/0/1/1$' suites_in "selftests by kind"
says "with checkers" 0 'kasan lockdep, 1 suite  .* 2/0/1/1$' suites_in "selftests by kind"
says "and with pages refused" 0 'kasan 50 % of order 3 refused, 1 suite ' suites_in "selftests by kind"
says "text about a table that has records stays" 0 '^about t$' "$render" "$tmp/records" < <(printf '@if table t@\nabout t\n@end@\n')
verdict "text about a table that has none goes" \
	"$([ "$(printf '@if table s@\nabout s\n@end@\nthe end\n' | "$render" "$tmp/records")" = 'the end' ] && echo yes)" ""
echo 'no tabs here' >"$tmp/broken"
says "a line that is no record is refused" 1 'not a record: no tabs here' "$render" "$tmp/broken" < <(echo '@table t@')

# A series of small steps in a repository of its own.
# small SUBJECT...: its steps
small() {
	local i=0 subject
	rm -rf "$tmp/top" "$tmp/cache"
	mkdir -p "$tmp/top/patches/6.12" "$tmp/src/mm"
	cp -r "$top/scripts" "$top/kernels" "$tmp/top"
	: >"$tmp/top/patches/6.12/replaces"
	: >"$tmp/src/mm/Makefile"
	printf 'VERSION = 6\nPATCHLEVEL = 12\nmrproper kernelversion:\n\t@:\n' >"$tmp/src/Makefile"
	cp -r "$top/patches/cover" "$tmp/top/patches"
	mkdir -p "$tmp/src/scripts"
	printf '#!/bin/sh\ncat <<-EOP\n%s\nEOP\n' "$people" >"$tmp/src/scripts/get_maintainer.pl"
	chmod +x "$tmp/src/scripts/get_maintainer.pl"
	for subject; do
		i=$((i + 1))
		echo "step $i" >"$tmp/top/step$i"
		printf 'Subject: %s\n\nText.\n---\nfile step%s\n' "$subject" $i >"$tmp/top/patches/6.12/$i.step"
		echo "6.12/$i.step" >>"$tmp/top/patches/6.12/series"
	done
}
# shellcheck disable=SC2317 # called through says
in_small() {
	env -u PAGE_FRAG_LOCKED -u CACHE BASE=6.12 XDG_CACHE_HOME="$tmp/cache" KERNEL_SRC="$tmp/src" "$tmp/top/scripts/series.sh"
}
people='"A. Name" <a@example.org> (maintainer:THIS (THAT))
b@example.org (reviewer:THIS)
a@example.org (supporter:OTHER)
list@example.org (open list:OTHER (ONE))'
small 'mm: page_frag: a' 'net: b' 'mm: page_frag: c'
sed -i '$d' "$tmp/top/patches/6.12/series"
says "steps that are new are carried" 0 'mails: ' env FROM='Jörg "J." Müßig <j@example.org>' OUT="$tmp/out" \
	bash -c "$(declare -f in_small); tmp=$tmp in_small"
got=$(head_of "$tmp/out/mm/0001-mm-page_frag-a.patch" 2>/dev/null)
verdict "recipients by role, each once" \
	"$(grep -A4 '^To:' <<<"$got" | tr -d '\n\t' | grep -qFx 'To: a@example.orgCc: b@example.org,list@example.org,linux-mm@kvack.org' && echo yes)" "$got"
verdict "the sender's name is encoded" \
	"$(grep -qE '^From: =\?UTF-8\?.*<j@example.org>$' <<<"$got" && ! grep -q 'page_frag@localhost' "$tmp/out"/*/*.patch && echo yes)" "$got"
mkdir -p "$tmp/theirs/mm"
echo precious >"$tmp/theirs/mm/slab.c"
says "a directory that holds no mails is not replaced" 1 "mm/slab.c is no mail" env OUT="$tmp/theirs" bash -c "$(declare -f in_small); tmp=$tmp in_small"
verdict "and what it holds is kept" "$([ "$(cat "$tmp/theirs/mm/slab.c")" = precious ] && echo yes)" "$(ls -R "$tmp/theirs")"
says "a sender without an address is refused" 1 "'Me' is no sender" env FROM=Me bash -c "$(declare -f in_small); tmp=$tmp in_small"
small 'mm: page_frag: a' 'net: b' 'mm: page_frag: c'
says "an mm step after a net step is refused" 1 "'mm: page_frag: c' comes after 'net: b'" in_small
small 'mm: page_frag: a' 'tun: b'
says "a step of no part is refused" 1 "'tun: b' belongs to no part" in_small
small 'mm: page_frag: a'
mkdir -p "$tmp/top/patches/common"
printf 'Message: common/a.message\n---\nfile step1\n' >"$tmp/top/patches/6.12/1.step"
rm -f "$tmp/top/patches/common/a.message"
says "a message that bases share and that is not there is named" 1 \
	'patches/common/a.message is the message of 6.12/1.step and missing' in_small
printf 'Subject: mm: page_frag: shared\n\nText.\n' >"$tmp/top/patches/common/a.message"
says "one that is there is carried" 0 'mails: ' env FROM='Me <m@example.org>' OUT="$tmp/out" \
	bash -c "$(declare -f in_small); tmp=$tmp in_small"
verdict "by the mail of the step" "$(grep -q '^Text\.$' "$tmp"/out/mm/0001-mm-page_frag-shared.patch && echo yes)" "$(ls "$tmp/out/mm")"
small 'mm: page_frag: a'
echo 'remove mm/Makefile' >>"$tmp/top/patches/6.12/1.step"
says "a file that is not the one known is not removed" 1 'mm/Makefile: the base has [0-9a-f]{64}, the series replaces or removes nothing' in_small
echo "$(sha256sum <"$tmp/src/mm/Makefile" | cut -d' ' -f1)  mm/Makefile" >"$tmp/top/patches/6.12/replaces"
says "a file that is known is removed" 0 'mails: ' env FROM='Me <m@example.org>' OUT="$tmp/out" \
	bash -c "$(declare -f in_small); tmp=$tmp in_small"
verdict "a mail removes it" "$(grep -q '^deleted file mode 100644' "$tmp"/out/mm/0001-*.patch && echo yes)" "$(cat "$tmp"/out/mm/0001-*.patch)"
sed -i 's,^remove .*,remove mm/none,' "$tmp/top/patches/6.12/1.step"
says "a file that is not there is not removed" 1 'mm/none is to be removed, and is not there' in_small
small 'mm: page_frag: a'
chmod +x "$tmp/top/step1"
says "a program is carried" 0 'mails: ' env FROM='Me <m@example.org>' OUT="$tmp/out" \
	bash -c "$(declare -f in_small); tmp=$tmp in_small"
verdict "as one" "$(grep -q '^new file mode 100755' "$tmp"/out/mm/0001-*.patch && echo yes)" "$(cat "$tmp"/out/mm/0001-*.patch)"
chmod -x "$tmp/top/step1"
in_small >/dev/null 2>&1
verdict "and what is none any more is not" \
	"$(git -C "$tmp"/cache/page_frag/src-*/tree ls-tree HEAD step1 | grep -q '^100644' && echo yes)" ""
mapfile -t many < <(printf 'mm: page_frag: %s\n' {1..16})
small "${many[@]}"
says "a sixteenth mail is refused" 1 'the mm part has 16 mails, 15 at most' in_small

done_testing
