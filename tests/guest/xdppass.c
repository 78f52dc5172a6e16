// SPDX-License-Identifier: GPL-2.0
/* xdppass NETNS NAME [off]: a device gets an XDP program that lets everything pass. */
#define _GNU_SOURCE
#include "xdp.h"

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: xdppass NETNS NAME [off]\n");
		return 2;
	}
	enter_netns(argv[1]);
	attach(argv[2], argc == 4 ? -1 : load_action(XDP_PASS));
	return 0;
}
