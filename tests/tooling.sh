#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2016 # the stubs are text of shell
# tooling.sh: what the scripts do when something is wrong. TAP. Every case has a
# cache of its own; package tools are replaced by stubs where a case needs that.
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cache=$tmp/cache/page_frag
unset PAGE_FRAG_LOCKED KERNEL_SRC BASE STRICT KEPT LAYER_KEPT DEBUG BUGS BOOT_WAYS
unset SOAK SOAK_SECONDS STRESS_ON STRESS_SECONDS VM_CPUS VM_MEMORY VM_MACHINE
export HOME=$tmp XDG_CACHE_HOME=$tmp/cache LC_ALL=C
unset GATES_ONLY GATES_SKIP
. "$top/tests/tap.sh" tooling

# stub NAME SCRIPT: a command of that name before all others
stub() {
	mkdir -p "$tmp/bin"
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}

# apt NETWORK COMMANDS: apt-get as it is with the network up or down, a mirror that
# has nothing, and after that shell commands. Without --error-on=any an update that
# fetched nothing is a warning.
apt() {
	stub apt-get "network=$1 lists=$tmp/lists
	case \"\$*\" in
	*update*)
		if [ \$network = up ]; then : >\$lists; exit 0; fi
		echo 'W: Some index files failed to download. They have been ignored, or old ones used instead.' >&2
		case \"\$*\" in *--error-on=any*) exit 100 ;; esac
		exit 0 ;;
	*page_frag.sources*indextargets*) echo 'Debian Backports|Debian Backports|http://localhost/debian'; exit 0 ;;
	*indextargets*)
		[ ! -e \$lists ] || echo 'Debian|Debian|http://localhost/debian'
		exit 0 ;;
	*download*) [ \$network = up ] || exit 100 ;;
	esac
	${2:-}"
	rm -f "$tmp/lists"
}

# A tree small enough to import in a moment: right version, wrong contents.
small_tree() {
	mkdir -p "$1/mm"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nmrproper:\n\t@:\n' "$2" "$3" >"$1/Makefile"
	echo 'obj-y += other.o' >"$1/mm/Makefile"
	mkdir -p "$1/include/linux"
	echo 'struct page_frag_cache;' >"$1/include/linux/gfp.h"
	echo '/* nothing the series knows */' >"$1/mm/page_alloc.c"
}

says "a base nobody knows is named" fail "no base named '9.9'" \
	env BASE=9.9 "$top/scripts/fetch.sh"
says "a KERNEL_SRC that is no kernel is refused" fail "is not a kernel source tree" \
	env KERNEL_SRC="$tmp" "$top/scripts/import.sh"

small_tree "$tmp/old" 5 10
says "a KERNEL_SRC of another version is refused by version" fail "is Linux 5.10, the series asked for is for 6.12" \
	env KERNEL_SRC="$tmp/old" "$top/scripts/import.sh"

small_tree "$tmp/early" 6 12
sed -i '2a EXTRAVERSION = -rc7' "$tmp/early/Makefile"
says "and so is a release candidate" fail "is Linux 6.12-rc7, the series asked for is for 6.12" \
	env KERNEL_SRC="$tmp/early" "$top/scripts/import.sh"

git_tree() {
	small_tree "$@"
	git -C "$1" init -q
	printf '*\n' >"$1/.gitignore"
	git -C "$1" add -A -f
	git -C "$1" -c user.name=a -c user.email=a@localhost commit -qm "Linux $2.$3"
	git -C "$1" tag "v$2.$3"
}
git_tree "$tmp/other" 6 11
says "a git tree of another version is refused by version, with the bases there are" fail \
	"BASE= one of: .*6.12" env KERNEL_SRC="$tmp/other" "$top/scripts/import.sh"
git_tree "$tmp/vanilla" 6 12
says "and so is one of the other base" fail "is Linux 6.12, the series asked for is for 7.3" \
	env KERNEL_SRC="$tmp/vanilla" BASE=7.3 "$top/scripts/import.sh"

# contents DIR: every file and what is in it, but for git's own
contents() { (cd "$1" && find . -path ./.git -prune -o -type f -exec sha256sum {} + | sort -k2); }
# imported DIR: the tree that was made from DIR
imported() { echo "$cache/src-$(readlink -f "$1" | sha256sum | cut -c1-12)/tree"; }

wanted=$(contents "$tmp/vanilla")
echo object >"$tmp/vanilla/mm/built.o"
theirs=$(contents "$tmp/vanilla"; git -C "$tmp/vanilla" rev-parse HEAD)
KERNEL_SRC=$tmp/vanilla "$top/scripts/import.sh" 2>"$tmp/log"
got=$(contents "$(imported "$tmp/vanilla")")
verdict "a git tree is taken as checked out, ignored files too, build output not" \
	"$([ "$got" = "$wanted" ] && git -C "$(imported "$tmp/vanilla")" diff --quiet base && echo yes)" "$(cat "$tmp/log"; diff <(echo "$wanted") <(echo "$got"))"
verdict "and it is not written to" \
	"$([ "$theirs" = "$(contents "$tmp/vanilla"; git -C "$tmp/vanilla" rev-parse HEAD)" ] && echo yes)" "$theirs"

small_tree "$tmp/debian" 6 12
printf '*\n!debian/\n' >"$tmp/debian/.gitignore"
wanted=$(contents "$tmp/debian")
KERNEL_SRC=$tmp/debian "$top/scripts/import.sh" 2>"$tmp/log"
got=$(git -C "$(imported "$tmp/debian")" ls-tree -r --name-only base | wc -l)
verdict "a Debian tree, which ignores itself, is recorded whole" \
	"$([ "$(contents "$(imported "$tmp/debian")")" = "$wanted" ] && [ "$got" -eq "$(wc -l <<<"$wanted")" ] && echo yes)" "$(cat "$tmp/log"; echo "$got of $wanted")"
rm -rf "$cache"/src-*

small_tree "$tmp/odd" 6 12
before=$(find "$tmp/odd" -type f -exec sha256sum {} + | sort)
says "a tree the series does not fit: first patch and file named" fail \
	"patches/6.12/compat.step does not apply: .*include/linux/gfp.h" \
	env KERNEL_SRC="$tmp/odd" "$top/scripts/tree.sh"
verdict "the user's tree is untouched" \
	"$([ "$before" = "$(find "$tmp/odd" -type f -exec sha256sum {} + | sort)" ] && echo yes)" "$before"
copy=$(echo "$cache"/src-*/tree)
verdict "nothing is half-applied" \
	"$([ "$(git -C "$copy" rev-parse HEAD)" = "$(git -C "$copy" rev-parse base)" ] &&
	   git -C "$copy" diff --quiet HEAD && [ ! -e "$copy.apply" ] && echo yes)" "$(git -C "$copy" status --short)"

echo edited >>"$copy/Makefile"
says "changes made by hand in the cached tree are not overwritten" fail "has changes of yours" \
	env KERNEL_SRC="$tmp/odd" "$top/scripts/tree.sh"

: >"$copy.checkout"
: >"$copy/.git/index.lock"
says "a checkout that was interrupted is mended, then the series is tried again" fail "does not apply" \
	env KERNEL_SRC="$tmp/odd" "$top/scripts/tree.sh"
