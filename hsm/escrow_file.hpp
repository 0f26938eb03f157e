// SPDX-License-Identifier: Apache-2.0
// A key's escrowed copy: what rotation, mirroring and restore start from.
//
//   | "CSEK" | u8 format = 1 | u8 role | u16 version | u32 mechanism = 0x2109 | u16 size | wrap |
//
// Big-endian; the roles are those of KeyRole. The wrap is RFC 3394 by `escrow` on the custody
// token: of the 32 bytes of a secret key, or of the PKCS#8 of the journal's private key, padded
// with zeros to a multiple of eight. It opens into a fresh key, without an unwrap template, on the
// custody token alone. One file a key, "<label>.escrow", mode 0600.
#pragma once

#include "hsm/key_set.hpp"

#include <string>

namespace countersign::hsm {

[[nodiscard]] std::string escrow_path(const std::string& folder, const KeyName& name);

// ENSURES: durable when it returns without error. Fails with `unavailable`, errno in native.
Status write_escrow_file(const std::string& folder, const KeyName& name, BytesView wrap);

// Fails with `not_found`, and with `corrupt` if the file is not this key's.
Result<Bytes> read_escrow_file(const std::string& folder, const KeyName& name);

}  // namespace countersign::hsm
