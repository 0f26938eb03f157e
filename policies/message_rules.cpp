// SPDX-License-Identifier: Apache-2.0
#include "policies/message_rules.hpp"

#include "policies/duration.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPrefixDigitsMax = 7;
constexpr std::uint32_t kManyMax = 10'000'000;

bool is_prefix(std::string_view text) {
  if (text.size() < 2 || text.size() > 1 + kPrefixDigitsMax) return false;
  // No country's code begins with a zero.
  if (text[0] != '+' || text[1] == '0') return false;
  return std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

SmsPrefix read_prefix(const toml::table& source, const std::vector<SmsPrefix>& before,
                      Findings& findings) {
  Table table{source, "[[sms.prefix]]", findings};
  SmsPrefix prefix;
  table.read("prefix", prefix.prefix);
  if (!is_prefix(prefix.prefix)) {
    table.report("prefix", "must be a plus sign and the 1 to 7 digits that numbers begin with");
  }
  if (std::ranges::find(before, prefix.prefix, &SmsPrefix::prefix) != before.end()) {
    table.report("prefix", "\"" + prefix.prefix + "\" is taken twice");
  }
  if (source.get("per_hour") == nullptr) table.report("per_hour", "must say how many may be sent");
  table.read("per_hour", prefix.per_hour, {0, 1'000'000});
  table.finish();
  return prefix;
}

void read_prefixes(const toml::node& node, std::vector<SmsPrefix>& prefixes, Findings& findings) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty() || list->size() > kSmsPrefixesMax) {
    findings.report(node.source(), "[[sms.prefix]] must be a list of 1 to " +
                                       std::to_string(kSmsPrefixesMax) + " tables");
    return;
  }
  prefixes.clear();
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) {
      findings.report(item.source(), "[[sms.prefix]] must be a table");
      return;
    }
    prefixes.push_back(read_prefix(*table, prefixes, findings));
  }
}

}  // namespace

void read_codes(Table table, Codes& codes) {
  table.read("digits", codes.digits, {6, 8});
  table.read("lifetime", codes.lifetime, {30s, 10min});
  table.read("resend_first", codes.resend_first, {10s, 10min});
  table.read("resend_max", codes.resend_max, {10s, 24h});
  if (codes.resend_first > codes.resend_max) {
    table.report(table.find("resend_first") != nullptr ? "resend_first" : "resend_max",
                 "breaks resend_first <= resend_max: " + to_text(codes.resend_first) + " > " +
                     to_text(codes.resend_max));
  }
  table.finish();
}

void read_messages(Table table, Messages& messages) {
  table.read("per_destination_per_day", messages.per_destination_per_day, {1, 1000});
  table.read("per_subject_per_day", messages.per_subject_per_day, {1, 1000});
  table.read("per_source_per_hour", messages.per_source_per_hour, {1, 1000});
  table.read("unfamiliar_per_day", messages.unfamiliar_per_day, {1, 1000});
  table.read("per_peer_per_day", messages.per_peer_per_day, {1, kManyMax});
  table.read("notice_lifetime", messages.notice_lifetime, {1min, 24h});
  table.read("queue_max", messages.queue_max, {1, 200'000});
  if (messages.unfamiliar_per_day > messages.per_subject_per_day) {
    table.report(
        table.find("unfamiliar_per_day") != nullptr ? "unfamiliar_per_day" : "per_subject_per_day",
        "breaks unfamiliar_per_day <= per_subject_per_day: " +
            std::to_string(messages.unfamiliar_per_day) + " > " +
            std::to_string(messages.per_subject_per_day));
  }
  table.finish();
}

void read_sms(Table table, Sms& sms, Findings& findings) {
  table.read("sign_in", sms.sign_in);
  table.read("conversion_min_percent", sms.conversion_min_percent, {0, 100});
  table.read("conversion_sample", sms.conversion_sample, {10, 1000});
  table.read("breaker_pause", sms.breaker_pause, {1min, 24h});
  if (const toml::node* node = table.find("prefix")) read_prefixes(*node, sms.prefixes, findings);
  table.finish();
}

void read_email(Table table, Email& email) {
  table.read("sign_in", email.sign_in);
  table.read("per_hour", email.per_hour, {1, kManyMax});
  table.finish();
}

}  // namespace countersign::policies