verdict "and nothing of it is left" \
	"$([ ! -e "$copy.checkout" ] && git -C "$copy" diff --quiet HEAD && echo yes)" "$(git -C "$copy" status --short)"

# An unpacking that was interrupted has another name, and is made again.
mkdir -p "$copy.partial/mm"
rm -f "${copy%/tree}/source"
says "an unpacking that was interrupted is made again" fail "does not apply" \
	env KERNEL_SRC="$tmp/odd" "$top/scripts/tree.sh"
verdict "and nothing of that is left" "$([ ! -e "$copy.partial" ] && echo yes)" "$(ls -A "${copy%/tree}")"

mkdir -p "$cache/6.12"
(
	exec 9>>"$cache/6.12/lock"
	flock 9
	echo 4711 >"$cache/6.12/lock.pid"
	"$top/scripts/import.sh" 9>&- >"$tmp/locked" 2>&1
	echo $? >>"$tmp/locked"
)
says "a second run at the same time is told who has the lock" 0 "another run is using .*4711" cat "$tmp/locked"

# What the copy of a tree or its commit fails at is no matter of its last command.
small_tree "$tmp/cut" 6 12
real_tar=$(command -v tar)
stub tar "case \"\$*\" in *--exclude*) $real_tar \"\$@\"; exit 2 ;; esac; exec $real_tar \"\$@\""
says "a tree that cannot be read to its end is no tree" fail "$tmp/cut cannot be copied" \
	env PATH="$tmp/bin:$PATH" KERNEL_SRC="$tmp/cut" "$top/scripts/import.sh"
rm "$tmp/bin/tar"
real_git=$(command -v git)
stub git "[ \"\$1\" != add ] || { $real_git add -f Makefile; exit 1; }; exec $real_git \"\$@\""
says "a base that git does not take whole is no base" fail "the base cannot be committed" \
	env PATH="$tmp/bin:$PATH" KERNEL_SRC="$tmp/cut" "$top/scripts/import.sh"
rm "$tmp/bin/git"
verdict "and neither is left as one" "$([ ! -e "$(imported "$tmp/cut")" ] && echo yes)" "$(imported "$tmp/cut")"

stub apt-cache 'exit 0'
stub id 'case $1 in -u) echo 1000 ;; *) exec /usr/bin/id "$@" ;; esac'
apt down
says "not root and a list that lacks the package: what to run" fail "run: sudo apt-get update" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
stub id 'case $1 in -u) echo 0 ;; *) exec /usr/bin/id "$@" ;; esac'
says "no network is not 'left the archive'" 1 "package lists cannot be fetched: no network" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
says "and is no skip either" 1 "package lists cannot be fetched: no network" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/test.sh" kunit
apt up 'exit 0'
says "a package that left the archive is named" 77 "the archive no longer has linux-source-6.12" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
says "and one of a suite of its own" 77 "the archive no longer has linux-source-7.3" \
	env BASE=7.3 PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
says "a base that left the archive is skipped, by name" 0 '^1\.\.0 # SKIP base 6.12: its package has left the archive' \
	env PATH="$tmp/bin:$PATH" "$top/scripts/test.sh" kunit
says "and counted" 0 '^0 passed, 0 failed, 1 skipped$' \
	env PATH="$tmp/bin:$PATH" "$top/scripts/test.sh" kunit
says "with STRICT it is a failure" 1 "base 6.12: its package has left the archive, and STRICT is set" \
	env PATH="$tmp/bin:$PATH" STRICT=1 "$top/scripts/test.sh" kunit
says "the main job skips it, by name" 0 '^SKIP base 6.12: its package has left the archive' \
	env PATH="$tmp/bin:$PATH" "$top/scripts/run.sh"
says "and fails with STRICT" 1 "base 6.12: its package has left the archive, and STRICT is set" \
	env PATH="$tmp/bin:$PATH" STRICT=1 "$top/scripts/run.sh"
stub apt-get 'exit 0'
says "no package lists although the update is content: not 'left the archive'" 1 "package lists cannot be fetched" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"

# The same with the real apt, whose only mirror is a port that nobody listens on.
mkdir -p "$tmp"/apt/{lists/partial,cache/archives/partial}
echo 'deb [trusted=yes] http://127.0.0.1:9/debian stable main' >"$tmp/apt/sources"
cat >"$tmp/apt/conf" <<-EOF
Acquire::Retries "0";
Dir::Etc::sourcelist "$tmp/apt/sources";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$tmp/apt";
Dir::State::lists "$tmp/apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$tmp/apt/cache";
EOF
rm "$tmp/bin/apt-get" "$tmp/bin/apt-cache"
says "no network, apt itself: not 'left the archive'" 1 "package lists cannot be fetched: no network" \
	env PATH="$tmp/bin:$PATH" APT_CONFIG="$tmp/apt/conf" "$top/scripts/fetch.sh"
rm "$tmp/bin/id"

stub apt-cache 'echo "linux-source-6.12 | 6.12.999-1 | x"'
apt up 'for a; do :; done; case $a in *=*) pwd >&2; : >"linux-source-6.12_new.deb";; esac'
mkdir -p "$cache/deb/.partial.7.3.running" "$cache/deb/.partial.6.12.old"
says "a newer point release is used and said" 0 "note: linux-source-6.12 6.12.999-1; the series was tested with" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
verdict "what was left of a download is removed, one of the other base is not" \
	"$([ -e "$cache/deb/.partial.7.3.running" ] && [ ! -e "$cache/deb/.partial.6.12.old" ] && echo yes)" "$(ls -A "$cache/deb")"
