#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# apply.sh TREE: apply patches/$BASE/series to the tag 'base' of the git tree
# TREE, one commit a step, and check the result out. All or nothing: the steps
# are applied in a sparse worktree aside, without fuzz, and TREE changes last.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

tree=$1
aside=$tree.apply
series=$TOP/patches/$BASE/series
records=$tree.records

# steps: the step files of the series, in order
steps() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$series"; }

# part STEP message|directives|diff. The licence of the file is no part of the mail.
part() {
	awk -v want="$2" '
		NR == 1 && /^# SPDX-License-Identifier: / { next }
		!body && $0 == "---" { body = 1; next }
		body == 1 && /^diff --git / { body = 2 }
		want == (body == 0 ? "message" : body == 1 ? "directives" : "diff")
	' "$TOP/patches/$1"
}

# semantic_patch FILE: its rules as they are run, without comments and without
# the rules for coccicheck's other modes, so that it can be run from a message.
semantic_patch() {
	awk '
		/^\/\// || /^virtual / { next }
		/^@ .*@$/ || /^@[a-z]+:/ { skip = /depends on .*(report|context)|^@[a-z]+:/ }
		skip { next }
		/^$/ { held = 1; next }
		{ sub(/^@ depends on patch @$/, "@@"); sub(/depends on patch && /, "depends on ") }
		{ if (held && shown) print ""; print; held = 0; shown = 1 }
	' "$1"
}

# words STEP: its message, which several bases may share
words() {
	local shared
	shared=$(part "$1" message | sed -n '1s/^Message: //p')
	[ -z "$shared" ] || [ -r "$TOP/patches/$shared" ] ||
		die "patches/$shared is the message of $1 and missing" "git checkout patches"
	part "${shared:-$1}" message
}

# message STEP: with its tables filled in, and the semantic patches it runs
message() {
	local verb arg
	words "$1" | "$TOP/scripts/render.py" "$records"
	part "$1" directives | while read -r verb arg; do
		[ "$verb" = spatch ] || continue
		printf '\nThe semantic patch, run on each file alone:\n\n'
		semantic_patch "$TOP/${arg%% *}"
	done
}

# mode_of FILE: as git has it
mode_of() { if [ -x "$TOP/$1" ]; then echo 755; else echo 644; fi; }

# What the result depends on; the same inputs give the same commits.
inputs_hash() {
	local step verb arg
	{
		git -C "$tree" rev-parse base
		cat "$0" "$series"
		steps | while read -r step; do
			cat "$TOP/patches/$step"
			message "$step"
			part "$step" directives | while read -r verb arg; do
				case $verb in ''|remove) ;; *) cat "$TOP/${arg%% *}" ;; esac
				[ "$verb" != file ] || mode_of "$arg"
			done
		done
		cat "$TOP/patches/$BASE/replaces"
	} | sha256sum | cut -c1-16
}

# want PATH...: have these paths in the sparse worktree
want() { printf '/%s\n' "$@" | git -C "$aside" sparse-checkout add --stdin; }

