#!/bin/sh
# supervise.sh DIRECTORY COMMAND…
# Runs COMMAND, a lab's controller in its namespaces, and removes DIRECTORY when it has ended, however it ended.
directory=$1
shift
"$@"
status=$?
rm -rf -- "$directory"
exit $status
