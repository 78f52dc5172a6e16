#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# series.sh: the applied series as mails for git am, in mails/mm and mails/net of
# the work directory or below OUT, each part with a letter in front. A commit
# belongs to the part that its subject starts with.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base
lock_work

work=$(work_dir)
tree=$work/tree
out=$(readlink -m "${OUT:-$work/mails}")
records=$work/mails.records
most=15
author=page_frag
placeholder="Your Name <you@example.org>"

# The sender is FROM, or who git says the user is, or a placeholder.
sender() {
	local name mail
	name=$(git -C "$TOP" config user.name || :)
	mail=$(git -C "$TOP" config user.email || :)
	from=${FROM:-}
	[ -n "$from" ] || [ -z "$name" ] || [ -z "$mail" ] || from="$name <$mail>"
	[ -n "$from" ] || {
		from=$placeholder
		say "  note: the mails are from '$placeholder'; give FROM='Name <address>'"
	}
	[[ $from =~ ^[^\<]+\ \<[^@\ ]+@[^@\ ]+\>$ ]] || die "'$from' is no sender" "give FROM='Name <address>'"
	export GIT_COMMITTER_NAME=${from% <*} GIT_COMMITTER_EMAIL=${from##*<}
	GIT_COMMITTER_EMAIL=${GIT_COMMITTER_EMAIL%>}
	export GIT_COMMITTER_DATE=$EPOCH
}

# A part is a run of commits: mm first, which has to stand alone.
check_order() {
	local seen='' subject
	while read -r subject; do
		case $subject in
		'mm: page_frag: '*) [ -z "$seen" ] ||
			die "'$subject' comes after '$seen'" "mm steps go before net steps in patches/$BASE/series" ;;
		'net: '*) seen=$subject ;;
		*) die "'$subject' belongs to no part" "start the step's Subject with 'mm: page_frag: ' or 'net: '" ;;
		esac
	done < <(git -C "$tree" log --reverse --format=%s base..HEAD)
}

# letter PART: the head of the template as "key value", or its text
letter_key() { sed -n "/^\$/q; s/^$2: //p" "$TOP/patches/cover/$1"; }

source_of_base() {
	if [ -n "$KERNEL_SRC" ]; then echo "a tree of the sender's own"; else cat "$work/source"; fi
}

# added_by_mm PATHSPEC...: lines that the mm part adds there
added_by_mm() {
	git -C "$tree" diff --numstat base "$(part_commits mm "$tree" | tail -n 1)" -- "$@" |
		awk '{ n += $1 } END { print n + 0 }'
}

