#!/bin/sh
# The scripts of samples/cluster at work, run by `make test-cluster`: GNU parallel over ssh to two sshd on the loopback, and an array job of
# eight tasks on a Slurm of one node, one of whose tasks is killed. Both give the bytes of one process. It needs root, because slurmd
# does; everything else runs in a temporary folder, and only what was started here is ended.
cd "$(dirname "$0")/.." || exit 2
[ "$(id -u)" = 0 ] || { echo "SKIP test-cluster: it needs root"; exit 0; }
SETUP=1 sh tests/deps.sh test-cluster || exit 1
TSVIZ=$PWD/build/release/tsviz
S=$PWD/samples/cluster
T=$(mktemp -d /tmp/tsviz-cluster-XXXXXX) || exit 2
started=''
finish() {
	for p in $started; do kill "$p" 2>/dev/null; done
	[ -z "${KEEP:-}" ] && rm -rf "$T"
}
trap finish EXIT
trap 'exit 1' INT TERM
np=0 nf=0
check() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then np=$((np + 1)) && echo "ok   $1"; else nf=$((nf + 1)) && echo "FAIL $1: got '$2', wanted '$3'"; fi
}
sum() { sha256sum "$1" 2>/dev/null | cut -c1-64; }
export TSVIZ
# ---- a survey of some seconds ----
model=$PWD/tests/keras/residual.h5
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 6000; i++) printf "%.6f,%.6f,%.6f\n", sin(i / 5), cos(i / 3), sin(i / 11) }' >"$T/d.csv"
cd "$T" || exit 2
set -- "$model" "$T/d.csv" --columns a,b,c --chunk 64 --maps "${MAPS:-2000}"
"$TSVIZ" survey "$@" -q -o "$T/one.json" || exit 1
one=$(sum one.json)
echo "one process          $one"

# ---- GNU parallel ----
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
for port in 2201 2202; do
	ssh-keygen -q -t ed25519 -N '' -f "$T/host-$port"
	/usr/sbin/sshd -D -f /dev/null -h "$T/host-$port" -p $port -o ListenAddress=127.0.0.1 -o StrictModes=no -o UsePAM=no \
		-o PermitRootLogin=yes -o AuthorizedKeysFile="$T/key.pub" -o PidFile=none -E "$T/sshd-$port.log" &
	started="$started $!"
	echo "1/ssh -p $port -i $T/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1"
done >"$T/hosts"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	ssh -p 2202 -i "$T/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1 true 2>"$T/ssh.log" && break
	sleep 0.5
done
SHARDS=8 HOSTS=$T/hosts sh "$S/parallel.sh" "$T/parallel.json" "$@" >"$T/parallel.log" 2>&1 || cat "$T/parallel.log"
echo "GNU parallel         $(sum parallel.json)"
check 'GNU parallel on two hosts gives the bytes of one process' "$(sum parallel.json)" "$one"
check 'both hosts worked' "$(awk -F'\t' 'NR > 1 { print $2 }' "$T/parallel.json.shards/joblog" | sort -u | wc -l)" 2
rm -f "$T/parallel.json" "$T/parallel.json.shards/shard-3.json" "$T/parallel.json.shards/joblog"
SHARDS=8 HOSTS=$T/hosts sh "$S/parallel.sh" "$T/parallel.json" "$@" >"$T/parallel.log" 2>&1 || cat "$T/parallel.log"
check 'only the missing shard is computed again' "$(awk 'NR > 1 { n++ } END { print n }' "$T/parallel.json.shards/joblog") $(sum parallel.json)" "1 $one"

# ---- Slurm ----
host=$(hostname -s)
mkdir -p "$T/slurm" "$T/munge"
chmod 755 "$T" "$T/munge"
dd if=/dev/urandom of="$T/munge/key" bs=128 count=1 2>/dev/null
chmod 400 "$T/munge/key"
/usr/sbin/munged --foreground --force --key-file="$T/munge/key" --socket="$T/munge/socket" --pid-file="$T/munge/pid" \
	--log-file="$T/munge/log" --seed-file="$T/munge/seed" 2>"$T/munge/err" &
started="$started $!"
cat >"$T/slurm.conf" <<END
ClusterName=tsviz
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
AuthType=auth/munge
AuthInfo=socket=$T/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$T/slurm/state
SlurmdSpoolDir=$T/slurm/spool
SlurmctldPidFile=$T/slurm/ctld.pid
SlurmdPidFile=$T/slurm/d.pid
SlurmctldLogFile=$T/slurm/ctld.log
SlurmdLogFile=$T/slurm/d.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$T/slurm.conf"
mkdir -p "$T/slurm/state" "$T/slurm/spool"
/usr/sbin/slurmctld -D -f "$SLURM_CONF" >"$T/slurm/ctld.out" 2>&1 &
started="$started $!"
/usr/sbin/slurmd -D -f "$SLURM_CONF" -N "$host" >"$T/slurm/d.out" 2>&1 &
started="$started $!"
for _ in $(seq 60); do
	sinfo -h -o %t 2>/dev/null | grep -q idle && break
	sleep 0.5
done
SHARDS=8 TRIES=3 sh "$S/slurm.sh" "$T/slurm.json" "$@" >"$T/slurm.log" 2>&1 &
pid=$!
killed=no
for _ in $(seq 600); do
	job=$(squeue -h -r -t running -o '%A %K' 2>/dev/null | awk '$2 == 3 { print $1 }')
	if [ -n "$job" ] && ls "$T"/slurm.json.shards/chunks/chunk-*.json >/dev/null 2>&1; then
		scancel --signal=KILL "$job" && killed=yes
		break
	fi
	kill -0 $pid 2>/dev/null || break
	sleep 0.1
done
wait $pid || cat "$T/slurm.log"
echo "Slurm, array of 8    $(sum slurm.json)"
check 'a task was killed' $killed yes
check 'only its shard was submitted again' "$(grep submitted "$T/slurm.log" | tr '\n' ' ')" 'shards 1,2,3,4,5,6,7,8 are submitted shards 3 are submitted '
check 'the array job gives the bytes of one process' "$(sum slurm.json)" "$one"
echo "$np passed, $nf failed"
[ $nf -eq 0 ]
