// SPDX-License-Identifier: Apache-2.0
// The cryptography of PSKC files: RFC 6030 section 6, by OpenSSL.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::files {

// A hostile file could otherwise ask for hours of work.
inline constexpr std::uint64_t kPbkdf2IterationsMax = 5'000'000;
inline constexpr std::size_t kSaltBytesMax = 1024;

// The algorithms by the addresses that name them; none for others.
[[nodiscard]] std::optional<HashAlgorithm> hmac_algorithm(std::string_view address);
[[nodiscard]] std::optional<std::size_t> aes_cbc_key_bytes(std::string_view address);

// Fails with `unavailable`.
[[nodiscard]] Result<SecretBytes> derive_key(HashAlgorithm prf, BytesView passphrase,
                                             BytesView salt, std::uint64_t iterations,
                                             std::size_t size);

// `text` is the initialisation vector, then whole blocks. The last byte says how much of the last
// block is padding, as XML encryption has it. Fails with `denied` if the padding cannot be.
[[nodiscard]] Result<SecretBytes> decrypt_cbc(BytesView key, BytesView text);

// Compares in constant time. Fails with `denied` if they differ.
[[nodiscard]] Status check_mac(HashAlgorithm algorithm, BytesView key, BytesView text,
                               BytesView mac);

}  // namespace countersign::files
