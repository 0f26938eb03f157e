// SPDX-License-Identifier: Apache-2.0
// Who answers for names that nobody bears.
//
// An unknown name always falls on the same one of 65 536 decoys, so that it is throttled as a
// person's would be and its attempts cost what theirs cost; and so does an unknown public id, on
// one of 65 536 others. As many more lend their secrets to challenges that nobody can answer.
// Nothing is stored of a decoy until it moves; their ids are negative, a decoy's only factor
// bearing its own.
#pragma once

#include "daemon/store/absences.hpp"
#include "daemon/store/authenticate.hpp"

namespace countersign::store {

[[nodiscard]] constexpr bool is_decoy_id(std::int64_t id) { return id < 0 && id >= -3 * kDecoys; }

// Whoever would enrol, change or erase something of a decoy finds nobody there.
inline constexpr Error kNobody{ErrorCode::not_found, "store.decoy"};

// Sealed secrets that nobody knows.
struct DecoySecrets {
  std::vector<Bytes> totp;  // SHA-1
  std::vector<Bytes> yubico;
  std::vector<Bytes> challenge_response;
};

class Decoys {
 public:
  // REQUIRES: at least one secret of each kind; `key` outlives this.
  Decoys(const HmacKey& key, DecoySecrets sealed);

  struct StandIn {
    SubjectId decoy{};
    Print print{};  // of the name
  };
  [[nodiscard]] StandIn stand_in(const SubjectName& name) const;
  [[nodiscard]] StandIn stand_in(std::string_view public_id) const;

  // Fails with `corrupt`. REQUIRES: is_decoy_id(id).
  [[nodiscard]] Result<SubjectPtr> subject(SubjectId id, const LoadedDecoy& moved,
                                           const Authenticator& authenticator) const;

 private:
  [[nodiscard]] const std::vector<Bytes>& secrets_of(FactorKind kind) const;

  const HmacKey& key_;
  DecoySecrets sealed_;
  SubjectName name_;
};

}  // namespace countersign::store
