// SPDX-License-Identifier: Apache-2.0
#include "gateway/query.hpp"

#include <algorithm>
#include <utility>

namespace countersign::gateway {
namespace {

constexpr std::string_view kSignatureKey = "h";

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Line ends would add lines to an answer or a log; nothing of this protocol holds any.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Result<std::string> decode(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i] == '+' ? ' ' : encoded[i];
    if (c == '%') {
      const int high = i + 2 < encoded.size() ? hexadecimal(encoded[i + 1]) : -1;
      const int low = i + 2 < encoded.size() ? hexadecimal(encoded[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{ErrorCode::malformed, "query.escape"};
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (is_control(c)) return Error{ErrorCode::malformed, "query.control_character"};
    text += c;
  }
  return text;
}

}  // namespace

Status Parameters::add(std::string_view encoded) {
  if (encoded.size() > kQueryBytesMax) return Error{ErrorCode::limit_exceeded, "query.length"};
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (parameters_.size() == kParametersMax) {
      return Error{ErrorCode::limit_exceeded, "query.parameters"};
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    CS_TRY(std::string key, decode(pair.substr(0, equals)));
    CS_TRY(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    parameters_.push_back({std::move(key), std::move(value)});
  }
  return {};
}

Result<Parameters> Parameters::parse(std::string_view query, std::string_view form) {
  Parameters parsed;
  CS_CHECK(parsed.add(query));
  CS_CHECK(parsed.add(form));
  std::ranges::sort(parsed.parameters_, {}, &Parameter::key);
  const auto twice = std::ranges::adjacent_find(parsed.parameters_, {}, &Parameter::key);
  if (twice != parsed.parameters_.end()) return Error{ErrorCode::malformed, "query.key_twice"};
  return parsed;
}

const std::string* Parameters::find(std::string_view key) const {
  const auto found = std::ranges::find(parameters_, key, &Parameter::key);
  return found == parameters_.end() ? nullptr : &found->value;
}

std::string_view Parameters::value_of(std::string_view key) const {
  const std::string* value = find(key);
  return value == nullptr ? std::string_view{} : *value;
}

std::string Parameters::signed_text() const {
  std::string text;
  for (const Parameter& parameter : parameters_) {
    if (parameter.key == kSignatureKey) continue;
    if (!text.empty()) text += '&';
    text += parameter.key;
    text += '=';
    text += parameter.value;
  }
  return text;
}

}  // namespace countersign::gateway