letter_text() {
	sed '1,/^$/d' "$TOP/patches/cover/$1" | "$TOP/scripts/render.py" "$records" \
		tree="$tree" treeid="$(tree_id)" \
		base="$BASE" version="$(make -s -C "$tree" kernelversion)" source="$(source_of_base)" \
		mm="$(part_commits mm "$tree" | wc -l)" net="$(part_commits net "$tree" | wc -l)" \
		code="$(added_by_mm . "${beside[@]/#/:!}")" tests="$(added_by_mm "${beside[@]}")"
}

# fill_letter FILE PART: template into what git format-patch left blank
fill_letter() {
	local text=$1.text
	letter_text "$2" >"$text"
	awk -v subject="$(letter_key "$2" Subject)" -v text="$text" \
		-v author="$author" -v sender="$GIT_COMMITTER_NAME" '
		/\*\*\* SUBJECT HERE \*\*\*/ { sub(/\*\*\* SUBJECT HERE \*\*\*/, subject) }
		$0 ~ "^" author " \\([0-9]+\\):$" { sub(author, sender) }
		/^\*\*\* BLURB HERE \*\*\*$/ { while ((getline line < text) > 0) print line; next }
		{ print }
	' "$1" >"$1.new"
	mv "$1.new" "$1"
	rm -f "$text"
}

# people MAIL|-f FILE: "address<TAB>to|cc|list", as the MAINTAINERS of the patched tree say
people() {
	(cd "$tree" && ./scripts/get_maintainer.pl --no-git --no-git-fallback --no-rolestats --no-keywords --roles "$@") |
		awk '{
			role = $0; sub(/^[^<]*<[^>]*> \(|^[^<( ]* \(/, "", role)
			if (/<.*>/) gsub(/^.*<|>.*$/, ""); else sub(/ .*/, "")
			if (seen[$0]++) next
			print $0 "\t" (role ~ /^[a-z ]*list/ ? "list" : role ~ /^(maintainer|supporter)/ ? "to" : "cc")
		}'
}

# header NAME <ADDRESSES: one header, folded, or nothing
header() {
	awk -v name="$1" '{ line = line sep $0; sep = ",\n\t" } END { if (line) print name ": " line }'
}

# Git writes the header: it knows what has to be quoted and encoded.
from_header() {
	local empty
	empty=$(git -C "$tree" hash-object -t tree -w /dev/null)
	git -C "$tree" log -1 --format=email --encode-email-headers "$(GIT_AUTHOR_NAME=$GIT_COMMITTER_NAME \
		GIT_AUTHOR_EMAIL=$GIT_COMMITTER_EMAIL git -C "$tree" commit-tree -m sender "$empty")" |
		awk '/^[^ \t]/ { on = /^From: / } on'
}

# add_headers MAIL HEADERS: before the blank line; and who the mail is from
add_headers() {
	awk -v from="$from_line" -v headers="$2" '
		!body && folded && /^[ \t]/ { next }
		{ folded = 0 }
		!body && /^From: / { $0 = from; folded = 1 }
		!body && /^$/ { body = 1; if (headers) print headers }
		{ print }
	' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# Every mail goes to the list of its part; to the lists alone if nobody is named. The
# owners of the part get them all, and the letter goes to them and to all lists.
address() {
	local dir=$1 mail all to cc own owners lists
	own=$(letter_key "$2" List) lists=$own
	owners=$(people -f "$(letter_key "$2" Owners)" | awk -F'\t' '$2 == "to" { print $1 }')
	for mail in "$dir"/*.patch; do
		[[ $mail != */0000-* ]] || continue
		all=$(people "$mail")
		lists+=$'\n'$(awk -F'\t' '$2 == "list" { print $1 }' <<<"$all")
		to=$(awk -F'\t' '$2 == "to" { print $1 }' <<<"$all")
		cc=$({ awk -F'\t' '$2 != "to" { print $1 }' <<<"$all"; printf '%s\n' "$own" "$owners"; } |
			awk '!seen[$0]++' | grep -vxF -e "${to:-no one}")
		[ -n "$to" ] || { to=$cc; cc=; }
		add_headers "$mail" "$({ grep . <<<"$to" | header To; grep . <<<"$cc" | header Cc; } || :)"
	done
	add_headers "$dir/0000-cover-letter.patch" "$(grep . <<<"$owners"$'\n'"$lists" | sort -u | header To)"
}

# prefix PART: the tree that the mails are for
prefix() {
	if [ -n "${mainline:-}" ]; then letter_key "$1" Prefix; else echo "PATCH $BASE"; fi
}

# A letter marks what was measured on another tree; a message has no place for it.
note_old_numbers() {
	local old
	old=$(awk -F'\t' -v tree="$(tree_id)" '/^(size|speed|time)/ && $1 !~ /: base$/ && $7 != tree' "$records" | wc -l)
	[ "$old" -eq 0 ] || say "  note: $old numbers in the messages are of an earlier version of the series: make record"
}

mails() {
	local part=$1 list first last
	mapfile -t list < <(part_commits "$part" "$tree")
	[ "${#list[@]}" -le "$most" ] ||
		die "the $part part has ${#list[@]} mails, $most at most" "merge steps of patches/$BASE/series"
	[ "${#list[@]}" -gt 0 ] || { say "  note: no $part part for $BASE"; return 0; }
	first=${list[0]} last=${list[-1]}
	git -C "$tree" -c format.signature= format-patch -q -N --no-thread --cover-letter --numbered --zero-commit \
		--cover-from-description=none --no-base --subject-prefix="$(prefix "$part")" \
		-o "$out/$part" "$first^..$last"
	fill_letter "$out/$part/0000-cover-letter.patch" "$part"
	address "$out/$part" "$part"
}

# no_others: what is removed is mails, and nothing of anybody else
no_others() {
	local part other
	for part in mm net; do
		[ -e "$out/$part" ] || continue
		other=$(find "$out/$part" -mindepth 1 ! -name '*.patch' -print -quit)
		[ -z "$other" ] || die "$other is no mail, and $out/$part would be replaced" "give another OUT"
	done
}

no_others
"$TOP/scripts/tree.sh"
check_order
sender
rm -rf "$out/mm" "$out/net"
mkdir -p "$out"
from_line=$(from_header)
"$TOP/scripts/same-code.sh" "$TOP/results/codes" "$(tree_id)" "$(code_id HEAD)" "$(tests_id HEAD)" <"$work/tree.records" >"$records"
note_old_numbers
mails mm
mails net
say "mails: $out"
