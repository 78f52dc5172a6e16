#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
# suite.pl NAME JUDGE BASE PATCHED TABLE [AGAIN]: compare two runs of a suite, test by test.
# BASE and PATCHED are directories as suite-boot.sh leaves them. Prints a line of
# TAP for each test, without numbers and plan, and writes TABLE, where "alone" ends the
# line of a test that can be run again. A test that fails on the base too is ok, and it
# says so; one that is worse, or that only the base has, is not. With the judge own, for
# programs of ours, nothing may fail on either. With the judge lines, for commands that
# print no TAP, each line that the base printed is a test, which passes if it is printed;
# one that the patched kernel alone prints is a failure. Exits with 2 if nothing is worse
# but there is nothing to compare with.
#
# AGAIN has base-1, patched-1, base-2, ...: runs of the tests that failed on the patched
# kernel alone. One of those is ok if it fails there no more often than on the base: the
# chance of so many, were both kernels one, is 1 in 20 or more.
use strict;
use warnings;
use TAP::Parser;

my ($suite, $judge, $base_dir, $patched_dir, $table, $again_dir) = @ARGV;
die "usage: suite.pl NAME JUDGE BASE PATCHED TABLE [AGAIN]\n" unless defined $table;
my ($one_death, %again);
# What no other run excuses.
my @of_the_guest = ('no kernel warning', 'the guest came to its end', 'the report is whole');
# In a line: how much was sent, when, and where something is.
# Nothing sent or received is another thing than something.
my $measured = qr/\b[tr]xc?=\K[1-9]\d*|\bMB(?:\/s)?=\K[\d.]+|\b[tr]x\/s=\K[\d.]+|\+?-?[\d.]+(?= (?:s|us|ms|MB)\b)|0x[0-9a-f]+/;
my %rank = (missing => 0, fail => 1, skip => 2, pass => 3);
# What the kernel prints when something is wrong.
my $alarm = qr/WARNING:|BUG:|Oops|Call Trace:|KASAN:|Kernel panic|INFO: (?:task|rcu)|leaked reference/;

sub slurp {
	my ($file) = @_;
	open(my $fh, '<', $file) or return '';
	local $/;
	return scalar(<$fh>) // '';
}

# An allocator of names: the second of two tests with one name is 'name (2)'.
sub namer {
	my %seen;
	return sub {
		my ($name) = @_;
		$name =~ s/\s+#.*$//;	# times, and why it was skipped
		$name =~ s/^[-\s]+|\s+$//g;
		return $name . (++$seen{$name} > 1 ? " ($seen{$name})" : '');
	};
}

