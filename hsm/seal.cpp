// SPDX-License-Identifier: Apache-2.0
#include "hsm/seal.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <string_view>

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

// The lengths that a kind's wrap and note may have.
struct Shape {
  std::size_t wrap_bytes_min;
  std::size_t wrap_bytes_max;
  std::size_t note_bytes;
};

constexpr Shape shape_of(SecretKind kind) {
  if (kind == SecretKind::yubico) {
    constexpr std::size_t kWrapBytes = kYubicoKeyBytes + kWrapUnitBytes;
    static_assert(kSealHeaderBytes + kWrapBytes == kSealedYubicoKeyBytes);
    return {kWrapBytes, kWrapBytes, kYubicoPrivateIdBytes};
  }
  const std::size_t least = round_up(digest_bytes(HashAlgorithm::sha1)) + kWrapUnitBytes;
  if (kind == SecretKind::challenge_response) return {least, least, kLengthNoteBytes};
  return {least, kApiKeyBytesMax + kWrapUnitBytes, kLengthNoteBytes};
}

std::string_view name_of(SecretKind kind) {
  if (kind == SecretKind::yubico) return "countersign yubico v1";
  if (kind == SecretKind::challenge_response) return "countersign challenge-response v1";
  return "countersign client v1";
}

Result<Sealed> parse_header(BytesView sealed, SecretKind kind) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  const auto its_kind = reader.integer<std::uint8_t>();
  const auto key_version = reader.integer<std::uint16_t>();
  const auto mechanism = reader.integer<std::uint32_t>();
  if (!reader.good()) return Error{ErrorCode::corrupt, "sealed.short"};
  if (format != kFormat) return Error{ErrorCode::corrupt, "sealed.format"};
  if (its_kind != static_cast<std::uint8_t>(kind)) return Error{ErrorCode::corrupt, "sealed.kind"};
  if (mechanism != kSealMechanism) return Error{ErrorCode::corrupt, "sealed.mechanism"};
  return Sealed{key_version, sealed.subspan(kSealHeaderBytes)};
}

Status check_wrap(BytesView wrap, std::size_t least, std::size_t most) {
  if (wrap.size() >= least && wrap.size() <= most && wrap.size() % kWrapUnitBytes == 0) return {};
  return Error{ErrorCode::corrupt, "sealed.size", wrap.size()};
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
  CS_TRY(const Sealed parsed, parse_header(sealed, kind));
  CS_CHECK(check_wrap(parsed.wrap, round_up(digest_bytes(algorithm)) + kWrapUnitBytes,
                      block_bytes(algorithm) + kWrapUnitBytes));
  return parsed;
}

Bytes seal_bytes(SecretKind kind, const SealedWithNote& sealed) {
  Bytes bytes = seal_bytes(kind, sealed.key.key_version, sealed.key.wrap);
  Writer{bytes}.integer(sealed.note.key_version).raw(sealed.note.iv).raw(sealed.note.hidden);
  return bytes;
}

Result<SealedWithNote> parse_sealed_with_note(BytesView sealed, SecretKind kind) {
  CS_TRY(const Sealed whole, parse_header(sealed, kind));
  const Shape shape = shape_of(kind);
  const std::size_t note_bytes =
      sizeof(std::uint16_t) + kNoteIvBytes + shape.note_bytes + kNoteTagBytes;
  if (whole.wrap.size() < note_bytes) return Error{ErrorCode::corrupt, "sealed.short"};

  SealedWithNote parsed;
  parsed.key = {whole.key_version, whole.wrap.first(whole.wrap.size() - note_bytes)};
  CS_CHECK(check_wrap(parsed.key.wrap, shape.wrap_bytes_min, shape.wrap_bytes_max));
  Reader reader{whole.wrap.last(note_bytes)};
  parsed.note.key_version = reader.integer<std::uint16_t>();
  parsed.note.iv = reader.raw(kNoteIvBytes);
  parsed.note.hidden = reader.raw(shape.note_bytes + kNoteTagBytes);
  return parsed;
}

Bytes note_associated_data(SecretKind kind, BytesView wrap) {
  Bytes data;
  Writer{data}.text(name_of(kind)).raw(wrap);
  return data;
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
