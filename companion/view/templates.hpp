// SPDX-License-Identifier: Apache-2.0
// The pages as they lie in their folder, <name>.html, in each language.
//
// They are ctemplate's, and every value is escaped by where it stands. "[[key]]" is a text of the
// catalogue without values; it is put in, escaped, when the pages are loaded.
#pragma once

#include "base/error.hpp"
#include "companion/words/languages.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace ctemplate {
class TemplateDictionary;
}  // namespace ctemplate

namespace countersign::companion {

class Templates {
 public:
  // Fails with `malformed`: a page that cannot be parsed, or that names a text which English does
  // not have. The log says which.
  static Result<std::unique_ptr<Templates>> load(const std::string& folder,
                                                 const Languages& languages);
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;
  ~Templates();

  // How a page, or a part of pages, is called by who fills it: "sign_in" in "fi".
  [[nodiscard]] static std::string key(std::string_view name, std::string_view language);

  // REQUIRES: there is a page of this key.
  [[nodiscard]] std::string render(const std::string& key,
                                   const ctemplate::TemplateDictionary& values) const;

 private:
  struct Cache;
  Templates();
  Status add(const std::string& name, const std::string& text, const Catalogue& words);

  std::unique_ptr<Cache> cache_;
};

}  // namespace countersign::companion
