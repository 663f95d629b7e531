#!/bin/sh
# A survey on several hosts by GNU parallel over ssh:
#
#   SHARDS=64 HOSTS=hosts.txt sh parallel.sh OUT.json MODEL DATA [OPTION ...]
#
# HOSTS is a file with a host on each line, as parallel --sshloginfile takes it: host1, 8/user@host2, or ":" for this one. All hosts see
# the current folder, the model and the data at the same place, and have the same tsviz (TSVIZ names it). OPTIONs are those of
# `tsviz survey`; give --isa baseline if the processors differ. Shards that are there are not computed again, so that after a failure
# the same command computes only what is missing.
set -eu
[ $# -ge 3 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1 shards=${SHARDS:-64} tsviz=${TSVIZ:-tsviz}
shift
dir=$out.shards
mkdir -p "$dir"
for i in $(seq "$shards"); do
	[ -e "$dir/shard-$i.json" ] || echo "$i" # tsviz gives a file its name when it is whole
done | parallel --quote --sshloginfile "${HOSTS:-:}" --workdir "$PWD" --retries 3 --joblog "$dir/joblog" \
	"$tsviz" survey "$@" -q --threads 1 --shard "{}/$shards" --resume "$dir/chunks" -o "$dir/shard-{}.json"
# shellcheck disable=SC2046
exec "$tsviz" survey -q --merge $(seq -f "$dir/shard-%.0f.json" "$shards") -o "$out"
