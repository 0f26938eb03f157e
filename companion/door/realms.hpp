// SPDX-License-Identifier: Apache-2.0
// The rules of each realm, as the daemon describes them: asked for again after a while.
#pragma once

#include "base/clock.hpp"
#include "companion/door/backend.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace countersign::companion {

class Realms {
 public:
  // How long a change of the policy may take to be seen on the pages.
  static constexpr std::chrono::seconds kAge{10};

  // REQUIRES: both outlive this.
  Realms(Backend& backend, const Clock& clock) : backend_{backend}, clock_{clock} {}

  // While the daemon cannot be asked, what it said last. Fails as Backend does, and with what the
  // daemon said instead.
  awaitable<Result<v1::RealmDescription>> describe(const std::string& realm);

 private:
  struct Entry {
    v1::RealmDescription description;
    Time asked_at;
  };

  Backend& backend_;
  const Clock& clock_;
  std::map<std::string, Entry> realms_;  // as many as there are brands
};

}  // namespace countersign::companion
