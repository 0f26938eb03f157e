// SPDX-License-Identifier: Apache-2.0
#include "gateway/options.hpp"

#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <optional>
#include <string>

namespace countersign::gateway {
namespace {

struct Line {
  std::string config;
  std::string listen;
  std::string socket;
};

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(kSettingsBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::optional<Settings> read_config(const std::string& path) {
  if (path.empty()) return Settings{};
  const auto text = read_file(path);
  if (!text) {
    log::error("gateway.settings_unreadable", {{"file", log::ConfigText{path}}});
    return std::nullopt;
  }
  auto parsed = parse_settings(*text);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    log::error("gateway.settings_mistake", {{"file", log::ConfigText{path}},
                                            {"line", mistake->line},
                                            {"column", mistake->column},
                                            {"what", log::ConfigText{mistake->message}}});
    return std::nullopt;
  }
  return std::get<Settings>(std::move(parsed));
}

}  // namespace

std::variant<Settings, int> read_options(int argc, char** argv) {
  Line given;
  CLI::App line{"Speaks the Yubico validation protocol for Countersign", "countersign-gateway"};
  line.add_option("--config", given.config, "Settings file (TOML); the defaults without it");
  line.add_option("--listen", given.listen, "Address and port, e.g. 127.0.0.1:8180 or [::1]:8180");
  line.add_option("--socket", given.socket, "The daemon's verify.sock");
  line.set_version_flag("--version", CS_VERSION);
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return line.exit(wrong);
  }

  auto settings = read_config(given.config);
  if (!settings) return kExitConfiguration;
  std::string contradiction;
  if (!given.listen.empty() && !http::read_listen(given.listen, settings->server)) {
    contradiction = "--listen must be an address and a port: 127.0.0.1:8180 or [::1]:8180";
  }
  if (!given.socket.empty()) settings->socket = given.socket;
  if (contradiction.empty()) contradiction = contradiction_in(*settings);
  if (contradiction.empty()) return std::move(*settings);
  log::error("gateway.settings_contradict", {{"what", log::ConfigText{contradiction}}});
  return kExitConfiguration;
}

}  // namespace countersign::gateway
