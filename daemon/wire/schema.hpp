// SPDX-License-Identifier: Apache-2.0
// The schema of requests as tables that can be looked up in a few nanoseconds, made once from
// Protobuf's descriptors. Private to wire.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::wire {

struct MessageRules;

// Field numbers are small: they index the table and number the bits of a set.
inline constexpr std::size_t kFieldNumbersMax = 128;
using FieldSet = std::bitset<kFieldNumbersMax>;

enum class FieldKind : std::uint8_t {
  unknown,
  unsigned64,
  unsigned32,
  enumeration,
  boolean,
  text,
  bytes,
  message,
};

struct EnumName {
  std::string name;
  std::uint8_t number = 0;
};

struct FieldRule {
  FieldKind kind = FieldKind::unknown;
  std::uint8_t number = 0;
  bool repeated = false;  // a text, bytes or message that may stand any number of times
  // A bit for each field that may not stand beside this one: itself, and the rest of its oneof.
  FieldSet excludes;
  std::uint64_t enum_numbers = 0;  // a bit for each known number; bit 0 (UNSPECIFIED) is never set
  std::vector<EnumName> enum_names;
  const MessageRules* message = nullptr;
  std::string name;       // as in the schema: "factor_id"
  std::string json_name;  // "factorId"
};

struct MessageRules {
  std::array<std::uint8_t, kFieldNumbersMax> index{};  // into fields, plus one; 0: unknown
  std::vector<FieldRule> fields;

  [[nodiscard]] const FieldRule* find(std::uint64_t number) const {
    if (number >= kFieldNumbersMax || index[number] == 0) return nullptr;
    return &fields[index[number] - 1u];
  }
  // By either of its names.
  [[nodiscard]] const FieldRule* find(std::string_view name) const {
    for (const FieldRule& field : fields) {
      if (field.name == name || field.json_name == name) return &field;
    }
    return nullptr;
  }
};

// The envelope of every native request.
[[nodiscard]] const MessageRules& request_rules();

// The operation that a path names ("create-subject"), or null.
[[nodiscard]] const FieldRule* find_operation(std::string_view path);

}  // namespace countersign::wire
