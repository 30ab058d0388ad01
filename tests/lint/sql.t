#!/bin/sh
# The SQL of store/ is such that every engine reads it, as driver.h says: what SQLite alone understands
# is found here, without a server.
cd "${1:-$(dirname "$0")/../..}" || exit 1
. tests/lint/lib.sh

# The texts of each statement of C, joined.  What is SQLite's own is in files of its name.
find_faults() { # find_faults FOLDER
	find "$1" -name '*.c' ! -name 'sqlite*' -exec perl -0777 -ne '
		my $paren = qr/(\((?:[^()]++|(?-1))*+\))/;
		while (/((?:[^;"]|"(?:[^"\\]|\\.)*")*);/sg) {
			my $sql = join(" ", $1 =~ /"((?:[^"\\]|\\.)*)"/sg);
			next if $sql !~ /\b(SELECT|INSERT|UPDATE|DELETE)\b/ || $sql =~ /sqlite_master/;
			while ($sql =~ /\b(?:FROM|JOIN)\s*\(\s*SELECT\b/g) {
				my $rest = substr($sql, $-[0]);
				$rest =~ /^\w+\s*$paren\s*(AS\s+)?([a-z_]+)?/ or next;
				print "$ARGV: a query in FROM without a name: $1\n" unless defined $3;
			}
			print "$ARGV: $1\n"
				while $sql =~ /\b(INSERT OR \w+|REPLACE INTO|ifnull *\(|rowid|GLOB|total *\()/gi;
		}' {} +
}
is 'no statement is for SQLite alone' "$(find_faults tools/store)" ''
mkdir "$work/wrong"
cat >"$work/wrong/a.c" <<-'END'
	static const char a[] = "SELECT x FROM (SELECT x FROM y"
				" WHERE z) WHERE x > 0";
	static const char b[] = "INSERT OR IGNORE INTO x VALUES (?)";
END
is 'those that would be are found' "$(find_faults "$work/wrong" | wc -l)" 2
echo "1..$n"
