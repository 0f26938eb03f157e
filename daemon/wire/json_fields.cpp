// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/json_fields.hpp"

#include "base/bytes.hpp"
#include "daemon/wire/fields.hpp"
#include "daemon/wire/wipe.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace countersign::wire {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kWireVarint = 0;
constexpr std::uint64_t kWireBytes = 2;

void append_varint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
void append_number(const FieldRule& rule, std::uint64_t value, std::string& out) {
  append_varint(std::uint64_t{rule.number} << 3 | kWireVarint, out);
  append_varint(value, out);
}
void append_bytes(const FieldRule& rule, std::string_view bytes, std::string& out) {
  append_varint(std::uint64_t{rule.number} << 3 | kWireBytes, out);
  append_varint(bytes.size(), out);
  out += bytes;
}

std::optional<unsigned> base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

// Decodes in place. False when it is not base64, padded or not.
bool decode_base64(std::string& text) {
  std::size_t digits = text.size();
  while (digits > 0 && text[digits - 1] == '=') --digits;
  const std::size_t padding = text.size() - digits;
  if (digits % 4 == 1 || padding > 2) return false;
  if (padding != 0 && text.size() % 4 != 0) return false;

  std::uint32_t window = 0;
  unsigned bits = 0;
  std::size_t out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto digit = base64_digit(text[i]);
    if (!digit) return false;
    window = window << 6 | *digit;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    text[out++] = static_cast<char>(window >> bits & 0xff);
  }
  // Bits that belong to no byte must be zero: one spelling for each secret.
  if ((window & ((1u << bits) - 1)) != 0) return false;
  ::explicit_bzero(text.data() + out, text.size() - out);
  text.resize(out);
  return true;
}

// What Boost.JSON calls as it reads. `no` stops it.
class Writer {
 public:
  static constexpr std::size_t max_object_size = kFieldNumbersMax;
  static constexpr std::size_t max_array_size = 1024;
  static constexpr std::size_t max_key_size = 64;
  static constexpr std::size_t max_string_size = std::size_t{64} * 1024;
  using Code = boost::system::error_code;

  Writer(const MessageRules& rules, std::size_t json_bytes, std::string& out)
      : rules_{&rules}, capacity_{json_bytes + kJsonSlackBytes}, out_{out}, text_{capacity_} {}

  [[nodiscard]] Error error() const { return error_; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code& code);
  bool on_array_end(std::size_t, Code&);
  bool on_comment_part(json::string_view, Code&) { return false; }
  bool on_comment(json::string_view, Code&) { return false; }
  bool on_number_part(json::string_view, Code&) { return true; }

  bool on_object_begin(Code& code);
  bool on_object_end(std::size_t, Code&);
  bool on_key_part(json::string_view part, std::size_t, Code&);
  bool on_key(json::string_view part, std::size_t, Code& code);
  bool on_string_part(json::string_view part, std::size_t, Code&);
  bool on_string(json::string_view part, std::size_t, Code& code);
  bool on_int64(std::int64_t value, json::string_view, Code& code);
  bool on_uint64(std::uint64_t value, json::string_view, Code& code);
  bool on_double(double, json::string_view, Code& code) { return no("json.field_type", code); }
  bool on_bool(bool value, Code& code);
  bool on_null(Code& code);

 private:
  // An object that is not finished yet.
  struct Open {
    const MessageRules* rules;
    const FieldRule* field = nullptr;  // whose value comes next
    bool in_array = false;             // one of whose values
    FieldSet seen;
    std::unique_ptr<WipedString> bytes;  // none: the whole message, which goes straight out
  };

  bool no(Literal what, Code& code);
  // Whether the field takes a value here: a repeated one its values in an array, others alone.
  [[nodiscard]] bool takes_value() const {
    return !open_.empty() && open_.back().field->repeated == open_.back().in_array;
  }
  bool number(std::uint64_t value, Code& code);
  bool text(const FieldRule& field, Code& code);
  bool decimal_text(const FieldRule& field, Code& code);
  bool enum_text(const FieldRule& field, Code& code);
  std::string& sink() { return open_.back().bytes ? **open_.back().bytes : out_; }

  const MessageRules* rules_;
  std::size_t capacity_;
  std::string& out_;
  WipedString text_;
  std::string key_;
  std::vector<Open> open_;
  Error error_{ErrorCode::malformed, "json.syntax"};
};

bool Writer::no(Literal what, Code& code) {
  error_.operation = what;
  code = json::make_error_code(json::error::exception);
  return false;
}

bool Writer::on_object_begin(Code& code) {
  if (open_.empty()) {
    open_.push_back({.rules = rules_});
    return true;
  }
  const FieldRule& field = *open_.back().field;
  if (field.kind != FieldKind::message || !takes_value()) return no("json.field_type", code);
  open_.push_back({.rules = field.message, .bytes = std::make_unique<WipedString>(capacity_)});
  return true;
}

