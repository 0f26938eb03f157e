// SPDX-License-Identifier: Apache-2.0
#include "courier/options.hpp"

#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <optional>
#include <string>

namespace countersign::courier {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(kSettingsBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::optional<Settings> read_config(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    log::error("courier.settings_unreadable", {{"file", log::ConfigText{path}}});
    return std::nullopt;
  }
  auto parsed = parse_settings(*text);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    log::error("courier.settings_mistake", {{"file", log::ConfigText{path}},
                                            {"line", mistake->line},
                                            {"column", mistake->column},
                                            {"what", log::ConfigText{mistake->message}}});
    return std::nullopt;
  }
  return std::get<Settings>(std::move(parsed));
}

}  // namespace

std::variant<Settings, int> read_options(int argc, char** argv) {
  std::string config = "/etc/countersign/courier.toml";
  std::string socket;
  CLI::App line{"Delivers Countersign's codes and notices by e-mail and SMS",
                "countersign-courier"};
  line.add_option("--config", config, "Settings file (TOML)")->capture_default_str();
  line.add_option("--socket", socket, "The daemon's courier.sock, over the file's");
  line.set_version_flag("--version", CS_VERSION);
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return line.exit(wrong);
  }
  auto settings = read_config(config);
  if (!settings) return kExitConfiguration;
  if (!socket.empty()) settings->socket = socket;
  return std::move(*settings);
}

}  // namespace countersign::courier
