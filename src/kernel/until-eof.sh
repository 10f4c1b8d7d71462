#!/bin/sh
# until-eof.sh COMMAND…
# Runs COMMAND without input, and ends it with SIGINT when standard input ends: also when whoever holds its other end was
# killed. The exit status is the command's.
exec 3<&0
"$@" </dev/null 3<&- &
command=$!
{
  cat <&3 >/dev/null
  kill -INT "$command"
} >/dev/null 2>&1 &
watcher=$!
wait "$command"
status=$?
# The cat below the watcher would wait for the end of input.
kill "$watcher" 2>/dev/null
exit "$status"
