#!/bin/sh
# plot: which group is drawn, as what, and what is refused.
. "$(dirname "$0")/lib.sh"

refuses 2 "'disk' is not one of wall, memory" plot --metric=disk
refuses 2 "'pdf' is not one of terminal, svg, png" plot --format pdf
refuses 2 "'x' is not a job" plot -j x
refuses 1 "no database yet" plot -C align

awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,ncpus,input_bytes,mem_peak_bytes"
	for (i = 0; i < 60; i++) {
		gib = 1 + i % 7
		printf "%d,%d,%.1f,main,ann,align,4,%.0f,\n", 100 + i, 1772150400 + i * 3600,
			(100 + 50 * gib) * (1 + 0.02 * (i % 3)) * (i == 55 ? 4 : 1), gib * 1073741824
	}
	print "900,1772150400,60,main,bob,sort,1,,"
	print "901,1772150500,60,main,ann,align,4,,"
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check

refuses 1 "no step is like that" plot -C nothing
refuses 1 "there is nothing to draw" plot -C sort --by size
refuses 1 "there is nothing to draw" plot -C align --metric memory
run plot -C align
is "$status" 0 "a group is drawn for the terminal"
has "class align, partition main" "with its name"
has "4 GiB" "and sizes"
has " run time" "and what is drawn"
has "outliers" "and its outlier"
has "normal at this size    ~" "and the ends of what is normal"
"$sjob" -c "$dir/conf" plot -C align | tr -d -c '\f' >"$dir/feeds"
is "$(wc -c <"$dir/feeds")" 0 "and no form feed"
run plot -j 155 --by time
has "this job" "a job that is named is marked"
run plot -C sort
is "$status" 0 "without sizes it is drawn"
has "ended" "over time"
is "$(cat "$dir/err")" "sjoboutliers: no sizes are declared: this is judged by time alone; declare them so: srun --input-size=40G, see joboutliers(8)" \
	"and how sizes are declared is told"
run plot -j 901
has "ended" "a job without a size is, too"
is "$(cat "$dir/err")" "" "which is no news where others have one"
run plot -j 155 --format svg
has "</svg>" "as SVG"
(cd "$dir" && "$sjob" -c "$dir/conf" plot -j 155 --format svg -O - >"$dir/plot.svg" && [ ! -e ./- ])
grep -q '<svg' "$dir/plot.svg"
ok $? "- is standard output"
run plot -j 155 --format png -O "$dir/plot.png"
is "$status$out" 0 "a PNG goes to a file"
is "$(dd if="$dir/plot.png" bs=1 skip=1 count=3 2>/dev/null)" PNG "and is one"
printf 'GnuplotPath=/nonexistent/gnuplot\n' >>"$dir/conf"
refuses 1 "/nonexistent/gnuplot: No such file or directory" plot -C align
plan
