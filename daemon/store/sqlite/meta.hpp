// SPDX-License-Identifier: Apache-2.0
// Named values of the store as a whole.
#pragma once

#include "daemon/store/sqlite/connection.hpp"

#include <optional>

namespace countersign::store::sqlite {

// Empty, too, for what is longer than any value of ours.
Result<std::optional<Bytes>> read_meta(Connection& connection, std::string_view name);
// Durable when it returns, as the connection's settings go.
Status write_meta(Connection& connection, std::string_view name, BytesView value);

}  // namespace countersign::store::sqlite
