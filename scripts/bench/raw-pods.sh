#!/bin/sh
# raw-pods.sh PODS NODES
# The least that a shell can do for a lab of this size: only its network namespaces and veth pairs, with one
# `ip netns add` and one `ip -batch` for each. No addresses, routes, rules, or programs in them. Run it in private
# mount and network namespaces, as root there:
#   unshare --mount --net scripts/bench/raw-pods.sh 100 4
set -e
pods=$1 nodes=$2
mount -t tmpfs raw-pods /run

ip netns add fabric
ip -n fabric link add underlay up type bridge

node=1
while [ "$node" -le "$nodes" ]; do
  ip netns add "node$node"
  ip -n fabric -batch - <<EOF
link add node$node type veth peer name eth0 netns node$node
link set node$node master underlay up
EOF
  ip -n "node$node" link add cni0 up type bridge
  node=$((node + 1))
done

pod=1
while [ "$pod" -le "$pods" ]; do
  ip netns add "pod$pod"
  ip -n "node$((pod % nodes + 1))" -batch - <<EOF
link add veth$pod type veth peer name eth0 netns pod$pod
link set veth$pod master cni0 up
EOF
  pod=$((pod + 1))
done
