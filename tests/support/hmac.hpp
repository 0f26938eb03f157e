// SPDX-License-Identifier: Apache-2.0
// HMAC by OpenSSL: what a token's chip would compute, for tests that have no HSM.
#pragma once

#include "base/bytes.hpp"
#include "base/hash_algorithm.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace countersign::test {

inline Bytes hmac(HashAlgorithm algorithm, BytesView key, BytesView message) {
  const EVP_MD* digest = algorithm == HashAlgorithm::sha1     ? EVP_sha1()
                         : algorithm == HashAlgorithm::sha256 ? EVP_sha256()
                                                              : EVP_sha512();
  Bytes mac(digest_bytes(algorithm));
  unsigned size = 0;
  const auto* done = HMAC(digest, key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                          reinterpret_cast<unsigned char*>(mac.data()), &size);
  if (done == nullptr || size != mac.size()) std::abort();
  return mac;
}

}  // namespace countersign::test
