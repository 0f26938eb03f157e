// SPDX-License-Identifier: Apache-2.0
// What accounts are answered, in both encodings; and that secrets are gone once it is sent.
#include "tests/unit/codec_support.hpp"

#include "daemon/wire/amr.hpp"
#include "daemon/wire/journal_answers.hpp"
#include "daemon/wire/to_message.hpp"

#include "api/countersign.pb.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include <vector>

namespace countersign::wire {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kCanary = "canary-0123456789-canary";

SecretBytes secret(std::string_view text) { return SecretBytes{as_bytes(text)}; }
SubjectName alice() { return {*Realm::from(""), *Username::from("alice")}; }

std::string json(Result<Answer> answer) { return encode_json({{}, std::move(answer)}).body; }
v1::Reply native(Result<Answer> answer) {
  std::string frame;
  encode_frame({{}, std::move(answer)}, frame);
  v1::Reply message;
  EXPECT_TRUE(message.ParseFromArray(frame.data() + kHeaderBytes,
                                     static_cast<int>(frame.size() - kHeaderBytes)));
  return message;
}

std::vector<std::string> words(std::uint32_t kinds) {
  const auto amr = amr_of(kinds);
  return {amr.begin(), amr.end()};
}

TEST(Amr, SaysWhatWasProvenInTheWordsOfTheRfc) {
  EXPECT_THAT(words(bit_of(FactorKind::password)), ElementsAre("pwd"));
  EXPECT_THAT(words(bit_of(FactorKind::hotp) | bit_of(FactorKind::totp)), ElementsAre("otp"));
  EXPECT_THAT(words(bit_of(FactorKind::yubico_otp)), ElementsAre("hwk", "otp"));
  EXPECT_THAT(words(bit_of(FactorKind::chalresp)), ElementsAre("hwk"));
  EXPECT_THAT(words(bit_of(FactorKind::sms)), ElementsAre("sms"));
  EXPECT_THAT(words(bit_of(FactorKind::email)), ElementsAre("email"));
  EXPECT_THAT(words(bit_of(FactorKind::question)), ElementsAre("kba"));
  EXPECT_THAT(words(bit_of(FactorKind::recovery_codes)), ElementsAre("rc"));
  EXPECT_THAT(words(bit_of(FactorKind::temporary_code)), ElementsAre("tap"));
  EXPECT_THAT(words(bit_of(FactorKind::device)), ElementsAre("dev"));
  EXPECT_THAT(words(0), IsEmpty());
}

TEST(Amr, TwoClassesAreMoreThanOneFactorAndTwoOfAClassAreNot) {
  EXPECT_THAT(words(bit_of(FactorKind::password) | bit_of(FactorKind::totp)),
              ElementsAre("pwd", "otp", "mfa"));
  EXPECT_THAT(words(bit_of(FactorKind::password) | bit_of(FactorKind::question)),
              ElementsAre("pwd", "kba"));
  EXPECT_THAT(words(bit_of(FactorKind::sms) | bit_of(FactorKind::totp)), ElementsAre("otp", "sms"));
  EXPECT_LE(words(~std::uint32_t{0}).size(), kAmrWordsMax);
}

TEST(AccountReply, AVerdictBearsTheSessionFromNowOn) {
  const auto answer = [] {
    return Answer{SessionVerdict{
        .verdict = {.accepted = true, .factor = FactorId{7}, .kind = FactorKind::totp, .level = 2},
        .session = secret("fresh")}};
  };
  EXPECT_EQ(json(answer()), R"({"answer":"ACCEPTED","factorId":"7","kind":"TOTP","amr":["otp"],)"
                            R"("level":2,"session":"fresh"})");
  EXPECT_EQ(native(answer()).verdict().session(), "fresh");
}

TEST(AccountReply, ARejectionSaysNothingOfWhatWasProven) {
  EXPECT_EQ(json(Answer{Verdict{.reason = Reason::wrong_code, .kind = FactorKind::password}}),
            R"({"answer":"REJECTED","reason":"WRONG_CODE"})");
}

TEST(AccountReply, SaysWhatHasToBeProvenAgain) {
  const auto needed = [](Literal operation) {
    return native(Error{ErrorCode::proof_required, operation}).error();
  };
  EXPECT_EQ(needed("proof.password").code(), v1::PROOF_REQUIRED);
  EXPECT_TRUE(needed("proof.password").proof().password());
  EXPECT_FALSE(needed("proof.password").proof().factor());
  EXPECT_FALSE(needed("proof.factor").proof().password());
  EXPECT_TRUE(needed("proof.factor").proof().factor());
  EXPECT_TRUE(needed("proof.both").proof().password());
  EXPECT_TRUE(needed("proof.both").proof().factor());
  EXPECT_FALSE(native(Error{ErrorCode::denied, "proof.both"}).error().has_proof());
}

TEST(AccountReply, SaysHowToMendWhatIsRefused) {
  const auto said = [](ErrorCode code, Literal operation) {
    return native(Error{code, operation}).error().message();
  };
  EXPECT_THAT(said(ErrorCode::conflict, "factor.last"), HasSubstr("set up another first"));
  EXPECT_THAT(said(ErrorCode::denied, "session.none"), HasSubstr("sign in"));
  EXPECT_THAT(said(ErrorCode::proof_required, "proof.both"), HasSubstr("prove_factor"));
  EXPECT_THAT(said(ErrorCode::malformed, "profile.name"), HasSubstr("64 characters"));
  // Nothing of what is broken here; and a refusal is not explained by a field's bounds.
  EXPECT_EQ(said(ErrorCode::unavailable, "factor.last"), said(ErrorCode::unavailable, "C_Sign"));
  EXPECT_EQ(said(ErrorCode::already_exists, "enrol.secret"),
            said(ErrorCode::already_exists, "store.public_id"));
}

TEST(AccountReply, SaysNothingOfATicketThatIsSpent) {
  TicketReport report{.condition = TicketCondition::spent,
                      .purpose = TicketPurpose::activation,
                      .subject = alice(),
                      .expires_at = from_milliseconds(1000),
                      .password_needed = true};
  EXPECT_EQ(json(Answer{report}), R"({"state":"TICKET_SPENT"})");
  report.condition = TicketCondition::expired;
  EXPECT_EQ(json(Answer{report}),
            R"({"state":"TICKET_EXPIRED","purpose":"TICKET_ACTIVATION",)"
            R"("subject":{"realm":"default","username":"alice"},"expiresAtMs":"1000",)"
            R"("passwordNeeded":true})");
}

// For whoever opens the letter's link again: there is nothing left to set up.
TEST(AccountReply, SaysOfASpentTicketThatTheAccountIsActive) {
  const TicketReport report{.condition = TicketCondition::spent, .account_is_active = true};
  EXPECT_EQ(json(Answer{report}), R"({"state":"TICKET_SPENT","accountIsActive":true})");
}

TEST(AccountReply, RejectsASignInWithoutAReason) {
  SignInReport report{.accepted = false, .session = secret("none"), .retry_after = 3s};
  EXPECT_EQ(json(Answer{std::move(report)}), R"({"answer":"REJECTED","retryAfterSeconds":3})");
}

TEST(AccountReply, TellsThePortalWhoSignedInAndHow) {
  HandOverReport report{.accepted = true,
                        .subject = alice(),
                        .proof = {.password_at = from_milliseconds(1000),
                                  .factor_at = from_milliseconds(2000),
                                  .kinds = bit_of(FactorKind::password) | bit_of(FactorKind::totp)},
                        .level = 2};
  EXPECT_EQ(json(Answer{report}),
            R"({"answer":"ACCEPTED","subject":{"realm":"default","username":"alice"},)"
            R"("amr":["pwd","otp","mfa"],"level":2,"passwordAtMs":"1000","factorAtMs":"2000",)"
            R"("kinds":["TOTP","PASSWORD"]})");
  report.accepted = false;
  EXPECT_EQ(json(Answer{report}), R"({"answer":"REJECTED"})");
}

TEST(AccountReply, ShowsPasswordFaultsAndThatNothingWasSet) {
  PasswordReport report{.faults = {PasswordFault::too_short, PasswordFault::username_part},
                        .username_part = "alice",
                        .strength = 1};
  EXPECT_EQ(json(Answer{std::move(report)}),
            R"({"set":false,"faults":["TOO_SHORT","USERNAME_PART"],"usernamePart":"alice",)"
            R"("strength":1,"session":"","wrongCurrent":false})");
}

TEST(AccountReply, NamesEventsOfTheJournal) {
  const auto page = native(Answer{JournalPage{{{.number = 9,
                                                .entry = {.at = from_milliseconds(1000),
                                                          .event = Event::sign_in,
                                                          .peer_uid = 33,
                                                          .subject = SubjectId{-5},
                                                          .factor = FactorId{-5},
                                                          .outcome = Reason::wrong_code,
                                                          .failures = 7,
                                                          .kind = FactorKind::password,
                                                          .offset = -1,
                                                          .failures_unfamiliar = 3,
                                                          .client_address = "192.0.2.1"},
                                                .realm = ""}}}});
  ASSERT_EQ(page.journal_page().records_size(), 1);
  const v1::JournalRecord& record = page.journal_page().records(0);
  EXPECT_EQ(record.number(), 9U);
  EXPECT_EQ(record.event(), "sign_in");
  EXPECT_EQ(record.subject_id(), -5);
  EXPECT_EQ(record.factor_id(), 0U);
  EXPECT_EQ(record.outcome(), v1::WRONG_CODE);
  EXPECT_EQ(record.kind(), v1::PASSWORD);
  EXPECT_EQ(record.offset(), -1);
  EXPECT_EQ(record.failures_unfamiliar(), 3U);
}

// Every event that there is, up to the last one's number.
TEST(AccountReply, NamesEveryEventDifferently) {
  std::vector<std::string_view> names;
  for (int number = 0; number <= static_cast<int>(Event::subject_erased); ++number) {
    const auto name = name_of(static_cast<Event>(number));
    if (!name.empty()) names.push_back(name);
  }
  EXPECT_EQ(names.size(), 50U);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::unique(names).size(), 0U);
}

