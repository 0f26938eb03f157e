// SPDX-License-Identifier: Apache-2.0
// One open key, as libykpers has it. For this module's sources alone.
#pragma once

#include "firmware-interface/yubikey/slot.hpp"

#include <ykdef.h>
#include <ykpers.h>

#include <memory>
#include <mutex>

namespace countersign::yubikey {

// The right to use libykpers, which has one USB context and one place for errors.
class Library {
 public:
  Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

 private:
  std::lock_guard<std::mutex> turn_;
};

class Connection {
 public:
  // REQUIRES: a Library that outlives it. None: there are no more keys than that.
  static Result<std::optional<Connection>> open_at(const Library& library, int index);
  static Result<Connection> open(const Library& library, Which which);

  // As it was when it was opened, or last looked at.
  [[nodiscard]] const Key& key() const { return key_; }
  Result<Key> look_again();

  // Hands a configuration over, as it stands in memory; none empties the slot. Succeeds if the key
  // counted a write.
  Status write(std::uint8_t command, config_st* configuration, const SecretBytes& access_code);
  Result<Response> challenge(std::uint8_t command, BytesView challenge);

 private:
  struct Close {
    void operator()(YK_KEY* key) const { ::yk_close_key(key); }
  };
  explicit Connection(YK_KEY* key) : handle_{key} {}
  Status look();

  std::unique_ptr<YK_KEY, Close> handle_;
  Key key_;
};

}  // namespace countersign::yubikey
