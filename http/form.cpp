// SPDX-License-Identifier: Apache-2.0
#include "http/form.hpp"

#include <algorithm>

namespace countersign::http {
namespace {

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Line ends would add lines to an answer or a log; no field of ours holds any.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Result<std::string> decode(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i] == '+' ? ' ' : encoded[i];
    if (c == '%') {
      const int high = i + 2 < encoded.size() ? hexadecimal(encoded[i + 1]) : -1;
      const int low = i + 2 < encoded.size() ? hexadecimal(encoded[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{ErrorCode::malformed, "form.escape"};
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (is_control(c)) return Error{ErrorCode::malformed, "form.control_character"};
    text += c;
  }
  return text;
}

}  // namespace

Result<Form> Form::parse(std::string_view encoded, Limits limits) {
  if (encoded.size() > limits.bytes) return Error{ErrorCode::limit_exceeded, "form.length"};
  Form form;
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (form.fields_.size() == limits.fields) {
      return Error{ErrorCode::limit_exceeded, "form.fields"};
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    CS_TRY(std::string name, decode(pair.substr(0, equals)));
    CS_TRY(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    form.fields_.push_back({std::move(name), std::move(value)});
  }
  std::ranges::sort(form.fields_, {}, &Field::name);
  const auto twice = std::ranges::adjacent_find(form.fields_, {}, &Field::name);
  if (twice != form.fields_.end()) return Error{ErrorCode::malformed, "form.name_twice"};
  return form;
}

const std::string* Form::find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &Field::name);
  return found == fields_.end() ? nullptr : &found->value;
}

std::string_view Form::value_of(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : *value;
}

}  // namespace countersign::http
