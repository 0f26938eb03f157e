// SPDX-License-Identifier: Apache-2.0
#include "courier/words/templates.hpp"

#include "base/log.hpp"
#include "courier/words/sms_coding.hpp"
#include "courier/words/template_files.hpp"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::courier {
namespace {

constexpr std::string_view kLastLanguage = "en";

// Every HTML template is escaped by where its values stand.
constexpr std::string_view kEscaped = "{{%AUTOESCAPE context=\"HTML\"}}";

// As long as one is where the companion has a long name.
constexpr std::string_view kOrdinaryLink =
    "https://accounts.a-rather-long-name.example.com/t/1234567890123456789012345678901234567890123";

// One parsed template: how ctemplate's cache calls it, and what it needs.
struct Entry {
  struct Name {
    std::string name;
    std::string section;  // within which it stands; may be empty
  };
  std::string key;
  std::vector<Name> names;
};
using Entries = std::array<std::array<Entry, kPartCount>, kKinds.size()>;

// By language, in lower case.
using Languages = std::map<std::string, Entries, std::less<>>;

// Longest first: "fi-fi" gives "fi-fi", "fi".
std::vector<std::string> prefixes_of(std::string_view language) {
  std::vector<std::string> prefixes;
  for (std::string rest = lower_case(language); !rest.empty();) {
    prefixes.push_back(rest);
    const std::size_t hyphen = rest.rfind('-');
    rest.resize(hyphen == std::string::npos ? 0 : hyphen);
  }
  return prefixes;
}

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What templates may name, with what it stands for now.
class Values {
 public:
  // REQUIRES: both outlive this.
  Values(const Message& message, const std::string& service) {
    values_.emplace_back("service", service);
    if (!message.code.empty()) values_.emplace_back("code", message.code);
    for (const Value& value : message.values) values_.emplace_back(value.name, value.value);
  }

  // Else the section of that name is left out.
  [[nodiscard]] bool has(std::string_view name) const {
    const std::string_view* const value = find(name);
    return value != nullptr && !value->empty();
  }

  [[nodiscard]] const std::string_view* find(std::string_view name) const {
    const auto found = std::ranges::find(values_, name, &Pair::first);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  using Pair = std::pair<std::string_view, std::string_view>;
  std::vector<Pair> values_;
};

class LoadedTemplates final : public Templates {
 public:
  explicit LoadedTemplates(const TemplateSettings& settings) : settings_{settings} {}

  Status load();
  [[nodiscard]] Result<Rendered> render(const Message& message) const override;

 private:
  Status add(const std::string& realm, const TemplateLanguages& own, const TemplateLanguages* all);
  Result<Entry> parse(const TemplateFile& file, const Kind& kind, Part part);
  Status check_lengths() const;
  Status check_length(const RealmSettings& realm, const std::string& language) const;
  [[nodiscard]] const Entries* find(const std::string& realm, const std::string& language) const;
  [[nodiscard]] Result<std::string> expand(const Entry& entry, const Values& values) const;
  Status add_origin(const RealmSettings& realm, const Message& message, std::string& text) const;
  [[nodiscard]] RealmSettings realm_of(const std::string& name) const;

