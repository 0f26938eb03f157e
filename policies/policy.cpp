// SPDX-License-Identifier: Apache-2.0
#include "policies/policy.hpp"

#include "policies/default_toml.hpp"
#include "policies/duration.hpp"
#include "policies/message_rules.hpp"
#include "policies/peer_rules.hpp"
#include "policies/table.hpp"

#include <algorithm>
#include <cstdlib>

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
  table.read("failures_free", throttle.failures_free, {0, 100});
  table.read("delay_first", throttle.delay_first, {1s, 1h});
  table.read("delay_max", throttle.delay_max, {1s, 24h});
  if (throttle.failures_free > throttle.failures_max) {
    table.report(table.find("failures_max") != nullptr ? "failures_max" : "failures_free",
                 "breaks failures_free <= failures_max: " + std::to_string(throttle.failures_free) +
                     " > " + std::to_string(throttle.failures_max));
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
  table.finish();
}

// The table [key], or nothing; anything else under that name is reported.
const toml::table* section(Table& root, std::string_view key) {
  const toml::node* node = root.find(key);
  if (node == nullptr) return nullptr;
  const toml::table* table = node->as_table();
  if (table == nullptr) root.report(key, "must be a table, [" + std::string{key} + "]");
  return table;
}

void read_policy(const toml::table& document, Policy& policy, Findings& findings) {
  Table root{document, "", findings};
  if (const toml::node* peers = root.find("peer")) policy.peers = read_peers(*peers, findings);
  if (const auto* windows = section(root, "windows")) {
    read_windows(Table{*windows, "[windows]", findings}, policy.windows);
  }
  if (const auto* yubico = section(root, "yubico")) {
    read_yubico(Table{*yubico, "[yubico]", findings}, policy.yubico);
  }
  if (const auto* challenge = section(root, "challenge")) {
    read_challenge(Table{*challenge, "[challenge]", findings}, policy.challenge);
  }
  if (const auto* code = section(root, "code")) {
    read_codes(Table{*code, "[code]", findings}, policy.code);
  }
  if (const auto* messages = section(root, "messages")) {
    read_messages(Table{*messages, "[messages]", findings}, policy.messages);
  }
  if (const auto* sms = section(root, "sms")) {
    read_sms(Table{*sms, "[sms]", findings}, policy.sms, findings);
  }
  if (const auto* email = section(root, "email")) {
    read_email(Table{*email, "[email]", findings}, policy.email);
  }
  if (const auto* throttle = section(root, "throttle")) {
    read_throttle(Table{*throttle, "[throttle]", findings}, policy.throttle);
  }
  if (const auto* limits = section(root, "limits")) {
    read_limits(Table{*limits, "[limits]", findings}, policy.limits);
  }
  root.finish();
}

std::variant<Policy, Mistake> parse_over(Policy policy, std::string_view text,
                                         std::string_view file) {
  if (text.size() > kPolicyBytesMax) {
    return Mistake{"a policy file has at most " + std::to_string(kPolicyBytesMax) + " bytes",
                   std::string{file}, 1, 1};
  }
  Findings findings{file};
  try {
    read_policy(toml::parse(text), policy, findings);
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
  auto parsed = parse_over(Policy{}, default_toml(), "default.toml");
  auto* policy = std::get_if<Policy>(&parsed);
  // A build whose defaults are mistaken must not run with others.
  if (policy == nullptr) std::abort();
  return std::move(*policy);
}

std::variant<Policy, Mistake> parse(std::string_view text, std::string_view file) {
  return parse_over(defaults(), text, file);
}

}  // namespace countersign::policies