TEST(AccountReply, ADoneIsAnEmptyObject) {
  EXPECT_EQ(json(Answer{Done{}}), "{}");
  EXPECT_TRUE(native(Answer{Done{}}).has_done());
}

// Where a message's texts lie that hold the canary, at any depth.
void find_canaries(const google::protobuf::Message& message, std::vector<const char*>& found) {
  const auto& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  const auto look = [&](const std::string& text) {
    if (text.find(kCanary) != std::string::npos) found.push_back(text.data());
  };
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string scratch;
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        look(field->is_repeated()
                 ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                 : reflection.GetStringReference(message, field, &scratch));
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        find_canaries(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                           : reflection.GetMessage(message, field),
                      found);
      }
    }
  }
}

// How many texts held the canary; after wiping none may.
std::size_t wiped(Answer answer) {
  v1::Reply message;
  write_reply({{}, std::move(answer)}, message);
  std::vector<const char*> before;
  find_canaries(message, before);
  wipe_secrets(message);
  std::vector<const char*> after;
  find_canaries(message, after);
  EXPECT_TRUE(after.empty());
  // The strings are empty now, and keep their buffers as long as the message lives.
  for (const char* text : before) EXPECT_EQ(std::count(text, text + kCanary.size(), '\0'), 24);
  return before.size();
}

