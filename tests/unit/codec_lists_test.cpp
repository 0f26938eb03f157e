// SPDX-License-Identifier: Apache-2.0
// Lists and yes-or-no fields in both encodings.
#include "daemon/wire/fields.hpp"
#include "daemon/wire/json_fields.hpp"
#include "tests/unit/codec_support.hpp"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

constexpr unsigned kImportTokens = 40;

const MessageRules& rules() { return *request_rules().find(kImportTokens)->message; }

std::string_view native(std::string_view message) {
  const Status checked = check_message(rules(), as_bytes(message), 1);
  return checked ? std::string_view{} : checked.error().operation.view();
}

struct Read {
  std::string bytes;
  std::string_view failure;
};
Read json(std::string_view text) {
  Read read;
  read.bytes.reserve(text.size() + kJsonSlackBytes);
  const Status done = fields_from_json(rules(), text, read.bytes);
  if (!done) read.failure = done.error().operation.view();
  return read;
}

std::string token(std::string_view serial) { return bytes_field(1, bytes_field(2, serial)); }

TEST(CodecLists, AreReadInBothEncodings) {
  const std::string both = token("A") + token("B") + number_field(2, 1);
  EXPECT_EQ(native(both), "");
  const Read read = json(R"({"tokens":[{"serial":"A"},{"serial":"B"}],"dryRun":true})");
  EXPECT_EQ(read.failure, "");
  EXPECT_EQ(read.bytes, both);
}

TEST(CodecLists, MayBeEmpty) {
  EXPECT_EQ(native(""), "");
  const Read read = json(R"({"tokens":[],"dryRun":false})");
  EXPECT_EQ(read.failure, "");
  EXPECT_EQ(read.bytes, number_field(2, 0));
}

TEST(CodecLists, AreCheckedInEveryPlace) {
  EXPECT_EQ(native(token("A") + bytes_field(1, bytes_field(33, "x"))), "wire.field_unknown");
  EXPECT_EQ(json(R"({"tokens":[{"serial":"A"},{"other":"B"}]})").failure, "json.field_unknown");
  EXPECT_EQ(json(R"({"tokens":[{"serial":"A","serial":"B"}]})").failure, "json.field_twice");
}

TEST(CodecLists, StandOnceAndAlone) {
  EXPECT_EQ(json(R"({"tokens":[],"tokens":[]})").failure, "json.field_twice");
  for (const std::string_view text :
       {R"({"tokens":{"serial":"A"}})", R"({"tokens":[[{"serial":"A"}]]})", R"({"tokens":[null]})",
        R"({"tokens":["A"]})", R"({"dryRun":[true]})", R"({"tokens":true})"}) {
    EXPECT_EQ(json(text).failure, "json.field_type") << text;
  }
  EXPECT_EQ(json("[true]").failure, "json.not_object");
}

TEST(CodecLists, HaveNoEndlessMembers) {
  std::string text = R"({"tokens":[)";
  for (int i = 0; i < 1025; ++i) text += R"({"serial":"A"},)";
  text.back() = ']';
  EXPECT_NE(json(text + "}").failure, "");
}

TEST(CodecBooleans, AreTrueOrFalse) {
  EXPECT_EQ(native(number_field(2, 2)), "wire.number_range");
  EXPECT_EQ(native(bytes_field(2, "1")), "wire.field_type");
  EXPECT_EQ(native(number_field(2, 1) + number_field(2, 1)), "wire.field_twice");
  for (const std::string_view text : {R"({"dryRun":1})", R"({"dryRun":"true"})"}) {
    EXPECT_EQ(json(text).failure, "json.field_type") << text;
  }
}

}  // namespace
}  // namespace countersign::wire
