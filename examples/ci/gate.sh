#!/bin/sh
# gate.sh LOGS REPORT COMMAND…: runs a load test, which leaves the logs of the services in the folder LOGS, and fails where it fails, or where they
# tell of a cancel that nobody has accepted (accepted.json) or of work that went on for nobody. REPORT gets JUnit XML.
set -u
logs=$1 report=$2
shift 2

"$@"
load=$?

${STREAMSCOPE:-streamscope} scan --format junit --strict \
  --overrules "$(dirname "$0")/accepted.json" --where 'who!="users of the load test"' \
  --fail-on any --fail-on ghost-work "$logs" >"$report"
gate=$?

[ $load -eq 0 ] || exit $load
exit $gate
