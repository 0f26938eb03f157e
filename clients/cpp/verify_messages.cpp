// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/verify_messages.hpp"

#include <bit>
#include <cassert>
#include <cstring>

namespace countersign::client {
namespace {

// Field numbers of api/countersign.proto, by message.
namespace request {
constexpr std::uint32_t kRequestId = 1;
constexpr std::uint32_t kVerify = 10;
}  // namespace request
namespace subject_name {
constexpr std::uint32_t kRealm = 1;
constexpr std::uint32_t kUsername = 2;
}  // namespace subject_name
namespace verify {
constexpr std::uint32_t kSubject = 1;
constexpr std::uint32_t kPasscode = 3;
constexpr std::uint32_t kClientAddress = 4;
}  // namespace verify
namespace reply {
constexpr std::uint32_t kRequestId = 1;
constexpr std::uint32_t kError = 2;
constexpr std::uint32_t kVerdict = 10;
}  // namespace reply
namespace error {
constexpr std::uint32_t kCode = 1;
constexpr std::uint32_t kMessage = 2;
}  // namespace error
namespace verdict {
constexpr std::uint32_t kAnswer = 1;
constexpr std::uint32_t kReason = 2;
constexpr std::uint32_t kFactorId = 3;
constexpr std::uint32_t kRepeated = 5;
constexpr std::uint32_t kRetryAfterSeconds = 6;
}  // namespace verdict

// Protobuf's wire types.
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kEightBytes = 1;
constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kFourBytes = 5;
constexpr int kWireTypeBits = 3;

constexpr int kVarintBits = 7;
constexpr std::size_t kVarintBytesMax = 10;
constexpr std::uint64_t kMore = 0x80;  // another byte of the number follows

std::size_t varint_bytes(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + kVarintBits - 1) / kVarintBits;
}

// Of a field with a number below 16, whose tag is one byte.
std::size_t block_bytes(std::size_t length) { return 1 + varint_bytes(length) + length; }
std::size_t text_bytes(std::string_view text) {
  return text.empty() ? 0 : block_bytes(text.size());
}

std::size_t subject_bytes(const Question& question) {
  return text_bytes(question.realm) + text_bytes(question.username);
}

std::size_t verify_bytes(const Question& question) {
  return block_bytes(subject_bytes(question)) + text_bytes(question.passcode) +
         text_bytes(question.client_address);
}

// Fills a buffer of exactly the right size from its start.
class Fields {
 public:
  explicit Fields(std::span<std::byte> out) : out_{out} {}

  void open(std::uint32_t number, std::size_t length) {
    varint(std::uint64_t{number} << kWireTypeBits | kLengthDelimited);
    varint(length);
  }
  void text(std::uint32_t number, std::string_view text) {
    if (text.empty()) return;
    open(number, text.size());
    assert(text.size() <= out_.size());
    std::memcpy(out_.data(), text.data(), text.size());
    out_ = out_.subspan(text.size());
  }
  [[nodiscard]] bool is_full() const { return out_.empty(); }

 private:
  void varint(std::uint64_t value) {
    for (; value >= kMore; value >>= kVarintBits) byte((value & (kMore - 1)) | kMore);
    byte(value);
  }
  void byte(std::uint64_t value) {
    assert(!out_.empty());
    out_.front() = static_cast<std::byte>(value);
    out_ = out_.subspan(1);
  }

  std::span<std::byte> out_;
};

struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // of a varint
  BytesView block;          // of a text, of bytes, of a message
  bool is_block = false;
};

Result<std::uint64_t> take_varint(Reader& reader) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kVarintBytesMax; ++i) {
    const auto byte = reader.integer<std::uint8_t>();
    if (!reader.good()) break;
    value |= std::uint64_t{byte & (kMore - 1)} << (kVarintBits * i);
    if (byte < kMore) return value;
  }
  return Error{ErrorCode::malformed, "client.reply"};
}

Status take_value(Reader& reader, std::uint64_t wire_type, Field& field) {
  switch (wire_type) {
    case kVarint: {
      CS_TRY(field.value, take_varint(reader));
      return {};
    }
    case kLengthDelimited: {
      CS_TRY(const std::uint64_t length, take_varint(reader));
      field.block = reader.raw(length);
      field.is_block = true;
      break;
    }
    case kEightBytes:
      reader.integer<std::uint64_t>();
      break;
    case kFourBytes:
      reader.integer<std::uint32_t>();
      break;
    default:
      return Error{ErrorCode::malformed, "client.reply"};
  }
  if (!reader.good()) return Error{ErrorCode::malformed, "client.reply"};
  return {};
}

// REQUIRES: something is left.
Result<Field> take_field(Reader& reader) {
  CS_TRY(const std::uint64_t tag, take_varint(reader));
  Field field;
  field.number = static_cast<std::uint32_t>(tag >> kWireTypeBits);
  const bool is_number = tag >> kWireTypeBits == field.number && field.number != 0;
  if (!is_number) return Error{ErrorCode::malformed, "client.reply"};
  CS_CHECK(take_value(reader, tag & ((1U << kWireTypeBits) - 1), field));
  return field;
}

Status read_error(BytesView body, Answer& answer) {
  answer.outcome = Answer::Outcome::error;
  Reader reader{body};
  while (reader.left() > 0) {
    CS_TRY(const Field field, take_field(reader));
    if (field.number == error::kCode) answer.error_code = field.value;
    if (field.number == error::kMessage) answer.message = as_text(field.block);
  }
  return {};
}

Status read_verdict(BytesView body, Answer& answer) {
  answer.outcome = Answer::Outcome::verdict;
  Reader reader{body};
  while (reader.left() > 0) {
    CS_TRY(const Field field, take_field(reader));
    if (field.number == verdict::kAnswer) answer.answer = field.value;
    if (field.number == verdict::kReason) answer.reason = field.value;
    if (field.number == verdict::kFactorId) answer.factor_id = field.value;
    if (field.number == verdict::kRepeated) answer.repeated = field.value;
    if (field.number == verdict::kRetryAfterSeconds) answer.retry_after_seconds = field.value;
  }
  return {};
}

}  // namespace

std::size_t request_bytes(const Question& question) {
  return text_bytes(question.request_id) + block_bytes(verify_bytes(question));
}

void write_request(const Question& question, std::span<std::byte> out) {
  Fields fields{out};
  fields.text(request::kRequestId, question.request_id);
  fields.open(request::kVerify, verify_bytes(question));
  fields.open(verify::kSubject, subject_bytes(question));
  fields.text(subject_name::kRealm, question.realm);
  fields.text(subject_name::kUsername, question.username);
  fields.text(verify::kPasscode, question.passcode);
  fields.text(verify::kClientAddress, question.client_address);
  assert(fields.is_full());
}

Result<Answer> read_reply(BytesView body) {
  Answer answer;
  Reader reader{body};
  bool has_outcome = false;
  while (reader.left() > 0) {
    CS_TRY(const Field field, take_field(reader));
    if (field.number == reply::kRequestId) {
      answer.request_id = as_text(field.block);
      continue;
    }
    // Whatever else a reply holds is its outcome, and it has one.
    if (has_outcome || !field.is_block) return Error{ErrorCode::malformed, "client.reply"};
    has_outcome = true;
    if (field.number == reply::kError) CS_CHECK(read_error(field.block, answer));
    if (field.number == reply::kVerdict) CS_CHECK(read_verdict(field.block, answer));
  }
  return answer;
}

}  // namespace countersign::client
