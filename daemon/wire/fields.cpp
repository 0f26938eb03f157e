// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/fields.hpp"

#include <utf8proc.h>

#include <cstring>
#include <limits>
#include <optional>

namespace countersign::wire {
namespace {

constexpr std::uint64_t kWireVarint = 0;
constexpr std::uint64_t kWireBytes = 2;
constexpr unsigned kRequestIdField = 1;

struct Field {
  std::uint64_t number = 0;
  std::uint64_t wire_type = 0;
  std::uint64_t value = 0;  // of a varint
  BytesView bytes;          // of everything else
};

class FieldReader {
 public:
  explicit FieldReader(BytesView message)
      : at_{message.data()}, end_{message.data() + message.size()} {}

  [[nodiscard]] bool done() const { return at_ == end_; }

  // Nothing when the bytes are not a field of one of the two types that requests have.
  std::optional<Field> next() {
    std::uint64_t tag = 0;
    Field field;
    if (!varint(tag)) return std::nullopt;
    field.number = tag >> 3;
    field.wire_type = tag & 7;
    if (field.wire_type == kWireVarint) {
      if (!varint(field.value)) return std::nullopt;
      return field;
    }
    std::uint64_t size = 0;
    if (field.wire_type != kWireBytes || !varint(size)) return std::nullopt;
    if (size > static_cast<std::uint64_t>(end_ - at_)) return std::nullopt;
    field.bytes = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return field;
  }

 private:
  // In the one spelling that encoders write: zeros behind the last digit are refused, because
  // parsers do not agree on how many of them a length may have.
  bool varint(std::uint64_t& value) {
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) return false;
      const auto byte = std::to_integer<std::uint64_t>(*at_++);
      if (shift == 63 && byte > 1) return false;
      if (shift > 0 && byte == 0) return false;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  const std::byte* at_;
  const std::byte* end_;
};

bool is_ascii(BytesView bytes) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data() + i, 8);
    seen |= eight;
  }
  for (; i < bytes.size(); ++i) seen |= std::to_integer<std::uint64_t>(bytes[i]);
  return (seen & kHighBits) == 0;
}

bool is_utf8(BytesView bytes) {
  if (is_ascii(bytes)) return true;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
  auto left = static_cast<utf8proc_ssize_t>(bytes.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(at, left, &code_point);
    if (used <= 0) return false;
    at += used;
    left -= used;
  }
  return true;
}

Status check_number(const FieldRule& rule, std::uint64_t value) {
  if (rule.kind == FieldKind::unsigned32 && value > std::numeric_limits<std::uint32_t>::max()) {
    return Error{ErrorCode::malformed, "wire.number_range"};
  }
  if (rule.kind == FieldKind::boolean && value > 1) {
    return Error{ErrorCode::malformed, "wire.number_range"};
  }
  if (rule.kind == FieldKind::enumeration) {
    if (value == 0) return Error{ErrorCode::malformed, "wire.enum_unspecified"};
    if (value >= 64 || (rule.enum_numbers >> value & 1) == 0) {
      return Error{ErrorCode::malformed, "wire.enum_unknown"};
    }
  }
  return {};
}

Status check_value(const FieldRule& rule, const Field& field, int depth) {
  const bool is_number = rule.kind == FieldKind::unsigned64 || rule.kind == FieldKind::unsigned32 ||
                         rule.kind == FieldKind::enumeration || rule.kind == FieldKind::boolean;
  if (is_number != (field.wire_type == kWireVarint)) {
    return Error{ErrorCode::malformed, "wire.field_type"};
  }
  if (is_number) return check_number(rule, field.value);
  if (rule.kind == FieldKind::message) return check_message(*rule.message, field.bytes, depth + 1);
  if (rule.kind == FieldKind::text && !is_utf8(field.bytes)) {
    return Error{ErrorCode::malformed, "wire.text_not_utf8"};
  }
  return {};
}

// Calls `visit` for each field that the schema allows at its place.
template <class Visit>
Status for_each_field(const MessageRules& rules, BytesView message, int depth, Visit visit) {
  if (depth > kMessageDepthMax) return Error{ErrorCode::malformed, "wire.depth"};
  FieldSet seen;
  FieldReader reader{message};
  while (!reader.done()) {
    const std::optional<Field> field = reader.next();
    if (!field) return Error{ErrorCode::malformed, "wire.field_bytes"};
    const FieldRule* rule = rules.find(field->number);
    if (rule == nullptr) return Error{ErrorCode::malformed, "wire.field_unknown"};
    if (!rule->repeated && (seen & rule->excludes).any())
      return Error{ErrorCode::malformed, "wire.field_twice"};
    seen.set(rule->number);
    CS_CHECK(check_value(*rule, *field, depth));
    visit(*rule, *field);
  }
  return {};
}

}  // namespace

Status check_message(const MessageRules& rules, BytesView message, int depth) {
  return for_each_field(rules, message, depth, [](const FieldRule&, const Field&) {});
}

Result<Envelope> open_envelope(BytesView body) {
  Envelope envelope;
  CS_CHECK(for_each_field(request_rules(), body, 1, [&](const FieldRule& rule, const Field& field) {
    if (rule.kind == FieldKind::message) {
      envelope.operation = rule.number;
      envelope.message = field.bytes;
    } else {
      (rule.number == kRequestIdField ? envelope.request_id : envelope.session) = field.bytes;
    }
  }));
  if (envelope.operation == 0) return Error{ErrorCode::malformed, "wire.no_operation"};
  return envelope;
}

BytesView find_request_id(BytesView body) {
  FieldReader reader{body};
  while (!reader.done()) {
    const std::optional<Field> field = reader.next();
    if (!field) return {};
    if (field->number == kRequestIdField && field->wire_type == kWireBytes) return field->bytes;
  }
  return {};
}

}  // namespace countersign::wire
