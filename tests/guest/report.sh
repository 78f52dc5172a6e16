# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The report: KTAP on the result channel, its progress on the console too.

number=0
uml=
! grep -q 'User Mode Linux' /proc/cpuinfo || uml=yes

# channel NAME: its device
channel() {
	for candidate in /sys/class/virtio-ports/*; do
		[ "$(cat "$candidate/name")" != "$1" ] || echo "/dev/${candidate##*/}"
	done
}

# Under UML it is the second console.
open_channel() {
	result=$(channel result)
	if [ -n "$uml" ]; then
		result=/dev/tty1
		stty -F $result raw
	fi
	[ -c "$result" ] || echo "guest: no channel named result"
	exec 3>"$result"
}

# say LINE: to both, on the console with the seconds since the boot
say() {
	echo "$1" >&3
	echo "guest: $(cut -d' ' -f1 /proc/uptime) $1"
}

plan() {
	open_channel
	say "KTAP version 1"
	say "1..$1"
}

# result NAME FAULT: ok if there is no fault
result() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		say "ok $number $1"
	else
		say "not ok $number $1 # $2"
	fi
}

# figure NAME VALUE: a number for the table
figure() {
	say "# figure $1 $2"
}

finish() {
	say "# end"
	exec 3>&-
	# UML would start again.
	if [ -n "$uml" ]; then
		poweroff -f
	else
		reboot -f
	fi
}
