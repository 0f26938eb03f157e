// SPDX-License-Identifier: Apache-2.0
// A secret that an administrator put into a file: a password, an API key.
#pragma once

#include "base/error.hpp"
#include "base/secret_bytes.hpp"

#include <cstddef>
#include <string>

namespace countersign::courier {

inline constexpr std::size_t kSecretBytesMax = 4096;

// The file's first and only line. `name` is an absolute path or, without a slash, the name of a
// systemd credential (LoadCredential=). Fails with `not_found`, with `denied` when others may read
// or write it, with `malformed` when it is empty, has several lines or control characters.
[[nodiscard]] Result<SecretBytes> read_secret(const std::string& name);

}  // namespace countersign::courier