rm "$cache"/deb/*.deb
says "the name of a download says the base" 0 "/\.partial\.6\.12\.[^/]*$" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"
rm -rf "$cache"/deb/.partial.*
says "a package that cannot be unpacked is dropped" fail "cannot be unpacked; it was removed" \
	"$top/scripts/import.sh"
verdict "and the next run fetches it anew" \
	"$([ -z "$(ls -A "$cache/deb")" ] && [ ! -e "$cache/6.12/source" ] && echo yes)" "$(ls -A "$cache/deb")"

# source_package DEB: a whole one, with a kernel of one file
source_package() {
	mkdir -p "$tmp/pkg/DEBIAN" "$tmp/pkg/usr/src" "$tmp/linux-source-6.12"
	printf 'Package: linux-source-6.12\nVersion: 1\nArchitecture: all\nMaintainer: a <a@localhost>\nDescription: test\n' \
		>"$tmp/pkg/DEBIAN/control"
	small_tree "$tmp/linux-source-6.12" 6 12
	tar -C "$tmp" -cJf "$tmp/pkg/usr/src/linux-source-6.12.tar.xz" linux-source-6.12
	dpkg-deb --build "$tmp/pkg" "$1" >/dev/null
}
deb=$cache/deb/linux-source-6.12_6.12.999-1.deb
source_package "$deb"
stub tar "case \"\$*\" in *-xJ*) echo 'No space left on device' >&2; exit 2 ;; esac; exec $real_tar \"\$@\""
says "no room to unpack: said" fail "cannot be unpacked, and the package is whole" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/import.sh"
rm "$tmp/bin/tar"
verdict "and the package is kept" "$([ -e "$deb" ] && echo yes)" "$(ls -A "$cache/deb")"
[ -e "$deb" ] || source_package "$deb"
says "with room it is unpacked" 0 "ok recording the base in git" "$top/scripts/import.sh"
rm -rf "$deb" "$cache/6.12"

stub df 'echo "Filesystem 1M-blocks Used Available Capacity Mounted"; echo "x 9 9 9 99% /"'
says "no disk space: how much is there and how much is needed" fail "has 9 MiB free, 400 MiB are needed" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/fetch.sh"

rm "$tmp/bin/df"

stub id 'echo 1000'
printf 'all\tno-such-command\tsome-package\tneeded by this test\n' >"$tmp/packages"
mkdir -p "$tmp/top/scripts"
cp "$top"/scripts/{lib,gates,deps}.sh "$tmp/top/scripts"
cp "$tmp/packages" "$tmp/top/scripts/packages"
says "not root: what is missing, and the command" fail "sudo apt-get .*install -y --no-install-recommends some-package" \
	env PATH="$tmp/bin:$PATH" "$tmp/top/scripts/deps.sh" run
stub id 'echo 0'
apt down 'exit 100'
says "root without a network: that is said, not only that nothing was installed" 1 \
	"^error: .*the package lists could not be fetched: no network" \
	env PATH="$tmp/bin:$PATH" "$tmp/top/scripts/deps.sh" run
rm "$tmp/bin/id"
says "the head of scripts/packages tells the probes there are" 1 '^$' grep -n gcc: "$top/scripts/packages"

# using LINE...: a script that does these with what lib.sh gives it
using() {
	printf '%s\n' "#!/usr/bin/env bash" '. "$(dirname "$0")/lib.sh"' "$@" >"$tmp/top/scripts/using.sh"
	chmod +x "$tmp/top/scripts/using.sh"
}

# interrupted SIGNAL LINE...: these lines, which write to long.log and have children, are
# running below two scripts, as in make test; the terminal sends SIGNAL to all
interrupted() {
	using 'lock_work' "${@:2}" 'say "inner went on"'
	printf '%s\n' '"$1" || :' 'echo "outer went on"' >"$tmp/outer.sh"
	rm -f "$cache/log/long.log"
	env --default-signal="$1" setsid bash "$tmp/outer.sh" "$tmp/top/scripts/using.sh" >"$tmp/interrupted" 2>&1 9>&- &
	local group=$!
	timeout 10 sh -c 'until grep -qs started "$1"; do sleep 0.1; done' - "$cache/log/long.log"
	kill -"$1" -- "-$group"
	wait "$group"
	rc=$?
}
# ends WHAT SIGNAL LINE...
ends() {
	interrupted "${@:2}" 2>/dev/null
	verdict "$2 during $1 ends its children: the lock is free" \
		"$(flock -w 20 "$cache/6.12/lock" echo yes)" "$(cat "$tmp/interrupted")"
	verdict "and the scripts that run it, with the signal's status" \
		"$([ "$rc" -eq "$((128 + $(kill -l "$2")))" ] && ! grep -q 'went on' "$tmp/interrupted" && echo yes)" "$rc: $(cat "$tmp/interrupted")"
}
long='sh -c "mkdir -p $CACHE/log; echo started | tee $CACHE/log/long.log; sleep 60 | cat"'
for signal in INT TERM; do
	ends "a step" "$signal" "step long \"\$CACHE/log/a-step.log\" $long"
	ends "gates beside each other" "$signal" JOBS=2 '. "$TOP/scripts/gates.sh"' "gate_start other sleep 60" "gate_start long $long" gates_join
done
rm -rf "$cache/6.12"
using 'lock_work' 'step short "$CACHE/log/short.log" sleep 0.3'
says "the next run proceeds, at once" 0 "ok short" "$tmp/top/scripts/using.sh"
says "and so does the one after a step that ended" 0 "ok short" "$tmp/top/scripts/using.sh"
using '. "$TOP/scripts/gates.sh"' lock_work 'gate_start long sleep 60' false
"$tmp/top/scripts/using.sh" >/dev/null 2>&1
verdict "a script that ends before its gates does not leave them behind" \
	"$(flock -w 20 "$cache/6.12/lock" echo yes)" "$(cat "$cache/6.12/lock.pid")"
using '. "$TOP/scripts/gates.sh"' 'gate_start first sleep 0.3' 'gate_start red false' 'gate_start killed sh -c "kill -9 \$PPID"' \
	'gate next true' gates_join gates_done
verdict "of gates beside each other each has its verdict, and one that is killed has failed" \
	"$([ "$("$tmp/top/scripts/using.sh" 2>/dev/null | grep -v '^#' | paste -sd' ')" = \
		'ok 1 - next ok 2 - first not ok 3 - red not ok 4 - killed 1..4' ] && echo yes)" "$("$tmp/top/scripts/using.sh" 2>&1)"
using 'step bad "$CACHE/log/bad.log" sh -c "exit 3"'
says "the status of a step is that of its command" 3 "FAILED bad after .*exit 3" "$tmp/top/scripts/using.sh"

using env
foreign=(ARCH=arm64 CROSS_COMPILE=x- LLVM=1 CC=tcc KCFLAGS=-O0 KBUILD_OUTPUT=/x KBUILD_EXTRA_WARN=1
	O=/x W=1 C=2 M=/x V=1 MAKEFLAGS=-k MFLAGS=-k KCONFIG_CONFIG=x)
verdict "what configures somebody else's kernel build is not passed on" \
	"$(env "${foreign[@]}" "$tmp/top/scripts/using.sh" >"$tmp/env" 2>&1; ! grep -xF "$(printf '%s\n' "${foreign[@]}")" "$tmp/env" >/dev/null && echo yes)" "$(cat "$tmp/env")"
says "but for the machine of make kunit, under a name of its own" 0 '^KUNIT_ARCH=arm64$' env ARCH=arm64 "$tmp/top/scripts/using.sh"
says "which the scripts below keep" 0 '^KUNIT_ARCH=s390$' env KUNIT_ARCH=s390 ARCH=arm64 "$tmp/top/scripts/using.sh"
stub make 'echo "make $*"; for a; do case $a in O=*) cp "${a#O=}/wanted" "${a#O=}/.config" ;; esac; done 2>/dev/null; :'
mkdir -p "$cache/6.12"
env PATH="$tmp/bin:$PATH" ARCH=arm64 "$top/scripts/build.sh" test x86_64 bzImage 2>/dev/null
says "a build names its machine" 0 '^make .* ARCH=x86_64 .* bzImage$' cat "$cache/6.12/log/build-test.log"
says "and is not made without one" 1 "usage: build.sh NAME ARCH TARGET" \
	env PATH="$tmp/bin:$PATH" "$top/scripts/build.sh" test bzImage
mkdir -p "$tmp/tree/kernel/configs"
touch "$tmp/tree/Kbuild"
echo CONFIG_A=y | tee "$tmp/fragment" >"$tmp/tree/kernel/configs/tiny-base.config"
env PATH="$tmp/bin:$PATH" CC=other-cc "$top/scripts/config.sh" "$tmp/tree" "$tmp/built" x86_64 "$tmp/fragment"
says "a configuration is made for the compiler that is given" 0 'ARCH=x86_64 CC=other-cc allnoconfig' cat "$tmp/built/kconfig/log"
rm "$tmp/bin/make"
says "allmodconfig: that a warning is an error is stated" 0 '^CONFIG_WERROR=y$' cat "$top/configs/objects.config"

# where NAME=VALUE: a script that only says where things are
# shellcheck disable=SC2317 # says calls it
where() { env "$1" "$top/scripts/where.sh"; }
says "a cache with a space in its path: what, and how to mend it" 1 "a space or a colon.*: $tmp/a b/page_frag|set XDG_CACHE_HOME" where XDG_CACHE_HOME="$tmp/a b"
says "a cache that is not absolute: the same" 1 "XDG_CACHE_HOME is not absolute: here" where XDG_CACHE_HOME=here
mkdir -p "$tmp/my clone/scripts"
cp "$top"/scripts/{lib,where}.sh "$tmp/my clone/scripts"
says "a clone with one: the same" 1 "a space or a colon.*: $tmp/my clone|move" "$tmp/my clone/scripts/where.sh"
says "CACHE of the environment is somebody else's" 0 "^tree=$cache/6.12/tree" where CACHE="$tmp/precious"

# titles: what the counts of each layer are called in results/
# shellcheck disable=SC2317 # says calls it
titles() {
	sed -n 's|.*scripts/test\.sh ||p' "$top/Makefile" | xargs bash -c \
		'. "$0/scripts/lib.sh" && . "$0/scripts/records.sh" && for layer; do title "$layer"; done' "$top"
}
says "each layer has a title" 0 'KUnit, UML' titles
verdict "that fits into the name of a record" "$(titles | grep -q ': ' || echo yes)" "$(titles)"
# of_records [NAME=VALUE] COMMAND...: a function of those
# shellcheck disable=SC2317 # says calls it
of_records() {
	local setting=()
	[[ $1 != *=* ]] || { setting=("$1"); shift; }
	env "${setting[@]}" bash -c '. "$0/scripts/lib.sh" && . "$0/scripts/records.sh" && "$@"' "$top" "$@"
}
says "the guest of a debug kernel is another layer" 0 '^vm-with-kasan-poison$' of_records DEBUG="kasan poison" layer_name vm
says "the order of its words does not matter" 0 '^vm-with-kasan-poison$' of_records DEBUG="poison kasan" layer_name vm
says "and so is a machine of KUnit" 0 '^kunit-i386$' of_records KUNIT_ARCH=i386 layer_name kunit
says "and the stress under UML" 0 '^stress-uml$' of_records STRESS_ON=uml layer_name stress
says "which is not that of the guest" 0 '^stress$' of_records STRESS_ON=guest layer_name stress
says "other layers have no kernel of that kind" 0 '^check$' of_records DEBUG=kasan layer_name check
says "it is called as the layer, and says of which kernel" 0 '^QEMU guest, two processors with kasan-poison$' of_records title vm-with-kasan-poison
says "the one under UML, too" 0 '^stress, UML with kasan$' of_records title stress-uml-with-kasan
# shellcheck disable=SC2317 # says calls it
kept_counts() { printf 'tests: %s: passed\t1\n' "$1" | of_records named_now; }
says "its counts stay in a record" 0 '^tests: ' kept_counts 'stress, QEMU guest with kasan-poison'
verdict "those of a layer that has another name since do not" "$([ -z "$(kept_counts 'a guest')" ] && echo yes)" "$(kept_counts 'a guest')"

says "a percentage that is none is refused" fail 'SUITE_REFUSE is no number of percent: 0' \
	env XDG_CACHE_HOME="$tmp/no-suite" SUITE=tls SUITE_REFUSE=0 "$top/scripts/suite.sh"
says "too few runs again are refused" fail 'SUITE_AGAIN is no number of runs: 19' \
	env XDG_CACHE_HOME="$tmp/no-suite" SUITE=tls SUITE_AGAIN=19 "$top/scripts/suite.sh"

# What a run leaves. The layer is one whose counts are not kept.
mkdir -p "$tmp/keeping/docs"
cp -r "$top/scripts" "$top/kernels" "$tmp/keeping"
cp -r "$top/docs/ci" "$tmp/keeping/docs"
printf '#!/bin/sh\n' | tee "$tmp/keeping/scripts/tree.sh" >"$tmp/keeping/scripts/deps.sh"
cat >"$tmp/keeping/scripts/suite.sh" <<-'EOF'
	#!/usr/bin/env bash
	. "$(dirname "$0")/lib.sh"
	work=$(work_dir)
	rm -rf "$work/run-new"
	mkdir -p "$work/run-new/serve"
	echo "said by $KERNEL_SRC" >"$work/run-new/console.log"
	echo "$LAYER" >"$work/run-new/layer"
	printf 'ok 1 - a\n1..1\n'
EOF
mkdir -p "$tmp/kept/page_frag/6.12/run-old" "$tmp/kept/page_frag/6.12/run-stale"
echo suite >"$tmp/kept/page_frag/6.12/run-stale/layer"
mkdir -p "$tmp/kept/page_frag/6.12/runs/"{mine,2000010{0,1,2,3,4,5,6,7,8,9}T000000Z}
says "the line before the count says where a run is kept" 0 "reports and guests of this run: $tmp/results 1 passed, 0 failed, 0 skipped$" \
	env XDG_CACHE_HOME="$tmp/kept" KEPT="$tmp/results" sh -c "$tmp/keeping/scripts/test.sh suite 2>&1 | tail -n 2 | paste -sd' '"
says "what a guest left is kept by layer" 0 '^said by' cat "$tmp/results/suite-run-new/console.log"
says "and the report" 0 '^ok 1 - a$' cat "$tmp/results/suite.tap"
says "not what an earlier guest left" 0 '^suite-run-new suite.tap $' sh -c "ls $tmp/results | tr '\n' ' '"
env XDG_CACHE_HOME="$tmp/kept" "$tmp/keeping/scripts/test.sh" suite >/dev/null 2>&1
says "a directory that has something in it is not mixed with it" fail "KEPT has something in it: $tmp/results" \
	env XDG_CACHE_HOME="$tmp/kept" KEPT="$tmp/results" "$tmp/keeping/scripts/test.sh" suite
says "of those in the cache the last ten, and what is not ours" 0 '^20000101.* 2[0-9TZ.]+ mine 11$' \
	sh -c "cd $tmp/kept/page_frag/6.12/runs && echo \$(ls) \$(ls | wc -l)"

# What a run counts for the letters. The kernel is one of which only the version is asked.
counted=$tmp/kept/page_frag/6.12
cp -r "$tmp/keeping" "$tmp/counting"
git init -q "$counted/tree"
printf 'kernelversion:\n\t@echo 6.12\n' >"$counted/tree/Makefile"
printf '/* what it is */\nchar *a = "/* none */"; // why\n' >"$counted/tree/a.c"
git -C "$counted/tree" add Makefile a.c
git -C "$counted/tree" -c user.name=a -c user.email=a@localhost commit -qm a
git -C "$counted/tree" tag base
cat >"$tmp/counting/scripts/plant.sh" <<-'EOF'
	#!/bin/sh
	for n in $(seq "$TESTS"); do echo "$VERDICT $n - a"; done
	echo "1..$TESTS"
