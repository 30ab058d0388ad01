#!/bin/sh
for i in $(seq 30); do srun -Q --overlap -n1 -J many true & done
wait
