// SPDX-License-Identifier: Apache-2.0
// Any file: a policy within its ranges, or a mistake with a place and a printable message.
#include "policies/describe.hpp"
#include "policies/policy.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

// Over the defaults, a realm's file never changes what is the appliance's.
void try_as_realm(std::string_view text) {
  namespace policies = countersign::policies;
  static const policies::Policy root = policies::defaults();
  const auto parsed = policies::parse_realm(text, "realm.toml", root);
  const auto* policy = std::get_if<policies::Policy>(&parsed);
  if (policy == nullptr) return;
  const bool is_kept = policy->peers.size() == root.peers.size() &&
                       policy->limits.cached_subjects == root.limits.cached_subjects &&
                       policy->hashing.threads == root.hashing.threads &&
                       policy->messages.queue_max == root.messages.queue_max &&
                       policy->sms.prefixes.empty() && policy->realms.empty();
  if (!is_kept) std::abort();
}

// What cross checks promise of accounts.
bool is_sound(const countersign::policies::Policy& policy) {
  using enum countersign::policies::FactorRuleOf;
  const auto& factors = policy.factors;
  const bool has_alternative = factors.of(totp).offer || factors.of(hotp).offer ||
                               factors.of(yubico_otp).offer || factors.of(chalresp).offer;
  return (!factors.of(sms).offer || has_alternative) && factors.of(question).level == 1 &&
         !factors.of(recovery_codes).sole && !factors.of(device).sole &&
         policy.password.length_min >= 8 && policy.session.idle <= policy.session.lifetime &&
         !policy.account.url.ends_with('/');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace policies = countersign::policies;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try_as_realm(text);
  const auto parsed = policies::parse(text, "fuzz.toml");
  if (const auto* mistake = std::get_if<policies::Mistake>(&parsed)) {
    const bool is_printable =
        std::ranges::all_of(mistake->message, [](char c) { return c >= ' ' && c <= '~'; });
    if (!is_printable || mistake->message.empty() || mistake->line == 0) std::abort();
    return 0;
  }
  const auto& policy = std::get<policies::Policy>(parsed);
  const auto& throttle = policy.throttle;
  const bool is_bounded =
      !policy.peers.empty() && throttle.failures_max >= 1 && throttle.failures_max <= 100 &&
      throttle.failures_free <= throttle.failures_max &&
      throttle.kept_for_familiar + throttle.kept_for_unlock < throttle.failures_max &&
      throttle.delay_first <= throttle.delay_max && policy.windows.totp_steps_before <= 2 &&
      policy.windows.totp_steps_after <= 2 && policy.windows.hotp_look_ahead <= 30;
  if (!is_bounded || !is_sound(policy) || policies::describe(policy).empty()) std::abort();
  return 0;
}
