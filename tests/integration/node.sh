# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For scripts that need a whole node: a token, two HSM workers and a daemon in a folder of their
# own, stopped and removed when the script ends. $CS_BIN is where the built programs are.
set -euo pipefail

node=$(mktemp -d "${TMPDIR:-/tmp}/cs-node.XXXXXX")
node_pids=()
stop_node() {
  local pid
  for pid in "${node_pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in "${node_pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  node_pids=()
}
leave_node() {
  local status=$?
  ((status == 0)) || tail -n 20 "$node"/*.log || true
  stop_node
  rm -rf "$node"
}
trap leave_node EXIT

export SOFTHSM2_CONF=$node/softhsm2.conf
export COUNTERSIGN_RUN_DIR=$node/run
countersign() { "$CS_BIN/countersign" "$@"; }

make_token() {
  mkdir "$node/tokens" "$node/state" "$node/hsm-state" "$node/run"
  chmod 0700 "$node/state"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
    "$node/tokens" > "$SOFTHSM2_CONF"
  countersign hsm init --make-pin-files --pin-file "$node/hsm.pin" --custody-dir "$node/custody"
}

start_hsm() {
  "$CS_BIN/countersign-hsm" --module /usr/lib/softhsm/libsofthsm2.so --token countersign \
    --pin-file "$node/hsm.pin" --socket "$node/hsm.sock" --workers 2 \
    --state-dir "$node/hsm-state" >> "$node/hsm.log" 2>&1 &
  node_pids+=($!)
}

start_daemon() {
  "$CS_BIN/countersignd" --run-dir "$node/run" --state-dir "$node/state" \
    --hsm-socket "$node/hsm.sock" >> "$node/daemon.log" 2>&1 &
  node_pids+=($!)
}

wait_until_ready() {
  local tries
  for ((tries = 0; tries < 300; ++tries)); do
    countersign status 2> /dev/null | grep -qx 'hsm workers: 2 of 2' && return
    sleep 0.1
  done
  echo "the node is not ready after 30 seconds" >&2
  return 1
}

start_node() {
  start_hsm
  start_daemon
  wait_until_ready
}

# enrol SUBJECT: an active TOTP factor; sets `factor` and `secret`. The code of this half minute is
# used up by it, the next one is not.
enrol() {
  local enrolment
  countersign subject create "$1" > /dev/null
  enrolment=$(countersign -o json factor enrol "$1" totp)
  factor=$(jq -r .factor.id <<< "$enrolment")
  secret=$(jq -r .secretBase32 <<< "$enrolment")
  enrolled_at=$(date +%s)
  code_at "$enrolled_at" | countersign factor confirm "$factor" > /dev/null
}
code_at() { oathtool --totp --base32 --now "@$1" - <<< "$secret"; }
next_code() { code_at $((enrolled_at + 30)); }