  TemplateSettings settings_;
  ctemplate::TemplateCache cache_;
  std::size_t parsed_ = 0;
  std::map<std::string, Languages, std::less<>> realms_;  // "": what all have
};

Status LoadedTemplates::load() {
  CS_TRY(const TemplateFiles files, read_template_files(settings_.directory));
  CS_CHECK(add("", files.all, nullptr));
  for (const auto& [realm, own] : files.realms) CS_CHECK(add(realm, own, &files.all));
  cache_.Freeze();
  if (!realms_[""].contains(lower_case(settings_.default_language))) {
    const Error missing{ErrorCode::not_found, "template.default_language"};
    log::error("courier.template", missing, {{"file", log::ConfigText{settings_.directory}}});
    return missing;
  }
  return check_lengths();
}

Status LoadedTemplates::add(const std::string& realm, const TemplateLanguages& own,
                            const TemplateLanguages* all) {
  for (const auto& [language, files] : own) {
    TemplateSet set = files;
    const TemplateSet* base = nullptr;
    if (all != nullptr && all->contains(language)) base = &all->at(language);
    CS_CHECK(complete(set, base, language));
    Entries& entries = realms_[realm][language];
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      for (std::size_t part = 0; part < kPartCount; ++part) {
        CS_TRY(entries.at(kind).at(part),
               parse(set.at(kind).at(part), kKinds.at(kind), static_cast<Part>(part)));
      }
    }
  }
  return {};
}

Result<Entry> LoadedTemplates::parse(const TemplateFile& file, const Kind& kind, Part part) {
  CS_TRY(const auto uses, check_template(kind, part, file.text));
  Entry entry{.key = std::to_string(parsed_++), .names = {}};
  for (const NameUse& use : uses) {
    entry.names.push_back({std::string{use.name}, std::string{use.section}});
  }
  const std::string text = part == Part::html ? std::string{kEscaped} + file.text : file.text;
  if (cache_.StringToTemplateCache(entry.key, text, ctemplate::DO_NOT_STRIP)) return entry;
  const Error mistake{ErrorCode::malformed, "template.html"};
  log::error("courier.template", mistake, {{"file", log::ConfigText{file.path}}});
  return mistake;
}

// What is too long for its SMS with ordinary values is found before it is needed.
Status LoadedTemplates::check_lengths() const {
  for (const auto& [name, languages] : realms_) {
    for (const auto& [language, entries] : languages) {
      CS_CHECK(check_length(realm_of(name), language));
      if (!name.empty()) continue;
      for (const RealmSettings& realm : settings_.realms) CS_CHECK(check_length(realm, language));
    }
  }
  return {};
}

Status LoadedTemplates::check_length(const RealmSettings& realm,
                                     const std::string& language) const {
  for (const Kind& kind : kKinds) {
    Message message{.channel = Channel::sms,
                    .kind = std::string{kind.name},
                    .realm = realm.name,
                    .language = language,
                    .values = {{"lifetime_minutes", "10"},
                               {"transaction", "EUR 1,250.00 to Example Oy"},
                               {"link", std::string{kOrdinaryLink}},
                               {"not_me_link", std::string{kOrdinaryLink}},
                               {"expires", "2026-11-29 16:05 UTC"},
                               {"username", "anna.andersson@lawfirm.example"},
                               {"first_name", "Anna"}}};
    if (kind.has_code()) message.code = "00000000";
    const auto rendered = render(message);
    if (rendered) continue;
    log::error("courier.template", rendered.error(),
               {{"file", log::ConfigText{language + '/' + message.kind + ".sms"}}});
    return rendered.error();
  }
  return {};
}

RealmSettings LoadedTemplates::realm_of(const std::string& name) const {
  const auto found = std::ranges::find(settings_.realms, name, &RealmSettings::name);
  RealmSettings realm = found == settings_.realms.end() ? RealmSettings{.name = name} : *found;
  if (realm.service.empty()) realm.service = settings_.service;
  return realm;
}

// The realm's own words in a language before those that all have; a language that is near before
// one that is not.
const Entries* LoadedTemplates::find(const std::string& realm, const std::string& language) const {
  for (const std::string_view wanted :
       {std::string_view{language}, std::string_view{settings_.default_language}, kLastLanguage}) {
    for (const std::string& prefix : prefixes_of(wanted)) {
      for (const std::string_view owner : {std::string_view{realm}, std::string_view{}}) {
        const auto languages = realms_.find(owner);
        if (languages == realms_.end()) continue;
        const auto entries = languages->second.find(prefix);
        if (entries != languages->second.end()) return &entries->second;
      }
    }
  }
  return nullptr;
}

Result<std::string> LoadedTemplates::expand(const Entry& entry, const Values& values) const {
  ctemplate::TemplateDictionary dictionary{"message"};
  for (const auto& [name, section] : entry.names) {
    if (!section.empty() && !values.has(section)) continue;
    const std::string_view* const value = values.find(name);
    if (value == nullptr) return Error{ErrorCode::malformed, "template.value_missing"};
    const bool is_good = is_link_name(name) ? is_link(*value) : is_plain_value(*value);
    if (!is_good) return Error{ErrorCode::malformed, "template.value"};
    dictionary.SetValueWithoutCopy(name, {value->data(), value->size()});
    if (name == section) dictionary.ShowSection(section);
  }
  std::string text;
  if (!cache_.ExpandNoLoad(entry.key, ctemplate::DO_NOT_STRIP, &dictionary, nullptr, &text)) {
    return Error{ErrorCode::malformed, "template.expand"};
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// The last line binds the code to the site that asked for it: browsers offer it nowhere else
// (WICG, "Origin-bound one-time codes delivered via SMS").
Status LoadedTemplates::add_origin(const RealmSettings& realm, const Message& message,
                                   std::string& text) const {
  if (!message.code.empty() && !realm.domain.empty()) {
    text += "\n@" + realm.domain + " #" + message.code;
  }
  CS_TRY(const SmsShape shape, shape_of(text));
  if (shape.segments <= settings_.sms_segments_max) return {};
  return Error{ErrorCode::limit_exceeded, "template.sms_segments", shape.segments};
}

Result<Rendered> LoadedTemplates::render(const Message& message) const {
  const auto* const kind = std::ranges::find(kKinds, message.kind, &Kind::name);
  if (kind == kKinds.end()) return Error{ErrorCode::not_found, "template.kind"};
  if (kind->has_code() != is_code(message.code)) {
    return Error{ErrorCode::malformed, "template.code"};
  }
  const Entries* const entries = find(message.realm, message.language);
  if (entries == nullptr) return Error{ErrorCode::not_found, "template.language"};
  const auto& parts = entries->at(static_cast<std::size_t>(kind - kKinds.begin()));
  const auto entry_of = [&](Part part) -> const Entry& {
    return parts.at(static_cast<std::size_t>(part));
  };
  const RealmSettings realm = realm_of(message.realm);
  const Values values{message, realm.service};

  Rendered rendered;
  if (message.channel == Channel::sms) {
    CS_TRY(rendered.sms, expand(entry_of(Part::sms), values));
    CS_CHECK(add_origin(realm, message, rendered.sms));
    rendered.sender = realm.sender;
    return rendered;
  }
  CS_TRY(rendered.subject, expand(entry_of(Part::subject), values));
  CS_TRY(rendered.text, expand(entry_of(Part::text), values));
  CS_TRY(rendered.html, expand(entry_of(Part::html), values));
  return rendered;
}

}  // namespace

Result<std::unique_ptr<Templates>> load_templates(const TemplateSettings& settings) {
  auto templates = std::make_unique<LoadedTemplates>(settings);
  CS_CHECK(templates->load());
  return std::unique_ptr<Templates>{std::move(templates)};
}

}  // namespace countersign::courier
