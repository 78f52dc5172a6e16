#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
# tally.pl FILE...: read TAP, name what failed, and count. A file without a plan,
# with too few lines or with a bail-out is a failure of its own. A plan
# of none that says why ('1..0 # SKIP reason') is a skip. 'not ok' is a failure, with
# TODO or SKIP behind it too.
use strict;
use warnings;
use TAP::Parser;

my ($passed, $failed, $skipped, $said) = (0, 0, 0, 0);

for my $file (@ARGV) {
	open(my $fh, '<', $file) or die "$file: $!\n";
	my $parser = TAP::Parser->new({ source => $fh });
	while (my $line = $parser->next) {
		if ($line->is_bailout) {
			print 'failed: ', $line->as_string, "\n";
			$failed++;
		}
		next unless $line->is_test;
		if (!$line->is_actual_ok || $line->is_unplanned) {
			print 'failed: ', $line->as_string, "\n";
			$failed++;
		} elsif ($line->has_skip) {
			$skipped++;
		} else {
			$passed++;
		}
	}
	if (defined $parser->skip_all) {
		print 'skipped: ', $parser->skip_all, "\n";
		$skipped++;
		$said++;
	}
	for my $error ($parser->parse_errors) {
		print "failed: $file: $error\n";
		$failed++;
	}
}
if (!$passed && !$failed && !$said) {
	print "failed: nothing was tested\n";
	$failed = 1;
}
print "$passed passed, $failed failed, $skipped skipped\n";
exit($failed ? 1 : 0);
