#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The units are clean, closed, and where they belong: installed into an empty folder, read by
# systemd itself. $CS_BIN is where the built programs are.
set -euo pipefail
cd "$(dirname "$0")/../.."

# In tenths. What remains: local sockets (the service is one), no RootDirectory=, no PrivateUsers=
# (which would hide who calls) and the clock's read-only device.
readonly exposure_max=5
# The gateway has the network, which is what it is for, and a group that opens verify.sock. So have
# the courier, with the group that opens courier.sock, and the companion, with that of enroll.sock.
readonly exposure_max_network=13

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
packaging/install "$root"
units=$root/usr/lib/systemd/system

# The programs are there and not in /: systemd looks for them where the unit says.
for unit in "$units"/*; do
  sed -i "s#=/usr/libexec/#=$root/usr/libexec/#" "$unit"
done
systemd-analyze verify --recursive-errors=no --man=no "$units"/*.service "$units"/*.socket
for unit in "$units"/*.service; do
  max=$exposure_max
  case $unit in
    */countersign-gateway.service | */countersign-courier.service | */countersign-web.service)
      max=$exposure_max_network
      ;;
  esac
  systemd-analyze security --offline=true --threshold="$max" --no-pager "$unit" \
    | tail -n 1
done

# No check that cannot fail: an unknown key and an open door are found.
mkdir "$root/bad"
sed 's/^NoNewPrivileges=/NoNewPrivilege=/' "$units/countersignd.service" \
  > "$root/bad/countersignd.service"
if systemd-analyze verify --recursive-errors=no --man=no "$root/bad/countersignd.service" \
  2> /dev/null; then
  echo "systemd-analyze verify does not see a misspelt key" >&2
  exit 1
fi
sed 's/^PrivateNetwork=yes/PrivateNetwork=no/' "$units/countersignd.service" \
  > "$root/bad/countersignd.service"
if systemd-analyze security --offline=true --threshold="$exposure_max" --no-pager \
  "$root/bad/countersignd.service" > /dev/null; then
  echo "systemd-analyze security does not see an open network" >&2
  exit 1
fi

# Users, groups and folders: made in the empty folder when we are root, else only read.
touch "$root/etc/passwd" "$root/etc/group"
if ((EUID == 0)); then
  systemd-sysusers --root="$root" > /dev/null
  for name in countersign countersign-hsm countersign-gateway countersign-courier countersign-web \
    countersign-verify countersign-provision countersign-admin countersign-enroll; do
    grep -q "^$name:" "$root/etc/group" || { echo "no group $name" >&2; exit 1; }
  done
  systemd-tmpfiles --root="$root" --create --prefix=/run/countersign \
    --prefix=/run/countersign-hsm --prefix=/var/lib/countersign-hsm
  [[ $(stat -c %a "$root/run/countersign-hsm") == 2750 ]]
  [[ -d $root/run/countersign && $(stat -c %a "$root/var/lib/countersign-hsm/tokens") == 700 ]]
fi
# A configuration that is there stays as it is.
echo "# mine" > "$root/etc/countersign/policy.toml"
packaging/install "$root"
[[ $(< "$root/etc/countersign/policy.toml") == "# mine" ]]
echo "the units are clean and closed"
