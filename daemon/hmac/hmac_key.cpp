// SPDX-License-Identifier: Apache-2.0
// The low-level SHA-256 calls are deprecated in OpenSSL 3 and still the only ones whose state can
// be kept as plain words; EVP costs three times as much for messages of this size.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "daemon/hmac/hmac_key.hpp"

#include <openssl/sha.h>
#include <string.h>

#include <algorithm>
#include <cassert>

namespace countersign {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;

// The state after the one block that is the key, padded.
std::array<std::uint32_t, 8> state_after(BytesView key, std::byte pad) {
  std::array<std::byte, kBlockBytes> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  std::array<std::uint32_t, 8> state;
  std::copy_n(context.h, state.size(), state.begin());
  ::explicit_bzero(block.data(), block.size());
  ::explicit_bzero(&context, sizeof context);
  return state;
}

SHA256_CTX resume(const std::array<std::uint32_t, 8>& state) {
  SHA256_CTX context{};
  std::copy_n(state.begin(), state.size(), context.h);
  context.Nl = kBlockBytes * 8;
  context.md_len = SHA256_DIGEST_LENGTH;
  return context;
}

HmacKey::Mac finish(SHA256_CTX& context, BytesView message) {
  HmacKey::Mac digest;
  SHA256_Update(&context, message.data(), message.size());
  SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context);
  return digest;
}

}  // namespace

HmacKey::HmacKey(const SecretBytes& key)
    : inner_{state_after(key.expose(), std::byte{0x36})},
      outer_{state_after(key.expose(), std::byte{0x5c})} {
  assert(key.size() == kBytes);
}

HmacKey::~HmacKey() {
  ::explicit_bzero(inner_.data(), sizeof inner_);
  ::explicit_bzero(outer_.data(), sizeof outer_);
}

HmacKey::Mac HmacKey::mac(BytesView message) const {
  SHA256_CTX inner = resume(inner_);
  const Mac digest = finish(inner, message);
  SHA256_CTX outer = resume(outer_);
  return finish(outer, digest);
}

}  // namespace countersign
