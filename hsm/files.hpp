// SPDX-License-Identifier: Apache-2.0
// Small files that hold a secret or decide about one: bounded, private, whole or absent.
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"

#include <string>

namespace countersign::hsm {

// Fails with `not_found` (errno in native), `limit_exceeded` if it is larger than `bytes_max`, and
// `denied` ("file.open_to_all") if everybody on the machine may read it.
Result<SecretBytes> read_private_file(const std::string& path, std::size_t bytes_max);

// Writes beside the path, then moves into place, mode 0600. Fails with `unavailable`, errno in
// native. ENSURES: the whole file is durable, or the path is as it was.
Status write_private_file(const std::string& path, BytesView content);

// Makes the name of a file or folder durable. Fails with `unavailable`, errno in native.
Status sync_parent(const std::string& path);

}  // namespace countersign::hsm
