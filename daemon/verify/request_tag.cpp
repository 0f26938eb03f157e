// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/request_tag.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace countersign::verify {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Digest = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;

}  // namespace

Result<RequestTag> request_tag(std::uint32_t peer_uid, const RequestId& id) {
  // Fetched once: a fetch for every request would cost more than the hash.
  static const Digest sha256{EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  static const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};

  std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
  const std::array<std::uint32_t, 1> uid{peer_uid};
  const bool hashed =
      EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
      EVP_DigestUpdate(context.get(), uid.data(), sizeof uid) == 1 &&
      EVP_DigestUpdate(context.get(), id.bytes.data(), id.size) == 1 &&
      EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) ==
          1;
  if (!hashed) return Error{ErrorCode::unavailable, "EVP_Digest"};
  RequestTag tag;
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

}  // namespace countersign::verify
