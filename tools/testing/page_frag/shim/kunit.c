// SPDX-License-Identifier: GPL-2.0
/*
 * The runner of kunit.h: every case of every suite that is linked in, as KTAP.
 * Beyond KUnit, a case fails that leaves a page allocated or a warning unread.
 */
#include <fnmatch.h>
#include <stdarg.h>
#include <unistd.h>

#include "kunit.h"

struct kunit_action {
	void (*fn)(void *arg);
	void *arg;
	struct kunit_action *next;
};

#define MAX_STUBS	8

static struct {
	void *real;
	void *replacement;
} stubs[MAX_STUBS];

static struct kunit_suite *suites;
static struct kunit *current;
static const char *only = "*", *leave_out = "";
static bool verbose;

void kunit_register(struct kunit_suite *suite)
{
	suite->next = suites;
	suites = suite;
}

struct kunit *kunit_get_current_test(void)
{
	return current;
}

void kunit_abort(struct kunit *test)
{
	longjmp(test->out, 1);
}

void kunit_fail(struct kunit *test, const char *where, const char *fmt, ...)
{
	va_list args;

	test->status = KUNIT_FAILURE;
	if (++test->failures > 3)
		return;
	printf("    # EXPECTATION FAILED at %s: ", where);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

int kunit_add_action_or_reset(struct kunit *test, void (*fn)(void *), void *arg)
{
	struct kunit_action *action = malloc(sizeof(*action));

	*action = (struct kunit_action){ fn, arg, test->actions };
	test->actions = action;
	return 0;
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *p = calloc(1, size);

	kunit_add_action_or_reset(test, free, p);
	return p;
}

static void run_actions(struct kunit *test)
{
	struct kunit_action *action = test->actions;

	while (action) {
		struct kunit_action *next = action->next;

		action->fn(action->arg);
		free(action);
		action = next;
	}
}

void *kunit_stub_of(void *real)
{
	unsigned int i;

	for (i = 0; i < MAX_STUBS; i++)
		if (stubs[i].real == real)
			return stubs[i].replacement;
	return NULL;
}

void kunit_set_stub(void *real, void *replacement)
{
	unsigned int i;

	for (i = 0; i < MAX_STUBS; i++) {
		if (stubs[i].real && stubs[i].real != real)
			continue;
		stubs[i].real = real;
		stubs[i].replacement = replacement;
		return;
	}
	shim_bug("more than %d stubs", MAX_STUBS);
}

static void check_world(struct kunit *test, unsigned long out)
{
	if (shim_warnings)
		kunit_fail(test, "kunit.c", "%u warnings", shim_warnings);
	if (test->status != KUNIT_FAILURE && shim.out != out)
		kunit_fail(test, "kunit.c", "%ld pages leaked", (long)(shim.out - out));
}

/* Set up, run, tear down; each may abort. */
static enum kunit_status run_once(struct kunit_suite *suite, struct kunit_case *c,
				  const void *param)
{
	struct kunit test = { .param_value = param };
	unsigned long out = shim.out;

	current = &test;
	shim_warnings = 0;
	memset(stubs, 0, sizeof(stubs));
	if (!setjmp(test.out)) {
		if (suite->init && suite->init(&test))
			kunit_fail(&test, suite->name, "init failed");
		else
			c->run_case(&test);
	}
	if (suite->exit && !setjmp(test.out))
		suite->exit(&test);
	run_actions(&test);
	check_world(&test, out);
	return test.status;
}

static void print_result(const char *indent, enum kunit_status status, unsigned int n,
			 const char *name)
{
	printf("%s%s %u %s%s\n", indent, status == KUNIT_FAILURE ? "not ok" : "ok", n, name,
	       status == KUNIT_SKIPPED ? " # SKIP" : "");
}

static enum kunit_status run_params(struct kunit_suite *suite, struct kunit_case *c)
{
	enum kunit_status all = KUNIT_SUCCESS, status;
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;
	unsigned int n = 0;

	while ((param = c->generate_params(param, desc))) {
		status = run_once(suite, c, param);
		if (verbose || status == KUNIT_FAILURE)
			print_result("        ", status, n + 1, desc);
		if (status == KUNIT_FAILURE)
			all = status;
		n++;
	}
	return n ? all : KUNIT_FAILURE;
}

static bool wanted(const struct kunit_case *c)
{
	return !fnmatch(only, c->name, 0) && fnmatch(leave_out, c->name, 0);
}

static unsigned int count_wanted(const struct kunit_suite *suite)
{
	const struct kunit_case *c;
	unsigned int n = 0;

	for (c = suite->test_cases; c->run_case; c++)
		n += wanted(c);
	return n;
}

static unsigned int run_suite(struct kunit_suite *suite)
{
	unsigned int n = 0, failed = 0;
	struct kunit_case *c;

	printf("    KTAP version 1\n    # Subtest: %s\n    1..%u\n", suite->name,
	       count_wanted(suite));
	for (c = suite->test_cases; c->run_case; c++) {
		enum kunit_status status;

		if (!wanted(c))
			continue;
		status = c->generate_params ? run_params(suite, c) :
			 run_once(suite, c, NULL);
		failed += status == KUNIT_FAILURE;
		print_result("    ", status, ++n, c->name);
	}
	return n ? failed : 0;
}

static unsigned int run_suites(void)
{
	unsigned int n = 0, failed = 0, bad;
	struct kunit_suite *suite;

	for (suite = suites; suite; suite = suite->next)
		n += !!count_wanted(suite);
	printf("KTAP version 1\n1..%u\n", n);
	n = 0;
	for (suite = suites; suite; suite = suite->next) {
		if (!count_wanted(suite))
			continue;
		bad = run_suite(suite);
		failed += bad;
		print_result("", bad ? KUNIT_FAILURE : KUNIT_SUCCESS, ++n, suite->name);
	}
	if (!n)
		printf("Bail out! no case has a name like '%s'\n", only);
	return n ? failed : 1;
}

static __noreturn void explain(const char *name)
{
	fprintf(stderr, "usage: %s [-v] [-p POLICY] [-x GLOB] [GLOB]\n"
		"  GLOB     the cases to run; default all\n"
		"  -x GLOB  the cases to leave out\n"
		"  -p       what pages there are: always, never, sometimes, pfmemalloc\n"
		"  -v       a line for each parameter\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	int opt;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((opt = getopt(argc, argv, "vp:x:")) != -1) {
		switch (opt) {
		case 'v':
			verbose = true;
			break;
		case 'p':
			shim_set_policy(optarg);
			break;
		case 'x':
			leave_out = optarg;
			break;
		default:
			explain(argv[0]);
		}
	}
	if (argc - optind > 1)
		explain(argv[0]);
	if (optind < argc)
		only = argv[optind];
	return !!run_suites();
}
