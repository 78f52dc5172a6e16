// SPDX-License-Identifier: GPL-2.0
/* libFuzzer's entry: bytes for the model. The calls are counted to the end. */
#include "shim.h"
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(void)
{
	fprintf(stderr, "%lu calls of the interface\n", model_calls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool registered;

	if (!registered)
		atexit(report);
	registered = true;
	shim.calls = 0;
	model_run(data, size);
	return 0;
}
