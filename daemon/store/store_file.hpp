// SPDX-License-Identifier: Apache-2.0
// A store's folder, opened and ours: the step between finding a database and serving from it.
//
// Two steps, because decoys need secrets that the HSM seals once and the store keeps: open the
// file, keep decoys if it has none yet, then make the Store.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/store/account_store.hpp"
#include "daemon/store/decoys.hpp"
#include "daemon/store/row_macs.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::store {

struct StoreSettings {
  std::size_t cached_subjects = 20'000;  // about 1 KB each
  RecordMacs& macs;                      // outlives the store
  const Clock& clock;                    // outlives the store
  // Called on the store's own thread when nobody knows any more what the disk holds: end the
  // process, start it again.
  std::function<void()> on_fatal;
};

class StoreFile {
 public:
  static constexpr std::size_t kMovingKeyBytes = HmacKey::kBytes;
  static constexpr std::size_t kDecoySecretsMax = 64;

  // Opens the database in `directory`, which exists, or makes one; nobody else may have it open.
  // ENSURES: what is read from it is on the disk, whatever the last run ended by.
  // `moving_key` is derived from the HSM's `record` key and always the same.
  //
  // Fails with `unavailable` or `corrupt`; `explanation` says what is wrong, for an administrator.
  static Result<StoreFile> open(const std::filesystem::path& directory, SecretBytes moving_key,
                                std::string& explanation);

  StoreFile(StoreFile&&) noexcept;
  StoreFile& operator=(StoreFile&&) noexcept;
  ~StoreFile();

  [[nodiscard]] bool has_decoys() const;
  // Keeps them, durably.
  // REQUIRES: 1 to kDecoySecretsMax of each kind. Fails with `unavailable`.
  Status keep_decoys(DecoySecrets sealed);

  // REQUIRES: file.has_decoys(); the loop outlives the store, and so does nothing that waits on it.
  // The destructor finishes what was begun, except for telling those who wait.
  friend Result<std::unique_ptr<WholeStore>> make_store(Executor loop, StoreFile file,
                                                        StoreSettings settings,
                                                        std::string& explanation);

 private:
  struct Opened;

  explicit StoreFile(std::unique_ptr<Opened> opened);

  std::unique_ptr<Opened> opened_;
};

Result<std::unique_ptr<WholeStore>> make_store(Executor loop, StoreFile file,
                                               StoreSettings settings, std::string& explanation);

}  // namespace countersign::store
