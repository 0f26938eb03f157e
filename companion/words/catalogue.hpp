// SPDX-License-Identifier: Apache-2.0
// The words of one language: texts/<language>.json, an object of "key": "text", sorted by key.
//
// A text is an ICU MessageFormat pattern: "{name}" stands for a value, "{count, plural, one {#
// code} other {# codes}}" for what depends on a number.
// https://unicode-org.github.io/icu/userguide/ "language.name" is what the language calls itself,
// "language.direction" "ltr" or "rtl".
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::companion {

// A value within a text.
struct Argument {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};
using Arguments = std::initializer_list<Argument>;

// When something was or will be, as people read it.
enum class Moment : std::uint8_t { date, date_and_time };

// Used by one thread.
class Catalogue {
 public:
  static constexpr std::size_t kFileBytesMax = 512 * 1024;

  // Fails with `malformed`: no such file ("texts.file"), no object of texts ("texts.json"), or a
  // text that is no pattern ("texts.pattern"). The log says which file and which text.
  static Result<std::unique_ptr<Catalogue>> load(const std::string& file,
                                                 const std::string& language);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;
  ~Catalogue();

  [[nodiscard]] const std::string& language() const { return language_; }  // BCP 47
  [[nodiscard]] bool has(std::string_view key) const { return texts_.contains(key); }
  [[nodiscard]] std::vector<std::string_view> keys() const;

  // The text with its values. Of a key that there is not, the key: seen, and no reason to fail.
  // Where a value is missing, its name stays.
  [[nodiscard]] std::string operator()(std::string_view key, Arguments arguments = {}) const;

  // "3 March 2026", "3 March 2026 at 14:05 EET", in the reader's language. `zone` is of the IANA
  // database ("Europe/Helsinki"); UTC when it is none.
  [[nodiscard]] std::string moment(std::int64_t at_ms, Moment what, const std::string& zone) const;

 private:
  struct Text;
  explicit Catalogue(std::string language);
  Status add(std::string_view key, std::string_view pattern);

  struct Formats;

  std::string language_;
  std::unique_ptr<Formats> formats_;  // of moments, made when they are first needed
  std::map<std::string, std::unique_ptr<Text>, std::less<>> texts_;
};

}  // namespace countersign::companion