EOF
for layer in unit boots guest-bugs hostile soak stress stress-plants vm; do cp "$tmp/counting/scripts/plant.sh" "$tmp/counting/scripts/$layer.sh"; done
chmod +x "$tmp/counting/scripts/"*.sh
# counted LAYER TESTS VERDICT KNOB=VALUE...: how many passed is on record of it after such a run
counted() {
	env XDG_CACHE_HOME="$tmp/kept" TESTS="$2" VERDICT="$3" "${@:4}" "$tmp/counting/scripts/test.sh" "$1" >/dev/null 2>&1
	[ ! -e "$counted/records/$1.tsv" ] || awk -F'\t' '$1 ~ /: passed$/ { print $2 }' "$counted/records/$1.tsv"
}
while read -r layer part; do
	says "$layer: what was run is counted" 0 '^3$' counted "$layer" 3 ok "${part%%=*}="
	says "$layer: with $part it is not the whole, and not counted as that" 0 '^3$' counted "$layer" 1 ok "$part"
done <<-'EOF'
	plant PLANT_ONLY=some
	guest-bugs BUGS=some
	boots BOOT_WAYS=some
	soak SOAK=some
	soak SOAK_SECONDS=3599
	stress STRESS_SECONDS=29
	stress VM_MEMORY=256
	stress-plants DEBUG=kcsan
	hostile HOSTILE=kcsan
	hostile STRESS_ON=uml
	hostile VM_CPUS=1
	vm VM_CPUS=1
	unit UNIT_PLANTS=0
	unit GATES_ONLY=some
