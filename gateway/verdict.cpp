// SPDX-License-Identifier: Apache-2.0
#include "gateway/verdict.hpp"

namespace countersign::gateway {
namespace {

Outcome rejection_of(const v1::Verdict& verdict) {
  switch (verdict.reason()) {
    case v1::REPLAYED:
      return verdict.repeated() ? Outcome::replayed_request : Outcome::replayed_otp;
    // One word for all of these: who stands outside must not learn which keys exist, or that
    // somebody's guesses are being held back. A good OTP that is held back was not looked at, and
    // is no trouble of the server's that another one could help with.
    case v1::WRONG_CODE:
    case v1::NO_SUCH_FACTOR:
    case v1::SUSPENDED:
    case v1::THROTTLED:
    case v1::EXPIRED:
      return Outcome::bad_otp;
    default:
      return Outcome::backend_error;
  }
}

}  // namespace

Outcome outcome_of(const v1::Verdict& verdict) {
  if (verdict.answer() == v1::REJECTED) return rejection_of(verdict);
  if (verdict.answer() != v1::ACCEPTED) return Outcome::backend_error;
  // The daemon would say yes again to who lost its answer. This protocol says it once.
  return verdict.repeated() ? Outcome::replayed_request : Outcome::ok;
}

std::optional<Outcome> refusal_of(const v1::ClientCheck& check) {
  switch (check.outcome()) {
    case v1::CLIENT_MAY:
      return std::nullopt;
    case v1::NO_SUCH_CLIENT:
      return Outcome::no_such_client;
    case v1::BAD_SIGNATURE:
      return Outcome::bad_signature;
    case v1::CLIENT_MAY_NOT:
      return Outcome::operation_not_allowed;
    default:
      return Outcome::backend_error;
  }
}

}  // namespace countersign::gateway
