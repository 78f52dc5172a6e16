#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# letters.sh: who gets only the mails does what their letters say. Each command of
# "How to try it", as it is written there, on a copy of the base's source; and what is
# applied in the end is what was tested. TAP, a line for each command.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
tested=$work/tree
mails=$work/mails
log=$work/log/letters
# Theirs: a home with two mailboxes, and beside it what becomes the checkout.
reader=$work/letters
tree=$reader/linux
home=$reader/home

# commands PART: one a line, those that go over two joined
commands() {
	awk '/^==/ { on = last == "How to try it" } { last = $0 } on && sub(/^  /, "")' \
		"$mails/$1/0000-cover-letter.patch" | sed ':more; /\\$/ { N; s/ *\\\n */ /; b more }'
}

# elsewhere COMMAND: why it is not run here, if it is not
elsewhere() {
	case $1 in
	*selftests/mm/*) echo "wants the kernel of the tree booted; make stress does it in a guest" ;;
	*selftests*run_tests) echo "wants the kernel of the tree booted; make vm SUITE=all runs those that the letter names" ;;
	*) return 1 ;;
	esac
}

receive() {
	rm -rf "$reader"
	mkdir -p "$home" "$tree"
	for part in mm net; do
		find "$mails/$part" -name '*.patch' ! -name '0000-*' | sort | xargs -r cat >"$home/page_frag-$part.mbox"
	done
	git -C "$tested" archive base | tar -x -C "$tree"
	# git gc goes on in the background, and keeps the lock.
	git config --file "$home/.gitconfig" gc.auto 0
	git config --file "$home/.gitconfig" user.name reader
	git config --file "$home/.gitconfig" user.email reader@localhost
}

follow() { cd "$tree" && HOME=$home bash -euc "$1"; }

n=0
bad=0
# judge NAME COMMAND...
judge() {
	local line="$((++n)) - letters: $1"
	say "$line"
	if step "command $n" "$log/$n.log" "${@:2}"; then
		echo "ok $line$(sed -nE 's/.*(Ran [0-9]+ tests: .*)/, \1/p' "$log/$n.log" | tail -n 1)"
	else
		bad=1
		echo "not ok $line, see $log/$n.log"
	fi
}

# try_part PART: its commands, in their order
try_part() {
	local command why
	while read -r -u 7 command; do
		if why=$(elsewhere "$command"); then
			n=$((n + 1))
			echo "ok $n - letters: $1: $command # SKIP $why"
		else
			judge "$1: $command" follow "$command"
		fi
	done 7< <(commands "$1")
}

# What the sender tested is what the reader has.
same_tree() {
	[ "$(git -C "$tree" rev-parse 'HEAD^{tree}')" = "$(git -C "$tested" rev-parse 'HEAD^{tree}')" ] ||
		{ echo "another tree than $tested has"; return 1; }
}

OUT='' "$TOP/scripts/series.sh"
need_space "$work" 6000
mkdir -p "$log"
step "the base and two mailboxes" "$log/receive.log" receive
for part in mm net; do
	[ -n "$(commands "$part")" ] || die "the letter of the $part part has no commands" "see patches/cover/$part"
done
# The compiler by the name it has, once for what it did before.
PATH=/usr/lib/ccache:$PATH
without_kvm x86_64
try_part mm
first=$(git -C "$tree" rev-list --max-parents=0 HEAD)
step "back to the base, for the net part" "$log/base.log" git -C "$tree" checkout -q --detach "$first"
try_part net
judge "the tree is the one that was tested" same_tree
echo "1..$n"
[ "$bad" -eq 0 ] || exit 1
rm -rf "$reader"
