// SPDX-License-Identifier: Apache-2.0
// What a YubiKey encrypts, made by OpenSSL: for tests that have none.
#pragma once

#include "base/bytes.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace countersign::test {

using YubicoBlock = std::array<std::byte, 16>;

struct YubicoTap {
  std::uint16_t session_counter = 1;  // bit 15: Caps Lock was on, as old keys tell
  std::uint8_t session_use = 0;
  std::uint32_t timestamp = 0;
};

// CRC-16 of ISO 13239, as YubiKeys compute it.
[[nodiscard]] inline std::uint16_t yubico_crc(BytesView bytes) {
  std::uint16_t crc = 0xffff;
  for (const std::byte byte : bytes) {
    crc = static_cast<std::uint16_t>(crc ^ std::to_integer<std::uint16_t>(byte));
    for (int i = 0; i < 8; ++i) {
      crc = static_cast<std::uint16_t>((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
  }
  return crc;
}

// REQUIRES: a private id of 6 bytes.
[[nodiscard]] inline YubicoBlock yubico_plain(BytesView private_id, YubicoTap tap) {
  YubicoBlock plain{};
  auto end = std::ranges::copy(private_id, plain.begin()).out;
  const auto little_endian = [&end](std::uint32_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8) *end++ = std::byte(value & 0xff);
  };
  little_endian(tap.session_counter, 2);
  little_endian(tap.timestamp, 3);
  little_endian(tap.session_use, 1);
  little_endian(0x9fc8, 2);
  little_endian(static_cast<std::uint16_t>(~yubico_crc(BytesView{plain}.first(14))), 2);
  return plain;
}

// REQUIRES: a key of 16 bytes, a private id of 6.
[[nodiscard]] inline YubicoBlock yubico_block(BytesView aes_key, BytesView private_id,
                                              YubicoTap tap) {
  const YubicoBlock plain = yubico_plain(private_id, tap);
  YubicoBlock block{};
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher{
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
  const auto bytes = [](auto& from) { return reinterpret_cast<const unsigned char*>(from.data()); };
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, bytes(aes_key), nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(cipher.get(), 0) == 1 &&
      EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(block.data()), &size,
                        bytes(plain), static_cast<int>(plain.size())) == 1;
  if (!done || size != 16) std::abort();
  return block;
}

}  // namespace countersign::test
