// SPDX-License-Identifier: Apache-2.0
#include "hsm/pin.hpp"

#include "base/passcode.hpp"
#include "hsm/files.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace countersign::hsm {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kRecordBytes = 1 + kSaltBytes + kHashBytes;
constexpr std::byte kFormat{1};

// About a tenth of a second and 32 MB: a stolen memory of a mistyped PIN is worth little.
constexpr std::uint64_t kScryptN = 1U << 15;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptBytesMax = 64U << 20;

Result<SecretBytes> slow_hash(const SecretBytes& pin, BytesView salt) {
  const std::string_view text = as_text(pin.expose());
  SecretBytes hash{kHashBytes};
  if (EVP_PBE_scrypt(text.data(), text.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                     salt.size(), kScryptN, kScryptR, kScryptP, kScryptBytesMax,
                     reinterpret_cast<unsigned char*>(hash.expose().data()), hash.size()) != 1) {
    return Error{ErrorCode::unavailable, "EVP_PBE_scrypt"};
  }
  return hash;
}

}  // namespace

Result<SecretBytes> read_pin(const std::string& path) {
  // Room for the newline that does not count.
  CS_TRY(SecretBytes content, read_private_file(path, kPinBytesMax + 1));
  BytesView pin = content.expose();
  if (!pin.empty() && pin.back() == std::byte{'\n'}) pin = pin.first(pin.size() - 1);
  if (pin.empty()) return Error{ErrorCode::malformed, "pin.empty"};
  if (pin.size() > kPinBytesMax) return Error{ErrorCode::limit_exceeded, "pin.length"};
  return SecretBytes{pin};
}

Status check_not_refused(const std::string& refused_pin_file, const SecretBytes& pin) {
  const auto record = read_private_file(refused_pin_file, kRecordBytes);
  if (!record && record.error().native == ENOENT) return {};
  if (!record) return record.error();
  const BytesView bytes = record->expose();
  if (bytes.size() != kRecordBytes || bytes[0] != kFormat) {
    return Error{ErrorCode::corrupt, "pin.refused_file"};
  }
  CS_TRY(const SecretBytes hash, slow_hash(pin, bytes.subspan(1, kSaltBytes)));
  if (equal_in_constant_time(as_text(hash.expose()), as_text(bytes.subspan(1 + kSaltBytes)))) {
    return Error{ErrorCode::denied, "pin.refused_before"};
  }
  return {};
}

Status remember_refused(const std::string& refused_pin_file, const SecretBytes& pin) {
  Bytes salt(kSaltBytes);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) != 1) {
    return Error{ErrorCode::unavailable, "RAND_bytes"};
  }
  CS_TRY(const SecretBytes hash, slow_hash(pin, salt));
  Bytes record;
  Writer{record}.integer(kFormat).raw(salt).raw(hash.expose());
  return write_private_file(refused_pin_file, record);
}

}  // namespace countersign::hsm
