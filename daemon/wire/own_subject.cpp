// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/own_subject.hpp"

namespace countersign::wire {
namespace {

// In the request itself, where somebody's session need not say it.
struct SaysWhose {
  bool operator()(const StartChallenge& ask) const { return !ask.subject.is_own(); }
  bool operator()(const EnrolOutOfBand& ask) const {
    return !ask.name.is_own() && ask.destination.has_value();
  }
  template <class Other>
  bool operator()(const Other& ask) const {
    if constexpr (requires { ask.name.has_value(); }) {
      return ask.name.has_value();
    } else if constexpr (requires { ask.name.is_own(); }) {
      return !ask.name.is_own();
    } else {
      return true;
    }
  }
};

}  // namespace

Status check_own(const Ask& ask, bool has_session) {
  if (has_session || std::visit(SaysWhose{}, ask)) return {};
  const auto* enrol = std::get_if<EnrolOutOfBand>(&ask);
  const bool lacks_only_destination = enrol != nullptr && !enrol->name.is_own();
  if (lacks_only_destination) return Error{ErrorCode::malformed, "destination.missing"};
  return Error{ErrorCode::malformed, "subject.missing"};
}

}  // namespace countersign::wire