EOF
says "of a part that fails, the whole is not on record any more" 0 '^$' counted plant 1 'not ok' PLANT_ONLY=some
says "a layer that fails has its logs kept" 0 '/plant-log$' find "$counted/runs" -name 'plant-log'
says "one that passes has not" 0 '^$' find "$counted/runs" -name 'unit-log'
# The guest's payload: of the package, or of what there is with a tree of one's own.
mkdir -p "$tmp/kept/page_frag/deb"
echo package >"$tmp/kept/page_frag/deb/linux-source-6.12_6.12.1-1_all.deb"
# shellcheck disable=SC2317 # says calls it
payload() { env XDG_CACHE_HOME="$1" "$top/scripts/payload.sh" "$tmp/payload" "$top/COPYING" && head -n 1 "$tmp/payload"; }
says "the payload is of the package" 0 '^package$' payload "$tmp/kept"
mkdir -p "$tmp/no-package/page_frag"
says "without a package it is of the file that is named" 0 'GNU GENERAL PUBLIC LICENSE' payload "$tmp/no-package"

# An emulator that ends at once.
: >"$tmp/kernel"
says "a machine that the guest is not made for is named" fail 'VM_MACHINE is no machine of the guest: microvm' \
	env QEMU=true VM_MACHINE=microvm PAYLOAD="$tmp/kernel" "$top/scripts/boot.sh" "$tmp/kernel" "$tmp/kernel" "$tmp/booted"
env QEMU=true VM_CPUS=8 VM_MEMORY=256 PAYLOAD="$tmp/kernel" "$top/scripts/boot.sh" "$tmp/kernel" "$tmp/kernel" "$tmp/booted"
says "what machine was asked for is kept with what it left" 0 '^guest 8 256$' cat "$tmp/booted/machine"

mkdir -p "$tmp/linux"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\n' >"$tmp/linux/Makefile"
# shellcheck disable=SC2317 # says calls it
for_ci() { env XDG_CACHE_HOME="$tmp/new" "$tmp/keeping/docs/ci/page_frag.sh" "$tmp/linux" "$tmp/for-ci" suite | tail -n 1; }
says "the script for a CI runs in an empty cache, and counts last" 0 '^1 passed, 0 failed, 0 skipped$' for_ci
says "for the tree it was given, and keeps what there is where it was told" 0 "said by $tmp/linux" cat "$tmp/for-ci/suite-run-new/console.log"
says "what is no kernel tree is named" 1 "$tmp is no kernel tree" "$tmp/keeping/docs/ci/page_frag.sh" "$tmp" "$tmp/for-ci"
says "without a tree it says how it is called" 1 'page_frag.sh LINUX RESULTS' "$tmp/keeping/docs/ci/page_frag.sh"
says "the job file is YAML, and runs the script" 0 "page_frag/docs/ci/page_frag.sh linux results" \
	/usr/bin/python3 -c 'import sys, yaml; [print(s.get("run")) for s in yaml.safe_load(open(sys.argv[1]))["jobs"]["page_frag"]["steps"]]' \
	"$top/docs/ci/github-actions.yml"

# A soak whose machines say what they are; that of kasan ends before it begins.
mkdir -p "$tmp/keeping/tests"
cp "$top/tests/soak" "$tmp/keeping/tests"
cat >"$tmp/keeping/scripts/stress.sh" <<-'EOF'
	#!/bin/sh
	mkdir -p "$XDG_CACHE_HOME/page_frag/6.12/run-stress"
	echo "$VM_CPUS processors, $VM_MEMORY MiB, $STRESS_SECONDS s" >"$XDG_CACHE_HOME/page_frag/6.12/run-stress/result"
	[ "${DEBUG%% *}" != kasan ] || exit 3
	printf 'ok 1 - stress: a\nok 2 - stress: verdict\n1..2\n'
EOF
# shellcheck disable=SC2317 # says calls it
soak() { env XDG_CACHE_HOME="$tmp/kept" SOAK="$1" SOAK_SECONDS="$2" "$tmp/keeping/scripts/soak.sh"; }
says "a soak numbers the results of its machines on" 0 '^ok 4 - soak memory: verdict$' soak 'plain memory' 7
says "and keeps what each left" 0 '^2 processors, 256 MiB, 3 s$' sh -c "cat $tmp/kept/page_frag/6.12/soak/*/memory/result"
says "with what was soaked" 0 "^about	6.12	gcc [0-9.]+	$(git -C "$counted/tree" rev-parse --short=12 'HEAD^{tree}')	[0-9-]+$" \
	sh -c "cat $tmp/kept/page_frag/6.12/soak/*/about"
says "each has its share of an hour" 0 '^2 processors, 256 MiB, 515 s$' sh -c "rm -r $tmp/kept/page_frag/6.12/soak; XDG_CACHE_HOME=$tmp/kept SOAK=memory SOAK_SECONDS= $tmp/keeping/scripts/soak.sh >/dev/null; cat $tmp/kept/page_frag/6.12/soak/*/memory/result"
says "a machine that says nothing is a failure" 1 '^not ok 3 - soak kasan: ended with 3 before it began$' soak 'plain kasan' 2
says "a machine that is not there is named" fail 'SOAK names a machine that is not there: plain none' soak 'plain none' 9
says "and so is one that this base has not" fail 'not there: uml$' soak uml 9
says "no time is no soak" fail '1 s are too few for 2 machines' soak 'plain kasan' 1
says "nor is what is no number" fail 'SOAK_SECONDS is no number of seconds: long' soak plain long

# As a layer it has them where the run is kept.
soaked=$tmp/kept/page_frag/6.12/runs/20000101T000000Z
env XDG_CACHE_HOME="$tmp/kept" KEPT="$soaked" SOAK='plain memory' SOAK_SECONDS=7 "$tmp/keeping/scripts/test.sh" soak >/dev/null 2>&1
says "a run of make soak has what each machine left, once" 0 '^soak soak.tap about memory plain$' sh -c "cd $soaked && echo \$(ls) \$(ls soak)"
env XDG_CACHE_HOME="$tmp/kept" "$tmp/keeping/scripts/test.sh" suite >/dev/null 2>&1
says "and stays until there is another soak, however old" 0 '^2 processors, 256 MiB, 3 s$' cat "$soaked/soak/memory/result"
says "beside the last ten, and what is not ours" 0 '^12$' sh -c "ls $tmp/kept/page_frag/6.12/runs | wc -l"

