// SPDX-License-Identifier: Apache-2.0
#include "courier/json/body_template.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <set>

namespace countersign::courier {
namespace {

namespace json = boost::json;

const BodyValue* find(const std::vector<BodyValue>& values, std::string_view name) {
  const auto found = std::ranges::find(values, name, &BodyValue::name);
  return found == values.end() ? nullptr : &*found;
}

// The text of a document is ours to write; in the texts of keys nothing is replaced.
Result<json::value> filled(const json::value& node, const std::vector<BodyValue>& values) {
  if (const auto* object = node.if_object()) {
    json::object copy;
    for (const auto& [key, value] : *object) {
      CS_TRY(copy[key], filled(value, values));
    }
    return json::value(std::move(copy));
  }
  if (const auto* array = node.if_array()) {
    json::array copy;
    for (const auto& value : *array) {
      CS_TRY(json::value element, filled(value, values));
      copy.push_back(std::move(element));
    }
    return json::value(std::move(copy));
  }
  const auto* text = node.if_string();
  if (text == nullptr) return node;
  const std::string_view whole{text->data(), text->size()};
  for (const BodyValue& value : values) {
    std::uint64_t number = 0;
    if (!value.is_number || whole != "{{" + std::string{value.name} + "}}") continue;
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
    return json::value(number);
  }
  CS_TRY(const std::string replaced, fill_names(whole, values));
  return json::value(json::string_view{replaced.data(), replaced.size()});
}

}  // namespace

struct BodyTemplate::Document {
  json::value root;
  std::string text;
};

BodyTemplate::BodyTemplate(std::unique_ptr<Document> document) : document_{std::move(document)} {}
BodyTemplate::BodyTemplate(BodyTemplate&& other) noexcept = default;
BodyTemplate::~BodyTemplate() = default;

Result<BodyTemplate> BodyTemplate::parse(std::string_view text,
                                         const std::vector<std::string_view>& names) {
  json::error_code failed;
  auto document = std::make_unique<Document>();
  document->root = json::parse({text.data(), text.size()}, failed);
  if (failed) return Error{ErrorCode::malformed, "body.json"};
  document->text = text;
  std::vector<BodyValue> samples;
  for (const std::string_view name : names) samples.push_back({name, "0"});
  CS_TRY(const json::value sample, filled(document->root, samples));
  return BodyTemplate{std::move(document)};
}

std::string BodyTemplate::fill(const std::vector<BodyValue>& values) const {
  const auto body = filled(document_->root, values);
  assert(body);
  return body ? json::serialize(*body) : std::string{};
}

bool BodyTemplate::names(std::string_view name) const {
  return document_->text.find("{{" + std::string{name} + "}}") != std::string::npos;
}

Result<std::string> fill_names(std::string_view text, const std::vector<BodyValue>& values) {
  std::string filled;
  for (;;) {
    const std::size_t open = text.find("{{");
    filled += text.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) return Error{ErrorCode::malformed, "body.brace"};
    const BodyValue* const value = find(values, text.substr(open + 2, close - open - 2));
    if (value == nullptr) return Error{ErrorCode::malformed, "body.unknown_name"};
    filled += value->text;
    text.remove_prefix(close + 2);
  }
}

}  // namespace countersign::courier
