// SPDX-License-Identifier: Apache-2.0
// The languages that there are, and which one somebody reads.
#pragma once

#include "companion/words/catalogue.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::companion {

class Languages {
 public:
  // The one that all others are held against, and that is left when nothing else is asked for.
  static constexpr std::string_view kReference = "en";
  static constexpr std::size_t kMax = 32;

  // Reads every <language>.json of the folder. Fails with `malformed`: none of English, a broken
  // one, or one that lacks a text that English has ("texts.missing"); the log says which.
  static Result<Languages> load(const std::string& folder);

  // By what was chosen (a tag, may be empty), else by what the browser prefers (Accept-Language),
  // else English. "fi-FI" gives "fi".
  [[nodiscard]] const Catalogue& choose(std::string_view chosen, std::string_view preferred) const;

  [[nodiscard]] const Catalogue* find(std::string_view language) const;
  [[nodiscard]] const std::map<std::string, std::unique_ptr<Catalogue>, std::less<>>& all() const {
    return all_;
  }

 private:
  std::map<std::string, std::unique_ptr<Catalogue>, std::less<>> all_;  // by tag
};

}  // namespace countersign::companion
