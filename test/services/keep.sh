#!/bin/sh
# keep.sh DATA COMMAND ARGS…: runs a server that ends with whoever started it, however that one ends. Standard input is a pipe
# which the starter holds open and writes nothing to: where it closes, the server is killed and its data folder removed.
# Says the server's process id on standard output; what the server says goes to standard error.
data=$1
shift
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"
(
  read -r _ <&3
  trap '' TERM
  kill -KILL "$server"
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
