#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin of another release of Slurm takes the place of the one that is there, in one transaction of
# rpm, with the scripts of the spec: packages of next to nothing, below a folder, beside a fake systemctl.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lint/lib.sh
. tests/lint/lib.sh
# The system's Python, which has its rpm.
py=/usr/bin/python3
for program in rpmbuild rpmspec "$py"; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
"$py" -c 'import rpm' 2>/dev/null || { echo '1..0 # SKIP Python does not know rpm'; exit 0; }
[ "$(id -u)" = 0 ] || { echo '1..0 # SKIP needs root, as scripts of packages do'; exit 0; }
timer=joboutliers-forward.timer
python=$work/share/joboutliers/python

mkdir -p "$work/bin" "$work/run" "$work/state"
cat >"$work/bin/systemctl" <<END
#!/bin/sh
# What it is told of the timer it keeps in files; a preset leaves all disabled.
cd "$work/state"
case "\$*" in
*is-enabled*) [ -e enabled ] ;;
*is-active*) [ -e active ] ;;
*disable\ --now*) rm -f enabled active ;;
*enable*) : >enabled ;;
*start*) : >active ;;
esac
END
chmod 755 "$work/bin/systemctl"

build() { # build RELEASE: a plugin's package with the spec's scripts and two of its files
	{
		cat <<END
Name: joboutliers-slurm$1
Version: 1
Release: 1
Summary: The plugin
License: GPL-2.0-or-later
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}$work/units %{buildroot}$python
: >%{buildroot}$work/units/$timer
cp $PWD/spank/python/sitecustomize.py %{buildroot}$python
END
		rpmspec -P --load="$PWD/tests/fakes/macros.systemd" --define "slurm_release $1" \
			--define "_unitdir $work/units" --define "_datadir $work/share" packaging/joboutliers.spec |
			sed -n '/^%post -n/,/^%files$/p' | sed "s/^\(%[a-z]*\) -n .*/\1/; s|/run/|$work/run/|g"
		printf '%s\n' "$work/units/$timer" "%dir $work/share/joboutliers" "$python"
	} >"$work/$1.spec"
	rpmbuild -bb --define "_topdir $work/rpm" --define "_rpmdir $work" --define '__os_install_post %{nil}' \
		--define "_build_name_fmt $1.rpm" "$work/$1.spec" >"$work/log" 2>&1 || sed 's/^/# /' "$work/log"
}
transaction() { # transaction FILE-OR-EMPTY NAME...: the file is installed, and the names removed
	"$py" - "$work" "$@" <<'END'
import os, sys, rpm
work, install, *names = sys.argv[1:]
rpm.addMacro('_dbpath', work + '/db')
rpm.addMacro('_install_script_path', work + '/bin:/usr/bin:/bin')
ts = rpm.TransactionSet()
ts.setVSFlags(-1)
def callback(reason, amount, total, key, data):
    if reason == rpm.RPMCALLBACK_INST_OPEN_FILE:
        callback.fd = os.open(key, os.O_RDONLY)
        return callback.fd
    if reason == rpm.RPMCALLBACK_INST_CLOSE_FILE:
        os.close(callback.fd)
if install:
    fd = os.open(install, os.O_RDONLY)
    ts.addInstall(ts.hdrFromFdno(fd), install, 'i')
    os.close(fd)
for name in names:
    ts.addErase(name)
ts.order()
print(ts.run(callback, '') or 'ran')
END
}
set_state() { # set_state WORD...: how the timer is
	rm -f "$work"/state/*
	for word in "$@"; do : >"$work/state/$word"; done
}
state() { find "$work/state" "$work/run" -type f -printf '%f\n' | sort | paste -sd ' '; }
there() { find "$work/units" "$work/share" -name "$1" 2>/dev/null | wc -l; }

build 24.05
build 24.11
is 'a plugin is installed' "$(transaction "$work/24.05.rpm")" ran
is 'its timer waits to be enabled' "$(state)" ''
is 'and the sampler is compiled' "$(there '*.pyc')" 1
new=24.11 old=24.05
for how in 'enabled active' enabled active ''; do
	# shellcheck disable=SC2086 # words
	set_state $how
	is "that of another release takes its place where the timer is: ${how:-neither enabled nor active}" \
		"$(transaction "$work/$new.rpm" "joboutliers-slurm$old")" ran
	is 'the timer is as it was, and no word of that is left' "$(state)" \
		"$(echo "$how" | tr ' ' '\n' | sort | paste -sd ' ')"
	is 'it is there, and the sampler is compiled' "$(there $timer) $(there '*.pyc')" '1 1'
	gone=$old old=$new new=$gone
done
set_state enabled active
is 'the last one is removed' "$(transaction '' "joboutliers-slurm$old")" ran
is 'the timer is stopped and disabled, and nothing is left' "$(state) $(there "*joboutliers*")" ' 0'
echo "1..$n"
