#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# keep.sh RUN DIR: what a guest left in RUN, but for what it was served, into DIR.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: keep.sh RUN DIR" >&2; exit 1; }
mkdir -p "$2"
find "$1" -maxdepth 1 -type f -exec cp -p -t "$2" {} +
