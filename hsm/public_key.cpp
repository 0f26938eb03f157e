// SPDX-License-Identifier: Apache-2.0
#include "hsm/public_key.hpp"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace countersign::hsm {
namespace {

constexpr auto kP256Parameters =
    std::to_array<unsigned char>({0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07});

// SubjectPublicKeyInfo of an uncompressed point of P-256 (RFC 5480), up to the point.
constexpr auto kP256Prefix = std::to_array<unsigned char>(
    {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
     0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00});
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kOctetStringHeaderBytes = 2;
constexpr std::size_t kScalarBytes = 32;

template <auto Free>
struct Freed {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* octets(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// OpenSSL wants the pair as DER.
Bytes der_of(BytesView signature) {
  const EcSignature pair{ECDSA_SIG_new()};
  BIGNUM* r = BN_bin2bn(octets(signature), kScalarBytes, nullptr);
  BIGNUM* s = BN_bin2bn(octets(signature.subspan(kScalarBytes)), kScalarBytes, nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

}  // namespace

BytesView p256_parameters() { return std::as_bytes(std::span{kP256Parameters}); }

Result<std::string> public_key_pem(BytesView ec_point) {
  if (ec_point.size() != kOctetStringHeaderBytes + kPointBytes) {
    return Error{ErrorCode::malformed, "public_key.point", ec_point.size()};
  }
  Bytes der;
  Writer{der}
      .raw(std::as_bytes(std::span{kP256Prefix}))
      .raw(ec_point.subspan(kOctetStringHeaderBytes));
  const unsigned char* at = octets(der);
  const Key key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  if (!key) return Error{ErrorCode::malformed, "public_key.point"};

  const Bio text{BIO_new(BIO_s_mem())};
  if (!text || PEM_write_bio_PUBKEY(text.get(), key.get()) != 1) {
    return Error{ErrorCode::unavailable, "PEM_write_bio_PUBKEY"};
  }
  char* start = nullptr;
  const long size = BIO_get_mem_data(text.get(), &start);
  return std::string{start, static_cast<std::size_t>(size)};
}

Status check_signature(std::string_view pem, BytesView digest, BytesView signature) {
  if (signature.size() != 2 * kScalarBytes) return Error{ErrorCode::corrupt, "signature.size"};
  const Bio text{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const Key key{PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr)};
  if (!key) return Error{ErrorCode::malformed, "PEM_read_bio_PUBKEY"};
  const Context context{EVP_PKEY_CTX_new(key.get(), nullptr)};
  const Bytes der = der_of(signature);
  if (!context || der.empty() || EVP_PKEY_verify_init(context.get()) != 1) {
    return Error{ErrorCode::unavailable, "EVP_PKEY_verify_init"};
  }
  if (EVP_PKEY_verify(context.get(), octets(der), der.size(), octets(digest), digest.size()) != 1) {
    return Error{ErrorCode::corrupt, "signature"};
  }
  return {};
}

}  // namespace countersign::hsm
