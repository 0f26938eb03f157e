// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/yubikey/slot.hpp"

namespace countersign::yubikey {
namespace {

struct Words {
  std::string_view operation;
  std::string_view sentence;
};

constexpr Words kWords[] = {
    {"yubikey.none", "No YubiKey is plugged in. Plug one in and try again."},
    {"yubikey.not_this_one",
     "The YubiKey with this serial number is not plugged in, or hides its number."},
    {"yubikey.several",
     "Several YubiKeys are plugged in. Name one by its serial number, or leave one plugged in."},
    {"yubikey.permission",
     "The YubiKey is there, but this user may not open its USB device. Install the udev rule of "
     "docs/operations.md, plug the key in again, and be a member of its group."},
    {"yubikey.firmware", "The YubiKey is older than firmware 2.3, which we do not program."},
    {"yubikey.occupied",
     "The slot is configured already. What it holds would be lost: say --overwrite if it may."},
    {"yubikey.empty", "The slot is empty."},
    {"yubikey.refused",
     "The YubiKey refused, and is as it was. Its slot is protected by an access code: name the "
     "right one, or, for an update, the slot does not allow it."},
    {"yubikey.unplugged",
     "The YubiKey was pulled out in the middle. Plug it in again, and repeat the command."},
    {"yubikey.busy",
     "The YubiKey does not answer. Pull it out, plug it in again, and repeat the command."},
    {"yubikey.silent",
     "The YubiKey did not answer the challenge: the slot is none for challenges, or it was not "
     "touched in time."},
    {"yubikey.public_id", "A public id has 16 bytes at most."},
    {"yubikey.secret_length", "The secret has not the length that this kind of slot takes."},
    {"yubikey.access_code", "An access code has six bytes: twelve hexadecimal digits."},
    {"yubikey.token_identifier",
     "A token identifier has twelve characters: 0, 2, 4 or 12 letters of modhex, then digits."},
    {"yubikey.challenge", "A challenge has 1 to 63 bytes and does not end in a zero byte."},
};

}  // namespace

std::string_view explain(const Error& error) {
  for (const Words& words : kWords) {
    if (words.operation == error.operation.view()) return words.sentence;
  }
  return "The YubiKey could not be used.";
}

}  // namespace countersign::yubikey
