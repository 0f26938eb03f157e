// SPDX-License-Identifier: Apache-2.0
#include "courier/words/template_check.hpp"

#include "courier/settings/provider_url.hpp"
#include "courier/words/utf8.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace countersign::courier {
namespace {

using Uses = std::vector<NameUse>;

constexpr std::size_t kLinkBytesMax = 300;
// RFC 3986, without the quote and the brackets that texts put around an address.
constexpr std::string_view kLinkMarks = "-._~:/?#@!$&*+,;=%[]";
constexpr std::string_view kNotMe = "not_me_link";
constexpr std::string_view kFirstName = "first_name";

// What a template of that kind may name, and where.
Uses vocabulary(const Kind& kind, Part part) {
  // A subject stands in the logs of mail servers.
  if (part == Part::subject) return {{"service", ""}};
  switch (kind.topic) {
    case Topic::code:
      return {{"service", ""}, {"code", ""}, {"lifetime_minutes", ""}};
    case Topic::transaction:
      return {{"service", ""}, {"code", ""}, {"lifetime_minutes", ""}, {"transaction", ""}};
    case Topic::notice: {
      Uses uses{{"service", ""}, {kNotMe, kNotMe}, {"expires", kNotMe}};
      // What a factor is called may be its owner's choice, or an intruder's: no room for it in an
      // SMS.
      if (part != Part::sms) uses.push_back({"factor", ""});
      return uses;
    }
    case Topic::link:
      return {{"service", ""},
              {"link", ""},
              {"expires", ""},
              {"username", ""},
              {kFirstName, kFirstName}};
    case Topic::test:
      return {{"service", ""}};
  }
  return {};
}

// What it has to name, in this order.
std::vector<std::string_view> necessities(const Kind& kind, Part part) {
  if (part == Part::subject) return {};
  switch (kind.topic) {
    case Topic::code:
      return {"code"};
    case Topic::transaction:
      // Who reads the code first may not read on.
      return {"transaction", "code"};
    case Topic::link:
      return {"link"};
    case Topic::notice:
    case Topic::test:
      return {};
  }
  return {};
}

bool is_in(std::span<const NameUse> uses, const NameUse& use) {
  return std::ranges::find(uses, use) != uses.end();
}

bool is_section(std::span<const NameUse> known, std::string_view name) {
  return is_in(known, {name, name});
}

// Goes from brace to brace.
class Braces {
 public:
  // REQUIRES: `known` outlives this.
  explicit Braces(std::span<const NameUse> known) : known_{known} {}

  Result<Uses> read(std::string_view text) {
    for (;;) {
      const std::size_t open = text.find("{{");
      if (open == std::string_view::npos) break;
      text.remove_prefix(open + 2);
      const std::size_t close = text.find("}}");
      if (close == std::string_view::npos) return Error{ErrorCode::malformed, "template.brace"};
      CS_CHECK(take(text.substr(0, close)));
      text.remove_prefix(close + 2);
    }
    if (!section_.empty()) return Error{ErrorCode::malformed, "template.section"};
    return std::move(uses_);
  }

 private:
  Status take(std::string_view what) {
    if (what.starts_with('#')) return open(what.substr(1));
    if (what.starts_with('/')) return close(what.substr(1));
    // It may stand in its own section alone, or anywhere.
    const bool anywhere = is_in(known_, {what, ""});
    if (!anywhere && !is_in(known_, {what, section_})) {
      return Error{ErrorCode::malformed, "template.unknown_name"};
    }
    const NameUse use{what, anywhere ? std::string_view{} : section_};
    if (!is_in(uses_, use)) uses_.push_back(use);
    return {};
  }

  Status open(std::string_view name) {
    if (!is_section(known_, name)) return Error{ErrorCode::malformed, "template.unknown_name"};
    if (!section_.empty()) return Error{ErrorCode::malformed, "template.section"};
    section_ = name;
    if (!is_in(uses_, {name, name})) uses_.push_back({name, name});
    return {};
  }

  Status close(std::string_view name) {
    const bool is_open = !section_.empty() && name == section_;
    if (!is_open) return Error{ErrorCode::malformed, "template.section"};
    section_ = {};
    return {};
  }

  std::span<const NameUse> known_;
  std::string_view section_;  // in which it is; none when empty
  Uses uses_;
};

// Letters, line feeds and tabs; the end of a file is one line feed at most.
Status check_letters(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point) return Error{ErrorCode::malformed, "template.utf8"};
    const bool is_control = *point < 0x20 || (*point >= 0x7f && *point < 0xa0);
    if (is_control && *point != '\n' && *point != '\t') {
      return Error{ErrorCode::malformed, "template.control_character"};
    }
  }
  return {};
}

Status check_part(Part part, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.find_first_not_of(" \t\n") == std::string_view::npos) {
    return Error{ErrorCode::malformed, "template.empty"};
  }
  if (part == Part::subject && text.find_first_of("\n\t") != std::string_view::npos) {
    return Error{ErrorCode::malformed, "template.subject_line"};
  }
  if (part == Part::sms) {
    for (const std::string_view link : {"://", "www."}) {
      if (text.find(link) != std::string_view::npos) {
        return Error{ErrorCode::malformed, "template.link"};
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<NameUse>> check_template(const Kind& kind, Part part, std::string_view text) {
  if (text.size() > kTemplateBytesMax) return Error{ErrorCode::limit_exceeded, "template.length"};
  CS_CHECK(check_letters(text));
  CS_CHECK(check_part(part, text));
  const Uses known = vocabulary(kind, part);
  CS_TRY(Uses uses, Braces{known}.read(text));
  auto from = uses.begin();
  for (const std::string_view name : necessities(kind, part)) {
    from = std::find(from, uses.end(), NameUse{name, ""});
    if (from == uses.end()) return Error{ErrorCode::malformed, "template.missing_name"};
  }
  return uses;
}

bool is_link_name(std::string_view name) { return name == "link" || name == kNotMe; }

bool is_plain_value(std::string_view value) {
  while (!value.empty()) {
    const auto point = take_code_point(value);
    if (!point) return false;
    const char32_t c = *point;
    const bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    const bool ends_a_line = c == 0x2028 || c == 0x2029;
    const bool turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    if (is_control || ends_a_line || turns) return false;
  }
  return true;
}

bool is_link(std::string_view value) {
  const auto may_stand = [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || kLinkMarks.find(c) != std::string_view::npos;
  };
  if (value.size() > kLinkBytesMax || !std::ranges::all_of(value, may_stand)) return false;
  return mistake_in_url(std::string{value}).empty();
}

}  // namespace countersign::courier
