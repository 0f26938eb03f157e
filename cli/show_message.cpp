// SPDX-License-Identifier: Apache-2.0
#include "cli/show_message.hpp"

#include "cli/words.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::cli {
namespace {

using Row = std::vector<std::string>;

constexpr std::size_t kGap = 2;

// Columns as wide as what stands in them; the first row is their names.
void show_table(std::ostream& out, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

std::string channel_word(v1::FactorKind channel) {
  return lower_words(v1::FactorKind_Name(channel));
}

std::string percent(std::uint32_t value) { return std::to_string(value) + " %"; }

void show_channels(std::ostream& out, const v1::CourierStatus& status) {
  std::vector<Row> rows{{"channel", "state", "queued", "accepted", "sent", "delivered",
                         "undeliverable", "too late", "refused", "answered"}};
  for (const v1::ChannelStatus& c : status.channels()) {
    rows.push_back({channel_word(c.channel()), c.up() ? "up" : "down", std::to_string(c.queued()),
                    std::to_string(c.accepted()), std::to_string(c.sent()),
                    std::to_string(c.delivered()), std::to_string(c.undeliverable()),
                    std::to_string(c.too_late()), std::to_string(c.refused()),
                    std::to_string(c.answered())});
  }
  show_table(out, rows);
  out << "queued: now; everything else: of the last 24 hours\n";
}

void show_providers(std::ostream& out, const v1::CourierStatus& status) {
  std::vector<Row> rows{{"provider", "channel", "state", "health", "sent", "failed", "problem"}};
  for (const v1::Provider& p : status.providers()) {
    rows.push_back({p.name(), channel_word(p.channel()),
                    lower_words(v1::ProviderState_Name(p.state()), "PROVIDER_"),
                    percent(p.health()), std::to_string(p.sent()), std::to_string(p.failed()),
                    p.problem()});
  }
  show_table(out, rows);
}

void show_prefixes(std::ostream& out, const v1::CourierStatus& status) {
  std::vector<Row> rows{{"prefix", "sent in an hour", "of", "answered", "of the last", "breaker"}};
  for (const v1::PrefixStatus& p : status.prefixes()) {
    std::string breaker = "closed";
    if (p.breaker_open()) {
      breaker = "open for " + std::to_string(p.retry_after_seconds()) + " s";
    }
    rows.push_back({p.prefix(), std::to_string(p.sent_last_hour()),
                    std::to_string(p.budget_per_hour()), percent(p.conversion_percent()),
                    std::to_string(p.conversion_sample()), std::move(breaker)});
  }
  show_table(out, rows);
}

}  // namespace

void show(std::ostream& out, const v1::Delivery& delivery) {
  out << "delivery: " << lower_words(v1::DeliveryOutcome_Name(delivery.outcome())) << '\n';
  if (!delivery.masked_destination().empty()) {
    out << "to: " << delivery.masked_destination() << '\n';
  }
  if (delivery.retry_after_seconds() != 0) {
    out << "next one: in " << delivery.retry_after_seconds() << " s\n";
  }
}

void show(std::ostream& out, const v1::CourierStatus& status) {
  out << "courier: " << (status.connected() ? "connected" : "away") << '\n';
  if (!status.channels().empty()) {
    out << '\n';
    show_channels(out, status);
  }
  if (!status.providers().empty()) {
    out << '\n';
    show_providers(out, status);
  }
  if (!status.prefixes().empty()) {
    out << '\n';
    show_prefixes(out, status);
  }
}

void show_code(std::ostream& out, const v1::Challenge& challenge) {
  show(out, challenge.delivery());
  if (challenge.challenge_id() == 0) return;
  out << "challenge: " << challenge.challenge_id() << '\n'
      << "kind: " << lower_words(v1::FactorKind_Name(challenge.kind())) << ", "
      << challenge.digits() << " digits\n"
      << "purpose: " << lower_words(v1::Purpose_Name(challenge.purpose())) << '\n'
      << "lifetime: " << challenge.lifetime_seconds() << " s\n";
  if (challenge.factor_id() != 0) out << "factor: " << challenge.factor_id() << '\n';
}

}  // namespace countersign::cli
