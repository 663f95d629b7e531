#!/bin/sh
# A survey as a Slurm array job:
#
#   SHARDS=64 sh slurm.sh OUT.json MODEL DATA [OPTION ...]
#
# The script submits itself, one task for each shard, and waits; then it submits the shards again that are missing, at most TRIES (3)
# times, and merges. SBATCH holds options of sbatch, such as "-p long --mem=500M -c 4". All nodes see the current folder, the model and
# the data at the same place, and have the same tsviz (TSVIZ names it). A task that is killed loses the chunk that it was at.
set -eu
[ $# -ge 3 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1 shards=${SHARDS:-64} tsviz=${TSVIZ:-tsviz}
dir=$out.shards
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then # a task
	shift
	exec "$tsviz" survey "$@" -q --threads "${SLURM_CPUS_PER_TASK:-1}" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
		--resume "$dir/chunks" -o "$dir/shard-$SLURM_ARRAY_TASK_ID.json"
fi
missing() { # 2,5,6
	for i in $(seq "$shards"); do [ -e "$dir/shard-$i.json" ] || printf '%s,' "$i"; done
}
mkdir -p "$dir"
tries=${TRIES:-3}
while list=$(missing) && [ -n "$list" ] && [ "$tries" -gt 0 ]; do
	tries=$((tries - 1))
	echo "shards ${list%,} are submitted" >&2
	# shellcheck disable=SC2086
	sbatch --wait --export=ALL --output="$dir/task-%a.log" ${SBATCH:-} --array="${list%,}" "$0" "$@" || :
done
[ -z "$list" ] || { echo "shards ${list%,} are missing; the reasons are in $dir/task-*.log" >&2; exit 1; }
shift
# shellcheck disable=SC2046
exec "$tsviz" survey -q --merge $(seq -f "$dir/shard-%.0f.json" "$shards") -o "$out"
