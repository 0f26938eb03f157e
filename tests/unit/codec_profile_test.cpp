// SPDX-License-Identifier: Apache-2.0
// Who somebody is and where they are reached, what is kept of them, and who may look: bound by
// bound.
#include "tests/unit/codec_support.hpp"

#include <gtest/gtest.h>

namespace countersign::wire {
namespace {

TEST(ProfileCodec, CreatesASubjectWithAllThatIsKnown) {
  const auto decoded = decode_json("create-subject",
                                   R"({"subject":{"username":"alice"},"firstName":"Ali\u0301ce",
      "lastName":"Example","primaryEmail":"alice@Example.COM","secondaryEmail":"a@example.org",
      "language":"fi","sendActivation":true,"mobile":"040 1234567","country":"fi"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<CreateSubject>(decoded->ask);
  EXPECT_EQ(ask.profile.first_name, "Al\u00edce");
  EXPECT_EQ(ask.profile.last_name, "Example");
  EXPECT_EQ(ask.profile.language, "fi");
  EXPECT_EQ(ask.primary_email->text, "alice@example.com");
  EXPECT_EQ(ask.secondary_email->text, "a@example.org");
  EXPECT_EQ(ask.mobile->text, "+358401234567");
  EXPECT_EQ(ask.mobile->channel, FactorKind::sms);
  EXPECT_TRUE(ask.send_activation);
}

TEST(ProfileCodec, CreatesASubjectOfANameAlone) {
  const auto decoded = decode_frame(as_bytes(request(kCreateSubject, subject("alice"))));
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<CreateSubject>(decoded->ask);
  EXPECT_FALSE(ask.primary_email || ask.secondary_email || ask.mobile || ask.send_activation);
  EXPECT_EQ(ask.profile.first_name, "");
}

TEST(ProfileCodec, BoundsNames) {
  const auto failure = [](std::string_view first_name) {
    return std::string{
        native_failure(request(kCreateSubject, subject("alice") + bytes_field(2, first_name)))};
  };
  EXPECT_EQ(failure(std::string(64, 'x')), "");
  EXPECT_EQ(failure(std::string(65, 'x')), "profile.name");
  EXPECT_EQ(failure("a\tb"), "profile.name");
}

TEST(ProfileCodec, SendsAnActivationToAnAddressAlone) {
  EXPECT_EQ(json_failure("create-subject", R"({"subject":{"username":"a"},"sendActivation":true})"),
            "activation.primary_email");
  EXPECT_EQ(json_failure("create-subject", R"({"subject":{"username":"a"},"country":"FI"})"),
            "country.mobile");
  EXPECT_EQ(json_failure("create-subject", R"({"subject":{"username":"a"},"mobile":"040"})"),
            "phone.no_country");
  EXPECT_EQ(json_failure("create-subject", R"({"subject":{"username":"a"},"primaryEmail":"a"})"),
            "email.no_at");
}

TEST(ProfileCodec, EnrolsWhereAPersonIsReached) {
  const auto decoded = decode_json("enrol-out-of-band",
                                   R"({"subject":{"username":"a"},"kind":"RESET_PHONE",
      "destination":"+358 40 1234567"})",
                                   kId);
  ASSERT_TRUE(decoded) << decoded.error().operation.view();
  const auto& ask = std::get<EnrolOutOfBand>(decoded->ask);
  EXPECT_EQ(ask.kind, FactorKind::reset_phone);
  EXPECT_EQ(ask.destination->channel, FactorKind::sms);
  EXPECT_EQ(json_failure("enrol-out-of-band",
                         R"({"subject":{"username":"a"},"kind":"SECONDARY_EMAIL",
      "destination":"a@example.com"})"),
            "");
  EXPECT_EQ(json_failure("enrol-out-of-band",
                         R"({"subject":{"username":"a"},"kind":"PASSWORD","destination":"a@b.c"})"),
            "destination.enrol_kind");
  EXPECT_EQ(json_failure("enrol-out-of-band", R"({"subject":{"username":"a"},"kind":"MOBILE"})"),
            "destination.missing");
}

TEST(ProfileCodec, SendsAnOwnEmailFactorToThePrimaryAddress) {
  const auto own = decode_json("enrol-out-of-band", R"({"kind":"EMAIL"})", kId, "a");
  ASSERT_TRUE(own) << own.error().operation.view();
  EXPECT_FALSE(std::get<EnrolOutOfBand>(own->ask).destination.has_value());
  EXPECT_EQ(json_failure("enrol-out-of-band", R"({"subject":{"username":"a"},"kind":"EMAIL"})"),
            "destination.missing");
  const auto country =
      decode_json("enrol-out-of-band", R"({"kind":"EMAIL","country":"FI"})", kId, "a");
  EXPECT_FALSE(country);
}

