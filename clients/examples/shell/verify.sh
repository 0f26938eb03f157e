#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify.sh SOCKET USERNAME < PASSCODE; exit status 0 means accepted, and nothing else does.
set -eu
IFS= read -r passcode || [ -n "$passcode" ]

# What would need escaping inside JSON is refused instead.
case "$2$passcode" in *[!A-Za-z0-9@._+\ -]*) echo "refused: unusual characters" >&2; exit 1 ;; esac

# The question goes through a pipe: arguments are visible to every process of the machine.
answer=$(printf '{"subject":{"username":"%s"},"passcode":"%s"}' "$2" "$passcode" |
  curl --silent --fail --max-time 10 --unix-socket "$1" --data-binary @- \
    --header 'Content-Type: application/json' http://localhost/v1/verify) || answer=

case "$answer" in
  '{"answer":"ACCEPTED"'[,\}]*) echo accepted ;;
  *) echo "not accepted" >&2; exit 1 ;;
esac
