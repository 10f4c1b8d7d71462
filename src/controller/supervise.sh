#!/bin/sh
# supervise.sh DIRECTORY COMMAND…
# Runs COMMAND, a lab's controller in its namespaces, and removes DIRECTORY when it has ended, however it ended. A signal
# that ends this script ends COMMAND; only SIGKILL leaves DIRECTORY to the next svclab.
directory=$1
shift
"$@" &
command=$!
trap 'kill -KILL "$command"' HUP INT TERM
wait "$command"
status=$?
rm -rf -- "$directory"
exit $status
