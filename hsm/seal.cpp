// SPDX-License-Identifier: Apache-2.0
#include "hsm/seal.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kWrapUnitBytes = 8;  // RFC 3394 wraps multiples of it, and adds one

constexpr std::size_t round_up(std::size_t size) {
  return (size + kWrapUnitBytes - 1) / kWrapUnitBytes * kWrapUnitBytes;
}

const EVP_MD* digest_of(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return EVP_sha1();
    case HashAlgorithm::sha256:
      return EVP_sha256();
    case HashAlgorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

Bytes seal_bytes(SecretKind kind, std::uint16_t key_version, BytesView wrap) {
  Bytes sealed;
  sealed.reserve(kSealHeaderBytes + wrap.size());
  Writer{sealed}
      .integer(kFormat)
      .integer(kind)
      .integer(key_version)
      .integer(kSealMechanism)
      .raw(wrap);
  return sealed;
}

Result<Sealed> parse_sealed(BytesView sealed, SecretKind kind, HashAlgorithm algorithm) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  const auto its_kind = reader.integer<std::uint8_t>();
  const auto key_version = reader.integer<std::uint16_t>();
  const auto mechanism = reader.integer<std::uint32_t>();
  if (!reader.good()) return Error{ErrorCode::corrupt, "sealed.short"};
  if (format != kFormat) return Error{ErrorCode::corrupt, "sealed.format"};
  if (its_kind != static_cast<std::uint8_t>(kind)) return Error{ErrorCode::corrupt, "sealed.kind"};
  if (mechanism != kSealMechanism) return Error{ErrorCode::corrupt, "sealed.mechanism"};

  const BytesView wrap = sealed.subspan(kSealHeaderBytes);
  const std::size_t least = round_up(digest_bytes(algorithm)) + kWrapUnitBytes;
  const std::size_t most = block_bytes(algorithm) + kWrapUnitBytes;
  if (wrap.size() < least || wrap.size() > most || wrap.size() % kWrapUnitBytes != 0) {
    return Error{ErrorCode::corrupt, "sealed.size", wrap.size()};
  }
  return Sealed{key_version, wrap};
}

Result<SecretBytes> prepare_oath_secret(HashAlgorithm algorithm, BytesView secret) {
  if (!is_known(algorithm)) return Error{ErrorCode::malformed, "secret.algorithm"};
  if (secret.empty()) return Error{ErrorCode::malformed, "secret.empty"};
  if (secret.size() > kOathSecretBytesMax) return Error{ErrorCode::limit_exceeded, "secret.length"};

  const bool is_hashed = secret.size() > block_bytes(algorithm);
  const std::size_t size = is_hashed ? digest_bytes(algorithm) : secret.size();
  SecretBytes prepared{round_up(std::max(size, digest_bytes(algorithm)))};
  if (!is_hashed) {
    std::ranges::copy(secret, prepared.expose().begin());
    return prepared;
  }
  if (EVP_Digest(secret.data(), secret.size(),
                 reinterpret_cast<unsigned char*>(prepared.expose().data()), nullptr,
                 digest_of(algorithm), nullptr) != 1) {
    return Error{ErrorCode::unavailable, "EVP_Digest"};
  }
  return prepared;
}

}  // namespace countersign::hsm
