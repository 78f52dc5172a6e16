# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What process 1 needs before it can do anything.

export PATH=/bin
/bin/busybox mkdir -p /proc /sys /dev /run /tmp
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t debugfs none /sys/kernel/debug
mount -t tracefs none /sys/kernel/tracing
mount -t tmpfs none /tmp
# Works of one queue that are done at once are counted without a lock, on both bases
# (kernel/workqueue.c, PWQ_STAT_COMPLETED): what KCSAN would say there is not of us.
[ ! -e /sys/kernel/debug/kcsan ] || echo '!process_one_work' >/sys/kernel/debug/kcsan
