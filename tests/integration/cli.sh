#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The command: what it does to a subject and its factor, what its exit status says, and that it
# finds what is wrong.
set -euo pipefail
# shellcheck source=tests/integration/node.sh
source "$(dirname "$0")/node.sh"

# gives STATUS COMMAND...: it must end with exactly this status. Its answer is in $said.
gives() {
  local wanted=$1 status=0
  shift
  said=$("$@" 2>&1) || status=$?
  if ((status != wanted)); then
    printf 'status %d instead of %d: %s\n%s\n' "$status" "$wanted" "$*" "$said" >&2
    exit 1
  fi
}
says() {
  [[ $said == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$said" >&2; exit 1; }
}

echo "-- usage"
gives 0 countersign --help
says "Exit status"
gives 0 countersign --version
gives 2 countersign
gives 2 countersign conjure
gives 2 countersign subject
gives 2 countersign factor enrol alice sms
gives 2 countersign verify <<< 123456
gives 2 countersign verify alice < /dev/null
gives 2 countersign factor confirm 1 --passcode-file /nonexistent
gives 2 countersign verify alice --passcode 123456
gives 2 countersign factor enrol-sms alice < /dev/null
gives 2 countersign factor enrol-email alice a@example.com
gives 2 countersign challenge start alice --kind totp
gives 2 countersign challenge start alice --purpose signing
gives 2 countersign challenge start alice --purpose sign-in --confirm
gives 2 countersign challenge start alice --kind sms --purpose address < /dev/null
gives 2 countersign challenge answer 1 --kind sms < /dev/null
gives 2 countersign challenge answer 1 --response-file - --passcode-file - <<< 12
gives 2 countersign courier
gives 2 countersign courier test
gives 2 countersign courier test --sms +358401234567 --email a@example.com
gives 2 countersign courier test --email a@example.com --country FI
gives 2 countersign courier test --sms - < /dev/null

echo "-- nobody there"
gives 4 countersign status
says "doctor"
gives 4 countersign -o json verify alice <<< 123456
[[ $(jq -r .error.code <<< "$said") == UNAVAILABLE ]]
# A collector's file must not be replaced by an error.
gives 4 countersign courier status --prometheus
[[ -z $(countersign courier status --prometheus 2> /dev/null || true) ]]

echo "-- keys"
make_token
gives 3 countersign hsm init --pin-file "$node/hsm.pin" --custody-dir "$node/custody"
gives 0 countersign hsm status --pin-file "$node/hsm.pin"
echo 0000 > "$node/wrong.pin"
chmod 0400 "$node/wrong.pin"
gives 3 countersign hsm status --pin-file "$node/wrong.pin"
gives 0 countersign hsm status --pin-file "$node/hsm.pin"

echo "-- a subject and its factor"
start_node
gives 0 countersign subject create alice
gives 3 countersign subject create Alice
says "already exists"
gives 3 countersign subject get nobody
says "not found"
enrol bob
gives 1 countersign verify bob <<< 000000000
says "rejected"
good=$(next_code)
gives 0 countersign -o json verify bob <<< "${good:0:3} ${good:3}"
[[ $(jq -r .answer <<< "$said") == ACCEPTED ]]
gives 1 countersign verify bob --factor "$factor" <<< "$good"
says "replayed"
gives 0 countersign factor rename "$factor" "Bob's phone"
gives 0 countersign factor list bob
says "Bob's phone"
gives 0 countersign factor suspend "$factor"
gives 1 countersign verify bob <<< "$good"
gives 0 countersign factor resume "$factor"
gives 0 countersign subject suspend bob
gives 0 countersign subject resume bob
gives 0 countersign subject unlock bob
gives 0 countersign factor resynchronise "$factor" \
  <<< "$(code_at $((enrolled_at + 90)))"$'\n'"$(code_at $((enrolled_at + 120)))"
gives 0 countersign factor revoke "$factor"
gives 1 countersign verify bob <<< "$good"

echo "-- clients of the Yubico validation protocol"
gives 0 countersign client add VPN --network 192.0.2.0/24 --network 2001:db8::/32 \
  --require-signature
says "client: 1"
says "api key: "
[[ $(grep -oP '^api key: \K.*' <<< "$said" | base64 -d | wc -c) == 20 ]]
head -c 20 /dev/urandom | base64 > "$node/api.key"
gives 0 countersign -o json client add imported --id 4711 --key-file "$node/api.key"
[[ $(jq -r '[.id, .apiKey] | @csv' <<< "$said") == '4711,""' ]]
gives 3 countersign client add twice --id 4711
gives 3 countersign client add nowhere --network 192.0.2.1/24
says "192.0.2.0/24"
gives 2 countersign client add unread --key-file /dev/null
gives 2 countersign client add unread --key-file - <<< "not base64"
gives 0 countersign client revoke 4711
gives 3 countersign client revoke 4711
gives 3 countersign client revoke 7
gives 0 countersign -o json client list
[[ $(jq -c '[.clients[] | [.id, .name, .revoked]]' <<< "$said") == \
  '[[1,"VPN",false],[4711,"imported",true]]' ]]
[[ $said != *"$(cat "$node/api.key")"* ]]

echo "-- an imported secret"
secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
gives 0 countersign -o json factor enrol alice hotp --digits 8 --secret-file - <<< "$secret"
factor=$(jq -r .factor.id <<< "$said")
[[ $(jq -r .secretBase32 <<< "$said") == "" ]]
gives 2 countersign factor enrol alice hotp --secret-file - <<< "not base32!"
gives 0 countersign factor confirm "$factor" <<< 84755224
gives 0 countersign verify alice <<< 94287082

echo "-- the state of things"
gives 0 countersign status
gives 0 countersign store check
says "problems: 0"
doctor() {
  countersign "$@" --state-dir "$node/state" --pin-file "$node/hsm.pin" --policy "$node/policy.toml"
}
printf '[[peer]]\nname = "root"\nuid = 0\nsockets = ["admin"]\n' > "$node/policy.toml"
gives 0 countersign policy check "$node/policy.toml"
gives 0 doctor doctor
says "2 of 2 HSM workers ready"

echo "-- and what is wrong with it"
printf '[windows]\ntotp_steps_afterr = 1\n' > "$node/policy.toml"
gives 5 countersign policy check "$node/policy.toml"
says "policy.toml:2:1: "
chmod 0755 "$node/state"
chmod 0644 "$node/hsm.pin"
gives 5 doctor -o json doctor
(($(jq '[.findings[] | select(.severity == "problem")] | length' <<< "$said") == 3))
chmod 0700 "$node/state"
stop_node
gives 5 doctor doctor
says "start countersignd"
echo "the command keeps its word"
