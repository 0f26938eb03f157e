// SPDX-License-Identifier: Apache-2.0
#include "gateway/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace countersign::gateway {
namespace {

constexpr std::size_t kTextLetters = 28;  // 20 bytes are six groups of three, and one of two
constexpr std::size_t kPaddedBytes = kTextLetters / 4 * 3;

}  // namespace

std::string to_base64(const Signature& signature) {
  std::array<unsigned char, kTextLetters + 1> text{};  // OpenSSL ends it with a NUL
  EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(signature.data()),
                  static_cast<int>(signature.size()));
  return {reinterpret_cast<const char*>(text.data()), kTextLetters};
}

std::optional<Signature> from_base64(std::string_view text) {
  if (text.size() != kTextLetters) return std::nullopt;
  std::array<unsigned char, kPaddedBytes> bytes{};
  const int decoded = EVP_DecodeBlock(
      bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), kTextLetters);
  if (decoded != static_cast<int>(kPaddedBytes)) return std::nullopt;
  Signature signature;
  std::ranges::transform(std::span{bytes}.first<kSignatureBytes>(), signature.begin(),
                         [](unsigned char b) { return std::byte{b}; });
  // OpenSSL forgives blanks around it, and letters with bits that belong to no byte.
  if (to_base64(signature) != text) return std::nullopt;
  return signature;
}

Signature sign_with_empty_key(std::string_view text) {
  Signature signature{};
  unsigned size = 0;
  HMAC(EVP_sha1(), "", 0, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), &size);
  return signature;
}

}  // namespace countersign::gateway
