#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# payload.sh OUT FILE: a real file for the guest to move, PAYLOAD_MB of the source package
# of the base, or of FILE if there is no package: KERNEL_SRC does without.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
load_base

[ $# -eq 2 ] || die "usage: payload.sh OUT FILE"
source=$(find "$CACHE" -mindepth 2 -maxdepth 2 -path "*/deb/${package}_*.deb" | sort -V | tail -n 1)
head -c "$((${PAYLOAD_MB:-4} << 20))" "${source:-$2}" >"$1"
