#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# clean.sh build|all: remove what was built for this base, or the whole cache.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
build) lock_work; rm -rf "$(work_dir)/build" ;;
all) rm -rf "$CACHE" ;;
*) die "clean.sh: '${1:-}' is neither build nor all" "make clean, or make distclean" ;;
esac
