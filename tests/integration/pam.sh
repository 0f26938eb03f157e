#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The PAM module in a real PAM stack, against the real daemon. pam_wrapper gives each service a
# configuration of its own; nothing in /etc is touched. pam_matrix stands for the password.
set -euo pipefail
# shellcheck source=tests/integration/node.sh
source "$(dirname "$0")/node.sh"

modules=$(pkg-config --variable=modules pam_wrapper 2> /dev/null ||
  echo "/usr/lib/$(gcc -print-multiarch)/pam_wrapper")
module=$CS_BIN/pam_countersign.so
services=$node/services
mkdir "$services"
password=the-canary-password
printf '%s:%s:sshd\n' root "$password" nobody "$password" > "$node/passwords"
password_module="$modules/pam_matrix.so passdb=$node/passwords"
socket=socket=$COUNTERSIGN_RUN_DIR/verify.sock

service() { printf '%s\n' "${@:2}" > "$services/$1"; } # name, line...

# sign_in SERVICE SUBJECT [OPTION...]: what is typed comes from standard input. What the module logs
# is added to $node/pam.log and is in $said.
sign_in() {
  local status=0
  LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$services \
    PAM_WRAPPER_DEBUGLEVEL=2 pamtester "${@:3}" "$1" "$2" authenticate > "$node/said" 2>&1 ||
    status=$?
  said=$(< "$node/said")
  cat "$node/said" >> "$node/pam.log"
  return $status
}
fail() {
  printf 'FAILED: %s; PAM said:\n%s\n' "$1" "$said" >&2
  exit 1
}
accepts() { sign_in "${@:2}" || fail "$1"; }
# refuses WHAT STATUS REASON SIGN_IN...: with that status of PAM, and for the reason in the log.
refuses() {
  ! sign_in "${@:4}" || fail "$1 was accepted"
  [[ $said == *"$2"* ]] || fail "$1: the status is not '$2'"
  [[ $said == *"$3"* ]] || fail "$1: the log does not say '$3'"
}
wrong_code() { printf '%06d' $(((10#$(next_code) + 500000) % 1000000)); }

readonly bad='Authentication failure'
readonly away='Authentication service cannot retrieve authentication info'

service plain "auth required $module nodelay $socket"
service realm "auth required $module nodelay $socket realm=elsewhere"
service prompt "auth required $module nodelay $socket [prompt=The six digits: ]"
service slow "auth required $module $socket"
service unknown "auth required $module nodelay $socket colour=blue"
service short "auth required $module nodelay $socket timeout=0"
service both "auth required $module use_first_pass try_first_pass $socket"
# It asks for a password, and keeps it for the modules after it.
asking="auth required pam_exec.so quiet expose_authtok /bin/true"
service first "$asking" "auth required $module nodelay $socket use_first_pass"
service alone "auth required $module nodelay $socket use_first_pass"
service try "$asking" "auth required $module nodelay $socket try_first_pass"
service account "auth required $module nodelay $socket" "account required $module"
# As in docs/pam.md.
service sshd "auth requisite $password_module" \
  "auth [success=done authinfo_unavail=ignore default=die] $module nodelay timeout=1 $socket" \
  "auth required pam_succeed_if.so user ingroup root"

codes_are_used_once() {
  local code
  enrol alice
  code=$(next_code)
  refuses "a wrong code" "$bad" "refused alice: wrong code" plain alice <<< "$(wrong_code)"
  accepts "a good code" plain alice -I rhost=192.0.2.7 <<< "$code"
  [[ $said == *"accepted alice"* ]] || fail "the log does not say who was accepted"
  refuses "a used code" "$bad" "refused alice: code used before" plain alice <<< "$code"
  refuses "a used code" "$bad" "code used before" plain alice -I rhost=2001:db8::7 <<< "$code"
  refuses "a used code" "$bad" "code used before" plain alice -I rhost=host.example <<< "$code"
  refuses "no code" "$bad" "there is no code" plain alice <<< ""
  refuses "an unknown realm" "$bad" "refused: " realm alice <<< "$code"
  refuses "the code of another" "$bad" "refused: no such factor" plain nobody-here <<< "$code"
  [[ $said != *"refused nobody-here"* ]] || fail "the log quotes a name that may be a code"
  echo "$code" >> "$node/codes"
}

addresses_reach_the_journal() {
  local found
  found=$(sqlite3 "$node/state/store.db" "SELECT group_concat(client_address, ' ') FROM (
    SELECT CAST(client_address AS TEXT) AS client_address FROM journal
    WHERE client_address <> '' ORDER BY seq)")
  [[ $found == "192.0.2.7 2001:db8::7" ]] || fail "addresses in the journal: '$found'"
}

names_are_sound() {
  refuses "an empty name" "$bad" "empty or has control" plain "" <<< 123456
  refuses "a name of two lines" "$bad" "empty or has control" plain $'al\nice' <<< 123456
  refuses "a name that is no UTF-8" "$bad" "could not read" plain $'al\xffice' <<< 123456
  # What sshd answers in the place of people that it does not know.
  refuses "no real code" "$bad" "could not read" plain alice <<< $'\b\r\x7fINCORRECT'
  refuses "a code that is no UTF-8" "$bad" "could not read" plain alice <<< $'12\xff3456'
}

# A YubiKey in OATH-HOTP mode types digits like any other counter's.
counters_only_go_up() {
  local enrolment
  countersign subject create counting > /dev/null
  enrolment=$(countersign -o json factor enrol counting hotp)
  secret=$(jq -r .secretBase32 <<< "$enrolment")
  press() { oathtool --hotp --base32 --counter "$1" - <<< "$secret"; }
  press 0 | countersign factor confirm "$(jq -r .factor.id <<< "$enrolment")" > /dev/null
  accepts "the next code of a counter" plain counting < <(press 1)
  accepts "a later code of a counter" plain counting < <(press 4)
  refuses "a code of a counter that was passed" "$bad" "refused counting" plain counting \
    < <(press 3)
}

yubico_otps_are_codes() {
  local key=000102030405060708090a0b0c0d0e0f factor otp
  tap() { echo "vvccccccjkhb$(ykgenerate $key 0a0b0c0d0e0f 0001 1000 00 "$1")"; }
  provide() { # operation, body
    curl --silent --fail --unix-socket "$COUNTERSIGN_RUN_DIR/provision.sock" \
      "http://localhost/v1/$1" --data "$2"
  }
  countersign subject create yubi > /dev/null
  factor=$(provide enrol-yubico-otp '{"subject": {"username": "yubi"}, "publicId": "vvccccccjkhb",
    "privateId": "CgsMDQ4P", "aesKey": "AAECAwQFBgcICQoLDA0ODw=="}' | jq -r .factor.id)
  tap 00 | countersign factor confirm "$factor" > /dev/null
  otp=$(tap 01)
  accepts "a Yubico OTP" plain yubi <<< "$otp"
  refuses "a used Yubico OTP" "$bad" "code used before" plain yubi <<< "$otp"
  refuses "an earlier Yubico OTP" "$bad" "code used before" plain yubi < <(tap 00)
  echo "$otp" >> "$node/codes"
}

mistakes_refuse_everyone() {
  local code
  enrol careful
  code=$(next_code)
  refuses "an unknown option" "Error in service module" "colour=blue" unknown careful <<< "$code"
  refuses "a limit of nothing" "Error in service module" "timeout=0" short careful <<< "$code"
  refuses "two sources" "Error in service module" "try_first_pass" both careful <<< "$code"
  accepts "the prompt" prompt careful <<< "$code"
  [[ $said == *"The six digits: "* ]] || fail "another prompt"
  echo "$code" >> "$node/codes"
}

earlier_passes_are_used() {
  local code
  enrol first
  code=$(next_code)
  accepts "the code that another module asked for" first first <<< "$code"
  refuses "the same again" "$bad" "code used before" first first <<< "$code"
  refuses "no earlier module" "$bad" "there is no code" alone first <<< "$code"
  echo "$code" >> "$node/codes"
  enrol try
  code=$(next_code)
  accepts "the code after a password" try try < <(printf '%s\n' "$password" "$code")
  enrol tried
  code=$(next_code)
  accepts "the code instead of a password" try tried <<< "$code"
  [[ $said != *"Code: "* ]] || fail "a second prompt although the first was answered"
}

guesses_are_throttled() {
  local i
  enrol guessed
  # Delays begin after five, and double: on a slow machine the first ones may pass unseen.
  for ((i = 0; i < 20; ++i)); do
    refuses "guess $i" "$bad" "refused guessed" plain guessed <<< "$(wrong_code)"
    [[ $said == *"too many wrong codes"* ]] && break
  done
  ((i >= 5 && i < 20)) || fail "guesses are throttled after $i"
  refuses "a good code in the delay" "$bad" "too many wrong codes" plain guessed <<< "$(next_code)"
}

refusals_take_a_while() {
  local before=$EPOCHREALTIME after
  refuses "a guess" "$bad" "refused" slow nobody-here <<< 123456
  after=$EPOCHREALTIME
  # Two seconds, which libpam varies by a half.
  ((10#${after/./} - 10#${before/./} > 900000)) || fail "the refusal came at once"
}

one_of_many_at_once() {
  local code pids=() i accepted=0
  enrol raced
  code=$(next_code)
  for ((i = 0; i < 12; ++i)); do
    LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$services \
      pamtester plain raced authenticate <<< "$code" > /dev/null 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do if wait "$i"; then accepted=$((accepted + 1)); fi; done
  ((accepted == 1)) || fail "$accepted of 12 were accepted"
}

services_other_than_auth_are_refused() {
  said=$(LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$services \
    pamtester account alice acct_mgmt 2>&1) && fail "the module manages accounts"
  LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$services \
    pamtester plain alice 'setcred(PAM_ESTABLISH_CRED)' > "$node/said" 2>&1 ||
    { said=$(< "$node/said"); fail "setcred"; }
}

break_glass_while_the_daemon_is_up() {
  enrol root
  accepts "password and code" sshd root < <(printf '%s\n' "$password" "$(next_code)")
  refuses "a wrong code of the group" "$bad" "wrong code" sshd root \
    < <(printf '%s\n' "$password" "$(wrong_code)")
  refuses "no code of the group" "$bad" "there is no code" sshd root \
    < <(printf '%s\n' "$password" "")
}

# break_glass WHY
break_glass() {
  refuses "$1: a code" "$away" "did not answer in time" plain alice <<< 123456
  accepts "$1: the group" sshd root < <(printf '%s\n' "$password" 123456)
  [[ $said == *'"user ingroup root" was met by user "root"'* ]] ||
    fail "$1: the log does not say who was let in"
  refuses "$1: another group" "$bad" "did not answer in time" sshd nobody \
    < <(printf '%s\n' "$password" 123456)
  refuses "$1: a wrong password of the group" "$bad" "" sshd root \
    < <(printf '%s\n' wrong 123456)
}

a_hung_daemon_is_waited_for_no_longer_than_allowed() {
  local daemon=${node_pids[1]} before=$SECONDS
  kill -STOP "$daemon"
  break_glass "hung"
  kill -CONT "$daemon"
  # plain waits 5 seconds; the service of the break-glass 1, twice.
  ((SECONDS - before <= 12)) || fail "the daemon was waited for too long"
}

a_mistaken_path_is_no_daemon_that_is_away() {
  local long
  long=$COUNTERSIGN_RUN_DIR/$(printf 'x%.0s' {1..120})
  service long "auth required $module nodelay socket=$long"
  refuses "a path that is no address" "$bad" "a limit" long alice <<< 123456
}

nothing_typed_is_logged() {
  local typed
  for typed in "$password" $(< "$node/codes"); do
    ! grep -q "SYSLOG.*$typed" "$node/pam.log" || fail "the log has what was typed"
  done
}

make_token
start_node
codes_are_used_once
addresses_reach_the_journal
names_are_sound
counters_only_go_up
yubico_otps_are_codes
mistakes_refuse_everyone
earlier_passes_are_used
guesses_are_throttled
refusals_take_a_while
one_of_many_at_once
services_other_than_auth_are_refused
break_glass_while_the_daemon_is_up
a_mistaken_path_is_no_daemon_that_is_away
a_hung_daemon_is_waited_for_no_longer_than_allowed
stop_node
break_glass "down"
nothing_typed_is_logged
echo "pam: every case passed"