# An hour of one machine, whose run is the good one of the verdict's tests.
whole=$tmp/soaked
echo "$whole" >"$tmp/kept/page_frag/6.12/soak.last"
# soak_of TREE ROW...: such a one, where tests/soak has these machines
soak_of() {
	rm -rf "$whole"
	mkdir -p "$whole"
	cp -r "$top/tests/stress-verdict/good" "$whole/plain"
	echo tcg,thread=multi >"$whole/plain/accelerator"
	sed -i -E "s/^(# stress seed 1,) [0-9]+ ms/\1 1800000 ms/; s/ ms=[0-9]+ / ms=1800000 /" "$whole/plain/result"
	printf 'about\t6.12.9\tgcc 12\t%s\t2026-01-01\n' "$1" >"$whole/about"
	printf '%s\n' "${@:2}" >"$tmp/keeping/tests/soak"
}
# shellcheck disable=SC2317 # says calls it
soak_record() { env XDG_CACHE_HOME="$tmp/kept" SOAK="${1:-}" RUNNER="$top/tests/stress-verdict/runner" "$tmp/keeping/scripts/soak-record.sh"; }
# shellcheck disable=SC2317
soak_doc() { cat "$tmp/keeping/docs/soak.md"; }
tree=$(git -C "$counted/tree" rev-parse --short=12 'HEAD^{tree}')
says "where nothing was soaked there is no record" fail 'there is no soak of base 6.12' \
	env XDG_CACHE_HOME="$tmp/new" "$tmp/keeping/scripts/soak-record.sh"
says "nor where the last soak was removed" fail "the soak is gone, or never was: $whole" soak_record
soak_of "$tree" 'plain guest 2 1024'
sed -i 's/^# end//' "$whole/plain/result"
says "a machine that did not pass is no record" fail 'plain did not pass, or was not run' soak_record
soak_of "$tree" 'plain guest 2 1024'
sed -i 's/1800000 ms/1799000 ms/' "$whole/plain/result"
says "nor is one that had less than its share of an hour" fail 'plain ran for 3598 s, its share of an hour is 3600' soak_record
soak_of 0123456789ab 'plain guest 2 1024'
says "nor one of a tree that is not known" fail "tree 0123456789ab is none of base 6.12" soak_record
# tree_with LINE...: the present one, and these
tree_with() { { git -C "$counted/tree" ls-tree HEAD; printf '%s\n' "$@"; } | git -C "$counted/tree" mktree; }
blob=$(git -C "$counted/tree" rev-parse HEAD:Makefile)
soak_of "$(tree_with "100644 blob $blob	mm.c")" 'plain guest 2 1024'
says "nor one of other code" fail "was of other code than tree $tree of base 6.12 has now" soak_record
soak_of "$(tree_with "100644 blob $blob	MAINTAINERS")" 'plain guest 2 1024'
says "one with another MAINTAINERS is" 0 'report: .*docs/soak.md' soak_record
# tree_but PATH TEXT: the present one, but for that file
tree_but() {
	local blob
	blob=$(printf '%b' "$2" | git -C "$counted/tree" hash-object -w --stdin)
	GIT_INDEX_FILE=$tmp/index git -C "$counted/tree" read-tree HEAD
	GIT_INDEX_FILE=$tmp/index git -C "$counted/tree" update-index --add --cacheinfo "100644,$blob,$1"
	GIT_INDEX_FILE=$tmp/index git -C "$counted/tree" write-tree
}
soak_of "$(tree_but a.c 'char *a = "/* none */"; /* why\n not */\n')" 'plain guest 2 1024'
says "so is one with another comment" 0 'report: .*docs/soak.md' soak_record
soak_of "$(tree_but drivers/net/ethernet/chelsio/a.c 'int a;\n')" 'plain guest 2 1024'
says "and one with another driver that is only compiled" 0 'report: .*docs/soak.md' soak_record
soak_of "$(tree_but a.c 'char *a = "/* some */";\n')" 'plain guest 2 1024'
says "what looks like a comment in a string is none" fail "was of other code than tree $tree of base 6.12 has now" soak_record
while read -r what row; do
	soak_of "$tree" "plain $row"
	says "nor one of a machine with $what" fail "plain was run as guest 2 1024 DEBUG='', in tests/soak it is " soak_record
done <<-'EOF'
	fewer-processors guest 8 1024
	less-memory guest 2 2048
	fewer-checkers guest 2 1024 kasan
EOF
soak_of "$tree" 'plain guest 2 1024'
echo uml 2 1024 >"$whole/plain/machine"
says "nor one of another kind of machine" fail "plain was run as uml 2 1024 DEBUG='', in tests/soak it is guest" soak_record
soak_of "$tree" 'plain guest 2 1024'
sed -i 's/allocated_per_second_cpu1=[0-9]* //' "$whole/plain/result"
says "nor one that allocated nothing on a processor" fail 'plain allocated on 1 processors of 2' soak_record
soak_of "$tree" 'plain guest 2 1024 pagealloc numa' 'uml uml 2 1024'
echo numa pagealloc >"$whole/plain/debug"
sed -i 's/^# figure checkers /&numa,pagealloc,/' "$whole/plain/result"
says "where UML has one processor it is none of the machines, and the order of checkers is nobody's" 0 'report: .*docs/soak.md' soak_record
soak_of "$tree" 'plain guest 2 1024'
says "a soak that passed is a record" 0 'report: .*docs/soak.md' soak_record
says "of so many machines and minutes" 0 "^1 of 1 machines, 60 minutes together.$" soak_doc
says "with a row for each machine" 0 "^\| plain \| tcg \| 2 \| 1024 \| page_owner debug_vm debug_net \| 2 \| 60.0 \| 183096 \| 25 \| 10660 \| 0 \| 218 \| 0 \| 2026-01-01, 6.12.9, gcc 12, tree $tree \|$" soak_doc
soak_of "$tree" 'plain guest 2 1024' 'rt guest 2 1024'
mv "$whole/plain" "$whole/rt"
says "another machine's, taken later" 0 'report: .*docs/soak.md' soak_record
says "comes beside it" 0 "^2 of 2 machines, 120 minutes together.$" soak_doc
sed -i 's/^# end//' "$whole/rt/result"
says "and one that is not named is not looked at" 0 'report: .*docs/soak.md' soak_record plain
echo more >>"$tmp/keeping/docs/soak.md"
says "which nobody writes by hand" fail 'docs/soak.md is not what results/soak/ gives' "$tmp/keeping/scripts/soak-report.sh" --check