bool Writer::on_object_end(std::size_t, Code&) {
  const Open closed = std::move(open_.back());
  open_.pop_back();
  if (!open_.empty()) append_bytes(*open_.back().field, **closed.bytes, sink());
  return true;
}

bool Writer::on_array_begin(Code& code) {
  if (open_.empty()) return no("json.not_object", code);
  Open& object = open_.back();
  if (!object.field->repeated || object.in_array) return no("json.field_type", code);
  object.in_array = true;
  return true;
}

bool Writer::on_array_end(std::size_t, Code&) {
  open_.back().in_array = false;
  return true;
}

bool Writer::on_bool(bool value, Code& code) {
  if (open_.empty()) return no("json.not_object", code);
  const FieldRule& field = *open_.back().field;
  if (field.kind != FieldKind::boolean || !takes_value()) return no("json.field_type", code);
  append_number(field, value ? 1 : 0, sink());
  return true;
}

bool Writer::on_key_part(json::string_view part, std::size_t, Code&) {
  key_.append(part.data(), part.size());
  return true;
}

bool Writer::on_key(json::string_view part, std::size_t, Code& code) {
  key_.append(part.data(), part.size());
  Open& object = open_.back();
  object.field = object.rules->find(std::string_view{key_});
  key_.clear();
  if (object.field == nullptr) return no("json.field_unknown", code);
  if ((object.seen & object.field->excludes).any()) return no("json.field_twice", code);
  object.seen.set(object.field->number);
  return true;
}

bool Writer::on_string_part(json::string_view part, std::size_t, Code&) {
  text_->append(part.data(), part.size());
  return true;
}

bool Writer::on_string(json::string_view part, std::size_t, Code& code) {
  if (open_.empty()) return no("json.not_object", code);
  text_->append(part.data(), part.size());
  const bool good = takes_value() ? text(*open_.back().field, code) : no("json.field_type", code);
  wipe(*text_);
  return good;
}

bool Writer::text(const FieldRule& field, Code& code) {
  switch (field.kind) {
    case FieldKind::bytes:
      if (!decode_base64(*text_)) return no("json.base64", code);
      [[fallthrough]];
    case FieldKind::text:
      append_bytes(field, *text_, sink());
      return true;
    case FieldKind::unsigned64:
    case FieldKind::unsigned32:
      return decimal_text(field, code);
    case FieldKind::enumeration:
      return enum_text(field, code);
    default:
      return no("json.field_type", code);
  }
}

bool Writer::decimal_text(const FieldRule& field, Code& code) {
  std::uint64_t value = 0;
  const char* end = text_->data() + text_->size();
  const auto [stopped, failure] = std::from_chars(text_->data(), end, value);
  if (failure == std::errc::result_out_of_range) return no("wire.number_range", code);
  if (failure != std::errc{} || stopped != end) return no("json.field_type", code);
  append_number(field, value, sink());
  return true;
}

bool Writer::enum_text(const FieldRule& field, Code& code) {
  for (const EnumName& known : field.enum_names) {
    if (known.name != *text_) continue;
    append_number(field, known.number, sink());
    return true;
  }
  return no("wire.enum_unknown", code);
}

bool Writer::number(std::uint64_t value, Code& code) {
  if (open_.empty()) return no("json.not_object", code);
  const FieldRule& field = *open_.back().field;
  const bool takes_numbers = field.kind == FieldKind::unsigned64 ||
                             field.kind == FieldKind::unsigned32 ||
                             field.kind == FieldKind::enumeration;
  if (!takes_numbers) return no("json.field_type", code);
  append_number(field, value, sink());
  return true;
}

bool Writer::on_int64(std::int64_t value, json::string_view, Code& code) {
  if (value < 0) return no("wire.number_range", code);
  return number(static_cast<std::uint64_t>(value), code);
}

bool Writer::on_uint64(std::uint64_t value, json::string_view, Code& code) {
  return number(value, code);
}

bool Writer::on_null(Code& code) {
  if (open_.empty()) return no("json.not_object", code);
  if (open_.back().in_array) return no("json.field_type", code);
  return true;
}

Error error_of(const Writer& writer, const boost::system::error_code& code) {
  if (code == json::error::too_deep) return Error{ErrorCode::malformed, "json.depth"};
  if (code == json::error::key_too_large) return Error{ErrorCode::malformed, "json.field_unknown"};
  return writer.error();
}

}  // namespace

Status fields_from_json(const MessageRules& rules, std::string_view text, std::string& out) {
  json::parse_options options;
  options.max_depth = kMessageDepthMax;
  json::basic_parser<Writer> parser{options, rules, text.size(), out};
  boost::system::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (code) return error_of(parser.handler(), code);
  if (used != text.size()) return Error{ErrorCode::malformed, "json.syntax"};
  return {};
}

}  // namespace countersign::wire
