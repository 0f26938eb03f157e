// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/sqlite_backend.hpp"

#include "tests/support/hmac.hpp"

#include <sqlite3.h>
#include <stdlib.h>

#include <algorithm>
#include <iostream>
#include <system_error>

namespace countersign::test {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::cerr << what << '\n';
  std::abort();
}

}  // namespace

awaitable<Result<RowMac>> KnownKeyMacs::mac(BytesView encoded) {
  if (out_of_reach) co_return Error{ErrorCode::unavailable, "test.mac"};
  if (encoded.size() > store::kEncodedBytesMax) {
    co_return Error{ErrorCode::limit_exceeded, "test.mac"};
  }
  const Bytes key(32, std::byte{0x5a});
  const Bytes mac = hmac(HashAlgorithm::sha256, key, encoded);
  RowMac out;
  std::ranges::copy(mac, out.begin());
  co_return out;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "countersign-store-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) give_up("mkdtemp");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

SecretBytes SqliteBackend::moving_key() {
  SecretBytes key{store::StoreFile::kMovingKeyBytes};
  std::ranges::fill(key.expose(), std::byte{0x21});
  return key;
}

Result<std::unique_ptr<WholeStore>> SqliteBackend::open(Executor loop, const Clock& clock) {
  CS_TRY(auto file, store::StoreFile::open(folder(), moving_key(), explanation));
  if (!file.has_decoys()) {
    CS_CHECK(file.keep_decoys({.totp = {Bytes(40, std::byte{1}), Bytes(40, std::byte{2})},
                               .yubico = {Bytes(60, std::byte{3})},
                               .challenge_response = {Bytes(63, std::byte{4})}}));
  }
  store::StoreSettings settings{cached_subjects, macs, clock, on_fatal};
  return make_store(std::move(loop), std::move(file), std::move(settings), explanation);
}

void SqliteBackend::edit(const std::string& sql) {
  sqlite3* database = nullptr;
  if (sqlite3_open(file().c_str(), &database) != SQLITE_OK) give_up("sqlite3_open");
  char* message = nullptr;
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
    give_up(sql + ": " + message);
  }
  sqlite3_close(database);
}

std::shared_ptr<void> SqliteBackend::keep_reading() {
  sqlite3* database = nullptr;
  if (sqlite3_open(file().c_str(), &database) != SQLITE_OK) give_up("sqlite3_open");
  if (sqlite3_exec(database, "BEGIN; SELECT count(*) FROM journal", nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    give_up("BEGIN");
  }
  return {database, [](void* open) { sqlite3_close(static_cast<sqlite3*>(open)); }};
}

std::int64_t SqliteBackend::number(const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open(file().c_str(), &database) != SQLITE_OK) give_up("sqlite3_open");
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
      sqlite3_step(statement) != SQLITE_ROW) {
    give_up(sql);
  }
  const std::int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return value;
}

}  // namespace countersign::test
