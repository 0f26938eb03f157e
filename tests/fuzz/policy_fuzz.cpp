// SPDX-License-Identifier: Apache-2.0
// Any file: a policy within its ranges, or a mistake with a place and a printable message.
#include "policies/describe.hpp"
#include "policies/policy.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace policies = countersign::policies;
  const auto parsed = policies::parse({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (const auto* mistake = std::get_if<policies::Mistake>(&parsed)) {
    const bool is_printable =
        std::ranges::all_of(mistake->message, [](char c) { return c >= ' ' && c <= '~'; });
    if (!is_printable || mistake->message.empty() || mistake->line == 0) std::abort();
    return 0;
  }
  const auto& policy = std::get<policies::Policy>(parsed);
  const auto& throttle = policy.throttle;
  const bool is_sound =
      !policy.peers.empty() && throttle.failures_max >= 1 && throttle.failures_max <= 100 &&
      throttle.failures_free <= throttle.failures_max &&
      throttle.delay_first <= throttle.delay_max && policy.windows.totp_steps_before <= 2 &&
      policy.windows.totp_steps_after <= 2 && policy.windows.hotp_look_ahead <= 30;
  if (!is_sound || policies::describe(policy).empty()) std::abort();
  return 0;
}