sub of_tap {
	my ($output) = @_;
	my ($name, @tests) = namer();
	# Before it, and in the middle of a line, tests print what they like.
	$output =~ s/\A.*?^(?=K?TAP version)//ms;
	my $parser = TAP::Parser->new({ tap => "$output\n" =~ s/^KTAP version 1$/TAP version 13/mr });
	while (my $line = $parser->next) {
		next unless $line->is_test;
		push @tests, [$name->($line->description),
			!$line->is_actual_ok ? 'fail' : $line->has_skip ? 'skip' : 'pass',
			$line->has_skip ? $line->explanation : ''];
	}
	my @errors = $parser->parse_errors;
	push @tests, ['the report is whole', @errors ? 'fail' : 'pass', $errors[0] // ''];
	return @tests;
}

# Lines of test_sockmap: '# 1/ 6 sockmap::txmsg test passthrough:OK'. Its children
# print again what it had not written yet: a line is known by its numbers.
sub of_sockmap {
	my ($output) = @_;
	my (%tests, @order);
	while ($output =~ /^#\s*(\d+\/\s*\d+\s+\S.*):(OK|FAIL)$/mg) {
		push @order, $1 unless $tests{$1};
		$tests{$1} = 'fail' if $2 eq 'FAIL';
		$tests{$1} //= 'pass';
	}
	return map { [$_ =~ s/\s+/ /gr, $tests{$_}, ''] } @order;
}

# Lines of any program, without what it measured: those of one text are one test, together.
sub of_lines {
	my ($output) = @_;
	my (%times, @order);
	for my $line (split /\n/, $output) {
		$line =~ s/^\s+|\s+$//g;
		$line =~ s/\s+/ /g;
		$line =~ s/$measured/N/g;
		push @order, $line unless $line eq '' || $times{$line}++;
	}
	return map { [$_ . ($times{$_} > 1 ? ", $times{$_} times" : ''), 'pass', ''] } @order;
}

sub of_exit {
	my ($result) = @_;
	my ($status) = $result =~ /^exit (\d+)$/m;
	return ['exit status', 'missing', 'the guest gave none'] unless defined $status;
	return ['exit status', 'pass', ''] if $status == 0;
	return ['exit status', 'skip', 'the test says so'] if $status == 4;
	return ['exit status', 'fail', $status == 124 ? 'timeout' : "status $status"];
}

# What the kernel said since the tests began.
sub of_console {
	my ($console) = @_;
	return ['no kernel warning', 'missing', 'the tests never began']
		unless $console =~ s/\A.*?suite: begin//s;
	return ['no kernel warning', 'fail', $1] if $console =~ /^(.*$alarm.*)$/m;
	return ['no kernel warning', 'pass', ''];
}

sub of_end {
	my ($result, $status) = @_;
	chomp $status;
	return ['the guest came to its end', 'fail', "the kernel ended with status $status"]
		if $status ne '0';
	return ['the guest came to its end', $result =~ /^# end$/m ? 'pass' : 'fail', ''];
}

sub tests_of {
	my ($dir) = @_;
	my $result = slurp("$dir/result");
	my $output = slurp("$dir/output");
	my @tests = $judge =~ /^(?:tap|own)$/ ? of_tap($output)
		: $judge eq 'sockmap' ? of_sockmap($output) : of_lines($output);
	return (@tests, of_exit($result), of_console(slurp("$dir/console.log")),
		of_end($result, slurp("$dir/status")));
}

# The last words of a kernel that died, without what differs by itself.
sub death {
	my %test = map { $_->[0] => $_->[2] } @_;
	return '' unless $test{'the guest came to its end'} =~ /ended with status \d+$/;
	return $test{'no kernel warning'} =~ s/0x[0-9a-f]+|\[[\s0-9.]*\]//gr;
}

# A line that the base does not print: a message, maybe.
sub extra {
	my ($base, $patched) = @_;
	return $judge eq 'lines' && "$base $patched" eq 'missing pass';
}

# Why a pair of verdicts is a failure; nothing if it is none.
sub worse {
	my ($name, $base, $patched) = @_;
	return 'it has to pass' if $judge eq 'own' && "$base $patched" ne 'pass pass';
	return 'only the patched kernel says it' if extra($base, $patched);
	return '' if $patched eq 'pass';
	# Of a command that both kernels died of, in one way, there is no status.
	return '' if $name eq 'exit status' && "$base $patched" eq 'missing missing' && $one_death;
	return $base eq 'missing' ? 'the base does not have it' : 'worse than the base'
		if $rank{$patched} < $rank{$base} || $base eq 'missing';
	return $patched eq 'missing' ? 'on neither' : '';
}

# In how many ways N things are taken of M.
sub choose {
	my ($m, $n) = @_;
	my $ways = 1;
	$ways *= ($m - $n + $_) / $_ for 1 .. $n;
	return $n > $m ? 0 : $ways;
}

# The chance that of so many failures in N runs of each kernel this many or more are the
# patched one's, were the kernels one.
sub chance {
	my ($n, $base, $patched) = @_;
	my $all = $base + $patched;
	my $ways = 0;
	$ways += choose($n, $_) * choose($n, $all - $_) for $patched .. ($all < $n ? $all : $n);
	return $ways / choose(2 * $n, $all);
}

# How many of a side's runs again did not pass a test, or, of an extra line, printed it.
sub failures {
	my ($side, $name, $extra) = @_;
	return scalar grep { (($_->{$name} // 'missing') ne 'pass') != !!$extra } @{$again{$side}};
}

# Whether a test failed on the patched kernel alone, so that runs again may say something.
# A line fails by not being printed.
sub alone {
	my ($name, $base, $patched) = @_;
	return 0 if grep { $_ eq $name } @of_the_guest;
	return "$base $patched" eq 'pass fail' || extra($base, $patched) ||
		$judge eq 'lines' && "$base $patched" eq 'pass missing';
}

# What they say: why the pair is a failure, or nothing, and the counts.
sub settled {
	my ($name, $extra) = @_;
	my $n = @{$again{base}};
	return ('it was not run again', '') if $n < 20 || @{$again{patched}} != $n;
	my ($base, $patched) = (failures('base', $name, $extra), failures('patched', $name, $extra));
	return (chance($n, $base, $patched) < 0.05 ? 'worse than the base' : '',
		"run again $n times, it failed $base times on the base, $patched on the patched kernel");
}

# The runs again of a side, each a hash of verdicts, in one list.
sub runs_of {
	my ($side) = @_;
	return map { +{ map { $_->[0] => $_->[1] } tests_of($_) } } glob("$again_dir/$side-*");
}

sub remark {
	my ($base, $patched) = @_;
	return 'fails on the base too' if $patched eq 'fail' && $base eq 'fail';
	return 'nor does the base have it' if "$base $patched" eq 'missing missing';
	return 'the base does not have it' if $base eq 'missing';
	return 'better than the base' if $rank{$patched} > $rank{$base};
	return '';
}

if (defined $again_dir) {
	$again{$_} = [runs_of($_)] for qw(base patched);
}
my @base = tests_of($base_dir);
my @patched = tests_of($patched_dir);
$one_death = death(@base) ne '' && death(@base) eq death(@patched);
my %base = map { $_->[0] => $_ } @base;
my %patched = map { $_->[0] => $_ } @patched;
my @names = map { $_->[0] } @base;
push @names, grep { !$base{$_} } map { $_->[0] } @patched;

open(my $out, '>', $table) or die "$table: $!\n";
my $failed = 0;
for my $name (@names) {
	my ($b, $p) = map { $_ // [$name, 'missing', ''] } $base{$name}, $patched{$name};
	my $bad = worse($name, $b->[1], $p->[1]);
	my $why = $p->[2] || $b->[2];
	my $alone = alone($name, $b->[1], $p->[1]);
	($bad, $why) = settled($name, extra($b->[1], $p->[1])) if $alone && defined $again_dir;
	my $say = $bad || remark($b->[1], $p->[1]);
	# Nothing in a name may pass for a directive.
	my $line = "suite $suite: base $b->[1], patched $p->[1]: $name" . ($say && ": $say")
		. ($why && $p->[1] ne 'skip' ? " ($why)" : '');
	$line =~ s/#/no. /g;
	printf "%sok - %s%s\n", $bad ? 'not ' : '', $line,
		!$bad && $p->[1] eq 'skip' ? ' # SKIP ' . ($why || 'on the base too') : '';
	print $out join("\t", $suite, $name, $b->[1], $p->[1], $say, $why,
		$alone && ($name ne 'exit status' || $judge eq 'lines') ? 'alone' : ''), "\n";
	$failed = 1 if $bad;
}
# Nor may a run again end in a way that the first one may not, unless the base does.
for my $name (defined $again_dir ? @of_the_guest : ()) {
	next unless $base{$name} || $patched{$name};
	my ($b, $p) = (failures('base', $name), failures('patched', $name));
	my $bad = $p && (!$b || chance(scalar @{$again{base}}, $b, $p) < 0.05);
	printf "%sok - suite %s: runs again: %s: not in %d of the base, %d of the patched kernel\n",
		$bad ? 'not ' : '', $suite, $name, $b, $p;
	$failed = 1 if $bad;
}
# A suite of which nothing passes on the base compares nothing.
my $shown = grep { $_->[1] eq 'pass' && $_->[0] !~ /^(?:no kernel warning|the guest came|the report is)/ } @base;
$shown = 0 if $judge eq 'lines' && ($base{'exit status'}[1] // '') ne 'pass';
printf "%sok - suite %s: the base passes %s\n", $shown ? '' : 'not ', $suite,
	$shown ? 'some of it' : 'nothing: there is nothing to compare with';
exit($failed ? 1 : $shown ? 0 : 2);
