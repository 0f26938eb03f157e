// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/gate/gate_rules.hpp"

namespace countersign {
namespace {

constexpr SessionScopes kActivation = bit_of(SessionScope::activation);
constexpr SessionScopes kSignIn = bit_of(SessionScope::sign_in);
constexpr SessionScopes kReset = bit_of(SessionScope::reset);
constexpr SessionScopes kAccount = bit_of(SessionScope::account);
constexpr SessionScopes kAny = kActivation | kSignIn | kReset | kAccount;

constexpr Entrance kOpen{.without_session = true};

constexpr Entrance by(SessionScopes scopes) { return {.scopes = scopes}; }

// What leads to a factor. An account that were active without a password would have an owner who
// cannot come back, and a link that opens it no more.
constexpr Entrance with_password(Entrance entrance) {
  entrance.after_password = true;
  return entrance;
}

// What changes an account needs a proof where somebody is signed in. Whoever sets an account up, or
// has proven a reset, has just given what they know.
constexpr Entrance change_by(SessionScopes scopes) {
  return {.scopes = scopes, .needs_proof = true};
}

}  // namespace

Entrance entrance_of(Operation operation) {
  switch (operation) {
    case Operation::health:
    case Operation::describe_realm:
    case Operation::request_link:
    case Operation::inspect_ticket:
    case Operation::open_ticket:
    case Operation::sign_in:
      return kOpen;
    case Operation::start_challenge:
    case Operation::answer_challenge:
      return with_password({.without_session = true, .scopes = kActivation | kSignIn | kAccount});
    case Operation::get_session:
    case Operation::end_session:
      return by(kAny);
    case Operation::list_factors:
      return by(kActivation | kSignIn | kAccount);
    case Operation::prove_factor:
      return by(kSignIn | kAccount);
    case Operation::get_question:
    case Operation::answer_question:
      return by(kReset | kSignIn | kAccount);
    // Its enrolment had the proof.
    case Operation::confirm_factor:
      return with_password(by(kActivation | kAccount));
    case Operation::show_pending_secret:
    case Operation::get_profile:  // with addresses in full: see Gate
      return by(kActivation | kAccount);
    case Operation::reauthenticate:
    case Operation::list_sessions:
    case Operation::issue_hand_over:
    case Operation::list_activity:
      return by(kAccount);
    case Operation::set_password:
      return change_by(kActivation | kReset | kAccount);
    case Operation::set_question:
      return change_by(kActivation | kAccount);
    case Operation::enrol_oath:
    case Operation::enrol_out_of_band:
    case Operation::claim_token:
      return with_password(change_by(kActivation | kAccount));
    case Operation::make_recovery_codes:
    case Operation::remember_device:
    case Operation::change_profile:
    case Operation::rename_factor:
    case Operation::revoke_factor:
      return change_by(kAccount);
    default:
      return {};
  }
}

bool may_be_challenged(std::optional<SessionScope> scope, Purpose purpose) {
  if (!scope) return purpose == Purpose::reset || purpose == Purpose::unlock;
  switch (*scope) {
    case SessionScope::activation:
      return purpose == Purpose::confirmation;
    case SessionScope::sign_in:
      return purpose == Purpose::sign_in;
    case SessionScope::account:
      return purpose == Purpose::sign_in || purpose == Purpose::confirmation;
    case SessionScope::reset:
      break;
  }
  return false;
}

Status check_proof(const SessionProof& proof, bool has_factor, const policies::Sessions& rules,
                   Time now) {
  // What a later clock has proven is in doubt.
  const auto is_recent = [now](Time proven_at, std::chrono::seconds lifetime) {
    return proven_at <= now && now - proven_at <= lifetime;
  };
  const bool password = is_recent(proof.password_at, rules.password_proof);
  const bool factor = !has_factor || is_recent(proof.factor_at, rules.factor_proof);
  if (password && factor) return {};
  if (factor) return Error{ErrorCode::proof_required, "proof.password"};
  if (password) return Error{ErrorCode::proof_required, "proof.factor"};
  return Error{ErrorCode::proof_required, "proof.both"};
}

}  // namespace countersign
