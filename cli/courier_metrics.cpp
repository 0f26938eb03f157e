// SPDX-License-Identifier: Apache-2.0
#include "cli/courier_metrics.hpp"

#include "cli/words.hpp"

#include <initializer_list>
#include <ostream>
#include <sstream>
#include <string_view>
#include <utility>

namespace countersign::cli {
namespace {

struct Label {
  std::string_view name;
  std::string value;
};
using Labels = std::initializer_list<Label>;

// A label's value may hold anything; three characters have a meaning.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string_view{"\\n"} : std::string_view{&c, 1};
  }
  return text;
}

class Metrics {
 public:
  // Begins a family: every sample of one has to stand together.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
  }
  template <class Number>
  void sample(Labels labels, Number value) {
    out_ << name_;
    char before = '{';
    for (const Label& label : labels) {
      out_ << std::exchange(before, ',') << label.name << "=\"" << escaped(label.value) << '"';
    }
    if (labels.size() != 0) out_ << '}';
    out_ << ' ' << value << '\n';
  }
  [[nodiscard]] std::string text() const { return out_.str(); }

 private:
  std::string_view name_;
  std::ostringstream out_;
};

std::string channel_of(v1::FactorKind channel) { return lower_words(v1::FactorKind_Name(channel)); }

double ratio(std::uint32_t percent) { return percent / 100.0; }

void write_channels(Metrics& metrics, const v1::CourierStatus& status) {
  metrics.family("countersign_channel_up", "gauge", "Whether a provider of the channel works.");
  for (const auto& c : status.channels()) {
    metrics.sample({{"channel", channel_of(c.channel())}}, c.up() ? 1 : 0);
  }
  metrics.family("countersign_messages_queued", "gauge", "Messages that await the courier.");
  for (const auto& c : status.channels()) {
    metrics.sample({{"channel", channel_of(c.channel())}}, c.queued());
  }
  metrics.family("countersign_messages_last_day", "gauge",
                 "Messages of the last 24 hours, by what became of them.");
  for (const auto& c : status.channels()) {
    const auto sample = [&](const char* outcome, std::uint64_t count) {
      metrics.sample({{"channel", channel_of(c.channel())}, {"outcome", outcome}}, count);
    };
    sample("accepted", c.accepted());
    sample("sent", c.sent());
    sample("delivered", c.delivered());
    sample("undeliverable", c.undeliverable());
    sample("too_late", c.too_late());
    sample("refused", c.refused());
    sample("answered", c.answered());
  }
}

void write_providers(Metrics& metrics, const v1::CourierStatus& status) {
  const auto each = [&](auto value) {
    for (const auto& p : status.providers()) {
      metrics.sample({{"provider", p.name()}, {"channel", channel_of(p.channel())}}, value(p));
    }
  };
  metrics.family("countersign_provider_state", "gauge", "1 works, 2 suspect, 3 down.");
  each([](const v1::Provider& p) { return static_cast<int>(p.state()); });
  metrics.family("countersign_provider_health_ratio", "gauge",
                 "How many of the last messages it was given went.");
  each([](const v1::Provider& p) { return ratio(p.health()); });
  metrics.family("countersign_provider_sent_total", "counter", "Since the courier's start.");
  each([](const v1::Provider& p) { return p.sent(); });
  metrics.family("countersign_provider_failed_total", "counter", "Since the courier's start.");
  each([](const v1::Provider& p) { return p.failed(); });
}

void write_prefixes(Metrics& metrics, const v1::CourierStatus& status) {
  const auto each = [&](auto value) {
    for (const auto& p : status.prefixes()) metrics.sample({{"prefix", p.prefix()}}, value(p));
  };
  metrics.family("countersign_prefix_sent_last_hour", "gauge", "SMS to numbers of the prefix.");
  each([](const v1::PrefixStatus& p) { return p.sent_last_hour(); });
  metrics.family("countersign_prefix_budget_per_hour", "gauge", "How many there may be.");
  each([](const v1::PrefixStatus& p) { return p.budget_per_hour(); });
  metrics.family("countersign_prefix_conversion_ratio", "gauge",
                 "How many of the last codes were answered.");
  each([](const v1::PrefixStatus& p) { return ratio(p.conversion_percent()); });
  metrics.family("countersign_prefix_conversion_sample", "gauge", "How many those were.");
  each([](const v1::PrefixStatus& p) { return p.conversion_sample(); });
  metrics.family("countersign_prefix_breaker_open", "gauge",
                 "Whether nothing is sent there, because hardly a code was answered.");
  each([](const v1::PrefixStatus& p) { return p.breaker_open() ? 1 : 0; });
}

}  // namespace

std::string as_metrics(const v1::CourierStatus& status) {
  Metrics metrics;
  metrics.family("countersign_courier_connected", "gauge", "Whether a courier asked lately.");
  metrics.sample({}, status.connected() ? 1 : 0);
  write_channels(metrics, status);
  write_providers(metrics, status);
  write_prefixes(metrics, status);
  return metrics.text();
}

}  // namespace countersign::cli
