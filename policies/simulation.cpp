// SPDX-License-Identifier: Apache-2.0
#include "policies/simulation.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

struct Refusal {
  std::string_view would_be;
  std::string_view rule;
};

// Whether some rule covers this process and realm, on whichever socket: the journal has no sockets.
bool covers(const Policy& policy, const JournalledAttempt& attempt) {
  return std::ranges::any_of(policy.peers, [&](const PeerRule& rule) {
    const bool is_peer = rule.uid ? *rule.uid == attempt.peer_uid : rule.gid.has_value();
    const bool is_realm = rule.realms.empty() || attempt.realm.empty() ||
                          std::ranges::find(rule.realms, attempt.realm) != rule.realms.end();
    return is_peer && is_realm;
  });
}

// An accepted code that lay further from where it was expected than the draft looks.
std::optional<Refusal> outside(const Policy& policy, const JournalledAttempt& attempt) {
  const Windows& windows = policy.windows;
  if (attempt.kind == "totp" && attempt.offset < -std::int32_t{windows.totp_steps_before}) {
    return Refusal{"wrong_code", "[windows] totp_steps_before"};
  }
  if (attempt.kind == "totp" && attempt.offset > std::int32_t{windows.totp_steps_after}) {
    return Refusal{"wrong_code", "[windows] totp_steps_after"};
  }
  if (attempt.kind == "hotp" && attempt.offset >= std::int32_t{windows.hotp_look_ahead}) {
    return Refusal{"wrong_code", "[windows] hotp_look_ahead"};
  }
  return std::nullopt;
}

std::optional<Refusal> refusal(const Policy& root, const Policy& policy, const Failures& failures,
                               const NotBefore& not_before, const JournalledAttempt& attempt) {
  if (!covers(root, attempt)) return Refusal{"denied", "[[peer]]"};
  const Lane lane = lane_of(attempt.familiar, attempt.unlocks);
  if (is_used_up(policy.throttle, failures, lane)) {
    return Refusal{"throttled", "[throttle] failures_max"};
  }
  if (closed(policy.throttle, failures, not_before, lane, attempt.at)) {
    return Refusal{"throttled", "[throttle] delay_first"};
  }
  if (!attempt.accepted) return std::nullopt;
  const bool by_sms = attempt.kind == "sms" && !attempt.unlocks;
  const bool by_email = attempt.kind == "email" && !attempt.unlocks;
  if (by_sms && !root.sms.sign_in) return Refusal{"not_allowed", "[sms] sign_in"};
  if (by_email && !root.email.sign_in) return Refusal{"not_allowed", "[email] sign_in"};
  return outside(policy, attempt);
}

const FactorRule* rule_of(const Policy& policy, std::string_view kind) {
  const auto* const found = std::ranges::find(kFactorRuleNames, kind);
  if (found == kFactorRuleNames.end()) return nullptr;
  return &policy.factors.rules[static_cast<std::size_t>(found - kFactorRuleNames.begin())];
}

Difference difference(const JournalledAttempt& attempt, std::string_view would_be,
                      std::string rule) {
  return {.number = attempt.number,
          .at = attempt.at,
          .subject = attempt.subject,
          .was = attempt.outcome,
          .would_be = std::string{would_be},
          .rule = std::move(rule)};
}

// What a person knows is one step of a sign-in: the subject's failures stay.
bool forgives(std::string_view kind) {
  return kind != "password" && kind != "question" && kind != "reset_question";
}

}  // namespace

// Before the first attempt that the journal tells of, it had what that attempt left, less itself.
Simulation::Standing& Simulation::standing_before(const JournalledAttempt& attempt) {
  const auto [place, is_new] = standings_.try_emplace(attempt.subject);
  if (is_new && !attempt.accepted) {
    const auto less_one = [](std::uint32_t count) { return count == 0 ? 0 : count - 1; };
    place->second.failures.all = less_one(attempt.failures);
    place->second.failures.unfamiliar =
        attempt.familiar ? attempt.failures_unfamiliar : less_one(attempt.failures_unfamiliar);
  }
  return place->second;
}

std::vector<Difference> Simulation::next(const JournalledAttempt& attempt) {
  const Policy& policy = draft_.of(attempt.realm);
  Standing& standing = standing_before(attempt);
  const std::optional<Refusal> refused =
      refusal(draft_, policy, standing.failures, standing.not_before, attempt);
  const bool accepted = attempt.accepted && !refused;
  const bool evaluated = !refused || refused->would_be == "wrong_code";
  if (accepted && forgives(attempt.kind)) standing = Standing{};
  if (!accepted && evaluated) {
    const Lane lane = lane_of(attempt.familiar, attempt.unlocks);
    standing.failures = charged(standing.failures, lane);
    standing.not_before =
        not_before_after(policy.throttle, standing.failures, standing.not_before, lane, attempt.at);
  }
  if (refused) {
    if (refused->would_be == attempt.outcome) return {};
    return {difference(attempt, refused->would_be, std::string{refused->rule})};
  }
  const FactorRule* was = rule_of(now_.of(attempt.realm), attempt.kind);
  const FactorRule* will = rule_of(policy, attempt.kind);
  if (!accepted || was == nullptr || will == nullptr || was->level == will->level) return {};
  return {difference(attempt, "accepted, level " + std::to_string(will->level),
                     "[factors." + attempt.kind + "] level")};
}

}  // namespace countersign::policies
