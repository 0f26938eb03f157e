// SPDX-License-Identifier: Apache-2.0
#include "policies/policy.hpp"

#include "policies/account_rules.hpp"
#include "policies/default_toml.hpp"
#include "policies/duration.hpp"
#include "policies/factor_rules.hpp"
#include "policies/message_rules.hpp"
#include "policies/peer_rules.hpp"
#include "policies/table.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

void read_windows(Table table, Windows& windows) {
  table.read("totp_steps_before", windows.totp_steps_before, {0, 2});
  table.read("totp_steps_after", windows.totp_steps_after, {0, 2});
  table.read("totp_drift_steps_max", windows.totp_drift_steps_max, {0, 100});
  table.read("hotp_look_ahead", windows.hotp_look_ahead, {1, 30});
  table.read("hotp_resynchronise_counters", windows.hotp_resynchronise_counters, {1, 1000});
  table.read("totp_resynchronise_steps", windows.totp_resynchronise_steps, {1, 100});
  table.finish();
}

void read_relay_check(Table& table, RelayCheck& check) {
  std::string text;
  table.read("relay_check", text);
  if (text.empty()) return;
  const auto* const found = std::ranges::find(kRelayCheckNames, text);
  if (found == kRelayCheckNames.end()) {
    table.report("relay_check", R"(must be "off", "warn" or "enforce")");
    return;
  }
  check = static_cast<RelayCheck>(found - kRelayCheckNames.begin());
}

void read_yubico(Table table, Yubico& yubico) {
  read_relay_check(table, yubico.relay_check);
  table.read("relay_tolerance", yubico.relay_tolerance, {10s, 24h});
  table.finish();
}

void read_challenge(Table table, Challenges& challenge) {
  table.read("lifetime", challenge.lifetime, {10s, 10min});
  table.read("tries_max", challenge.tries_max, {1, 20});
  table.read("open_max", challenge.open_max, {1, 20});
  table.finish();
}

void read_throttle(Table table, Throttle& throttle) {
  table.read("failures_max", throttle.failures_max, {1, 100});
  table.read("kept_for_familiar", throttle.kept_for_familiar, {0, 99});
  table.read("kept_for_unlock", throttle.kept_for_unlock, {0, 99});
  table.read("failures_free", throttle.failures_free, {0, 100});
  table.read("delay_first", throttle.delay_first, {1s, 1h});
  table.read("delay_max", throttle.delay_max, {1s, 24h});
  if (throttle.failures_free > throttle.failures_max) {
    table.report(table.find("failures_max") != nullptr ? "failures_max" : "failures_free",
                 "breaks failures_free <= failures_max: " + std::to_string(throttle.failures_free) +
                     " > " + std::to_string(throttle.failures_max));
  }
  const int kept = throttle.kept_for_familiar + throttle.kept_for_unlock;
  if (kept > throttle.failures_max - 1) {
    table.report(table.find("failures_max") != nullptr        ? "failures_max"
                 : table.find("kept_for_familiar") != nullptr ? "kept_for_familiar"
                                                              : "kept_for_unlock",
                 "breaks kept_for_familiar + kept_for_unlock <= failures_max - 1: " +
                     std::to_string(kept) + " > " + std::to_string(throttle.failures_max - 1));
  }
  if (throttle.delay_first > throttle.delay_max) {
    table.report(table.find("delay_first") != nullptr ? "delay_first" : "delay_max",
                 "breaks delay_first <= delay_max: " + to_text(throttle.delay_first) + " > " +
                     to_text(throttle.delay_max));
  }
  table.finish();
}

