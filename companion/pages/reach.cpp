// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/reach.hpp"

#include "companion/pages/activation_steps.hpp"
#include "companion/pages/own_factors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::array<Reach, 7> kReaches{{
    {.id = "sms", .path = "/factors/sms", .kind = v1::SMS, .is_phone = true, .is_factor = true},
    {.id = "email", .path = "/factors/email", .kind = v1::EMAIL, .is_factor = true},
    {.id = "first-phone", .path = kPhoneStepPath, .kind = v1::RESET_PHONE, .is_phone = true},
    {.id = "reset-phone",
     .path = "/account/contact/reset-phone",
     .kind = v1::RESET_PHONE,
     .is_phone = true},
    {.id = "mobile", .path = "/account/contact/mobile", .kind = v1::MOBILE, .is_phone = true},
    {.id = "primary-email", .path = "/account/contact/primary-email", .kind = v1::PRIMARY_EMAIL},
    {.id = "secondary-email",
     .path = "/account/contact/secondary-email",
     .kind = v1::SECONDARY_EMAIL},
}};

constexpr std::string_view kHidden = "•";

// Whether what is shown of an address can be shown of this one: all but what is hidden is the same.
bool can_be(std::string_view masked, std::string_view destination) {
  const std::size_t first = masked.find(kHidden);
  if (first == std::string_view::npos) return masked == destination;
  const std::size_t behind = masked.rfind(kHidden) + kHidden.size();
  std::string_view before = masked.substr(0, first);
  while (before.ends_with(' ')) before.remove_suffix(1);
  return destination.starts_with(before) && destination.ends_with(masked.substr(behind));
}

// Of those that the daemon knows already: the one in force, else the one that was begun last.
Enrolled find_known(const v1::FactorList& list, v1::FactorKind kind, std::string_view destination) {
  Enrolled known;
  for (const v1::Factor& factor : list.factors()) {
    const bool is_it = factor.kind() == kind && can_be(factor.masked_destination(), destination);
    if (!is_it) continue;
    if (factor.state() == v1::PENDING && factor.id() > known.factor) known.factor = factor.id();
    if (factor.state() == v1::ACTIVE) return {.factor = factor.id(), .active = true};
  }
  return known;
}

}  // namespace

std::string Reach::key(std::string_view what) const {
  return "reach." + std::string{id} + '.' + std::string{what};
}

bool Reach::is_step() const { return path == kPhoneStepPath; }

const Reach* reach_of(const Visit& visit) {
  const std::string_view path = visit.request().path;
  const auto* const found = std::ranges::find_if(kReaches, [path](const Reach& reach) {
    return path.starts_with(reach.path) &&
           (path.size() == reach.path.size() || path[reach.path.size()] == '/');
  });
  return found == kReaches.end() ? nullptr : found;
}

awaitable<Result<Reached>> reached_now(Visit& visit, v1::FactorKind kind) {
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const auto found = std::ranges::find_if(list.factors(), [kind](const v1::Factor& factor) {
    return factor.kind() == kind && factor.state() == v1::ACTIVE;
  });
  if (found == list.factors().end()) co_return Reached{};
  co_return Reached{.factor = found->id(), .masked = found->masked_destination()};
}

awaitable<Result<Enrolled>> enrol_reach(Visit& visit, const Reach& reach, std::string destination) {
  v1::Request request;
  v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
  enrol.set_kind(reach.kind);
  enrol.set_destination(destination);
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return Enrolled{.factor = reply->enrolment().factor().id(), .active = false};
  if (reply.error().code != ErrorCode::already_exists) co_return reply.error();
  if (destination.empty()) {
    CS_CO_TRY(const Reached primary, co_await reached_now(visit, v1::PRIMARY_EMAIL));
    destination = primary.masked;
  }
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const Enrolled known = find_known(list, reach.kind, destination);
  if (known.factor == 0) co_return reply.error();
  co_return known;
}

}  // namespace countersign::companion
