# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
# The carrier of TLS whose records a device encrypts: tlsdev. Goes with traffic.sh.

tlsdev_link() {
	apart
	nsenter --net="$a" ip link add ta type tlsdev
	nsenter --net="$b" ip link add tb type tlsdev
	address "$a" ta 1
	address "$b" tb 2
	case $1 in
	4) to=10.1.0.2 ;;
	6) to=fd01::2 ;;
	esac
	await "$to" nsenter --net="$a"
}

# tlsdev_saw NAME: what the device counted since the boot
tlsdev_saw() {
	cat "/sys/module/tlsdev/parameters/$1"
}

# tlsdev_fault RECORDS LOST: the socket has to say that a device has its records, and
# the device that it saw them whole. No digest is right if not.
tlsdev_fault() {
	# shellcheck disable=SC2016 # awk's
	offloaded=$(nsenter --net="$a" awk '$1 == "TlsTxDevice" { print $2 }' /proc/net/tls_stat)
	[ "${offloaded:-0}" -gt 0 ] || echo no-device-had-the-records:
	[ "$(tlsdev_saw records)" -gt "$1" ] || echo the-device-saw-no-record:
	[ "$(tlsdev_saw lost)" -eq "$2" ] || echo the-device-could-not-encrypt:
}

# tlsdev HOW FAMILY SIZE: a part of the payload. The device encrypts in memory of one
# piece as long as the record, which it does not get while order-3 pages are refused:
# records are short then.
tlsdev() {
	tlsdev_link "$2"
	size=$3
	[ "$round" != 2 ] || [ "$size" -le 900 ] || size=900
	records=$(tlsdev_saw records) lost=$(tlsdev_saw lost)
	[ "$1" != refused ] || echo 1 >"$high_order"
	tlsxfer "$1" "$to" "$port" /tmp/part "$copy" "$size" "$a" "$b" || : >"$copy"
	[ "$1" != refused ] || echo 0 >"$high_order"
	arrived "$part_sha256"
	digest=$(tlsdev_fault "$records" "$lost")$digest
	join
}
