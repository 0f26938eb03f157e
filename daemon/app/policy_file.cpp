// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/policy_file.hpp"

#include "base/log.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace countersign::app {
namespace {

constexpr std::uintmax_t kPolicyBytesMax = 1 << 20;

}  // namespace

std::optional<CurrentPolicy> load_policy(const std::string& path) {
  using policies::Policy;
  if (path.empty()) return std::make_shared<const Policy>(policies::defaults());

  std::error_code unknown_size;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown_size);
  std::ifstream file{path};
  if (!file || unknown_size || size > kPolicyBytesMax) {
    log::error("policy.unreadable", {{"file", log::ConfigText{path}}, {"errno", errno}});
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();

  auto parsed = policies::parse(text.str(), path);
  if (const auto* mistake = std::get_if<policies::Mistake>(&parsed)) {
    log::error("policy.mistake", {{"file", log::ConfigText{mistake->file}},
                                  {"line", mistake->line},
                                  {"column", mistake->column},
                                  {"message", log::ConfigText{mistake->message}}});
    return std::nullopt;
  }
  return std::make_shared<const Policy>(std::get<Policy>(std::move(parsed)));
}

}  // namespace countersign::app
