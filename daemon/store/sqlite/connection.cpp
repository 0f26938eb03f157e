// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/connection.hpp"

#include "daemon/store/sqlite/gathering_vfs.hpp"

#include <sqlite3.h>

namespace countersign::store::sqlite {
namespace {

constexpr int kBusyMilliseconds = 2000;
// Of a text or blob. Nothing of ours comes near; and a length fits the two bytes that it has in
// what MACs and hashes cover.
constexpr int kValueBytesMax = 65'535;

Error failure(sqlite3* database, Literal call) {
  const int code = sqlite3_extended_errcode(database);
  const bool taken = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     code == SQLITE_CONSTRAINT_ROWID;
  const bool foreign = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB ||
                       (code & 0xff) == SQLITE_TOOBIG;
  return {taken     ? ErrorCode::already_exists
          : foreign ? ErrorCode::corrupt
                    : ErrorCode::unavailable,
          call, static_cast<std::uint64_t>(code)};
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(prepared_); }

Result<bool> Statement::step() {
  const int code = sqlite3_step(prepared_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(sqlite3_db_handle(prepared_), "sqlite3_step");
}

// What it would return is the failure that step() has already told.
void Statement::rewind() { sqlite3_reset(prepared_); }

int Statement::changes() const { return sqlite3_changes(sqlite3_db_handle(prepared_)); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(prepared_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

BytesView Statement::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(prepared_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

void Statement::bind_integer(int place, std::int64_t value) {
  sqlite3_bind_int64(prepared_, place, value);
}

// A null pointer would bind NULL, where an empty text is meant.
void Statement::bind_text(int place, std::string_view value) {
  sqlite3_bind_text(prepared_, place, value.empty() ? "" : value.data(),
                    static_cast<int>(value.size()), SQLITE_STATIC);
}

void Statement::bind_blob(int place, BytesView value) {
  if (value.empty()) {
    sqlite3_bind_zeroblob(prepared_, place, 0);
    return;
  }
  sqlite3_bind_blob(prepared_, place, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}

Result<Connection> Connection::open(const std::filesystem::path& file, Mode mode) {
  // Statistics that nobody reads would lock a mutex at every allocation.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)configured;
  const int access = mode == Mode::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &database,
                      access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
                      mode == Mode::read_write ? gathering_vfs() : nullptr);
  Connection connection{database};
  if (code != SQLITE_OK) {
    return Error{ErrorCode::unavailable, "sqlite3_open", static_cast<std::uint64_t>(code)};
  }
  CS_CHECK(connection.harden());
  return connection;
}

Connection::~Connection() { sqlite3_close_v2(database_); }

// Whoever writes to the file may also write to its schema: a trigger or a view there must not run
// in our name.
Status Connection::harden() {
  sqlite3_busy_timeout(database_, kBusyMilliseconds);
  sqlite3_limit(database_, SQLITE_LIMIT_LENGTH, kValueBytesMax);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return execute("PRAGMA cell_size_check = ON");
}

Status Connection::execute(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(database_, "sqlite3_exec");
}

Result<Statement> Connection::prepare(const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) !=
      SQLITE_OK) {
    return failure(database_, "sqlite3_prepare");
  }
  return Statement{prepared};
}

Result<std::int64_t> Connection::number(const char* sql) {
  CS_TRY(Statement statement, prepare(sql));
  CS_TRY(const bool found, statement.step());
  if (!found) return Error{ErrorCode::not_found, "sqlite3_step"};
  return statement.integer(0);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

std::string Connection::message() const { return sqlite3_errmsg(database_); }

Status one_row(const Result<int>& changed) {
  if (!changed) return changed.error();
  if (*changed != 1) return Error{ErrorCode::conflict, "store.version"};
  return {};
}

bool is_too_long(const Error& error) { return (error.native & 0xff) == SQLITE_TOOBIG; }

bool is_sync_failure(const Error& error) {
  return error.native == SQLITE_IOERR_FSYNC || error.native == SQLITE_IOERR_DIR_FSYNC;
}

bool is_disk_failure(const Error& error) { return (error.native & 0xff) == SQLITE_IOERR; }

}  // namespace countersign::store::sqlite
