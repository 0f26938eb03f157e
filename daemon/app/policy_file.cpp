// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/policy_file.hpp"

#include "base/log.hpp"
#include "policies/policy_files.hpp"

#include <utility>

namespace countersign::app {

std::optional<CurrentPolicy> load_policy(const std::string& path) {
  using policies::Policy;
  if (path.empty()) return std::make_shared<const Policy>(policies::defaults());

  auto loaded = policies::load(path);
  if (const auto* unreadable = std::get_if<policies::Unreadable>(&loaded)) {
    log::error("policy.unreadable",
               {{"file", log::ConfigText{unreadable->file}}, {"errno", unreadable->error}});
    return std::nullopt;
  }
  if (const auto* mistake = std::get_if<policies::Mistake>(&loaded)) {
    log::error("policy.mistake", {{"file", log::ConfigText{mistake->file}},
                                  {"line", mistake->line},
                                  {"column", mistake->column},
                                  {"message", log::ConfigText{mistake->message}}});
    return std::nullopt;
  }
  return std::make_shared<const Policy>(std::get<Policy>(std::move(loaded)));
}

}  // namespace countersign::app
