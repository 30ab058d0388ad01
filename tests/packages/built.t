#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The packages that make deb, and perhaps make rpm, have left in $JO_BUILD/packages: what is in them, and that
# lintian and rpmlint find nothing.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lint/lib.sh
. tests/lint/lib.sh
packages=${JO_BUILD:-build}/packages
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
release=$(spank/slurm-version -r ${SLURM_PREFIX:+"$SLURM_PREFIX/include"} /usr/include /usr/local/include)
tools=$packages/joboutliers_$version-1_$(dpkg --print-architecture 2>/dev/null).deb
[ -e "$tools" ] || { echo "1..0 # SKIP no packages were built: make deb rpm"; exit 0; }
plugin=$packages/joboutliers-slurm${release}_${tools##*joboutliers_}
tools_rpm=$packages/joboutliers-$version-1.$(uname -m).rpm
plugin_rpm=$packages/joboutliers-slurm$release-$version-1.$(uname -m).rpm
said() { "$@" 2>&1 | sed '/^$/d' | tail -n 20; }

# A tarball's own tree makes the tarball.
tar -C "$work" -xzf "$packages/joboutliers-$version.tar.gz"
is 'the tarball is of its version' "$(sed -n 's/^VERSION *:= *//p' "$work/joboutliers-$version/Makefile")" "$version"
"$work/joboutliers-$version/packaging/dist" "$version" "$work/again" \
	"$work/joboutliers-$version/tools/report/library" >/dev/null
is 'a tarball of its tree has its files' "$(tar -tzf "$work/again/joboutliers-$version.tar.gz" | sort)" \
	"$(tar -tzf "$packages/joboutliers-$version.tar.gz" | sort)"
is 'and nothing that was built' "$(tar -tzf "$packages/joboutliers-$version.tar.gz" | grep -c -e '\.o$' -e /build)" 0

# What is in which, but for documents and manuals, whose names differ.
files() { grep -v -e '/share/doc/' -e '/share/licenses/' -e '/share/lintian/' -e '/\.build-id' | sed 's|^/lib/|/usr/lib/|; s|/zsh/vendor-completions/|/zsh/site-functions/|; s/\.gz$//' | sort; }
of_deb() { dpkg-deb --fsys-tarfile "$1" | tar -t | grep -v '/$' | sed 's/^\.//' | files; }
# rpm lists the folders that a package owns, too.
of_rpm() { rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$1" 2>/dev/null | sed -n 's/^-[^ ]* //p' | files; }
plugindir=$(make -s print-plugindir | sed 's/^plugindir=//')
is 'the tools' "$(of_deb "$tools")" "/etc/joboutliers/joboutliers.conf
/usr/bin/sjoboutliers
/usr/lib/systemd/system/joboutliers-receive.service
/usr/lib/systemd/system/joboutliers.service
/usr/lib/systemd/system/joboutliers.timer
/usr/share/bash-completion/completions/sjoboutliers
/usr/share/fish/vendor_completions.d/sjoboutliers.fish
/usr/share/man/man1/sjoboutliers.1
/usr/share/man/man5/joboutliers-templates.5
/usr/share/man/man5/joboutliers.conf.5
/usr/share/man/man7/joboutliers-database.7
/usr/share/man/man7/joboutliers-model.7
/usr/share/man/man7/joboutliers-workflows.7
/usr/share/zsh/site-functions/_sjoboutliers"
is 'the plugin' "$(of_deb "$plugin")" "$(sort <<-END
	/usr/bin/sjobattr
	/usr/bin/sjobforward
	$plugindir/joboutliers.so
	/usr/libexec/joboutliers/sjobsample
	/usr/lib/systemd/system/joboutliers-forward.service
	/usr/lib/systemd/system/joboutliers-forward.timer
	/usr/lib/tmpfiles.d/joboutliers-plugin.conf
	/usr/share/joboutliers/python/_joboutliers_sampler.py
	/usr/share/joboutliers/python/_joboutliers_start.py
	/usr/share/joboutliers/python/sitecustomize.py
	/usr/share/man/man1/sjobattr.1
	/usr/share/man/man5/joboutliers-record.5
	/usr/share/man/man8/joboutliers.8
	/usr/share/man/man8/sjobforward.8
	END
)"
is 'its sample of plugstack.conf' "$(dpkg-deb --fsys-tarfile "$plugin" | tar -t | grep -c 'doc/.*/plugstack\.conf$')" 1
is 'of libraries the plugin needs libc, its own Slurm, and for its sampler elfutils' \
	"$(dpkg-deb -f "$plugin" Depends | sed "s/([^)]*)//g; s/slurm[a-z-]*/slurm/g; s/, /\n/g" | sed 's/ *$//' | sort -u | tr '\n' ' ')" 'libc6 libdw1 libelf1 libstdc++6 slurm '
is 'the configuration is the admin'"'"'s' "$(dpkg-deb --ctrl-tarfile "$tools" | tar -xO ./conffiles)" /etc/joboutliers/joboutliers.conf
# Who packages says who that is, and whoever does it for Debian itself closes a bug by the first upload.
unknown_packager=bogus-mail-host,bogus-mail-host-in-debian-changelog
is 'lintian finds nothing' "$(said lintian --allow-root --suppress-tags "$unknown_packager,initial-upload-closes-no-bugs" \
	"$packages/joboutliers_$version-1_"*.changes)" ''

# make check builds Debian's alone.
[ -e "$tools_rpm" ] || { echo "1..$n"; exit 0; }
is "rpm's tools are the same files" "$(of_rpm "$tools_rpm")" "$(of_deb "$tools")"
is "and its plugin's" "$(of_rpm "$plugin_rpm")" "$(of_deb "$plugin")"
is 'for one release of Slurm' "$(rpm -qp --requires "$plugin_rpm" 2>/dev/null | grep -c "^slurm [<>]")" 2
is 'the configuration is kept' "$(rpm -qp --configfiles "$tools_rpm" 2>/dev/null)" /etc/joboutliers/joboutliers.conf
is 'the database is not for everybody' "$(rpm -qplv "$tools_rpm" 2>/dev/null | sed -n 's|\(^d[^ ]*\) .*/var/lib/joboutliers$|\1|p')" drwxr-x---
is 'rpmlint finds nothing' "$(said rpmlint -c packaging/rpmlint.toml "$tools_rpm" "$plugin_rpm" | grep -e ': [EW]: ' -e ' errors, ' | grep -v ' 0 errors, 0 warnings')" ''
echo "1..$n"