# The suites: one that passed, of which a test fails on both kernels, and one is a skip.
suites=$tmp/kept/page_frag/6.12/log/suite
mkdir -p "$tmp/keeping/configs"
cp "$top"/configs/{suite,debug}*.config "$tmp/keeping/configs"
cp "$top"/tests/{selftests-*.h,uml-xstate.c} "$tmp/keeping/tests"
printf 'tls\ttravel\t9\ttap\tx\tnet\t./tls\nother\ttravel\t9\ttap\tx\tnet\t./other\n' >"$tmp/keeping/tests/suites"
# id NAME: of that suite now
# shellcheck disable=SC2317 # suite_of calls it
id() { XDG_CACHE_HOME="$tmp/kept" BASE=6.12 bash -c ". $tmp/keeping/scripts/lib.sh; suite_id $1"; }
# suite_of KIND NAME VERDICT [ID]
suite_of() {
	local dir=$suites$1
	mkdir -p "$dir"
	printf "$2"'\t%s\t%s\t%s\t%s\t%s\n' one pass pass '' '' 'two|three' fail fail 'fails on the base too' "why$1" \
		four skip skip '' 'no card' five missing pass '' '' >"$dir/$2.tsv"
	printf 'x\tno kernel warning\tfail\tfail\t\tPANIC\n' >>"$dir/$2.tsv"
	printf '2026-01-01\t6.12.9\tgcc 12\t%s\t%s\t%s\n' "$tree" "${4:-$(id "$2")}" "$3" >"$dir/$2.about"
}
# shellcheck disable=SC2317 # says calls it
suite_record() { env XDG_CACHE_HOME="$tmp/kept" "$tmp/keeping/scripts/suite-record.sh"; }
# shellcheck disable=SC2317
suite_doc() { cat "$tmp/keeping/docs/selftests.md"; }
# row KIND NAME [WORSE]: of the counts, to which it is nothing how a guest ended
row() { echo "^\\| $2 \\| $1 \\| 1 \\| 1 \\| 1 \\| 1 \\| 2 \\| 1 \\| 1 \\| 0 \\| ${3:-none} \\| 2026-01-01, 6.12.9, gcc 12, tree $tree \\|$"; }
suite_of '' tls passed 0123456789ab
says "a suite of other code is no record" fail 'no suite of base 6.12 was run with this code' suite_record
suite_of '' tls worse
says "one that is worse is one" 0 'report: .*docs/selftests.md' suite_record
says "and is told as that" 0 "$(row - tls some)" suite_doc
says "which no check passes" fail 'a suite is worse on the patched kernel: suite tls$' "$tmp/keeping/scripts/suite-report.sh" --check
suite_of '' tls passed
suite_of '' tls void
says "one that had nothing to compare with is none" fail 'was run with this code|^$' sh -c "rm -rf $tmp/keeping/results/suite; XDG_CACHE_HOME=$tmp/kept $tmp/keeping/scripts/suite-record.sh"
says "without any the check is of that" fail 'docs/selftests.md is not what results/suite/ gives' "$tmp/keeping/scripts/suite-report.sh" --check
suite_of '' tls passed
says "a suite that passed is one" 0 'report: .*docs/selftests.md' suite_record
says "with its counts" 0 "$(row - tls)" suite_doc
says "the check is" 0 '^$' "$tmp/keeping/scripts/suite-report.sh" --check
says "how a guest ended is told, too" 0 '^\| tls \| no kernel warning \| fail \| fail \| PANIC \| - \|$' suite_doc
says "what was not run is named" 0 '^Not run, with nothing beside: other\.$' suite_doc
says "what does not pass on both is told by name, and why" 0 '^\| tls \| two\\\|three \| fail \| fail \| why \| - \|$' suite_doc
rm -r "$suites"
suite_of -kasan-refuse-50 tls passed
suite_of -kasan-refuse-50 other passed
says "others" 0 'report: .*docs/selftests.md' suite_record
says "come beside it" 0 "$(row - tls)" suite_doc
says "by what they had beside" 0 "$(row kasan-refuse-50 tls)" suite_doc
says "each with counts of its own" 0 "$(row kasan-refuse-50 other)" suite_doc
says "one reason is not another's" 0 '^\| tls \| two\\\|three \| fail \| fail \| why-kasan-refuse-50 \| kasan-refuse-50 \|$' suite_doc
says "the same of two kinds is told of once" 0 '^\| tls \| four \| skip \| skip \| no card \| -, kasan-refuse-50 \|$' suite_doc
says "a suite that is recorded again" 0 'report: .*docs/selftests.md' suite_record
says "is there once" 0 '^3$' grep -c '^run' "$tmp/keeping/results/suite/6.12.tsv"
suite_of -kasan-refuse-50 other worse
says "one that is worse since" 0 'report: .*docs/selftests.md' suite_record
says "is in its place" 0 "$(row kasan-refuse-50 other some)" suite_doc
rm -r "$suites-kasan-refuse-50"
sed -i 's/^tls\ttravel/tls\treal/' "$tmp/keeping/tests/suites"
suite_of '' other passed
says "nor is one of which something is another now" 0 'report: .*docs/selftests.md' suite_record
says "which has to be run again" 0 '^run other$' sed -nE 's/^(run)\t[^ ]* (tls|other)\t.*/\1 \2/p' "$tmp/keeping/results/suite/6.12.tsv"
echo more >>"$tmp/keeping/docs/selftests.md"
says "nobody writes that by hand" fail 'docs/selftests.md is not what results/suite/ gives' "$tmp/keeping/scripts/suite-report.sh" --check

# Bugs in a kernel of one line, whose guest says what the line is.
bugs=$tmp/kept/page_frag/6.12/tree
git init -q "$bugs"
echo good >"$bugs/line"
git -C "$bugs" add line
git -C "$bugs" -c user.name=x -c user.email=x@localhost commit -qm line
cat >"$tmp/keeping/scripts/guest.sh" <<-'EOF'
	#!/bin/sh
	run=$XDG_CACHE_HOME/run-bugs
	mkdir -p "$run"
	grep -q good "$GUEST_TREE/line" || fault='not '
	printf '1..1\n%sok 1 it is %s\n# end\n' "$fault" "$(cat "$GUEST_TREE/line")" >"$run/result"
	echo booted >"$run/console.log"
	echo 0 >"$run/status"
	echo "$run"
EOF
printf '%s\tguest\ta\t%s\t%s\t%s\n' told 'not ok 1 it is bad' line s/good/bad/ untold 'not ok 1 it is worse' line s/good/bad/ \
	idle 'not ok' line s/none/bad/ missing 'not ok' no-line s/good/bad/ >"$tmp/keeping/tests/guest-bugs"
# shellcheck disable=SC2317 # says calls it
guest_bugs() { env XDG_CACHE_HOME="$tmp/kept" BUGS="$1" "$tmp/keeping/scripts/guest-bugs.sh"; }
says "a bug that the guest tells" 0 '^ok 2 - bug told: told by guest, a$' guest_bugs told
says "a kernel without one passes first" 0 '^ok 1 - unplanted, guest: all of it passes$' guest_bugs told
says "a bug that it does not tell is a failure" 1 '^not ok 2 - bug untold: not seen: not ok 1 it is worse, see ' guest_bugs untold
says "and so is a script that changes nothing" 1 '^not ok 2 - bug idle: it changes nothing' guest_bugs idle
says "and a file that is not there" 1 '^not ok 2 - bug missing: there is no no-line' guest_bugs missing
says "after each the kernel is as it was" 1 '^not ok 3 - bug untold: not seen' guest_bugs 'told untold'
LAYER_KEPT=$tmp/bugs-kept guest_bugs told >/dev/null 2>&1
says "what its guest left is kept under the bug's name" 0 '^not ok 1 it is bad$' cat "$tmp/bugs-kept/told/result"
says "and that of the control" 0 '^ok 1 it is good$' cat "$tmp/bugs-kept/unplanted-guest/result"
says "a bug that is not there is named" fail 'BUGS names one that is not there: told none' guest_bugs 'told none'