TEST(ProfileCodec, StartsAChallengeToWhereAPersonIsReached) {
  EXPECT_EQ(json_failure("start-challenge",
                         R"({"subject":{"username":"a"},"factorId":"7","kind":"PRIMARY_EMAIL",
      "purpose":"CONFIRMATION"})"),
            "");
  EXPECT_EQ(json_failure("start-challenge", R"({"subject":{"username":"a"},"kind":"PASSWORD"})"),
            "challenge.kind");
}

TEST(ProfileCodec, ChangesAProfileOfAVersion) {
  const auto decoded = decode_json(
      "change-profile", R"({"version":"3","firstName":"Alice","language":"zh-hant"})", kId, "a");
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<ChangeProfile>(decoded->ask);
  EXPECT_FALSE(ask.name.has_value());
  EXPECT_EQ(ask.profile.version, Version{3});
  EXPECT_EQ(ask.profile.language, "zh-Hant");
  EXPECT_EQ(json_failure("change-profile",
                         R"({"subject":{"username":"a"},"version":"9223372036854775808"})"),
            "profile.version");
}

TEST(ProfileCodec, BoundsTemporaryCodes) {
  const auto failure = [](std::string_view rest) {
    return json_failure("issue-temporary-code",
                        R"({"subject":{"username":"a"},)" + std::string{rest} + "}");
  };
  EXPECT_EQ(failure(R"("lifetimeSeconds":300)"), "");
  EXPECT_EQ(failure(R"("lifetimeSeconds":299)"), "temporary_code.lifetime");
  EXPECT_EQ(failure(R"("lifetimeSeconds":300,"uses":65535)"), "");
  EXPECT_EQ(failure(R"("lifetimeSeconds":300,"uses":65536)"), "temporary_code.uses");
  const auto one = decode_json("issue-temporary-code",
                               R"({"subject":{"username":"a"},"lifetimeSeconds":600})", kId);
  ASSERT_TRUE(one);
  EXPECT_EQ(std::get<IssueTemporaryCode>(one->ask).uses, 1);
}

TEST(ProfileCodec, ReadsTheJournalInPieces) {
  const auto all = decode_json("read-journal", "{}", kId);
  ASSERT_TRUE(all);
  EXPECT_EQ(std::get<ReadJournal>(all->ask).max, ReadJournal::kRecordsMax);
  const auto some = decode_json("read-journal", R"({"after":"7","sinceMs":"1000","max":500})", kId);
  ASSERT_TRUE(some);
  EXPECT_EQ(std::get<ReadJournal>(some->ask).after, 7U);
  EXPECT_EQ(std::get<ReadJournal>(some->ask).since, from_milliseconds(1000));
  EXPECT_EQ(json_failure("read-journal", R"({"max":501})"), "journal.max");
  EXPECT_EQ(json_failure("read-journal", R"({"after":"9223372036854775808"})"), "journal.number");
  EXPECT_EQ(json_failure("read-journal", R"({"sinceMs":"9223372036854775808"})"), "journal.since");
  EXPECT_EQ(json_failure("list-activity",
                         R"({"subject":{"username":"a"},"before":"9223372036854775808"})"),
            "journal.number");
}

TEST(ProfileCodec, ExplainsOperationsAndSocketsThatThereAre) {
  const auto decoded = decode_json(
      "explain-policy",
      R"({"subject":{"username":"a"},"operation":"start_challenge","uid":33,"kind":"SMS"})", kId);
  ASSERT_TRUE(decoded);
  const auto& ask = std::get<ExplainPolicy>(decoded->ask);
  EXPECT_EQ(ask.socket, "verify");
  EXPECT_EQ(ask.uid, 33U);
  EXPECT_EQ(ask.kind, FactorKind::sms);
  EXPECT_EQ(json_failure("explain-policy",
                         R"({"subject":{"username":"a"},"operation":"start-challenge"})"),
            "explain.operation");
  EXPECT_EQ(json_failure("explain-policy", R"({"subject":{"username":"a"}})"), "explain.operation");
  EXPECT_EQ(
      json_failure("explain-policy",
                   R"({"subject":{"username":"a"},"operation":"verify","socket":"telephone"})"),
      "explain.socket");
}

}  // namespace
}  // namespace countersign::wire
