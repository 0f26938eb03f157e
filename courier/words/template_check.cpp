// SPDX-License-Identifier: Apache-2.0
#include "courier/words/template_check.hpp"

#include "courier/words/utf8.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace countersign::courier {
namespace {

using Names = std::vector<std::string_view>;

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// What a template of that kind may name.
Names vocabulary(const Kind& kind, Part part) {
  // A subject stands in the logs of mail servers.
  if (part == Part::subject) return {"service"};
  Names names{"service"};
  if (kind.has_code) names.insert(names.end(), {"code", "lifetime_minutes"});
  if (kind.name == "transaction") names.emplace_back("transaction");
  // What a factor is called may be its owner's choice, or an intruder's: no room for it in an SMS.
  if (kind.name.starts_with("factor_") && part != Part::sms) names.emplace_back("factor");
  return names;
}

// What it has to name, in this order.
Names necessities(const Kind& kind, Part part) {
  if (!kind.has_code || part == Part::subject) return {};
  // Who reads the code first may not read on.
  if (kind.name == "transaction") return {"transaction", "code"};
  return {"code"};
}

Result<Names> names_in(std::string_view text) {
  Names names;
  for (;;) {
    const std::size_t open = text.find("{{");
    if (open == std::string_view::npos) return names;
    text.remove_prefix(open + 2);
    const std::size_t close = text.find("}}");
    if (close == std::string_view::npos) return Error{ErrorCode::malformed, "template.brace"};
    const std::string_view name = text.substr(0, close);
    if (!contains(names, name)) names.push_back(name);
    text.remove_prefix(close + 2);
  }
}

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

Result<std::vector<std::string_view>> check_template(const Kind& kind, Part part,
                                                     std::string_view text) {
  if (text.size() > kTemplateBytesMax) return Error{ErrorCode::limit_exceeded, "template.length"};
  CS_CHECK(check_letters(text));
  CS_CHECK(check_part(part, text));
  CS_TRY(Names names, names_in(text));
  const Names known = vocabulary(kind, part);
  for (const std::string_view name : names) {
    if (!contains(known, name)) return Error{ErrorCode::malformed, "template.unknown_name"};
  }
  auto from = names.begin();
  for (const std::string_view name : necessities(kind, part)) {
    from = std::find(from, names.end(), name);
    if (from == names.end()) return Error{ErrorCode::malformed, "template.missing_name"};
  }
  return names;
}

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

}  // namespace countersign::courier
