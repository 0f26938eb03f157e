#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# FreeRADIUS with its rlm_pam, as in docs/pam.md: a host with many threads, in which everybody's
# requests run at once. Nothing in /etc is touched.
set -euo pipefail
# shellcheck source=tests/integration/node.sh
source "$(dirname "$0")/node.sh"

# FreeRADIUS binds its modules so tightly that nothing can be preloaded before libpam: it gets a
# copy of libpam that reads another folder. The name of that has as many letters as /etc/pam.d.
services=$(mktemp -d /tmp/pXXXX)
trap 'leave_node; rm -rf "$services"' EXIT
secret_of_client=for-this-test-alone
port=$(python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

configure() {
  mkdir "$node/libraries" "$node/radius"
  local libpam
  libpam=$(ldd "$CS_BIN/pam_countersign.so" | awk '$1 == "libpam.so.0" { print $3 }')
  sed "s|/etc/pam\.d|$services|g" "$libpam" > "$node/libraries/libpam.so.0"
  printf '%s\n' \
    "auth required $CS_BIN/pam_countersign.so nodelay socket=$COUNTERSIGN_RUN_DIR/verify.sock" \
    "account required pam_permit.so" > "$services/radiusd"
  # shellcheck disable=SC2016 # FreeRADIUS's own dictionaries
  echo '$INCLUDE /usr/share/freeradius/dictionary' > "$node/radius/dictionary"
  cat > "$node/radius/radiusd.conf" << END
libdir = /usr/lib/freeradius
logdir = $node
run_dir = $node
pidfile = $node/radiusd.pid
security {
  reject_delay = 0
}
thread pool {
  start_servers = 8
  max_servers = 8
}
client test {
  ipaddr = 127.0.0.1
  secret = $secret_of_client
}
modules {
  pam {
    pam_auth = radiusd
  }
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = $port
  }
  authorize {
    update control {
      &Auth-Type := PAM
    }
  }
  authenticate {
    Auth-Type PAM {
      pam
    }
  }
}
END
}

start_radius() {
  LD_LIBRARY_PATH=$node/libraries freeradius -f -l "$node/radius.log" -d "$node/radius" \
    -n radiusd &
  node_pids+=($!)
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    grep -q 'Ready to process requests' "$node/radius.log" 2> /dev/null && return
    sleep 0.1
  done
  echo "FreeRADIUS is not ready after 10 seconds" >&2
  return 1
}

# ask USER CODE: radclient ends with 0 for an Access-Accept alone.
ask() {
  printf 'User-Name = "%s"\nUser-Password = "%s"\nMessage-Authenticator = 0x00\n' "$1" "$2" |
    radclient -q -r 1 -t 20 "127.0.0.1:$port" auth "$secret_of_client" &>> "$node/answers.log"
}
fail() {
  echo "FAILED: $1" >&2
  exit 1
}

make_token
start_node
configure
start_radius

enrol alice
good=$(next_code)
wrong=$(printf '%06d' $(((10#$good + 500000) % 1000000)))
! ask alice "$wrong" || fail "a wrong code was accepted"
ask alice "$good" || fail "a good code was refused"
! ask alice "$good" || fail "a used code was accepted"
! ask nobody-here "$good" || fail "an unknown name was accepted"

for ((i = 0; i < 8; ++i)); do
  enrol "person-$i"
  codes[i]=$(next_code)
done
asking=()
for ((i = 0; i < 64; ++i)); do
  ask "person-$((i % 8))" "${codes[i % 8]}" &
  asking+=($!)
done
accepted=0
for pid in "${asking[@]}"; do if wait "$pid"; then accepted=$((accepted + 1)); fi; done
((accepted == 8)) || fail "$accepted of 64 were accepted, for 8 codes"

stop=${node_pids[1]}
kill "$stop"
wait "$stop" || true
enrolled_at=$((enrolled_at + 30))
! ask person-7 "$(next_code)" || fail "somebody was accepted without a daemon"
! grep -q "${good}" "$node/radius.log" || fail "FreeRADIUS's log has a code"
echo "FreeRADIUS: each code was accepted once"
