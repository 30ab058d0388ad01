#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same jobs, as the plugin recorded them and as sacct of the real Slurm tells them: each step has
# the same class.  Needs slurmdbd and mariadbd besides.
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	. "$here/need.sh"
	need slurmctld slurmd munged slurmdbd mariadbd
	exec "$here/cluster" -- "$here/accounting" "$here/names.t"
fi
# shellcheck source=tests/slurm/suite/lib.sh
. "$here/suite/lib.sh"
here=$here/suite
work=$(mktemp -d)
chmod 1777 "$work"
cd "$work" || exit 1

alice() { as-user alice "$@" >/dev/null 2>&1; }
long=$(printf 'L%.0s' $(seq 100))
cat >steps.sh <<'END'
#!/bin/sh
srun sleep 0
srun -J inner -n1 sleep 0
srun sh ./script.sh
srun -Q --job-name=other sh ./script.sh
END
printf '#!/bin/sh\ntrue\n' >script.sh
printf '#!/bin/sh\nsrun sleep 0\n' >one.sh
cp /bin/true "prog_$long"
chmod 755 ./*.sh prog_*

alice sbatch --wait -J steps -o /dev/null steps.sh
alice sbatch --wait -J alone -o /dev/null script.sh
alice sbatch --wait -J alone_7 -o /dev/null script.sh
alice sbatch --wait -J sleep -o /dev/null one.sh
alice sbatch --wait --array=1-2 -J array -o /dev/null one.sh
alice srun -Q -J named sleep 0
alice srun -Q sleep 0
alice srun -Q -J "$long" "./prog_$long"
alice srun -Q -J "${long}2" ./script.sh
alice srun -Q -J 'a|b' sleep 0
alice srun -Q -J "it's \"q\"; \$(x) \\" sleep 0
alice srun -Q -J 'two words' -n1 sleep 0
alice srun -Q -J 'größe' sleep 0
alice srun -Q -J 3f2504e0-4f89-11d3-9a0c-0305e82c3301 --comment rule_align_wildcards_A sleep 0
alice salloc -Q -J alloc sh -c 'srun sleep 0; srun -J deep sleep 0'

# Slurm's accounting is written behind the job.
all_are_told() { [ "$(sacct -a -n -X -P -o State,End | grep -c '^COMPLETED|[0-9]')" -ge 16 ]; }
until_true all_are_told || fail "the accounting has all jobs"
count() { grep -l '"kind":"end"' "$JO_SPOOL"/*/new/* 2>/dev/null | wc -l; }
all_are_recorded() { [ "$(count)" -ge 24 ]; }
until_true all_are_recorded || fail "the spool has all steps" "$(count)"

for kind in live told; do
	printf 'Database=%s/%s.db\nSpool=%s\n' "$work" "$kind" "$JO_SPOOL" >"$kind.conf"
done
sjoboutliers -c live.conf ingest >/dev/null
sjoboutliers -c told.conf import --sacct -S now-1hour >told.out 2>&1
is "sacct is read" "$?" 0
for kind in live told; do
	sjoboutliers -c "$kind.conf" list -a -S now-1hour -P -n -o job,class | sort >"$kind.txt"
done
# Where it cannot meet: the comment is not known to the plugin.
is "Snakemake's rule is known of the accounting alone" \
	"$(grep -c '|rule_align/sleep$' live.txt),$(grep -c '|rule_align/sleep$' told.txt)" 0,1
uuid_job=$(sed -n 's/|rule_align.*//p' told.txt)
grep -v "^$uuid_job|" live.txt >live.rest
grep -v "^$uuid_job|" told.txt >told.rest
is "all steps are there" "$(wc -l <live.rest)" 23
if cmp -s live.rest told.rest; then
	pass "each step has one class, whoever tells of it"
else
	fail "each step has one class, whoever tells of it" "$(diff live.rest told.rest)"
fi
classes=$(cut -d'|' -f2- live.rest | sort -u)
for class in steps steps/sleep inner/sleep steps/script.sh other/script.sh alone sleep array \
	array/sleep named/sleep 'a?b/sleep' 'two words/sleep' größe/sleep alloc/sleep deep/sleep; do
	is "$class is a class" "$(printf '%s\n' "$classes" | grep -cxF "$class")" 1
done
like "a long one ends in its hash" "$(printf '%s\n' "$classes" | grep '^LLL' | head -n 1)" '*~????????'
done_testing
