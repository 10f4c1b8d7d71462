#!/bin/sh
# getent.sh DIRECTORY SECONDS TIMEOUT GETENT NAME…
# Looks all names up at once, each for at most so many seconds, and writes what it finds of the first one to
# DIRECTORY/0, of the second to DIRECTORY/1, and so on.
directory=$1 seconds=$2 timeout=$3 getent=$4
shift 4
at=0
for name; do
  "$timeout" "$seconds" "$getent" ahosts "$name" > "$directory/$at" 2> /dev/null &
  at=$((at + 1))
done
wait
