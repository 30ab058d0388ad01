#!/bin/sh
# The plugin exports what Slurm looks for, all of it and nothing else: with a name missing it
# loads and does nothing, one too many can take another's place in Slurm.  The tools export no function.
so=${JO_BUILD:-build}/joboutliers.so
expected='plugin_name plugin_type plugin_version slurm_spank_exit slurm_spank_init
slurm_spank_init_post_opt slurm_spank_task_exit slurm_spank_task_init slurm_spank_task_init_privileged slurm_spank_task_post_fork
slurm_spank_user_init'
slurm='slurm_(error|info)|spank_(context|get_item|getenv|setenv|unsetenv|option_register)'
compiler='_ITM_.*|__gmon_start__|__(asan|ubsan|sanitizer)_.*'

report() # NUMBER WHAT FOUND
{
	[ -z "$3" ] && echo "ok $1 - $2" || { echo "not ok $1 - $2"; echo "$3" | sed 's/^/# /'; }
}

echo 1..5
exported=$(nm -D --defined-only "$so" | awk '{ print $NF }')
missing=$(for name in $expected; do echo "$exported" | grep -qx "$name" || echo "$name"; done)
report 1 'every entry point is there' "$missing"
# shellcheck disable=SC2086 # a list of words
others=$(echo "$exported" | grep -vxE "$(echo $expected | tr ' ' '|')")
report 2 'no other name is exported' "$others"
# Names of libc carry its version.
foreign=$(nm -D --undefined-only "$so" | awk '{ print $NF }' |
	grep -vE "@|^($slurm|$compiler)\$")
report 3 'only Slurm and libc are asked for' "$foreign"
# Each library takes each srun and each step as long as it takes to load.
libraries=$(readelf -d "$so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	grep -vE '^(libc|libdl|ld-linux.*|lib[au][sb]an)\.so\.')
report 4 'no library but libc is loaded with it' "$libraries"

# A function that the tools export takes the place of one of its name in every library: of Kerberos, by
# which libpq connects, profile_release was one.
library_functions=$(nm -D --defined-only "${so%/*}/sjoboutliers" | awk '$2 == "T" { print $NF }' |
	grep -vE "^($compiler|_init|_fini)\$|@|^(__)?(asan|lsan|ubsan|sanitizer|interceptor)_")
report 5 'no function of the tools stands in for one of a library' "$library_functions"
