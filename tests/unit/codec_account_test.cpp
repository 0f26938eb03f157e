// SPDX-License-Identifier: Apache-2.0
// What people ask on enroll.sock: both encodings come to one request, and every bound holds.
#include "tests/unit/codec_support.hpp"

#include <gtest/gtest.h>

#include <array>

namespace countersign::wire {
namespace {

// Numbers of api/countersign.proto.
constexpr unsigned kSession = 2, kRequestLink = 61, kInspectTicket = 62, kOpenTicket = 63,
                   kSignIn = 64, kProveFactor = 65, kEndSession = 69, kSetPassword = 72,
                   kSetQuestion = 73, kListFactors = 32;
constexpr std::string_view kTicket = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF_";

std::string_view text(const SecretBytes& secret) { return as_text(secret.expose()); }

std::string of_session(std::string_view session, unsigned operation, std::string_view message) {
  return bytes_field(kSession, session) + request(operation, message);
}

TEST(AccountCodec, ReadsASignInInBothEncodings) {
  const auto native = decode_frame(as_bytes(request(
      kSignIn, subject("Alice") + bytes_field(2, "correct horse") + bytes_field(3, "192.0.2.1") +
                   bytes_field(4, "Firefox/130") + bytes_field(5, kTicket))));
  const auto json = decode_json("sign-in",
                                R"({"subject":{"username":"Alice"},"password":"correct horse",
      "clientAddress":"192.0.2.1","userAgent":"Firefox/130",
      "device":"abcdefghijklmnopqrstuvwxyz0123456789ABCDEF_"})",
                                kId);
  for (const auto* decoded : {&native, &json}) {
    ASSERT_TRUE(*decoded) << decoded->error().operation.view();
    const auto& ask = std::get<SignIn>((*decoded)->ask);
    EXPECT_EQ(ask.subject.username.text(), "alice");
    EXPECT_EQ(text(ask.password), "correct horse");
    EXPECT_EQ(ask.client_address, "192.0.2.1");
    EXPECT_EQ(ask.user_agent, "Firefox/130");
    EXPECT_EQ(text(ask.device), kTicket);
  }
}

TEST(AccountCodec, RefusesASignInWithoutAPasswordOrWithTooLongAOne) {
  EXPECT_EQ(native_failure(request(kSignIn, subject("alice"))), "typed_text.missing");
  const std::string longest(kTypedTextBytesMax, 'x');
  EXPECT_EQ(native_failure(request(kSignIn, subject("alice") + bytes_field(2, longest))), "");
  EXPECT_EQ(native_failure(request(kSignIn, subject("alice") + bytes_field(2, longest + "x"))),
            "typed_text.length");
  EXPECT_EQ(native_failure(request(kSignIn, subject("alice") + bytes_field(2, "\xff"))),
            "wire.text_not_utf8");
}

TEST(AccountCodec, BoundsWhatABrowserSaysOfItself) {
  const std::string asked = subject("alice") + bytes_field(2, "x");
  const std::string longest(Session::kUserAgentBytesMax, 'x');
  EXPECT_EQ(native_failure(request(kSignIn, asked + bytes_field(4, longest))), "");
  EXPECT_EQ(native_failure(request(kSignIn, asked + bytes_field(4, longest + "x"))), "user_agent");
  EXPECT_EQ(native_failure(request(kSignIn, asked + bytes_field(4, "a\nb"))), "user_agent");
}

TEST(AccountCodec, CarriesTheSessionInBothEncodings) {
  const auto native = decode_frame(as_bytes(of_session(kTicket, kEndSession, "")));
  const auto json = decode_json("end-session", "{}", kId, kTicket);
  for (const auto* decoded : {&native, &json}) {
    ASSERT_TRUE(*decoded) << decoded->error().operation.view();
    EXPECT_EQ(text((*decoded)->session), kTicket);
  }
}

TEST(AccountCodec, RefusesASessionThatWasNeverGivenOut) {
  for (const std::string_view session : {"with space", "a+b", "a/b", "a=", "a\n"}) {
    EXPECT_EQ(native_failure(of_session(session, kEndSession, "")), "session.text");
    EXPECT_FALSE(decode_json("end-session", "{}", kId, session)) << session;
  }
  const std::string longest(Request::kSessionBytesMax, 'x');
  EXPECT_EQ(native_failure(of_session(longest, kEndSession, "")), "");
  EXPECT_EQ(native_failure(of_session(longest + "x", kEndSession, "")), "session.text");
  EXPECT_EQ(native_failure(bytes_field(kSession, "a") + of_session("a", kEndSession, "")),
            "wire.field_twice");
}

TEST(AccountCodec, TakesTheSessionsOwnSubjectWhereNobodyIsNamed) {
  const auto own = decode_frame(as_bytes(of_session("a", kListFactors, "")));
  ASSERT_TRUE(own);
  EXPECT_TRUE(std::get<ListFactors>(own->ask).name.is_own());
  const auto named = decode_frame(as_bytes(of_session("a", kListFactors, subject("bob"))));
  ASSERT_TRUE(named);
  EXPECT_FALSE(std::get<ListFactors>(named->ask).name.is_own());
}

TEST(AccountCodec, RefusesNobodyWithoutASession) {
  for (const auto* operation : {"list-factors", "enrol-oath", "claim-token", "get-profile",
                                "change-profile", "list-activity"}) {
    const auto* json = std::string_view{operation} == "enrol-oath"    ? R"({"kind":"TOTP"})"
                       : std::string_view{operation} == "claim-token" ? R"({"passcode":"123456"})"
                                                                      : "{}";
    EXPECT_EQ(json_failure(operation, json), "subject.missing") << operation;
    EXPECT_TRUE(decode_json(operation, json, kId, "a")) << operation;
  }
}

