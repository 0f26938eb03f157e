// SPDX-License-Identifier: Apache-2.0
#include "gateway/settings.hpp"

#include <sys/un.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace countersign::gateway {
namespace {

constexpr std::int64_t kPerSecondMax = 1'000'000;
constexpr std::int64_t kConnectionsMax = 65'536;

// One table of the file. Remembers the keys that were asked for, and the first mistake.
class Table {
 public:
  Table(const toml::table& table, std::optional<Mistake>& mistake)
      : table_{table}, mistake_{mistake} {}

  const toml::node* find(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
  }
  void report(const toml::node& at, const std::string& message) {
    if (!mistake_) mistake_ = Mistake{message, at.source().begin.line, at.source().begin.column};
  }
  void read(std::string_view key, std::string& value) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (const auto text = node->value_exact<std::string>()) {
      value = *text;
    } else {
      report(*node, std::string{key} + " must be a text");
    }
  }
  template <class Number>
  void read(std::string_view key, Number& value, std::int64_t min, std::int64_t max) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto number = node->value_exact<std::int64_t>();
    if (number && *number >= min && *number <= max) {
      value = static_cast<Number>(*number);
    } else {
      report(*node, std::string{key} + " must be a number from " + std::to_string(min) + " to " +
                        std::to_string(max));
    }
  }
  const toml::table* table(std::string_view key) {
    const toml::node* node = find(key);
    if (node != nullptr && !node->is_table()) {
      report(*node, std::string{key} + " must be a table, [" + std::string{key} + "]");
    }
    return node == nullptr ? nullptr : node->as_table();
  }
  // Every key that nobody asked for is a mistake.
  void finish() {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) != known_.end()) continue;
      report(node, "unknown key \"" + std::string{key.str()} + "\"");
    }
  }

 private:
  const toml::table& table_;
  std::optional<Mistake>& mistake_;
  std::vector<std::string_view> known_;
};

void read_proxies(Table& table, std::vector<Network>& proxies) {
  const std::string expected = "trusted_proxies must be a list of up to " +
                               std::to_string(kTrustedProxiesMax) +
                               R"( networks: ["127.0.0.1", "192.0.2.0/24"])";
  const toml::node* node = table.find("trusted_proxies");
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr || list->size() > kTrustedProxiesMax) return table.report(*node, expected);
  for (const toml::node& item : *list) {
    const auto text = item.value_exact<std::string>();
    const auto network = http::parse_proxies(text.value_or(""));
    if (!network) return table.report(item, expected);
    proxies.push_back(*network);
  }
}

void read_limits(Table table, Settings& settings) {
  table.read("connections", settings.server.connections, 1, kConnectionsMax);
  table.read("connections_per_source", settings.server.connections_per_source, 1, kConnectionsMax);
  table.read("requests_per_second", settings.rate.per_second, 0, kPerSecondMax);
  table.read("burst", settings.rate.burst, 1, kPerSecondMax);
  table.finish();
}

void read_tls(Table table, Settings& settings) {
  table.read("certificate", settings.certificate);
  table.read("key", settings.key);
  table.finish();
}

void read_settings(const toml::table& document, Settings& settings,
                   std::optional<Mistake>& mistake) {
  Table root{document, mistake};
  std::string listen;
  root.read("listen", listen);
  if (!listen.empty() && !http::read_listen(listen, settings.server)) {
    root.report(*document.get("listen"),
                R"(listen must be an address and a port: "127.0.0.1:8180" or "[::1]:8180")");
  }
  root.read("socket", settings.socket);
  read_proxies(root, settings.server.trusted_proxies);
  if (const auto* tls = root.table("tls")) read_tls(Table{*tls, mistake}, settings);
  if (const auto* limits = root.table("limits")) read_limits(Table{*limits, mistake}, settings);
  root.finish();
}

}  // namespace

std::variant<Settings, Mistake> parse_settings(std::string_view text) {
  if (text.size() > kSettingsBytesMax) {
    return Mistake{"settings have at most " + std::to_string(kSettingsBytesMax) + " bytes", 1, 1};
  }
  Settings settings;
  std::optional<Mistake> mistake;
  try {
    read_settings(toml::parse(text), settings, mistake);
  } catch (const toml::parse_error& error) {
    mistake = Mistake{std::string{error.description()}, error.source().begin.line,
                      error.source().begin.column};
  }
  if (mistake) return *mistake;
  return settings;
}

std::string contradiction_in(const Settings& settings) {
  if (settings.socket.empty() || settings.socket.size() >= sizeof sockaddr_un{}.sun_path) {
    return "socket must be the path of a socket, of 107 bytes at most";
  }
  if (settings.certificate.empty() != settings.key.empty()) {
    return "certificate and key belong together: give both or neither";
  }
  return {};
}

}  // namespace countersign::gateway
