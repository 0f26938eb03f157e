// SPDX-License-Identifier: Apache-2.0
#include "companion/settings/settings.hpp"

#include "companion/settings/contrast.hpp"
#include "settings/toml_table.hpp"

#include <sys/un.h>
#include <toml++/toml.h>
#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <optional>

namespace countersign::companion {
namespace {

constexpr std::uint32_t kConnectionsMax = 65'536;
constexpr std::uint32_t kPerSecondMax = 1'000'000;
// The darkest light ground and the lightest dark one: --ground and --sheet of front/style/page.css.
constexpr std::string_view kLightGround = "#f3f5f8";
constexpr std::string_view kDarkGround = "#181c23";

bool is_colour(std::string_view text) {
  const auto is_hexadecimal = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() == 7 && text.front() == '#' &&
         std::ranges::all_of(text.substr(1), is_hexadecimal);
}

// Scheme, host and port, and nothing behind them.
bool is_origin(std::string_view text) {
  const auto is_host_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
           c == '[' || c == ']';
  };
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    return !text.empty() && std::ranges::all_of(text, is_host_letter);
  }
  return false;
}

// `ground`: of what links and buttons stand on, that on which they are hardest to read.
void read_colour(TomlTable& table, std::string_view key, std::string& colour,
                 std::string_view ground) {
  table.read(key, colour);
  if (!is_colour(colour)) return table.report(key, R"(must be a colour: "#1d5fbf")");
  if (contrast(colour, ground) >= kContrastMin) return;
  table.report(key, "cannot be read on the pages' " + std::string{ground} +
                        ": text needs a contrast of 4.5 to 1");
}

void read_realm(TomlTable table, std::vector<Brand>& brands) {
  Brand brand;
  table.read("name", brand.realm);
  table.require("origin", brand.origin);
  if (!is_origin(brand.origin)) {
    table.report("origin", R"(must be scheme and host in small letters: "https://example.com")");
  }
  table.read("product", brand.product);
  table.read("logo", brand.logo);
  const bool has_picture = brand.logo.ends_with(".svg") || brand.logo.ends_with(".png");
  if (!brand.logo.empty() && !has_picture) table.report("logo", "must be an .svg or a .png file");
  read_colour(table, "accent", brand.accent, kLightGround);
  read_colour(table, "accent_dark", brand.accent_dark, kDarkGround);
  table.read("zone", brand.zone);
  const auto has_this_origin = [&](const Brand& other) { return other.origin == brand.origin; };
  if (std::ranges::any_of(brands, has_this_origin)) {
    table.report("origin", "is another realm's already");
  }
  table.finish();
  brands.push_back(std::move(brand));
}

void read_realms(TomlTable& root, std::vector<Brand>& brands) {
  const toml::node* node = root.find("realm");
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr || list->size() > kBrandsMax) {
    return root.report(
        "realm", "must be a list of up to " + std::to_string(kBrandsMax) + " tables, [[realm]]");
  }
  brands.clear();
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return root.report("realm", "must be a list of tables, [[realm]]");
    read_realm(TomlTable{*table, "[[realm]]", root.mistake()}, brands);
  }
}

void read_proxies(TomlTable& root, std::vector<std::string>& proxies) {
  constexpr std::string_view kKey = "trusted_proxies";
  const toml::node* node = root.find(kKey);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr || list->size() > kTrustedProxiesMax) {
    return root.report(kKey, R"(must be a list of networks: ["127.0.0.1", "192.0.2.0/24"])");
  }
  for (const toml::node& item : *list) proxies.push_back(item.value_or<std::string>(""));
}

void read_limits(TomlTable table, Settings& settings) {
  table.read("connections", settings.connections, 1U, kConnectionsMax);
  table.read("connections_per_source", settings.connections_per_source, 1U, kConnectionsMax);
  table.read("requests_per_second", settings.requests_per_second, 0U, kPerSecondMax);
  table.read("burst", settings.burst, 1U, kPerSecondMax);
  table.finish();
}

void read_tls(TomlTable table, Settings& settings) {
  table.read("certificate", settings.certificate);
  table.read("key", settings.key);
  table.finish();
}

void read_settings(const toml::table& document, Settings& settings,
                   std::optional<Mistake>& mistake) {
  TomlTable root{document, "", mistake};
  root.read("listen", settings.listen);
  root.read("socket", settings.socket);
  root.read("share", settings.share);
  read_proxies(root, settings.trusted_proxies);
  if (const auto* table = root.table("tls")) {
    read_tls(TomlTable{*table, "[tls]", mistake}, settings);
  }
  if (const auto* table = root.table("limits")) {
    read_limits(TomlTable{*table, "[limits]", mistake}, settings);
  }
  read_realms(root, settings.brands);
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

std::string contradiction_in(const Settings& settings) {
  if (settings.socket.empty() || settings.socket.size() >= sizeof sockaddr_un{}.sun_path) {
    return "socket must be the path of a socket, of 107 bytes at most";
  }
  if (settings.certificate.empty() != settings.key.empty()) {
    return "certificate and key belong together: give both or neither";
  }
  if (settings.brands.empty()) return "there must be a [[realm]]";
  return {};
}

}  // namespace countersign::companion
