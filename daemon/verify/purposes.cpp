// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/purposes.hpp"

namespace countersign::verify {
namespace {

bool is_of_accounts(Purpose purpose) {
  return purpose != Purpose::sign_in && purpose != Purpose::transaction;
}

}  // namespace

bool may_have(Role role, Purpose purpose) {
  switch (role) {
    case Role::admin:
      return true;
    case Role::verify:
      return !is_of_accounts(purpose);
    case Role::provision:
      return is_of_accounts(purpose);
    case Role::courier:
      return false;
    case Role::enroll:
      return purpose != Purpose::transaction && purpose != Purpose::address;
  }
  return false;
}

Purpose purpose_meant(Role role, const SubjectRecord& subject, std::optional<FactorId> named) {
  if (role == Role::provision) return Purpose::confirmation;
  const FactorRecord* factor = named ? subject.find(*named) : nullptr;
  const bool confirms = factor != nullptr && factor->fixed.state == FactorState::pending &&
                        may_have(role, Purpose::confirmation);
  return confirms ? Purpose::confirmation : Purpose::sign_in;
}

bool is_meant(Role role, std::optional<Purpose> asked, Purpose purpose) {
  if (!may_have(role, purpose)) return false;
  if (asked) return *asked == purpose;
  return purpose == Purpose::sign_in || purpose == Purpose::confirmation;
}

}  // namespace countersign::verify
