// SPDX-License-Identifier: Apache-2.0
// Real SQLite in a folder of its own, with row MACs computed by the real algorithm under a key
// that the test knows.
#pragma once

#include "daemon/store/store_file.hpp"
#include "tests/contract/store_backend.hpp"

#include <filesystem>
#include <string>

namespace countersign::test {

class KnownKeyMacs final : public store::RecordMacs {
 public:
  awaitable<Result<RowMac>> mac(BytesView encoded) override;
  bool out_of_reach = false;  // the HSM does not answer
};

// A folder below the system's temporary one, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SqliteBackend final : public StoreBackend {
 public:
  Result<std::unique_ptr<WholeStore>> open(Executor loop, const Clock& clock) override;

  // What an administrator with sqlite3(1) could do; aborts when the statement fails.
  void edit(const std::string& sql);
  // Holds a snapshot of the database, as a backup does, until it is let go.
  [[nodiscard]] std::shared_ptr<void> keep_reading();
  // The first column of the first row.
  [[nodiscard]] std::int64_t number(const std::string& sql);
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path file() const { return folder() / "store.db"; }

  static SecretBytes moving_key();

  KnownKeyMacs macs;
  std::size_t cached_subjects = 100;
  std::string explanation;  // of the last open() that failed
  std::function<void()> on_fatal;

 private:
  TemporaryFolder folder_;
};

}  // namespace countersign::test
