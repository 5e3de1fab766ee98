#!/bin/bash
# The lab's first process: PID 1 in its own mount, network and PID namespaces. When it ends, for whatever reason, the kernel
# ends every process of the lab and takes down every mount, interface and firewall rule that the lab made.
#
# Usage: init.sh STATE RUNTIME NODE_ADDRESS HOST_ADDRESS SERVICE_NETWORK CGROUPS TOOL=DIRECTORY...
# CGROUPS: the control groups to join, with colons between them.
set -euo pipefail
state=$1 runtime=$2 node_address=$3 host_address=$4 service_network=$5 cgroups=$6
shift 6

trap 'exit 0' TERM INT

# mount's own notes on what it mounted lie in /run, which is about to be covered.
mount() { command mount --no-mtab "$@"; }

join_cgroups() {
  local group
  for group in ${cgroups//:/ }; do echo 0 > "$group/cgroup.procs"; done
}

# /run and /var/lib are the lab's own: only its two directories are the machine's. So nothing that a component writes to a
# path of its own choice (/run/xtables.lock, /run/netns, /var/lib/cni) shows on the machine. The tools are mounted first, for
# the cache may lie anywhere.
own_directories() {
  local staging=$state/staging tool
  mkdir -p "$staging" "$state/kubelet" "$state/log" "$state/volumes"

  mount -t tmpfs -o mode=755 runsheet-lab "$staging"
  mkdir -p "$staging/runsheet-lab" "$staging/settings" "$staging/tmp"
  mount --bind "$runtime" "$staging/runsheet-lab"
  for tool in "$@"; do
    mkdir -p "$staging/runsheet-lab/tools/${tool%%=*}"
    mount --bind "${tool#*=}" "$staging/runsheet-lab/tools/${tool%%=*}"
  done
  mount --move "$staging" /run

  mount -t tmpfs -o mode=755 runsheet-lab "$staging"
  mkdir -p "$staging/runsheet-lab" "$staging/kubelet"
  mount --bind "$state" "$staging/runsheet-lab"
  mount --bind "$state/kubelet" "$staging/kubelet"
  mount --move "$staging" /var/lib

  mount --bind "$state/log" /var/log
  # Among themselves the lab's mounts propagate, as pods with mount propagation ask for; the machine's are apart.
  mount --make-rshared /
}

# The kubelet insists on these kernel settings and would change them for the whole machine: here it reads and writes files.
own_settings() {
  local setting name
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    name=${setting%%=*}
    echo "${setting#*=}" > "/run/settings/${name//\//.}"
    mount --bind "/run/settings/${name//\//.}" "/proc/sys/$name"
  done
}

# There is no default route: what is outside cannot be reached, and that is told at once. Services need one, for their
# addresses are looked up before they are rewritten.
network() {
  ip link set lo up
  until ip link show eth0 > /dev/null 2>&1; do sleep 0.05; done
  ip address add "$node_address/30" dev eth0
  ip link set eth0 up
  ip route add "$service_network" via "$host_address" dev eth0
  echo 1 > /proc/sys/net/ipv4/ip_forward
}

declare -A name_of restarts

# Starts a component in the background, after a delay in seconds. Its process keeps its number when it becomes the component.
launch() {
  local name=$1 delay=$2
  (
    trap - TERM INT
    sleep "$delay"
    exec bash "$runtime/components/$name"
  ) >> "$state/log/$name.log" 2>&1 < /dev/null &
  name_of[$!]=$name
  echo "$! ${restarts[$name]}" > "$runtime/components/$name.status.new"
  mv "$runtime/components/$name.status.new" "$runtime/components/$name.status"
}

# Starts every component and starts again what ends. Orphans (containers' shims, when they end) are collected by bash.
supervise() {
  local name pid code
  for name in $1; do
    restarts[$name]=0
    launch "$name" 0
  done
  while :; do
    code=0
    wait -n -p pid || code=$?
    [[ -n ${pid:-} && -n ${name_of[$pid]:-} ]] || continue
    name=${name_of[$pid]}
    unset "name_of[$pid]"
    restarts[$name]=$((restarts[$name] + 1))
    echo "$(date -Is) $name ended with $code: starting it again" | tee -a "$state/log/$name.log"
    launch "$name" 1
  done
}

keep_last_logs() {
  rm -rf "$state/log/previous"
  mkdir -p "$state/log/previous"
  find "$state/log" -maxdepth 1 -name '*.log' ! -name init.log -exec mv {} "$state/log/previous/" \;
}

join_cgroups
own_directories "$@"
own_settings
keep_last_logs
network
export PATH=$runtime/tools/packages/usr/bin:$runtime/tools/packages/usr/sbin:$PATH TMPDIR=/run/tmp
supervise "$(cd "$runtime/components" && echo *)"