do_spatch() {
	local cocci=${1%% *} pattern=${1#* } file files options
	mapfile -t files < <(git -C "$aside" grep -lE "$pattern" HEAD -- '*.[ch]' | cut -d: -f2-)
	[ ${#files[@]} -gt 0 ] || return 0
	want "${files[@]}"
	read -ra options <<<"$(sed -n 's,^// Options: ,,p' "$TOP/$cocci")"
	# One file at a time: what a rule finds in one must not count for another.
	for file in "${files[@]}"; do
		(cd "$aside" && spatch -D patch "${options[@]}" --very-quiet --no-show-diff \
			--in-place --sp-file "$TOP/$cocci" "$file") 2>"$aside.err" || {
			cat "$aside.err" >&2
			die "$cocci failed on $file" "run it by hand: spatch --sp-file $cocci $file"
		}
	done
}

# replaceable PATH: the base has what the series was made to replace, or nothing. The
# hash check keeps a later change of the base from being overwritten.
replaceable() {
	local known found=

	known=$(awk -v f="$1" '!/^#/ && $2 == f { print $1 }' "$TOP/patches/$BASE/replaces")
	if git -C "$aside" cat-file -e "base:$1" 2>/dev/null; then
		found=$(git -C "$aside" cat-file blob "base:$1" | sha256sum | cut -d' ' -f1)
	fi
	[ "$known" = "$found" ] ||
		die "$1: the base has ${found:-no such file}, the series replaces or removes ${known:-nothing}" \
		    "not a tree the series fits; or merge the change and record the hash in patches/$BASE/replaces"
}

do_file() {
	replaceable "$1"
	want "$1"
	install -D -m "$(mode_of "$1")" "$TOP/$1" "$aside/$1"
}

do_remove() {
	replaceable "$1"
	want "$1"
	[ -e "$aside/$1" ] || die "$1 is to be removed, and is not there" "mend the step of patches/$BASE/series that does"
	rm "$aside/$1"
}

# entry FILE: the section, without comments and without paths this tree has not
entry() {
	local line
	while IFS= read -r line; do
		case $line in
		'#'*) continue ;;
		F:*) git -C "$aside" ls-files --error-unmatch "${line#*$'\t'}" >/dev/null 2>&1 || continue ;;
		esac
		printf '%s\n' "$line"
	done <"$TOP/$1"
}

# A section goes before the first one whose title sorts after its own.
do_maintainers() {
	local title
	entry "$1" >"$aside.entry"
	title=$(grep -m1 -vE '^(#|$)' "$TOP/$1")
	want MAINTAINERS
	awk -v title="$title" -v entry="$aside.entry" '
		function insert(line) {
			while ((getline line < entry) > 0) print line
			print ""; done = 1
		}
		{ if (!done && held && /^[A-Z]:\t/ && prev ~ /^[0-9A-Z]/ && prev !~ /^[A-Z]:/ && prev > title) insert() }
		held { print prev }
		{ prev = $0; held = 1 }
		END { print prev; if (!done) exit 1 }
	' "$aside/MAINTAINERS" >"$aside/MAINTAINERS.new" || die "no place for '$title' in MAINTAINERS" "is this a kernel tree?"
	mv "$aside/MAINTAINERS.new" "$aside/MAINTAINERS"
}

do_directives() {
	local verb arg
	while read -r verb arg; do
		case $verb in
		'') ;;
		spatch) do_spatch "$arg" ;;
		file) do_file "$arg" ;;
		remove) do_remove "$arg" ;;
		maintainers) do_maintainers "$arg" ;;
		*) die "patches/$1: unknown directive '$verb'" "known: spatch, file, remove, maintainers" ;;
		esac
	done < <(part "$1" directives)
}

do_diff() {
	local diff=$aside.diff paths refused
	part "$1" diff >"$diff"
	[ -s "$diff" ] || return 0
	mapfile -t paths < <(git apply --numstat "$diff" | cut -f3)
	want "${paths[@]}"
	git -C "$aside" apply --index --check "$diff" 2>"$aside.err" || {
		refused=$(sed -n 's/^error: //p' "$aside.err" | head -n 1)
		die "the tree is not one the series fits: patches/$1 does not apply: $refused" \
		    "nothing was changed; give a vanilla or Debian $BASE tree"
	}
	git -C "$aside" apply --index "$diff"
}

one_step() {
	do_directives "$1"
	do_diff "$1"
	git -C "$aside" add -A -f --sparse
	git -C "$aside" diff --cached --quiet &&
		die "patches/$1 changes nothing" "remove it from $series"
	message "$1" | sed '1s/^Subject: //' |
		GIT_AUTHOR_DATE=$EPOCH GIT_COMMITTER_DATE=$EPOCH git -C "$aside" commit -qF -
}

drop_aside() {
	rm -rf "$aside" "$aside.diff" "$aside.err" "$aside.entry"
	git -C "$tree" worktree prune
}

apply_steps() {
	local step
	drop_aside
	trap drop_aside EXIT
	git -C "$tree" worktree add -q --no-checkout --detach "$aside" base
	git -C "$aside" sparse-checkout set --no-cone /Makefile
	git -C "$aside" checkout -q
	while read -r step; do
		[ -r "$TOP/patches/$step" ] || die "patches/$step is named in $series but missing" "git checkout patches"
		one_step "$step"
	done < <(steps)
	git -C "$tree" update-ref "refs/tags/series-$1" "$(git -C "$aside" rev-parse HEAD)"
}

# A checkout that was interrupted left neither the old tree nor the new one.
mend_checkout() {
	[ -e "$tree.checkout" ] || return 0
	rm -f "$tree/.git/index.lock"
	git -C "$tree" reset -q --hard
	rm -f "$tree.checkout"
}

switch_to() {
	: >"$tree.checkout"
	git -C "$tree" checkout -q --detach "$1"
	rm -f "$tree.checkout"
}

[ -r "$series" ] || die "no series for base '$BASE'" "known: $(cd "$TOP/kernels" && echo *)"
mend_checkout
git -C "$tree" diff --quiet HEAD -- ||
	die "$tree has changes of yours" "keep them elsewhere, then: git -C $tree reset --hard"
"$TOP/scripts/results.sh" >"$records"
hash=$(inputs_hash)
git -C "$tree" rev-parse -q --verify "series-$hash" >/dev/null || apply_steps "$hash"
[ "$(git -C "$tree" rev-parse HEAD)" = "$(git -C "$tree" rev-parse "series-$hash")" ] || switch_to "series-$hash"
