// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/meta.hpp"

namespace countersign::store::sqlite {

Result<std::optional<Bytes>> read_meta(Connection& connection, std::string_view name) {
  CS_TRY(Statement statement, connection.prepare("SELECT value FROM meta WHERE name = ?"));
  const Result<bool> found = statement.start(name);
  if (!found && is_too_long(found.error())) return Bytes{};
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  const BytesView value = statement.blob(0);
  return Bytes{value.begin(), value.end()};
}

Status write_meta(Connection& connection, std::string_view name, BytesView value) {
  CS_TRY(Statement statement,
         connection.prepare("INSERT INTO meta VALUES(?1, ?2) ON CONFLICT(name) "
                            "DO UPDATE SET value = ?2"));
  CS_CHECK(statement.run(name, value));
  return {};
}

}  // namespace countersign::store::sqlite
