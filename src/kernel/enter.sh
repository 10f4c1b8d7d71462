#!/bin/sh
# enter.sh HOSTNAME FILES DIRECTORY COMMAND…
# Runs inside a fresh mount and UTS namespace of a lab: sets the host's name, lays the files below FILES over the
# root, shows the network namespace's own /sys, and becomes COMMAND in DIRECTORY.
hostname=$1 files=$2 directory=$3
shift 3
hostname "$hostname"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys 2>/dev/null
if [ -d "$files" ]; then
  find "$files" -type f | while IFS= read -r file; do
    target=${file#"$files"}
    if [ ! -e "$target" ]; then
      mkdir -p "${target%/*}" 2>/dev/null
      : > "$target"
    fi 2>/dev/null
    mount --bind "$file" "$target" 2>/dev/null
  done
fi
cd "$directory" 2>/dev/null || cd /
command -v "$1" > /dev/null || {
  echo "svclab: $1: command not found" >&2
  exit 127
}
exec "$@"
