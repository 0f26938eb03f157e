// SPDX-License-Identifier: Apache-2.0
// Somebody who is signed in, among the pages of account settings.
#pragma once

#include "companion/pages/account.hpp"
#include "companion/pages/activity.hpp"
#include "companion/pages/device.hpp"
#include "companion/pages/profile.hpp"
#include "companion/pages/prove.hpp"
#include "companion/pages/recovery_codes.hpp"
#include "companion/pages/sessions.hpp"
#include "tests/unit/companion_world.hpp"

#include <gmock/gmock.h>

#include <string>

namespace countersign::companion::test {

inline constexpr const char* kSession = "a-session";

class InTheSettings : public testing::Test {
 protected:
  InTheSettings() {
    world_.knows_session(kSession, v1::SCOPE_ACCOUNT);
    guest_.cookies[std::string{kSessionCookie}] = kSession;
    realm_.set_recovery_codes(10);
    profile_.set_version(7);
    profile_.set_first_name("Bob");
    profile_.set_language("en");
    profile_.mutable_subject()->set_username("bob");
    world_.daemon.answers(v1::Request::kDescribeRealm, [this](const v1::Request&) {
      v1::Reply reply;
      *reply.mutable_realm_description() = realm_;
      return reply;
    });
    world_.daemon.answers(v1::Request::kListFactors, [this](const v1::Request&) {
      v1::Reply reply;
      *reply.mutable_factor_list() = factors_;
      return reply;
    });
    world_.daemon.answers(v1::Request::kGetProfile, [this](const v1::Request& request) {
      v1::Reply reply;
      if (request.get_profile().unmasked() && !proven_) {
        reply.mutable_error()->set_code(v1::PROOF_REQUIRED);
        reply.mutable_error()->mutable_proof()->set_password(true);
        return reply;
      }
      *reply.mutable_profile() = profile_;
      return reply;
    });
  }
  v1::Factor& add_factor(std::uint64_t id, v1::FactorKind kind) {
    v1::Factor& factor = *factors_.add_factors();
    factor.set_id(id);
    factor.set_kind(kind);
    factor.set_state(v1::ACTIVE);
    return factor;
  }
  void add_contact(v1::FactorKind kind, v1::FactorState state, const std::string& to) {
    v1::Contact& contact = *profile_.add_contacts();
    contact.set_kind(kind);
    contact.set_state(state);
    contact.set_destination(to);
  }

  CompanionWorld world_{{account_routes(), profile_routes(), recovery_codes_routes(),
                         activity_routes(), sessions_routes(), device_routes(), prove_routes()},
                        &ask_for_proof};
  Guest guest_{world_};
  v1::RealmDescription realm_;
  v1::FactorList factors_;
  v1::Profile profile_;
  bool proven_ = true;
};

}  // namespace countersign::companion::test
