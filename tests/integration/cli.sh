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
gives 2 countersign subject create alice --activate
gives 2 countersign subject create alice --country FI
gives 2 countersign subject erase alice
gives 2 countersign factor temporary-code alice --hours 0
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
gives 0 countersign subject create carol --email carol@example.com --activate
says "activation link: not allowed" # this policy says of no place where the pages are
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

echo "-- codes by e-mail, with curl for a courier"
courier() {
  curl --silent --show-error --unix-socket "$node/run/courier.sock" "http://localhost/v1/$1" -d "$2"
}
# take: the next message, which is reported as sent, in $message.
take() {
  message=$(courier take-messages '{"max":1,"waitSeconds":10,"providers":[
    {"name":"curl","channel":"EMAIL","state":"PROVIDER_WORKS","health":100}]}' | jq '.messages[0]')
  courier report-messages "{\"reports\":[{\"messageId\":$(jq .messageId <<< "$message"),
    \"outcome\":\"SENT\",\"provider\":\"curl\"}]}" > "$node/reported"
  [[ $(< "$node/reported") == "{}" ]]
}
gives 3 countersign factor enrol-sms alice <<< 0401234567
says "which country"
gives 3 countersign factor enrol-sms alice --country FI <<< 0942310 # a fixed line
gives 0 countersign -o json factor enrol-email alice --label work <<< Alice@EXAMPLE.com
factor=$(jq -r .factor.id <<< "$said")
confirm=(--confirm --kind email --factor "$factor")
[[ $(jq -r .factor.maskedDestination <<< "$said") == "A•••@example.com" ]]
gives 3 countersign challenge start alice "${confirm[@]}"
says "channel down"
gives 0 countersign courier status
says "courier: away"
courier take-messages '{"max":1,"providers":[{"name":"curl","channel":"EMAIL",
  "state":"PROVIDER_WORKS","health":100}]}' > /dev/null
gives 0 countersign -o json challenge start alice "${confirm[@]}"
challenge=$(jq -r .challengeId <<< "$said")
[[ $(jq -r '[.delivery.outcome, .purpose, .digits] | @csv' <<< "$said") == \
  '"ACCEPTED_FOR_DELIVERY","CONFIRMATION",6' ]]
gives 3 countersign challenge start alice "${confirm[@]}"
says "too soon"
take
[[ $(jq -r '[.destination, .kind] | @csv' <<< "$message") == \
  '"Alice@example.com","confirmation"' ]]
gives 1 countersign challenge answer "$challenge" --confirm --kind email <<< 000
says "wrong code"
gives 0 countersign challenge answer "$challenge" --confirm --username alice --passcode-file - \
  <<< "$(jq -r .code <<< "$message")"
gives 1 countersign challenge answer "$challenge" --confirm --passcode-file - \
  <<< "$(jq -r .code <<< "$message")"
says "replayed"
gives 0 countersign factor list alice
says "to: A•••@example.com"

echo "-- a transaction is agreed to as it was shown"
agree=(--kind email --purpose transaction --transaction)
gives 3 countersign challenge start alice "${agree[@]}" $'EUR 5.00\nto Mallory'
gives 0 countersign -o json challenge start alice "${agree[@]}" "EUR 5.00 to Example Oy"
challenge=$(jq -r .challengeId <<< "$said")
until [[ $(jq -r .kind <<< "$message") == transaction ]]; do take; done
jq -e '.values[] | select(.name == "transaction" and .value == "EUR 5.00 to Example Oy")' \
  <<< "$message" > /dev/null
code=$(jq -r .code <<< "$message")
gives 1 countersign challenge answer "$challenge" "${agree[@]}" "EUR 5,000.00 to Mallory" \
  <<< "$code"
gives 0 countersign challenge answer "$challenge" "${agree[@]}" "EUR 5.00 to Example Oy" <<< "$code"

echo "-- how the courier fares"
gives 0 countersign courier test --email me@example.com --language "fi"
says "accepted for delivery"
until [[ $(jq -r .kind <<< "$message") == test ]]; do take; done
[[ $(jq -r '[.destination, .language, .code // ""] | @csv' <<< "$message") == \
  '"me@example.com","fi",""' ]]
gives 3 countersign courier test --sms - <<< +358401234567 # no prefix is allowed
says "not allowed"
gives 0 countersign courier status
says "courier: connected"
gives 0 countersign courier status --prometheus
says 'countersign_channel_up{channel="email"} 1'

echo "-- the state of things"
gives 0 countersign status
gives 0 countersign store check
says "problems: 0"
doctor() {
  countersign "$@" --state-dir "$node/state" --pin-file "$node/hsm.pin" --policy "$node/policy.toml"
}
printf '[[peer]]\nname = "root"\nuid = 0\nsockets = ["admin"]\n' > "$node/policy.toml"
gives 0 countersign policy check "$node/policy.toml"
mkdir "$node/realms"
printf '[code]\ndigits = 8\n' > "$node/realms/shop.toml"
gives 0 countersign -o json policy check "$node/policy.toml"
[[ $(jq -c .realms <<< "$said") == '["shop"]' ]]
gives 0 countersign policy check "$node/realms/shop.toml" --over "$node/policy.toml"
says "8 digits"
printf '[limits]\n' > "$node/realms/shop.toml"
gives 5 countersign policy check "$node/policy.toml"
says "realms/shop.toml:1:1: limits holds for the whole appliance"
rm -r "$node/realms"
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
