#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make install-plugin puts the plugin where Slurm looks, and says so when it cannot know.
cd "${1:-$(dirname "$0")/../..}" || exit 1
# shellcheck source=tests/lint/lib.sh
. tests/lint/lib.sh

# program NAME LINE: a command that prints the line
program()
{
	printf '#!/bin/sh\necho "%s"\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

find_it()
{
	PATH="$work/bin:$PATH" PKG_CONFIG=pkg-config spank/find-plugindir "$work/none" "$work/opt/include" 2>"$work/err"
}

mkdir -p "$work/bin" "$work/opt/include/slurm" "$work/opt/lib/slurm" "$work/opt/lib/x/slurm-wlm"
program scontrol ''
program pkg-config ''
is 'nothing is known' "$(find_it)" ''
is 'which is said' "$(grep -c 'please give plugindir=' "$work/err")" 1
: >"$work/opt/include/slurm/spank.h"
: >"$work/opt/lib/x/slurm-wlm/auth_munge.so"
is 'beside the headers' "$(find_it)" "$work/opt/lib/x/slurm-wlm"
: >"$work/opt/lib/slurm/auth_munge.so"
is "as Slurm's own install has it" "$(find_it)" "$work/opt/lib/slurm"
program pkg-config /of/pkg-config
is 'as pkg-config says' "$(find_it)" /of/pkg-config
program scontrol 'PluginDir               = /of/slurm:/of/others'
is 'as Slurm says' "$(find_it)" /of/slurm

# A Slurm under a prefix of its own is asked alone, though another one answers.
mkdir -p "$work/prefix/include/slurm" "$work/prefix/lib64/slurm" "$work/prefix/bin"
: >"$work/prefix/include/slurm/spank.h"
: >"$work/prefix/lib64/slurm/auth_munge.so"
program pkg-config ''
of_prefix()
{
	PATH="$work/bin:$PATH" PKG_CONFIG=pkg-config spank/find-plugindir -p "$work/prefix" /usr/include
}
is 'of a prefix: beside its headers' "$(of_prefix)" "$work/prefix/lib64/slurm"
printf '#!/bin/sh\necho "PluginDir = /of/prefix"\n' >"$work/prefix/bin/scontrol"
chmod +x "$work/prefix/bin/scontrol"
is 'of a prefix: as its Slurm says' "$(of_prefix)" /of/prefix
printf '#define SLURM_VERSION_NUMBER 0x180b05\n' >"$work/prefix/include/slurm/slurm_version.h"
is 'its version' "$(spank/slurm-version "$work/none" "$work/prefix/include" /usr/include)" 24.11.5
is 'its release' "$(spank/slurm-version -r "$work/prefix/include")" 24.11
is 'which is said when it is not known' "$(spank/slurm-version "$work/none" 2>&1)" \
	"slurm-version: no slurm/slurm_version.h in $work/none"

# The recipe, with a build that is there.
installed() # MAKE_ARGUMENT...
{
	PATH="$work/bin:$PATH" make -s B="$work/build" DESTDIR="$work/root" -n install-plugin "$@" 2>&1 |
		sed -n 's|.*'"$work"'/root\(.*\)/joboutliers\.so$|\1|p'
}
is 'installed where Slurm says' "$(installed)" /of/slurm
is 'or where the caller says' "$(installed plugindir=/mine)" /mine
is 'or where that of the prefix says' "$(installed SLURM_PREFIX="$work/prefix")" /of/prefix
is 'whose programs come first' "$(make -s SLURM_PREFIX="$work/prefix" -f - print-path <<'END'
include Makefile
print-path:
	@echo "$${PATH%%:*}"
END
)" "$work/prefix/bin"
echo "1..$n"
