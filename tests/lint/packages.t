#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each library of the Makefile has its package in packaging/packages for each family of
# distributions, and what is missing is said in one line that has its name.
cd "${1:-$(dirname "$0")/../..}" || exit 1
# shellcheck source=tests/lint/lib.sh
. tests/lint/lib.sh

# host ID ID_LIKE VERSION_ID: the distribution that is asked for from here on
host()
{
	printf 'ID="%s"\nID_LIKE="%s"\nVERSION_ID="%s"\n' "$1" "$2" "$3" >"$work/os-release"
	export OS_RELEASE="$work/os-release"
}
names() { packaging/needed build | tr '\n' ' '; }

is 'each row has its seven columns' "$(grep -v '^#' packaging/packages | awk 'NF != 7')" ''
libraries=$(sed -n 's/^LIBS_TOOLS *:= *//p' Makefile)
is 'each module is in the table' \
	"$(for l in $libraries hwloc; do awk -v l="$l" '$2 == l { n++ } END { if (n != 1) print l }' packaging/packages; done)" ''

# Slurm may be one that no package has.
wanted() { awk -v column="$1" '$1 ~ /^build,/ && $2 != "slurm/spank.h" { print $column }' packaging/packages; }
is "Debian's package is built with each" \
	"$(for p in $(wanted 3); do grep -qx " $p," packaging/debian/control || echo "$p"; done)" ''
is "and rpm's" "$(wanted 2 | while read -r found_as; do
	package=$(awk -v f="$found_as" '$2 == f { print $4 }' packaging/packages)
	grep -qxF -e "BuildRequires:	pkgconfig($found_as)" -e "BuildRequires:	$package" packaging/joboutliers.spec || echo "$package"
done)" ''
is "which has the Makefile's version" "$(sed -n 's/^Version:[[:blank:]]*//p' packaging/joboutliers.spec)" \
	"$(sed -n 's/^VERSION *:= *//p' Makefile)"

host debian '' 12
is 'Debian' "$(names)" 'gcc make pkg-config libc6-dev libslurm-dev slurm-wlm-basic-plugins-dev libhwloc-dev libdw-dev libsqlite3-dev libjansson-dev libsmartcols-dev libgmime-3.0-dev libcurl4-openssl-dev libgsl-dev zlib1g-dev libpcre2-dev libcsv-dev libmicrohttpd-dev libprotobuf-c-dev protobuf-c-compiler libpq-dev '
host fedora '' 42
is 'Fedora has no repositories to name' "$(names)" \
	'gcc make pkgconf-pkg-config glibc-devel slurm-devel hwloc-devel elfutils-devel sqlite-devel jansson-devel libsmartcols-devel gmime30-devel libcurl-devel gsl-devel zlib-devel pcre2-devel libcsv-devel libmicrohttpd-devel protobuf-c-devel protobuf-c-compiler libpq-devel '
host opensuse-leap 'suse opensuse' 15.6
is 'SUSE' "$(names)" 'gcc make pkg-config glibc-devel slurm-devel hwloc-devel libdw-devel sqlite3-devel libjansson-devel libsmartcols-devel gmime-devel libcurl-devel gsl-devel zlib-devel pcre2-devel libcsv-devel libmicrohttpd-devel libprotobuf-c-devel protobuf-c postgresql-devel '
host rocky 'rhel centos fedora' 8.10
is 'EL 8' "$(packaging/needed tools | grep jansson)" 'jansson-devel os'
host almalinux 'rhel centos fedora' 9.4
is 'EL 9' "$(packaging/needed tools | grep jansson)" 'jansson-devel crb'
host rhel fedora 9.4
is 'and Red Hat itself' "$(packaging/needed build | grep csv)" 'libcsv-devel epel'

# A host that is no Debian: without dpkg-query, whatever this one is.
mkdir "$work/bin"
for program in sh sed awk sort tr cut dirname cat; do
	ln -s "$(command -v $program)" "$work/bin"
done
PATH=$work/bin tests/install-packages build 2>"$work/said"
is 'which is told what to install' "$(sed -n '1s/.*here: //p' "$work/said")" \
	"elfutils-devel gcc glibc-devel gmime30-devel gsl-devel hwloc-devel jansson-devel libcsv-devel libcurl-devel libmicrohttpd-devel libpq-devel libsmartcols-devel make $([ -e tools/report/library ] || echo 'npm ')pcre2-devel pkgconf-pkg-config protobuf-c-compiler protobuf-c-devel slurm-devel sqlite-devel zlib-devel "
is 'and from where' "$(grep -c 'from EPEL: gmime30-devel libcsv-devel' "$work/said")" 1

PATH=$work/bin packaging/npm/fetch "$work/library" uplot LICENSE 2>"$work/said"
is 'a checkout without npm says so in a line' "$(cat "$work/said")" \
	"No npm found: install npm, or build of a release's tarball, which has uplot in it"
is 'and the library has a checksum' "$(sed -n '/node_modules\/uplot/,/}/s/.*"integrity": "\(sha512\).*/\1/p' packaging/npm/package-lock.json)" sha512

# A pkg-config that finds all but one, and a compiler that finds no header.
cat >"$work/pkg-config" <<END
#!/bin/sh
for module in "\$@"; do :; done
[ "\$module" != gmime-3.0 ] || { echo "No package 'gmime-3.0' found"; exit 1; }
END
chmod +x "$work/pkg-config"
said=$(PKG_CONFIG=$work/pkg-config CC=false packaging/needed -m tools)
is 'what is missing is an error' "$?" 1
is 'a line each, with its package' "$said" "No package 'gmime-3.0' found: install gmime30-devel from EPEL
No header <csv.h> found: install libcsv-devel from EPEL"
is 'and all that make says' "$(make -s B="$work/build" PKG_CONFIG="$work/pkg-config" "$work/build/obj/tools/sjoboutliers.o" 2>&1 |
	grep -v '^make')" "No package 'gmime-3.0' found: install gmime30-devel from EPEL"
is 'the tool is built where what the plugin needs is not' \
	"$(make -n B="$work/build" "$work/build/sjoboutliers" 2>&1 | grep -o 'needed -m [a-z]*')" 'needed -m tools'
is 'the plugin is not' \
	"$(make -n B="$work/build" "$work/build/joboutliers.so" 2>&1 | grep -o 'needed -m [a-z]*')" 'needed -m plugin'
said=$(PKG_CONFIG=true CC=true packaging/needed -m build)
is 'nothing is said when all is there' "$?$said" 0
echo "1..$n"
