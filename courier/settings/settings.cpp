// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/settings.hpp"

#include "courier/settings/loopback.hpp"
#include "courier/settings/provider_url.hpp"
#include "settings/toml_table.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <optional>

namespace countersign::courier {
namespace {

using Kind = decltype(ProviderSettings::kind);

Kind read_smtp_kind(TomlTable& table) { return read_smtp(table); }
Kind read_kannel_kind(TomlTable& table) { return read_kannel(table); }
Kind read_http_kind(TomlTable& table) { return read_http(table); }

struct NamedKind {
  std::string_view name;
  Kind (*read)(TomlTable& table);
};
constexpr std::array kKinds{NamedKind{"smtp", &read_smtp_kind},
                            NamedKind{"kannel", &read_kannel_kind},
                            NamedKind{"http", &read_http_kind}};

void read_daemon(TomlTable table, Settings& settings) {
  table.read("socket", settings.socket);
  if (settings.socket.size() >= sizeof sockaddr_un{}.sun_path) {
    table.report("socket", "must be the path of a socket, of 107 bytes at most");
  }
  table.finish();
}

void read_templates(TomlTable table, TemplateSettings& templates) {
  table.read("directory", templates.directory);
  table.read("default_language", templates.default_language);
  table.read("service", templates.service);
  table.read<std::uint32_t>("sms_segments_max", templates.sms_segments_max, 1, kSmsSegmentsMax);
  table.finish();
}

void read_delivery_reports(TomlTable table, DeliveryReportSettings& reports) {
  table.require("listen", reports.listen);
  if (!parse_loopback(reports.listen)) {
    table.report("listen", R"(must be this very machine and a port: "127.0.0.1:8087")");
  }
  reports.url = "http://" + reports.listen;
  table.read("url", reports.url);
  if (const auto mistake = mistake_in_url(reports.url); !mistake.empty()) {
    table.report("url", mistake);
  }
  if (reports.url.ends_with('/')) reports.url.pop_back();
  table.read("key_file", reports.key_file);
  table.finish();
}

// Letters, digits, hyphens and dots, with a dot between some: nothing that ends a line.
bool is_domain(std::string_view domain) {
  return domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
         !domain.ends_with('.') && std::ranges::all_of(domain, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

void read_realm(TomlTable table, std::vector<RealmSettings>& realms) {
  RealmSettings realm;
  table.require("name", realm.name);
  if (std::ranges::find(realms, realm.name, &RealmSettings::name) != realms.end()) {
    table.report("name", "is the name of another realm");
  }
  table.read("service", realm.service);
  table.read("domain", realm.domain);
  if (!realm.domain.empty() && !is_domain(realm.domain)) {
    table.report("domain", R"(must be a domain in small letters: "bank.example")");
  }
  table.read("sender", realm.sender);
  if (!realm.sender.empty() && !is_sms_sender(realm.sender)) {
    table.report("sender", R"(must be up to 11 letters and digits, or a number: "Example")");
  }
  table.finish();
  realms.push_back(std::move(realm));
}

void read_realms(TomlTable& root, std::vector<RealmSettings>& realms) {
  const toml::node* node = root.find("realm");
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr || list->size() > kRealmsMax) {
    return root.report("realm",
                       "must be [[realm]], up to " + std::to_string(kRealmsMax) + " times");
  }
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return root.report("realm", "must be [[realm]]");
    read_realm(TomlTable{*table, "[[realm]]", root.mistake()}, realms);
  }
}

bool is_provider_name(std::string_view name) {
  return name.size() <= kProviderNameBytesMax && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

void read_provider(TomlTable table, std::vector<ProviderSettings>& providers) {
  ProviderSettings provider;
  std::string kind;
  table.require("name", provider.name);
  if (!is_provider_name(provider.name)) {
    table.report("name", "must be 1 to " + std::to_string(kProviderNameBytesMax) +
                             " small letters, digits, hyphens and underscores");
  }
  if (std::ranges::find(providers, provider.name, &ProviderSettings::name) != providers.end()) {
    table.report("name", "is the name of another provider");
  }
  table.require("kind", kind);
  const auto* const known = std::ranges::find(kKinds, kind, &NamedKind::name);
  if (known == kKinds.end()) {
    std::string names;
    for (const NamedKind& each : kKinds) names.append(" \"").append(each.name).append("\"");
    return table.report("kind", "must be one of" + names);
  }
  provider.kind = known->read(table);
  table.finish();
  providers.push_back(std::move(provider));
}

void read_providers(TomlTable& root, std::vector<ProviderSettings>& providers) {
  const toml::node* node = root.find("provider");
  if (node == nullptr) return root.report("provider", "is missing: one [[provider]] at least");
  const toml::array* list = node->as_array();
  if (list == nullptr || list->empty() || list->size() > kProvidersMax) {
    return root.report("provider",
                       "must be [[provider]], 1 to " + std::to_string(kProvidersMax) + " times");
  }
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return root.report("provider", "must be [[provider]]");
    read_provider(TomlTable{*table, "[[provider]]", root.mistake()}, providers);
  }
}

void read_settings(const toml::table& document, Settings& settings,
                   std::optional<Mistake>& mistake) {
  TomlTable root{document, "", mistake};
  if (const auto* table = root.table("daemon")) {
    read_daemon(TomlTable{*table, "[daemon]", mistake}, settings);
  }
  if (const auto* table = root.table("templates")) {
    read_templates(TomlTable{*table, "[templates]", mistake}, settings.templates);
  }
  if (const auto* table = root.table("delivery_reports")) {
    read_delivery_reports(TomlTable{*table, "[delivery_reports]", mistake},
                          settings.delivery_reports);
  }
  read_realms(root, settings.templates.realms);
  read_providers(root, settings.providers);
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
    const toml::table document = toml::parse(text);
    read_settings(document, settings, mistake);
  } catch (const toml::parse_error& error) {
    mistake = Mistake{std::string{error.description()}, error.source().begin.line,
                      error.source().begin.column};
  }
  if (mistake) return *mistake;
  return settings;
}

}  // namespace countersign::courier
