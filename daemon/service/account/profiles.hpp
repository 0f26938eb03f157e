// SPDX-License-Identifier: Apache-2.0
// A person's names, which the store has sealed by the HSM: no name is in clear on the disk.
#pragma once

#include "daemon/service/parts.hpp"

namespace countersign {

class Profiles {
 public:
  explicit Profiles(const Parts& parts) : parts_{parts} {}

  // Of version 0 and empty when there is none, which takes as long.
  // Fails with `unavailable`, `corrupt`.
  awaitable<Result<Profile>> of(SubjectId subject);

  // For AccountChange::profile. Its version is that of the profile. Fails with `unavailable`.
  // REQUIRES: names of at most Profile::kNameCodePointsMax; the profile outlives the wait.
  awaitable<Result<SealedProfile>> seal(const Profile& profile);

 private:
  Parts parts_;
};

}  // namespace countersign
