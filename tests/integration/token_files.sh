#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `countersign token import`, up to the daemon's door: a file is checked as a whole before anything
# is sent, and what is wrong is told with its line and without its secrets.
set -euo pipefail

folder=$(mktemp -d "${TMPDIR:-/tmp}/cs-token-files.XXXXXX")
trap 'rm -rf "$folder"' EXIT
export COUNTERSIGN_RUN_DIR=$folder/run
cd "$folder"

# gives STATUS ARGUMENT...: the command must end with exactly this status. Its answer is in $said.
gives() {
  local wanted=$1 status=0
  shift
  said=$("$CS_BIN/countersign" "$@" 2>&1) || status=$?
  if ((status != wanted)); then
    printf 'status %d instead of %d: %s\n%s\n' "$status" "$wanted" "$*" "$said" >&2
    exit 1
  fi
}
says() {
  [[ $said == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$said" >&2; exit 1; }
}
never_says() {
  [[ $said != *"$1"* ]] || { printf '"%s" in:\n%s\n' "$1" "$said" >&2; exit 1; }
}

echo "-- usage"
gives 2 token
gives 2 token import
gives 2 token assign alice
gives 2 token assign alice --serial 1 --public-id cccccccccccb
gives 2 token discard twelve
: > empty
gives 2 token import empty --key-file empty
echo 1234 > short.key
gives 2 token import empty --key-file short.key
says "hexadecimal digits"
gives 2 token import empty --key-file short.key --password-file short.key

echo "-- no token file"
gives 3 token import nowhere.csv
says "No such file"
gives 3 token import empty
says "none of the known formats"
gives 3 token import .
says "no ordinary file"
gives 3 -o json token import empty
[[ $(jq -r .error.code <<< "$said") == MALFORMED ]]

key=8cc1c79dd5b8f6fcb4b2e2f4f8b4f1d5
row() { echo "$1,$2,37fa22a8df71,$key,000000000000,2026-11-22T08:00:00,"; }

echo "-- rows that are refused, and nothing sent"
{
  echo "# ykksm 1"
  row 1 cccccccccccb
  row 2 cccccccccccd
  row 1 ccccccccccce
  echo
  row 3 cccccccccccd
  echo "4,cccccccccccf,37fa22a8df71,${key}00,,,"
  head -c 5000 /dev/zero | tr '\0' x
  echo
} > spoiled.csv
gives 3 token import spoiled.csv
says "format: ykksm"
says "refused: 4"
says "line 4: Its serial number stands in line 2 already."
says "line 6: Its public id stands in line 3 already."
says "line 7: Its AES key is not 16 bytes"
says "line 8: The line is longer than 4096 bytes."
says "nothing was sent; --skip-refused imports the other 2"
never_says "$key"
never_says 37fa22a8df71
gives 3 -o json token import spoiled.csv
[[ $(head -n 1 <<< "$said" | jq -c '[.format, .refused, .problems[0].line]') == '["ykksm",4,4]' ]]

echo "-- whole files that are refused"
printf '%s' '<!DOCTYPE x><KeyContainer/>' > doctype.xml
gives 3 token import doctype.xml
says "declares a document type"
printf '%s' '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">' > cut.xml
gives 3 token import cut.xml
says "ends too early"

echo secret > password
gives 3 token import spoiled.csv --password-file password
says "It is not encrypted, though a key or password was given."

echo "-- good files, and nobody there to take them"
for rows in 1 1000; do
  for ((i = 0; i < rows; ++i)); do
    echo "T$i,15d2fa517d3c6b791bd4cc2044c241429307001f,totp,6,30"
  done > good.csv
  gives 4 token import good.csv
  says "doctor"
  gives 4 token import --dry-run good.csv
done
gives 4 token import --skip-refused spoiled.csv
gives 4 token list
gives 4 token discard 12
echo "token files are checked before they are sent"