# The same guest as that of the main job, which it does not satisfy.
says "the main job says where its guest is kept" 1 "^what the guest left: $tmp/ran/run$" \
	env XDG_CACHE_HOME="$tmp/kept" KEPT="$tmp/ran" GUEST_TREE="$bugs" "$tmp/keeping/scripts/run.sh"
says "and keeps it" 0 '^ok 1 it is good$' cat "$tmp/ran/run/result"

# The same guest for each prefix of a series, whose line its commits change.
series_of() {
	local word
	git -C "$bugs" tag -f base >/dev/null
	for word; do
		echo "${word#*: }" >"$bugs/line"
		git -C "$bugs" -c user.name=x -c user.email=x@localhost commit -qam "$word"
	done
}
mkdir -p "$tmp/keeping/tests/guest"
cp "$top/tests/guest/paths" "$tmp/keeping/tests/guest/"
# shellcheck disable=SC2317 # says calls it
boots() { env XDG_CACHE_HOME="$tmp/kept" "$tmp/keeping/scripts/boots.sh"; }
series_of 'mm: good one' 'net: good two' 'net: good three'
says "each prefix of the net part boots, and what is before it" 0 '^ok 1 - boots: mm: good one$' boots
says "the last of them is the whole series" 0 '^ok 3 - boots: net: good three$' boots
series_of 'mm: good' 'net: bad' 'net: good again'
says "a prefix whose guest fails is a failure" 1 '^not ok 2 - boots: net: bad: not ok 1 it is bad, see ' boots
LAYER_KEPT=$tmp/boots-kept boots >/dev/null 2>&1
says "what its guest left is kept" 0 '^not ok 1 it is bad$' cat "$tmp/boots-kept/2/result"
says "and the next one boots all the same" 1 '^ok 3 - boots: net: good again$' boots
BOOTS=3 says "one may be asked for by its number" 0 '^1\.\.1$' boots
BOOTS=3 says "and is booted alone" 0 '^ok 1 - boots: net: good again$' boots
BOOTS="1 4" says "a number that none has is refused" fail 'BOOTS has what is no number of a prefix: 4' boots
series_of 'mm: good'
says "a way that is not there is named" fail 'BOOT_WAYS names one that is not there: loopback/tcp4 none' \
	env BOOT_WAYS="loopback/tcp4 none" XDG_CACHE_HOME="$tmp/kept" "$tmp/keeping/scripts/boots.sh"
says "without a net part there is nothing to boot" fail 'has no net part' boots

# full_cache DIR: one with all that is ever made there, and more
full_cache() {
	mkdir -p "$1"/{deb,apt,log,ccache,mine,src-mine} "$1"/{6.12,7.3,src-0123456789ab}/build
	touch "$1/file"
	for dir in 6.12 7.3 src-0123456789ab; do touch "$1/$dir/lock"; done
}
full_cache "$tmp/clean/page_frag"
mkdir -p "$tmp/precious/data"
(
	exec 9>>"$tmp/clean/page_frag/7.3/lock"
	flock 9
	XDG_CACHE_HOME=$tmp/clean "$top/scripts/clean.sh" all 9>&- >"$tmp/locked" 2>&1
	echo $? >>"$tmp/locked"
)
says "distclean while another base is in use: who, and nothing is removed" 0 "another run is using $tmp/clean/page_frag/7.3" cat "$tmp/locked"
verdict "nothing" "$([ -e "$tmp/clean/page_frag/deb" ] && [ -e "$tmp/clean/page_frag/6.12/build" ] && echo yes)" "$(find "$tmp/clean")"
says "distclean says what is not the project's" 0 "kept: file mine src-mine" \
	env XDG_CACHE_HOME="$tmp/clean" CACHE="$tmp/precious" "$top/scripts/clean.sh" all
verdict "and removes only what the project made" \
	"$([ "$(ls "$tmp/clean/page_frag")" = "$(printf '%s\n' file mine src-mine)" ] && [ -e "$tmp/precious/data" ] && echo yes)" "$(find "$tmp/clean" "$tmp/precious")"
rm -rf "$tmp/clean"
full_cache "$tmp/clean/page_frag"
rm -rf "$tmp"/clean/page_frag/{mine,src-mine,file}
XDG_CACHE_HOME=$tmp/clean "$top/scripts/clean.sh" all
verdict "a cache of which nothing is left is gone" "$([ ! -e "$tmp/clean/page_frag" ] && echo yes)" "$(find "$tmp/clean")"
says "and there may be none" 0 '^$' env XDG_CACHE_HOME="$tmp/clean" "$top/scripts/clean.sh" all

# carried DIR: each line of the guest's lists names a carrier that there is
carried() {
	local name carrier
	while read -r name carrier; do
		grep -q "^$carrier() {" "$1"/*.sh || echo "$name: no carrier $carrier"
	done < <(awk '/^[a-z]/ { print $1, FILENAME ~ /paths$/ ? $3 : $2 }' "$1/paths" "$1/trials")
}
mkdir "$tmp/guest"
cp "$top"/tests/guest/{paths,trials,*.sh} "$tmp/guest"
says "every path and every trial of the guest has a carrier" 0 '^$' carried "$tmp/guest"
echo 'plane/tcp4 - plane tcp' >>"$tmp/guest/paths"
says "one that has none is named" 0 '^plane/tcp4: no carrier plane$' carried "$tmp/guest"

printf 'ok 1 - a\n1..1\n' >"$tmp/good.tap"
printf 'ok 1 - a\n1..2\n' >"$tmp/short.tap"
printf 'ok 1 - a\n' >"$tmp/noplan.tap"
printf 'ok 1 - a\nnot ok 2 - b\n1..2\n' >"$tmp/failed.tap"
printf 'ok 1 - a # SKIP no device\n1..1\n' >"$tmp/skip.tap"
: >"$tmp/empty.tap"
says "tally: passed" 0 '^1 passed, 0 failed, 0 skipped$' "$top/scripts/tally.pl" "$tmp/good.tap"
says "tally: a skip is no pass" 0 '^1 passed, 0 failed, 1 skipped$' "$top/scripts/tally.pl" "$tmp/good.tap" "$tmp/skip.tap"
printf '1..0 # SKIP no base\n' >"$tmp/none.tap"
says "tally: a layer that says why it ran nothing is a skip" 0 '^0 passed, 0 failed, 1 skipped$' "$top/scripts/tally.pl" "$tmp/none.tap"
printf 'ok 1 - a\nnot ok 2 - b # TODO later\n1..2\n' >"$tmp/todo.tap"
printf 'ok 1 - a\nnot ok 2 - b # SKIP no device\n1..2\n' >"$tmp/notskip.tap"
for what in short noplan failed empty todo notskip; do
	says "tally: $what fails" 1 '^[0-9]+ passed, [1-9][0-9]* failed, 0 skipped$' "$top/scripts/tally.pl" "$tmp/$what.tap"
done

done_testing
