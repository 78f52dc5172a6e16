#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# initramfs.sh OUT.cpio.gz PAYLOAD [FILE...]: the guest's file system: busybox,
# the programs and scripts of tests/guest, and PAYLOAD as /payload. More files
# go to /. Needs no root, and the same input gives the same bytes.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
BUSYBOX=${BUSYBOX:-$(command -v busybox || echo /bin/busybox)}
HOSTCC=${HOSTCC:-gcc}

die() {
	printf 'error: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '       %s\n' "$2" >&2
	exit 1
}

check_busybox() {
	[ -x "$BUSYBOX" ] && ! ldd "$BUSYBOX" >/dev/null 2>&1 && return
	die "no static busybox ($BUSYBOX)" \
	    "run: sudo apt-get install -y busybox-static"
}

programs() {
	local source
	for source in "$top"/tests/guest/*.c; do
		"$HOSTCC" -O2 -Wall -static -s -o "$1/bin/$(basename "$source" .c)" \
			"$source" || die "cannot compile $source" \
			"run: sudo apt-get install -y gcc libc6-dev"
	done
}

scripts() {
	install -m 755 "$top"/tests/guest/{,few-,stress-,plants-,icount-}init "$1/"
	install -m 755 "$top/tools/testing/selftests/mm/test_page_frag.sh" "$1/bin/"
	install -m 644 "$top/tests/guest/paths" "$top/tests/guest/trials" "$1/"
	install -m 644 "$top"/tests/guest/*.sh "$1/lib/"
}

# Neither the order of the directory, nor the time, nor who runs it shows.
pack() {
	find . -exec touch -h -d @0 {} +
	find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio -0 -o -H newc -R +0:+0 --reproducible --quiet | gzip -1n
}

[ $# -ge 2 ] || die "usage: initramfs.sh OUT.cpio.gz PAYLOAD [FILE...]"
out=$1 payload=$2
shift 2
for file in "$payload" "$@"; do
	[ -r "$file" ] || die "no file $file for the guest"
done
check_busybox

umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/lib" "$(dirname "$out")"
install -m 755 "$BUSYBOX" "$root/bin/busybox"
programs "$root"
scripts "$root"
install -m 644 "$payload" "$root/payload"
[ $# -eq 0 ] || install -m 755 "$@" "$root/"
(cd "$root" && pack) >"$out.new"
mv "$out.new" "$out"
