// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/schema.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <memory>

namespace countersign::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class Schema {
 public:
  Schema() : request_{rules_of(*v1::Request::descriptor())} {}

  [[nodiscard]] const MessageRules& request() const { return *request_; }

 private:
  const MessageRules* rules_of(const Descriptor& descriptor);
  FieldRule rule_of(const FieldDescriptor& field);

  std::map<const Descriptor*, std::unique_ptr<MessageRules>> messages_;
  const MessageRules* request_;
};

FieldKind kind_of(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_UINT64:
      return FieldKind::unsigned64;
    case FieldDescriptor::TYPE_UINT32:
      return FieldKind::unsigned32;
    case FieldDescriptor::TYPE_ENUM:
      return FieldKind::enumeration;
    case FieldDescriptor::TYPE_BOOL:
      return FieldKind::boolean;
    case FieldDescriptor::TYPE_STRING:
      return FieldKind::text;
    case FieldDescriptor::TYPE_BYTES:
      return FieldKind::bytes;
    case FieldDescriptor::TYPE_MESSAGE:
      return FieldKind::message;
    default:
      return FieldKind::unknown;
  }
}

const MessageRules* Schema::rules_of(const Descriptor& descriptor) {
  if (const auto known = messages_.find(&descriptor); known != messages_.end()) {
    return known->second.get();
  }
  auto& rules = messages_[&descriptor] = std::make_unique<MessageRules>();
  MessageRules* const made = rules.get();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    made->fields.push_back(rule_of(field));
    made->index[made->fields.back().number] = static_cast<std::uint8_t>(made->fields.size());
  }
  return made;
}

FieldRule Schema::rule_of(const FieldDescriptor& field) {
  assert(field.number() < static_cast<int>(kFieldNumbersMax));
  FieldRule rule;
  rule.kind = kind_of(field);
  // A kind of field that requests have never had is an oversight of ours, found by the first test.
  assert(rule.kind != FieldKind::unknown);
  rule.repeated = field.is_repeated();
  assert(!rule.repeated || !field.is_packable());
  rule.number = static_cast<std::uint8_t>(field.number());
  rule.excludes.set(rule.number);
  rule.name = field.name();
  rule.json_name = field.json_name();
  if (const auto* oneof = field.real_containing_oneof()) {
    for (int i = 0; i < oneof->field_count(); ++i) {
      rule.excludes.set(static_cast<std::size_t>(oneof->field(i)->number()));
    }
  }
  if (rule.kind == FieldKind::message) rule.message = rules_of(*field.message_type());
  if (rule.kind == FieldKind::enumeration) {
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      const auto& value = *field.enum_type()->value(i);
      assert(value.number() >= 0 && value.number() < 64);
      rule.enum_names.push_back({value.name(), static_cast<std::uint8_t>(value.number())});
      if (value.number() != 0) rule.enum_numbers |= std::uint64_t{1} << value.number();
    }
  }
  return rule;
}

}  // namespace

const MessageRules& request_rules() {
  static const Schema schema;
  return schema.request();
}

const FieldRule* find_operation(std::string_view path) {
  // One spelling a path: the underscore of the schema is not another.
  if (path.find('_') != std::string_view::npos) return nullptr;
  std::string name{path};
  std::ranges::replace(name, '-', '_');
  for (const FieldRule& field : request_rules().fields) {
    if (field.kind == FieldKind::message && field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace countersign::wire
