// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/files/pskc_crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cassert>
#include <memory>
#include <utility>

namespace countersign::files {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr Literal kDoesNotFit = "The key or passphrase does not fit, or the file was changed.";

const unsigned char* raw(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

const EVP_MD* digest(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return ::EVP_sha1();
    case HashAlgorithm::sha256:
      return ::EVP_sha256();
    case HashAlgorithm::sha512:
      return ::EVP_sha512();
  }
  return nullptr;
}

const EVP_CIPHER* cipher(std::size_t key_bytes) {
  switch (key_bytes) {
    case 16:
      return ::EVP_aes_128_cbc();
    case 24:
      return ::EVP_aes_192_cbc();
    case 32:
      return ::EVP_aes_256_cbc();
    default:
      return nullptr;
  }
}

Error out_of_order(Literal call) { return {ErrorCode::unavailable, call}; }

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { ::EVP_CIPHER_CTX_free(context); }
};

}  // namespace

std::optional<HashAlgorithm> hmac_algorithm(std::string_view address) {
  if (address == "http://www.w3.org/2000/09/xmldsig#hmac-sha1") return HashAlgorithm::sha1;
  if (address == "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256") {
    return HashAlgorithm::sha256;
  }
  if (address == "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512") {
    return HashAlgorithm::sha512;
  }
  return std::nullopt;
}

std::optional<std::size_t> aes_cbc_key_bytes(std::string_view address) {
  if (address == "http://www.w3.org/2001/04/xmlenc#aes128-cbc") return 16;
  if (address == "http://www.w3.org/2001/04/xmlenc#aes192-cbc") return 24;
  if (address == "http://www.w3.org/2001/04/xmlenc#aes256-cbc") return 32;
  return std::nullopt;
}

Result<SecretBytes> derive_key(HashAlgorithm prf, BytesView passphrase, BytesView salt,
                               std::uint64_t iterations, std::size_t size) {
  assert(iterations <= kPbkdf2IterationsMax);
  SecretBytes key{size};
  const std::string_view text = as_text(passphrase);
  if (::PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), raw(salt),
                          static_cast<int>(salt.size()), static_cast<int>(iterations), digest(prf),
                          static_cast<int>(size), raw(key.expose())) != 1) {
    return out_of_order("PKCS5_PBKDF2_HMAC");
  }
  return key;
}

Result<SecretBytes> decrypt_cbc(BytesView key, BytesView text) {
  const EVP_CIPHER* const aes = cipher(key.size());
  if (aes == nullptr) return Error{ErrorCode::denied, "The key does not have the file's length."};
  if (text.size() < 2 * kBlockBytes || text.size() % kBlockBytes != 0) {
    return Error{ErrorCode::malformed, "An encrypted value is not whole blocks."};
  }
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context{::EVP_CIPHER_CTX_new()};
  const BytesView blocks = text.subspan(kBlockBytes);
  SecretBytes clear{blocks.size()};
  int size = 0;
  if (!context || ::EVP_DecryptInit_ex(context.get(), aes, nullptr, raw(key), raw(text)) != 1 ||
      ::EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      ::EVP_DecryptUpdate(context.get(), raw(clear.expose()), &size, raw(blocks),
                          static_cast<int>(blocks.size())) != 1 ||
      static_cast<std::size_t>(size) != blocks.size()) {
    return out_of_order("EVP_Decrypt");
  }
  const BytesView padded = std::as_const(clear).expose();
  const auto padding = std::to_integer<std::size_t>(padded.back());
  if (padding == 0 || padding > kBlockBytes) return Error{ErrorCode::denied, kDoesNotFit};
  return SecretBytes{padded.first(padded.size() - padding)};
}

Status check_mac(HashAlgorithm algorithm, BytesView key, BytesView text, BytesView mac) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> wanted{};
  unsigned size = 0;
  if (::HMAC(digest(algorithm), key.data(), static_cast<int>(key.size()), raw(text), text.size(),
             wanted.data(), &size) == nullptr) {
    return out_of_order("HMAC");
  }
  if (mac.size() != size || ::CRYPTO_memcmp(wanted.data(), mac.data(), size) != 0) {
    return Error{ErrorCode::denied, kDoesNotFit};
  }
  return {};
}

}  // namespace countersign::files
