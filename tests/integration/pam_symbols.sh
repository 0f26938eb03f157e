#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the PAM module, and the library for programs in C, show to the programs that load them, and
# what they bring along.
set -euo pipefail
status=0

shown() { nm --dynamic --defined-only --format=posix "$1" | cut -d ' ' -f 1 | sort; }
needed() { readelf --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort; }
same() { # what, found, expected
  [[ $2 == "$3" ]] && return
  printf '%s: found\n%s\nexpected\n%s\n' "$@" >&2
  status=1
}

module=$CS_BIN/pam_countersign.so
same "symbols of the module" "$(shown "$module")" $'pam_sm_authenticate\npam_sm_setcred'
same "libraries of the module" "$(needed "$module" | grep -v '^ld-linux')" \
  $'libc.so.6\nlibgcc_s.so.1\nlibpam.so.0'
same "what the module misses" "$(ldd -r "$module" 2>&1 | grep -i 'undefined' || true)" ""

library=$CS_BIN/../clients/cpp/libcountersign.so
same "symbols of the library" "$(shown "$library" | grep -v '^countersign_[a-z_]*$' || true)" ""
same "Protobuf in the library" "$(needed "$library" | grep protobuf || true)" ""
exit $status
