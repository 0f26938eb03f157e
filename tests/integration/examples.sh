#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The examples, against the real daemon: a good code is accepted once, and then no more; a wrong
# one never.
set -euo pipefail
# shellcheck source=tests/integration/node.sh
source "$(dirname "$0")/node.sh"
examples=$(cd "$(dirname "$0")/../../clients/examples" && pwd)

verify() { "$examples/$1" "$COUNTERSIGN_RUN_DIR/verify.sock" "$2"; }
refused() {
  if verify "$@"; then
    echo "$1 accepted what it must not" >&2
    exit 1
  fi
}

make_token
start_node
for example in shell/verify.sh python/verify.py node/verify.mjs php/verify.php; do
  subject=user-${example%%/*}
  enrol "$subject"
  good=$(next_code)
  wrong=$(printf '%06d' $(((10#$good + 500000) % 1000000)))
  refused "$example" "$subject" <<< "$wrong"
  verify "$example" "$subject" <<< "$good"
  refused "$example" "$subject" <<< "$good"
  refused "$example" nobody-here <<< "$good"
  echo "$example: accepted once"
done

# A portal that can only speak HTTP, with nothing but curl.
enrol curl
ask() {
  curl --silent --unix-socket "$COUNTERSIGN_RUN_DIR/verify.sock" http://localhost/v1/verify \
    --data "{\"subject\": {\"username\": \"curl\"}, \"passcode\": \"$(next_code)\"}"
}
[[ $(ask | jq -r .answer) == ACCEPTED ]]
[[ $(ask | jq -r .reason) == REPLAYED ]]
echo "curl: accepted once"
