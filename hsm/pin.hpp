// SPDX-License-Identifier: Apache-2.0
// The PIN: read from a file or a systemd credential, never tried twice once it was refused.
//
// Tokens lock after a few wrong PINs, and a service that restarts would spend them all. A refused
// PIN is therefore remembered, as a slow salted hash (scrypt) in a file of its own, mode 0600:
//
//   | u8 format = 1 | salt, 16 bytes | scrypt(PIN, salt), 32 bytes |
//
// It is tried again when the PIN file says something else, or when that file was deleted.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace countersign::hsm {

inline constexpr std::size_t kPinBytesMax = 256;

// Reads a PIN; one newline at its end does not belong to it.
//
// Fails with `not_found` (errno in native), `malformed` if it is empty, `limit_exceeded`, and
// `denied` ("file.open_to_all") if everybody on the machine may read it.
Result<SecretBytes> read_pin(const std::string& path);

// Fails with `denied` ("pin.refused_before") if this PIN was refused, `corrupt` if the memory of it
// is unreadable.
Status check_not_refused(const std::string& refused_pin_file, const SecretBytes& pin);

// ENSURES: durable when it returns without error.
Status remember_refused(const std::string& refused_pin_file, const SecretBytes& pin);

}  // namespace countersign::hsm
