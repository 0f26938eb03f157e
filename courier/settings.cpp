// SPDX-License-Identifier: Apache-2.0
#include "courier/settings.hpp"

#include "courier/toml_table.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <optional>

namespace countersign::courier {
namespace {

using Kind = decltype(ProviderSettings::kind);

Kind read_smtp_kind(TomlTable& table) { return read_smtp(table); }

struct NamedKind {
  std::string_view name;
  Kind (*read)(TomlTable& table);
};
constexpr std::array kKinds{NamedKind{"smtp", &read_smtp_kind}};

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
  table.finish();
}

void read_delivery_reports(TomlTable table, DeliveryReportSettings& reports) {
  table.read("listen", reports.listen);
  table.read("url", reports.url);
  table.finish();
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
