// SPDX-License-Identifier: Apache-2.0
// OpenSSL's old SHA-1 interface lets a keyed state be kept and copied for nothing, which is what a
// load generator on the measured machine needs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "benchmarks/population/oath.hpp"

#include "firmware-interface/oath.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace countersign::bench {

struct Tokens::Keyed {
  SHA_CTX inner;
  SHA_CTX outer;
};

Secret secret_number(std::uint64_t n) {
  Bytes input;
  Writer{input}.text("countersign benchmark secret").integer(n);
  Secret secret;
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(),
       reinterpret_cast<unsigned char*>(secret.data()));
  return secret;
}

Tokens::Tokens(std::size_t secrets) : keyed_(secrets) {
  for (std::size_t i = 0; i < secrets; ++i) {
    std::array<unsigned char, SHA_CBLOCK> pad{};
    const Secret secret = secret_number(i);
    std::ranges::transform(secret, pad.begin(),
                           [](std::byte b) { return std::to_integer<unsigned char>(b); });
    for (auto& b : pad) b ^= 0x36;
    SHA1_Init(&keyed_[i].inner);
    SHA1_Update(&keyed_[i].inner, pad.data(), pad.size());
    for (auto& b : pad) b ^= 0x36 ^ 0x5c;
    SHA1_Init(&keyed_[i].outer);
    SHA1_Update(&keyed_[i].outer, pad.data(), pad.size());
  }
}

Tokens::~Tokens() = default;

std::string Tokens::code(std::size_t secret, std::uint64_t counter) const {
  const auto message = oath::counter_bytes(counter);
  std::array<std::byte, SHA_DIGEST_LENGTH> mac{};
  auto* digest = reinterpret_cast<unsigned char*>(mac.data());
  SHA_CTX inner = keyed_[secret].inner;
  SHA1_Update(&inner, message.data(), message.size());
  SHA1_Final(digest, &inner);
  SHA_CTX outer = keyed_[secret].outer;
  SHA1_Update(&outer, digest, mac.size());
  SHA1_Final(digest, &outer);
  return std::string{oath::truncate(mac, oath::Digits::six).view()};
}

}  // namespace countersign::bench
