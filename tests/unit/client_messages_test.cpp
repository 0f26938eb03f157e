// SPDX-License-Identifier: Apache-2.0
// The messages that are written and read by hand, against what Protobuf makes of the schema.
#include "clients/cpp/verify_messages.hpp"

#include "api/countersign.pb.h"

#include <gtest/gtest.h>

#include <string>

namespace countersign::client {
namespace {

std::string written(const Question& question) {
  std::string body(request_bytes(question), '\0');
  write_request(question, std::as_writable_bytes(std::span{body}));
  return body;
}

Result<Answer> read(const std::string& body) { return read_reply(as_bytes(body)); }

TEST(VerifyMessages, WriteWhatProtobufReads) {
  const std::string id(16, '\xfe');
  v1::Request request;
  ASSERT_TRUE(request.ParseFromString(written({.request_id = id,
                                               .realm = "r",
                                               .username = "alice",
                                               .passcode = "1",
                                               .client_address = "::1"})));
  EXPECT_EQ(request.request_id(), id);
  EXPECT_EQ(request.verify().subject().realm(), "r");
  EXPECT_EQ(request.verify().subject().username(), "alice");
  EXPECT_EQ(request.verify().passcode(), "1");
  EXPECT_EQ(request.verify().client_address(), "::1");
}

TEST(VerifyMessages, WriteTheVeryBytesOfProtobuf) {
  // Lengths around those where the length of the length changes, in each of the nested messages.
  for (const std::size_t length : {0, 1, 100, 120, 127, 128, 129, 16000, 16383, 16384, 60000}) {
    const std::string name(length, 'n');
    v1::Request request;
    request.set_request_id("0123456789abcdef");
    request.mutable_verify()->mutable_subject()->set_username(name);
    request.mutable_verify()->set_passcode("755224");
    EXPECT_EQ(written({.request_id = "0123456789abcdef", .username = name, .passcode = "755224"}),
              request.SerializeAsString())
        << length;
  }
}

TEST(VerifyMessages, ReadAVerdict) {
  v1::Reply reply;
  reply.set_request_id("id");
  v1::Verdict& verdict = *reply.mutable_verdict();
  verdict.set_answer(v1::REJECTED);
  verdict.set_reason(v1::THROTTLED);
  verdict.set_factor_id(std::uint64_t{1} << 63);
  verdict.set_kind(v1::HOTP);
  verdict.set_repeated(true);
  verdict.set_retry_after_seconds(900);
  const std::string body = reply.SerializeAsString();
  const auto answer = read(body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Answer::Outcome::verdict);
  EXPECT_EQ(answer->request_id, "id");
  EXPECT_EQ(answer->answer, 2U);
  EXPECT_EQ(answer->reason, 3U);
  EXPECT_EQ(answer->factor_id, std::uint64_t{1} << 63);
  EXPECT_EQ(answer->repeated, 1U);
  EXPECT_EQ(answer->retry_after_seconds, 900U);
}

TEST(VerifyMessages, ReadAnError) {
  v1::Reply reply;
  reply.mutable_error()->set_code(v1::TAMPERED);
  reply.mutable_error()->set_message("tell them");
  const std::string body = reply.SerializeAsString();
  const auto answer = read(body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Answer::Outcome::error);
  EXPECT_EQ(answer->error_code, 8U);
  EXPECT_EQ(answer->message, "tell them");
}

TEST(VerifyMessages, TakeAnotherOutcomeForNoVerdict) {
  v1::Reply reply;
  reply.mutable_health_report()->set_ready(true);
  const auto answer = read(reply.SerializeAsString());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Answer::Outcome::other);
}

TEST(VerifyMessages, RefuseTwoOutcomes) {
  v1::Reply accepted;
  accepted.mutable_verdict()->set_answer(v1::ACCEPTED);
  v1::Reply error;
  error.mutable_error()->set_code(v1::DENIED);
  EXPECT_FALSE(read(error.SerializeAsString() + accepted.SerializeAsString()));
  EXPECT_FALSE(read(accepted.SerializeAsString() + accepted.SerializeAsString()));
}

TEST(VerifyMessages, RefuseEveryBeginningOfAVerdict) {
  v1::Reply reply;
  reply.mutable_verdict()->set_answer(v1::ACCEPTED);
  const std::string body = reply.SerializeAsString();
  for (std::size_t length = 1; length < body.size(); ++length) {
    EXPECT_FALSE(read(body.substr(0, length))) << length;
  }
  const auto nothing = read("");
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->outcome, Answer::Outcome::other);
}

TEST(VerifyMessages, RefuseWhatIsNoProtobuf) {
  using namespace std::string_literals;
  for (const std::string& body : {
           "\x52\x02\x08"s,                                              // shorter than it says
           "\x52\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,              // longer than anything
           "\x52\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s,  // a number of eleven bytes
           "\x50\x01"s,  // a verdict that is a number
           "\x02\x00"s,  // field 0
           "\x53\x54"s,  // a group
       }) {
    EXPECT_FALSE(read(body));
  }
}

}  // namespace
}  // namespace countersign::client
