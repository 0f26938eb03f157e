// SPDX-License-Identifier: Apache-2.0
#include "companion/words/catalogue.hpp"

#include "base/log.hpp"

#include <unicode/datefmt.h>
#include <unicode/msgfmt.h>
#include <unicode/timezone.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <optional>
#include <utility>

namespace countersign::companion {
namespace {

constexpr std::string_view kLocaleKey = "language.locale";

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(Catalogue::kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > Catalogue::kFileBytesMax) return std::nullopt;
  return text;
}

icu::UnicodeString to_icu(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

std::string from_icu(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

icu::Formattable value_of(const Argument& argument) {
  if (const auto* text = std::get_if<std::string_view>(&argument.value)) {
    return icu::Formattable{to_icu(*text)};
  }
  return icu::Formattable{static_cast<std::int64_t>(std::get<std::int64_t>(argument.value))};
}

}  // namespace

struct Catalogue::Text {
  icu::MessageFormat format;
};

// Making one takes longer than fifty answers of it. Zones are those of the realms: a few.
struct Catalogue::Formats {
  // Null if ICU has none for this locale.
  icu::DateFormat* find(Moment what, const std::string& zone, const std::string& locale_tag) {
    auto& format = kept[{what, zone}];
    if (format != nullptr) return format.get();
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale locale = icu::Locale::forLanguageTag(locale_tag, status);
    // What is to be told, in the order and with the words of the language; "j" is hours as they are
    // counted there.
    const icu::UnicodeString parts{what == Moment::date ? "yMMMMd" : "yMMMMdjmz"};
    format.reset(icu::DateFormat::createInstanceForSkeleton(parts, locale, status));
    // Of an unknown name ICU makes a zone without a difference from UTC.
    if (format != nullptr) format->adoptTimeZone(icu::TimeZone::createTimeZone(to_icu(zone)));
    return format.get();
  }

  std::map<std::pair<Moment, std::string>, std::unique_ptr<icu::DateFormat>> kept;
};

Catalogue::Catalogue(std::string language)
    : language_{std::move(language)}, formats_{std::make_unique<Formats>()} {}
Catalogue::~Catalogue() = default;

Status Catalogue::add(std::string_view key, std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  const icu::Locale locale = icu::Locale::forLanguageTag(language_, status);
  icu::MessageFormat format{to_icu(pattern), locale, where, status};
  if (U_FAILURE(status)) return Error{ErrorCode::malformed, "texts.pattern"};
  texts_.emplace(key, std::make_unique<Text>(Text{std::move(format)}));
  return {};
}

Result<std::unique_ptr<Catalogue>> Catalogue::load(const std::string& file,
                                                   const std::string& language) {
  const auto complain = [&file](const Error& mistake, std::string_view key) {
    log::error("web.texts", mistake,
               {{"file", log::ConfigText{file}}, {"key", log::ConfigText{key}}});
    return mistake;
  };
  const auto text = read_file(file);
  if (!text) return complain(Error{ErrorCode::malformed, "texts.file"}, {});
  boost::system::error_code failed;
  const boost::json::value parsed = boost::json::parse(*text, failed);
  if (failed || !parsed.is_object()) return complain(Error{ErrorCode::malformed, "texts.json"}, {});

  std::unique_ptr<Catalogue> catalogue{new Catalogue{language}};
  for (const auto& [key, value] : parsed.get_object()) {
    if (!value.is_string()) return complain(Error{ErrorCode::malformed, "texts.json"}, key);
    const auto& pattern = value.get_string();
    const Status added = catalogue->add(key, {pattern.data(), pattern.size()});
    if (!added) return complain(added.error(), key);
  }
  return catalogue;
}

std::vector<std::string_view> Catalogue::keys() const {
  std::vector<std::string_view> keys;
  for (const auto& [key, text] : texts_) keys.push_back(key);
  return keys;
}

std::string Catalogue::operator()(std::string_view key, Arguments arguments) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) return std::string{key};
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> values;
  for (const Argument& argument : arguments) {
    names.push_back(to_icu(argument.name));
    values.push_back(value_of(argument));
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString text;
  found->second->format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()),
                               text, status);
  return U_FAILURE(status) ? std::string{key} : from_icu(text);
}

std::string Catalogue::moment(std::int64_t at_ms, Moment what, const std::string& zone) const {
  const std::string tag = has(kLocaleKey) ? (*this)(kLocaleKey) : language_;
  icu::DateFormat* const format = formats_->find(what, zone, tag);
  if (format == nullptr) return {};
  icu::UnicodeString text;
  return from_icu(format->format(static_cast<UDate>(at_ms), text));
}

}  // namespace countersign::companion