void read_limits(Table table, Limits& limits) {
  table.read("connections_per_uid", limits.connections_per_uid, {1, 65'536});
  table.read("in_flight_per_uid", limits.in_flight_per_uid, {1, 65'536});
  table.read("cached_subjects", limits.cached_subjects, {100, 10'000'000});
  table.read("answer_step_ms", limits.answer_step_ms, {0, 1000});
  table.finish();
}

// What one table says, if it is there.
template <class Rules>
void read_section(Table& root, std::string_view key, void (*read)(Table, Rules&), Rules& rules) {
  if (auto table = root.section(key)) read(std::move(*table), rules);
}

// What a realm may have of its own.
void read_rules(Table& root, Policy& policy) {
  read_section(root, "windows", &read_windows, policy.windows);
  read_section(root, "yubico", &read_yubico, policy.yubico);
  read_section(root, "challenge", &read_challenge, policy.challenge);
  read_section(root, "code", &read_codes, policy.code);
  read_section(root, "throttle", &read_throttle, policy.throttle);
  read_section(root, "factors", &read_factors, policy.factors);
  read_section(root, "password", &read_password, policy.password);
  read_section(root, "question", &read_questions, policy.question);
  read_section(root, "account", &read_accounts, policy.account);
  read_section(root, "session", &read_sessions, policy.session);
}

// What there is once in an appliance.
constexpr std::array<std::string_view, 6> kAppliancesAlone{"peer",  "messages", "sms",
                                                           "email", "limits",   "hashing"};

void read_policy(const toml::table& document, Policy& policy, Findings& findings) {
  Table root{document, "", findings};
  if (const toml::node* peers = root.find("peer")) policy.peers = read_peers(*peers, findings);
  read_section(root, "messages", &read_messages, policy.messages);
  if (auto sms = root.section("sms")) read_sms(std::move(*sms), policy.sms, findings);
  read_section(root, "email", &read_email, policy.email);
  read_section(root, "limits", &read_limits, policy.limits);
  read_section(root, "hashing", &read_hashing, policy.hashing);
  read_rules(root, policy);
  root.finish();
}

void read_realm(const toml::table& document, Policy& policy, Findings& findings) {
  Table root{document, "", findings};
  for (const std::string_view key : kAppliancesAlone) {
    if (root.find(key) == nullptr) continue;
    root.report(key,
                "holds for the whole appliance: it stands in the policy file, not in a realm's");
  }
  read_rules(root, policy);
  root.finish();
}

using Reader = void (*)(const toml::table&, Policy&, Findings&);

std::variant<Policy, Mistake> parse_over(Policy policy, std::string_view text,
                                         std::string_view file, Reader read) {
  if (text.size() > kPolicyBytesMax) {
    return Mistake{"a policy file has at most " + std::to_string(kPolicyBytesMax) + " bytes",
                   std::string{file}, 1, 1};
  }
  Findings findings{file};
  try {
    read(toml::parse(text), policy, findings);
  } catch (const toml::parse_error& error) {
    findings.report(error.source(), std::string{error.description()});
  }
  if (findings.first()) return *findings.first();
  return policy;
}

}  // namespace

const SmsPrefix* prefix_of(const Sms& sms, std::string_view number) {
  const SmsPrefix* longest = nullptr;
  for (const SmsPrefix& each : sms.prefixes) {
    if (!number.starts_with(each.prefix)) continue;
    if (longest == nullptr || each.prefix.size() > longest->prefix.size()) longest = &each;
  }
  return longest == nullptr || longest->per_hour == 0 ? nullptr : longest;
}

Policy defaults() {
  auto parsed = parse_over(Policy{}, default_toml(), "default.toml", &read_policy);
  auto* policy = std::get_if<Policy>(&parsed);
  // A build whose defaults are mistaken must not run with others.
  if (policy == nullptr) std::abort();
  return std::move(*policy);
}

std::variant<Policy, Mistake> parse(std::string_view text, std::string_view file) {
  return parse_over(defaults(), text, file, &read_policy);
}

std::variant<Policy, Mistake> parse_realm(std::string_view text, std::string_view file,
                                          const Policy& root) {
  Policy over = root;
  over.realms.clear();
  return parse_over(std::move(over), text, file, &read_realm);
}

}  // namespace countersign::policies