TEST(AccountCodec, ReadsTicketsAndBoundsThem) {
  const auto decoded = decode_frame(as_bytes(
      request(kOpenTicket, bytes_field(1, kTicket) + bytes_field(2, "hunter22 is too short"))));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(text(std::get<OpenTicket>(decoded->ask).ticket), kTicket);
  EXPECT_EQ(text(std::get<OpenTicket>(decoded->ask).password), "hunter22 is too short");
  EXPECT_EQ(native_failure(request(kInspectTicket, "")), "ticket.missing");
  EXPECT_EQ(native_failure(request(kInspectTicket, bytes_field(1, "a b"))), "ticket.text");
  EXPECT_EQ(native_failure(request(kInspectTicket, bytes_field(1, std::string(64, 'x')))), "");
  EXPECT_EQ(native_failure(request(kInspectTicket, bytes_field(1, std::string(65, 'x')))),
            "ticket.text");
  EXPECT_EQ(json_failure("redeem-hand-over", "{}"), "ticket.missing");
}

TEST(AccountCodec, SendsLinksOfTwoPurposesAlone) {
  const auto decoded = decode_frame(as_bytes(
      request(kRequestLink, subject("alice") + number_field(2, 2) + bytes_field(4, "FI"))));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<RequestLink>(decoded->ask).purpose, TicketPurpose::activation);
  EXPECT_EQ(std::get<RequestLink>(decoded->ask).language, "fi");
  EXPECT_EQ(native_failure(request(kRequestLink, subject("alice") + number_field(2, 3))), "");
  for (const std::uint64_t purpose : {1, 4, 5, 6}) {
    EXPECT_EQ(native_failure(request(kRequestLink, subject("alice") + number_field(2, purpose))),
              "link.purpose");
  }
  EXPECT_EQ(native_failure(request(kRequestLink, subject("alice"))), "link.purpose");
}

TEST(AccountCodec, ProvesAFactorWithOrWithoutItsNumber) {
  const auto any = decode_frame(as_bytes(request(kProveFactor, bytes_field(2, "123 456"))));
  ASSERT_TRUE(any);
  EXPECT_FALSE(std::get<ProveFactor>(any->ask).factor.has_value());
  const auto one =
      decode_frame(as_bytes(request(kProveFactor, number_field(1, 7) + bytes_field(2, "123456"))));
  ASSERT_TRUE(one);
  EXPECT_EQ(std::get<ProveFactor>(one->ask).factor, FactorId{7});
  EXPECT_EQ(native_failure(request(kProveFactor, "")), "passcode.empty");
}

TEST(AccountCodec, EndsOneSessionOrAllOthersButNotBoth) {
  EXPECT_EQ(native_failure(request(kEndSession, number_field(1, 7))), "");
  EXPECT_EQ(native_failure(request(kEndSession, number_field(2, 1))), "");
  EXPECT_EQ(native_failure(request(kEndSession, number_field(1, 7) + number_field(2, 1))),
            "session_id.one");
  EXPECT_EQ(native_failure(request(kEndSession, number_field(1, std::uint64_t{1} << 63))),
            "session_id");
}

TEST(AccountCodec, TakesANewPasswordAsItWasTyped) {
  const auto decoded = decode_json(
      "set-password",
      R"({"currentPassword":"old one","newPassword":" N\u00e9w 1! ","checkOnly":true})", kId);
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<SetPassword>(decoded->ask);
  EXPECT_EQ(text(ask.current), "old one");
  EXPECT_EQ(text(ask.fresh), " N\u00e9w 1! ");
  EXPECT_TRUE(ask.check_only);
  EXPECT_EQ(native_failure(
                request(kSetPassword, bytes_field(2, std::string(kTypedTextBytesMax + 1, 'x')))),
            "typed_text.length");
}

std::string question(std::string_view custom, std::string_view answer) {
  return bytes_field(3, custom) + bytes_field(4, answer);
}

TEST(AccountCodec, BoundsQuestionsAndTheirAnswers) {
  const auto failure = [](const std::string& message) {
    return std::string{native_failure(request(kSetQuestion, message))};
  };
  EXPECT_EQ(failure(number_field(2, 4) + bytes_field(4, "blue")), "");
  EXPECT_EQ(failure(question("Who was my first cat?", "blue")), "");
  EXPECT_EQ(failure(bytes_field(4, "blue")), "question.one");
  EXPECT_EQ(failure(number_field(2, 4) + question("Who was my first cat?", "blue")),
            "question.one");
  EXPECT_EQ(failure(number_field(2, 65536) + bytes_field(4, "blue")), "question.stock_id");
  EXPECT_EQ(failure(question("nine char", "blue")), "question.custom");
  EXPECT_EQ(failure(question("ten chars?", "blue")), "");
  EXPECT_EQ(failure(question(std::string(150, 'x'), "blue")), "");
  EXPECT_EQ(failure(question(std::string(151, 'x'), "blue")), "question.custom");
  EXPECT_EQ(failure(question("Who was\nmy first cat?", "blue")), "question.custom");
  EXPECT_EQ(failure(number_field(2, 4)), "typed_text.missing");
  EXPECT_EQ(failure(number_field(2, 4) + bytes_field(4, std::string(128, 'x'))), "");
  EXPECT_EQ(failure(number_field(2, 4) + bytes_field(4, std::string(129, 'x'))), "question.answer");
}

}  // namespace
}  // namespace countersign::wire
