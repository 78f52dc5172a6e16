# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Links, and what moves a file over them. Each carrier leaves the number of
# bytes that arrived and their digest in $bytes and $digest.

a=/run/a
b=/run/b
payload=/payload
copy=/tmp/copy
high_order=/proc/sys/net/core/high_order_alloc_disable
port=5000
all_cards='virtio_net virtio_net-small e1000 ne2k-pci'
# From the kernel command line, as variables of process 1.
: "${payload_sha256:=missing}" "${part_sha256:=missing}"

# netns FILE: a namespace without interfaces but lo
netns() {
	: >"$1"
	unshare -n mount --bind /proc/self/ns/net "$1"
	nsenter --net="$1" sh -c '. /lib/traffic.sh; loopback_up'
}

# Addresses are usable at once: nobody else is on these links to collide with.
loopback_up() {
	echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
	echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
	ip link set lo up
}

# kind DEV: its driver; behind a dash, small if virtio-net may not merge buffers
kind() {
	driver=$(basename "$(readlink -f "$1/device/driver")")
	case $driver,$(cut -c 16 "$1/device/features" 2>/dev/null) in
	virtio_net,0) driver=$driver-small ;;
	esac
	echo "$driver"
}

# The interfaces of a kind.
cards() {
	for dev in /sys/class/net/*; do
		[ -e "$dev/device/driver" ] || continue
		[ "$(kind "$dev")" != "$1" ] || basename "$dev"
	done
}

# Each card has an emulated network of its own: 10.0.N.0/24 and fd00:N::/64.
subnet() {
	case $1 in
	virtio_net) echo 2 ;;
	e1000) echo 3 ;;
	ne2k-pci) echo 4 ;;
	virtio_net-small) echo 5 ;;
	esac
}

# await HOST [COMMAND...]: until HOST answers a ping, started by COMMAND. A new
# link drops what is sent before the kernel's own worker has activated it.
await() {
	host=$1
	shift
	for _ in $(seq 60); do
		! "$@" ping -q -c 1 -W 1 "$host" >/dev/null || return 0
	done
	echo "guest: no answer from $host" >&2
}

card_up() {
	dev=$(cards "$1") n=$(subnet "$1")
	echo 0 >"/proc/sys/net/ipv6/conf/$dev/accept_dad"
	ip addr add "10.0.$n.15/24" dev "$dev"
	ip -6 addr add "fd00:$n::15/64" dev "$dev"
	ip link set "$dev" up
	await "10.0.$n.2"
}

card_down() {
	dev=$(cards "$1")
	ip link set "$dev" down
	ip addr flush dev "$dev"
}

# address NETNS DEV HOST: 10.1.0.HOST and fd01::HOST
address() {
	nsenter --net="$1" ip addr add "10.1.0.$3/24" dev "$2"
	nsenter --net="$1" ip -6 addr add "fd01::$3/64" dev "$2"
	nsenter --net="$1" ip link set "$2" up
}

links_up() {
	loopback_up
	for card in $all_cards; do
		card_up "$card"
	done
	# shellcheck disable=SC2034 # for result_pages
	busy_pages=$(owned_pages 1)
}

links_down() {
	for card in $all_cards; do
		card_down "$card"
	done
}

# Who has no card any more gives back what was in its ring.
unplug() {
	for dev in $(cards virtio_net) $(cards virtio_net-small); do
		device=/sys/class/net/$dev/device
		basename "$(readlink -f "$device")" >"$(readlink -f "$device/driver")/unbind"
	done
}

# The file the emulator serves, and who compares what was put.
nic() {
	n=$(subnet "$1")
	case $2 in
	get4)
		peer get "10.0.$n.100" 80 $copy
		arrived "$payload_sha256" ;;
	part4)
		peer get "10.0.$n.101" 80 $copy
		arrived "$part_sha256" ;;
	put4)
		peer put "10.0.$n.102" 80 $payload >/tmp/digest
		bytes=$(wc -c <$payload)
		digest=$(cut -d' ' -f1 /tmp/digest) want=$payload_sha256 ;;
	tftp4)
		tftp -g -b 1428 -l $copy -r part "10.0.$n.2"
		arrived "$part_sha256" ;;
	tftp6)
		tftp -g -b 1428 -l $copy -r part "fd00:$n::2"
		arrived "$part_sha256" ;;
	esac
}

# passing_nic CARD WAY: what the card gets goes through an XDP program first
passing_nic() {
	dev=$(cards "$1")
	xdppass - "$dev" || return
	await "10.0.$(subnet "$1").2"
	nic "$@"
	xdppass - "$dev" off || digest=the-program-stays
	await "10.0.$(subnet "$1").2"
}

# arrived DIGEST: what $copy has against what it should have
arrived() {
	want=$1
	bytes=$(wc -c <$copy)
	digest=$(sha256sum $copy | cut -d' ' -f1)
}

# sockets_up: what some ways need of the machine. Data in the SYN without a cookie
# on either side, echo requests by the superuser, a second address of lo.
sockets_up() {
	echo 519 >/proc/sys/net/ipv4/tcp_fastopen
	echo 0 0 >/proc/sys/net/ipv4/ping_group_range
	loopback_up
	ip -6 addr add fd02::2/128 dev lo
}

# lo PROTOCOL ADDRESS SIZE [OPTION...]: the options are those of xfer
lo() {
	way=$1 to=$2 size=$3 at=$port
	shift 3
	case $way in
	raw|echo*) at=0 ;;
	esac
	xfer "$@" "$way" "$to" $at $payload $copy "$size" - -
	arrived "$payload_sha256"
}

# between PROTOCOL FAMILY SIZE [OPTION...]: from namespace a to b
between() {
	way=$1 size=$3
	case $2 in
	4) to=10.1.0.2 ;;
	6) to=fd01::2 ;;
	esac
	shift 3
	await "$to" nsenter --net=$a
	xfer "$@" "$way" "$to" $port $payload $copy "$size" $a $b
	arrived "$payload_sha256"
}

apart() {
	netns $a
	netns $b
}

join() {
	umount $a $b
	rm -f $a $b
}

veth_up() {
	apart
	/bin/veth $a va $b vb
	address $a va 1
	address $b vb 2
}

veth() {
	veth_up
	between "$@"
	join
}

# matched SIZE: echoed by the kernel, whose replies leave only if a filter sees that
# their socket has used some of its page
matched() {
	veth_up
	nsenter --net=$b sh -c 'echo 0 0 >/proc/sys/net/ipv4/ping_group_range'
	# No fragments of IP: what fits into the head of an skb is not cut from a page.
	nsenter --net=$a ip link set va mtu 65535
	nsenter --net=$b ip link set vb mtu 65535
	await 10.1.0.1 nsenter --net=$b
	ematch $a va
	# Who has not sent from a page does not get through, or the filter does nothing.
	nsenter --net=$a ping -q -c 1 -W 1 10.1.0.2 >/dev/null ||
		xfer echo4 10.1.0.1 0 $payload $copy "$1" - $b
	arrived "$payload_sha256"
	join
}

# A tunnel for each family; nothing comes out of it that was not encrypted.
esp_up() {
	veth_up
	for net in 10.1.0. fd01::; do
		xfrm $a ${net}1 ${net}2
		xfrm $b ${net}2 ${net}1
	done
}

esp() {
	esp_up
	between "$@"
	join
}

# wire_up FAULTS MODE [FILE]: each end fails so often before it works; with FILE pages may
# be refused to it, and FILE tells how often a write was
wire_up() {
	apart
	# shellcheck disable=SC2086 # none, or one
	wire_pid=$(tapwire "$2" $a ta $b tb "$1" ${3:-})
	address $a ta 1
	address $b tb 2
}

wire_down() {
	kill "$wire_pid"
	join
}

# faulty_wire FAULTS MODE PROTOCOL FAMILY SIZE [OPTION...]
faulty_wire() {
	wire_up "$1" "$2"
	shift 2
	between "$@"
	wire_down
}

wire() {
	faulty_wire 0 "$@"
}

# What both ends get goes through an XDP program first.
passing_wire() {
	wire_up 0 "$1"
	shift
	xdppass $a ta && xdppass $b tb && between "$@"
	wire_down
}

# starved_wire PERCENT ARGS...: those of wire, with so many of all pages refused to who
# writes into its ends, which writes again. What comes of a write in the same task, up to
# the socket, is refused pages too, and loses packets: TCP sends them again.
starved_wire() {
	percent=$1
	shift
	wire_up 0 "$1" /tmp/refused
	shift
	refuse_to_tasks "$percent"
	between "$@"
	pages_refused=$(refused_to_tasks)
	refuse_order3 0
	sends_refused=$(cat /tmp/refused)
	wire_down
}

# starving PERCENT COMMAND...: with so many of all pages refused to the ends of xfer, which
# tell how many sends were
starving() {
	refuse_to_tasks "$1"
	shift
	"$@" -m >/tmp/refused
	pages_refused=$(refused_to_tasks)
	refuse_order3 0
	sends_refused=$(awk '{ n += $1 } END { print n + 0 }' /tmp/refused)
}

# starved_esp PERCENT ARGS...: those of esp, with so many of all pages refused to who
# encrypts in the send that completes a datagram. Half a packet that waits for the rest
# longer than IPv6 allows is told to who sent it: for that a trial can take too long.
starved_esp() {
	percent=$1
	shift
	esp_up
	nsenter --net=$b sh -c 'echo 3600 >/proc/sys/net/ipv6/ip6frag_time'
	starving "$percent" between "$@"
	join
}

# low_orders COMMAND...: no order above 0 may be had
low_orders() {
	echo 1 >$high_order
	counts_clear
	"$@"
	# shellcheck disable=SC2046
	set -- $(counts)
	echo 0 >$high_order
	dropped=$((dropped + $4))
	[ "$1" -eq 0 ] && [ "$2" -gt 0 ] || digest="$1-of-order-3,$2-of-order-0:$digest"
}

# xdp tx|redirect: frames that an XDP program sends on
xdp() {
	unshare -n tapxdp "$1" $payload $copy
	arrived "$payload_sha256"
}

# storm WHAT COUNT: nothing is moved to a file, the program compares by itself
storm() {
	want=whole
	/bin/storm "$@" && digest=whole
}

# pressures: how often TCP began to save memory since the boot
pressures() {
	awk '$1 == "TcpExt:" && !n { n = NF; for (i = 2; i <= NF; i++) if ($i == "TCPMemoryPressures") at = i; next }
	     $1 == "TcpExt:" { print $at }' /proc/net/netstat
}

# pressing COMMAND...: while it runs, TCP has to begin to save memory
pressing() {
	before=$(pressures)
	"$@"
	[ "$(pressures)" -gt "$before" ] || digest="no-memory-pressure:$digest"
}

# The same where the kernel asks sockets to save memory, from the first page on, and it has
# to. The shell's read takes a byte at a time, and of a sysctl there is no second one. Who
# is asked to save may have the third number by the count of sockets, which the kernel
# knows to 16 for each processor only: with the usual number one that is to hold much would
# wait for ever, or not, by what ran before.
pressed() {
	limits=$(cat /proc/sys/net/ipv4/tcp_mem)
	echo 0 0 "$((${limits##*[!0-9]} * 100))" >/proc/sys/net/ipv4/tcp_mem
	pressing "$@"
	echo "$limits" >/proc/sys/net/ipv4/tcp_mem
}

# starved PERCENT ARGS...: those of lo, with so many of all pages refused to who sends,
# whatever it would do to get one. A socket of TCP that gets none has to save memory; a
# head of an skb that cannot be had counts there too.
starved() {
	percent=$1
	shift
	case $1 in
	tcp) pressing starving "$percent" lo "$@" ;;
	*) starving "$percent" lo "$@" ;;
	esac
}

# run_trial NAME CARRIER ARGS...: that it ends well, and that no page is left of it
run_trial() {
	name=$1
	shift
	rm -f $copy
	digest=none want=missing fault='' pages_refused='' sends_refused=''
	"$@"
	left=$(idle_left)
	say "# trial $name $digest $left${pages_refused:+ $pages_refused $sends_refused}"
	if [ "$digest" != "$want" ]; then
		fault="digest differs: $digest, not $want"
	elif [ "$left" -ne 0 ]; then
		fault="$left pages are left"
	elif [ -n "$pages_refused" ] && { [ "$pages_refused" = 0 ] || [ "${sends_refused:-0}" = 0 ]; }; then
		fault="refused: $pages_refused pages, $sends_refused sends"
	fi
	result "trial $name" "$fault"
}

# run_path ROUND NAME NEED CARRIER ARGS...
run_path() {
	round=$1 name=$2 need=$3
	shift 3
	rm -f $copy
	bytes=0 digest=none want=missing
	counts_clear
	"$@"
	# shellcheck disable=SC2046
	set -- $(counts)
	dropped=$((dropped + $4))
	[ "$round" != 4 ] || high4=$((high4 + $1)) low4=$((low4 + $2))
	equal=equal
	[ "$digest" = "$want" ] || equal=DIFFERENT
	say "# row $round $name $bytes $equal $1 $2 $3"
	result "round $round $name" "$(fault_of "$1" "$2" "$3")"
}

# fault_of ORDER3 ORDER0 REUSED
fault_of() {
	if [ "$equal" != equal ]; then
		echo "digest differs: $digest, not $want"
	elif [ "$need" != - ] && [ $(($1 + $2 + $3)) -eq 0 ]; then
		echo "the path did not reach the page fragment cache"
	elif [ "$round" = 2 ] && [ "$1" -ne 0 ]; then
		echo "an order-3 page was had although they are refused"
	elif [ "$round" = 2 ] && [ "$2" -eq 0 ]; then
		echo "no order-0 page was had although order-3 pages are refused"
	fi
}
