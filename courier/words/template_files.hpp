// SPDX-License-Identifier: Apache-2.0
// The templates as they lie in their folder:
//
//   <language>/<kind><part>                  en/sign_in.sms, fi/reset.html
//   realms/<realm>/<language>/<kind><part>   instead of that, for one realm
//
// Every language has every kind in every part. A realm may have single files of a language that
// all have, or a language of its own, which then is complete.
#pragma once

#include "base/error.hpp"
#include "courier/words/template_check.hpp"

#include <array>
#include <map>
#include <string>

namespace countersign::courier {

struct TemplateFile {
  std::string path;  // empty: there is none
  std::string text;
};

// By kind and part.
using TemplateSet = std::array<std::array<TemplateFile, kPartCount>, kKinds.size()>;

// By language, in lower case.
using TemplateLanguages = std::map<std::string, TemplateSet>;

struct TemplateFiles {
  TemplateLanguages all;
  std::map<std::string, TemplateLanguages> realms;
};

inline constexpr std::size_t kTemplateLanguagesMax = 100;
inline constexpr std::size_t kTemplateRealmsMax = 1'000;

// Reads the folder. Fails with `not_found`, `malformed`, `limit_exceeded`; the log names the file.
[[nodiscard]] Result<TemplateFiles> read_template_files(const std::string& directory);

// Fills what a realm's own set lacks from the one that all have. Fails with `not_found` if that
// lacks it, too; the log names the folder.
[[nodiscard]] Status complete(TemplateSet& set, const TemplateSet* all,
                              const std::string& language);

[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace countersign::courier