TEST(AccountReply, WipesEverySecretOnceItIsSent) {
  const std::string canary{kCanary};
  EXPECT_EQ(
      wiped(Answer{SessionVerdict{.verdict = {.accepted = true}, .session = secret(kCanary)}}), 1U);
  EXPECT_EQ(wiped(Answer{TicketOpened{
                .outcome = {.verdict = {.accepted = true}, .session = secret(kCanary)}}}),
            1U);
  EXPECT_EQ(wiped(Answer{SignInReport{
                .accepted = true, .session = secret(kCanary), .device = secret(kCanary)}}),
            2U);
  EXPECT_EQ(wiped(Answer{HandOver{.ticket = secret(kCanary)}}), 1U);
  EXPECT_EQ(wiped(Answer{PasswordReport{.session = secret(kCanary)}}), 1U);
  EXPECT_EQ(wiped(Answer{QuestionReport{.text = canary}}), 1U);
  RecoveryCodes codes{std::vector<SecretBytes>(2)};
  for (SecretBytes& code : codes.codes) code = secret(kCanary);
  EXPECT_EQ(wiped(Answer{std::move(codes)}), 2U);
  EXPECT_EQ(wiped(Answer{TemporaryCode{.factor = {.subject = alice()}, .code = secret(kCanary)}}),
            1U);
  EXPECT_EQ(
      wiped(Answer{RememberedDevice{.factor = {.subject = alice()}, .device = secret(kCanary)}}),
      1U);
  EXPECT_EQ(wiped(Answer{ProfileReport{.subject = alice(),
                                       .profile = {.first_name = canary, .last_name = canary},
                                       .contacts = {{.destination = canary}}}}),
            3U);
}

}  // namespace
}  // namespace countersign::wire
