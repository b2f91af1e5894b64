#!/bin/sh
# keep.sh SIGNAL DATA COMMAND ARGS…: runs a server that ends with whoever started it, however that one ends. Standard input is a
# pipe which the starter holds open and writes nothing to: where it closes, the server gets the signal and its data folder is removed.
# Says the server's process id on standard output; what the server says goes to standard error.
signal=$1
data=$2
shift 2
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"
(
  read -r _ <&3
  trap '' TERM
  kill -s "$signal" "$server"
  # One that is paused takes note of no signal but KILL.
  kill -s CONT "$server"
  # Processes of the server's own (PostgreSQL's) end a moment after it and may still write.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$data" && break
    sleep 0.2
  done
) >/dev/null 2>&1 &
watcher=$!
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
wait "$watcher"
exit "$code"
