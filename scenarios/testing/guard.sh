#!/bin/sh
# guard.sh: waits for the end of its standard input, which comes when a test ends, is killed or runs out of time. Then
# it ends the labs of $SVCLAB_RUN_DIR and removes $SCRATCH. Of labs that `svclab down` does not end it kills every process that
# names the directory, so that a fault of svclab troubles no later test.
while read -r _; do :; done
"$SVCLAB" down --all
for process in /proc/[0-9]*; do
  if tr '\0' '\n' 2>/dev/null <"$process/cmdline" | grep -qF "$SVCLAB_RUN_DIR/"; then
    kill -KILL "${process#/proc/}"
  fi
done 2>/dev/null
rm -rf -- "$SCRATCH"
