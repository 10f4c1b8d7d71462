#!/bin/sh
# wait.sh COMMAND…
# Runs COMMAND as a child, lets it alone have the terminal's signals, and ends as it ended: with its status, or 128 plus
# the number of the signal that killed it. What the shell itself would say of that signal is not for the user.
trap : INT QUIT TERM HUP
exec 3>&2 2>/dev/null
(exec "$@" 2>&3 3>&-)
exit $?
