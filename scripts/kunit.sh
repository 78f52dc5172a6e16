#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# kunit.sh: the KUnit suite under UML through the kernel's kunit.py, as TAP.
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
lock_work

work=$(work_dir)
json=$work/log/kunit.json
export PYTHONDONTWRITEBYTECODE=1

run_kunit() {
	cd "$tree" || return
	./tools/testing/kunit/kunit.py run --kunitconfig "$TOP/configs/kunit.config" \
		--build_dir "$work/build/um" --jobs "$JOBS" --timeout 300 \
		--make_options CC="ccache gcc" --json="$json"
}

mkdir -p "$work/build" "$work/log"
rm -f "$json"
need_space "$work" 3000
tree=$("$TOP/scripts/worktree.sh" um HEAD)
# A failed case is not a failure to run: what ran is in the file.
step "KUnit under UML" "$work/log/kunit.log" run_kunit || :
[ -s "$json" ] || die "kunit.py wrote no results" "see $work/log/kunit.log"
python3 "$TOP/scripts/kunit2tap.py" "$json" page_frag_cache
