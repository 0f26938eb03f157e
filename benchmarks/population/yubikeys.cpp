// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/population/yubikeys.hpp"

#include "benchmarks/population/oath.hpp"
#include "firmware-interface/modhex.hpp"
#include "tests/support/yubico_block.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

namespace countersign::bench {
namespace {

constexpr std::uint64_t kPressesPerSession = 256;
constexpr std::uint64_t kSessions = 0x7fff;
constexpr std::size_t kAesKeyBytes = 16;
constexpr std::size_t kIdBytes = 6;

// Bytes 0 to 5 of the number, the lowest first.
std::array<std::byte, kIdBytes> id_bytes(std::uint64_t number) {
  std::array<std::byte, kIdBytes> bytes{};
  for (std::byte& byte : bytes) {
    byte = std::byte(number & 0xff);
    number >>= 8;
  }
  return bytes;
}

std::array<std::byte, kIdBytes> private_id_bytes(std::size_t key) { return id_bytes(key + 1); }

}  // namespace

struct YubiKeys::Cipher {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};

  explicit Cipher(const std::string& key) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    const bool done =
        EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, bytes, nullptr) == 1 &&
        EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1;
    if (!done) std::abort();
  }

  [[nodiscard]] test::YubicoBlock encrypt(const test::YubicoBlock& plain) const {
    test::YubicoBlock block{};
    int size = 0;
    if (EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(block.data()), &size,
                          reinterpret_cast<const unsigned char*>(plain.data()),
                          static_cast<int>(plain.size())) != 1) {
      std::abort();
    }
    return block;
  }
};

YubiKeys::YubiKeys(std::size_t count) {
  ciphers_.reserve(count);
  for (std::size_t key = 0; key < count; ++key) ciphers_.emplace_back(aes_key(key));
}

YubiKeys::~YubiKeys() = default;

// The same as bench_raw takes.
std::string YubiKeys::aes_key(std::size_t key) {
  const Secret secret = secret_number(key);
  return std::string{as_text(BytesView{secret}.first(kAesKeyBytes))};
}

std::string YubiKeys::private_id(std::size_t key) {
  return std::string{as_text(private_id_bytes(key))};
}

std::string YubiKeys::public_id(std::size_t key) { return modhex::encode(id_bytes(key)); }

std::string YubiKeys::otp(std::size_t key, std::uint64_t press) const {
  if (press >= kSessions * kPressesPerSession) std::abort();
  const auto plain = test::yubico_plain(
      private_id_bytes(key),
      {.session_counter = static_cast<std::uint16_t>(1 + press / kPressesPerSession),
       .session_use = static_cast<std::uint8_t>(press % kPressesPerSession),
       .timestamp = static_cast<std::uint32_t>(press * 8)});  // a second later each time
  return public_id(key) + modhex::encode(ciphers_[key].encrypt(plain));
}

}  // namespace countersign::bench
