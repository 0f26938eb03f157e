// SPDX-License-Identifier: Apache-2.0
// Questions about codes and messages, and their answers, survive the way; their nearest broken
// neighbours do not.
#include "hsm/protocol/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace countersign::hsm {
namespace {

const Bytes kContext(kCodeContextBytesMax, std::byte{0x11});
const Bytes kMessage(kMessageBytesMax, std::byte{0x22});
const Bytes kData(kAssociatedDataBytesMax, std::byte{0x33});
const Bytes kSealed(kSealedMessageBytesMax, std::byte{0x44});
constexpr Mac kMac{std::byte{0x55}};

IssueCode issue() { return {kCodeDigitsMax, kContext, kMessage, kData}; }

template <class... AnyQuestion>
Bytes packet_of(const AnyQuestion&... questions) {
  Bytes packet;
  begin_questions(packet);
  EXPECT_TRUE((append(packet, questions) && ...));
  finish(packet, 77, sizeof...(questions));
  return packet;
}

Bytes every_question() {
  return packet_of(issue(), MatchCode{kMac, kContext, "123456"},
                   SealMessageQuestion{kMessage, kData}, OpenMessageQuestion{kSealed, kData});
}

Bytes answer_of(OperationKind kind, const Answer& answer) {
  Bytes packet;
  begin_answers(packet);
  append(packet, kind, answer);
  finish(packet, 99, 1);
  return packet;
}

Status read_all(BytesView packet) {
  CS_TRY(QuestionsReader reader, QuestionsReader::open(packet));
  while (reader.more()) CS_CHECK(reader.next());
  return {};
}

Result<Answer> read_one(BytesView packet) {
  CS_TRY(AnswersReader reader, AnswersReader::open(packet));
  CS_TRY(Answered answered, reader.next());
  return std::move(answered.outcome);
}

OpenedMessage opened(std::string_view code, BytesView message) {
  return {SecretBytes{as_bytes(code)}, SecretBytes{message}};
}

TEST(HsmPacketCode, CarriesEveryKindOfQuestion) {
  const Bytes packet = every_question();
  auto reader = QuestionsReader::open(packet);
  ASSERT_TRUE(reader);
  const auto next = [&reader] { return *reader->next(); };
  const auto issued = std::get<IssueCode>(next());
  EXPECT_EQ(issued.digits, kCodeDigitsMax);
  EXPECT_TRUE(std::ranges::equal(issued.context, kContext));
  EXPECT_TRUE(std::ranges::equal(issued.message, kMessage));
  EXPECT_TRUE(std::ranges::equal(issued.associated_data, kData));
  const auto matched = std::get<MatchCode>(next());
  EXPECT_EQ(matched.mac, kMac);
  EXPECT_TRUE(std::ranges::equal(matched.context, kContext));
  EXPECT_EQ(matched.passcode, "123456");
  const auto sealed = std::get<SealMessageQuestion>(next());
  EXPECT_TRUE(std::ranges::equal(sealed.message, kMessage));
  EXPECT_TRUE(std::ranges::equal(sealed.associated_data, kData));
  const auto open = std::get<OpenMessageQuestion>(next());
  EXPECT_TRUE(std::ranges::equal(open.sealed, kSealed));
  EXPECT_TRUE(std::ranges::equal(open.associated_data, kData));
  EXPECT_FALSE(reader->more());
}

TEST(HsmPacketCode, RefusesEveryTruncation) {
  const Bytes packet = every_question();
  ASSERT_TRUE(read_all(packet));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_all(BytesView{packet}.first(size))) << size << " bytes";
  }
}

TEST(HsmPacketCode, DoesNotWriteWhatCannotBeRead) {
  Bytes packet;
  begin_questions(packet);
  const std::size_t before = packet.size();
  const auto refuses = [&](auto question) { return !append(packet, question); };
  const Bytes too_long(kSealedMessageBytesMax + 1);
  const BytesView view{too_long};
  const BytesView context = view.first(kCodeContextBytesMax + 1);
  const BytesView message = view.first(kMessageBytesMax + 1);
  const BytesView data = view.first(kAssociatedDataBytesMax + 1);
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin - 1, kContext, kMessage, kData}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMax + 1, kContext, kMessage, kData}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin, {}, kMessage, kData}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin, context, kMessage, kData}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin, kContext, message, kData}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin, kContext, kMessage, {}}));
  EXPECT_TRUE(refuses(IssueCode{kCodeDigitsMin, kContext, kMessage, data}));
  EXPECT_TRUE(refuses(MatchCode{kMac, {}, "123456"}));
  EXPECT_TRUE(refuses(MatchCode{kMac, context, "123456"}));
  EXPECT_TRUE(refuses(SealMessageQuestion{{}, kData}));
  EXPECT_TRUE(refuses(SealMessageQuestion{message, kData}));
  EXPECT_TRUE(refuses(SealMessageQuestion{kMessage, {}}));
  EXPECT_TRUE(refuses(SealMessageQuestion{kMessage, data}));
  EXPECT_TRUE(refuses(OpenMessageQuestion{{}, kData}));
  EXPECT_TRUE(refuses(OpenMessageQuestion{view, kData}));
  EXPECT_TRUE(refuses(OpenMessageQuestion{kSealed, {}}));
  EXPECT_TRUE(refuses(OpenMessageQuestion{kSealed, data}));
  EXPECT_EQ(packet.size(), before);
}

// The lengths are in the packet, where somebody else may have written them.
TEST(HsmPacketCode, RefusesADigitCountThatNoCodeHas) {
  Bytes packet = packet_of(issue());
  for (const std::size_t digits : {std::size_t{0}, kCodeDigitsMin - 1, kCodeDigitsMax + 1}) {
    packet[kHeaderBytes + 1] = static_cast<std::byte>(digits);
    EXPECT_FALSE(read_all(packet)) << digits;
  }
}

TEST(HsmPacketCode, CutsAPasscodeThatIsTooLongForAnyCode) {
  const std::string passcode(100'000, '1');
  EXPECT_TRUE(read_all(packet_of(MatchCode{kMac, kContext, passcode})));
}

TEST(HsmPacketCode, CarriesIssuedCodesAndSealedMessages) {
  const auto issued =
      read_one(answer_of(OperationKind::issue_code, Answer{IssuedCode{kMac, kSealed}}));
  ASSERT_TRUE(issued);
  EXPECT_EQ(std::get<IssuedCode>(*issued).mac, kMac);
  EXPECT_EQ(std::get<IssuedCode>(*issued).sealed, kSealed);
  const auto sealed = read_one(answer_of(OperationKind::seal_message, Answer{kSealed}));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(std::get<Bytes>(*sealed), kSealed);

  const Bytes too_long(kSealedMessageBytesMax + 1);
  for (const Bytes& wrong : {Bytes{}, too_long}) {
    EXPECT_FALSE(read_one(answer_of(OperationKind::seal_message, Answer{wrong})));
    EXPECT_FALSE(read_one(answer_of(OperationKind::issue_code, Answer{IssuedCode{kMac, wrong}})));
  }
}

TEST(HsmPacketCode, CarriesYesAndNoAndNothingElse) {
  for (const bool yes : {true, false}) {
    const auto answer = read_one(answer_of(OperationKind::match_code, Answer{yes}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<bool>(*answer), yes);
  }
  Bytes perhaps = answer_of(OperationKind::match_code, Answer{true});
  perhaps.back() = std::byte{2};
  EXPECT_FALSE(read_one(perhaps));
}

TEST(HsmPacketCode, CarriesOpenedMessagesWithAndWithoutACode) {
  for (const std::string_view code : {"", "123456", "1234567890"}) {
    const auto answer =
        read_one(answer_of(OperationKind::open_message, Answer{opened(code, kMessage)}));
    ASSERT_TRUE(answer) << code;
    const auto& message = std::get<OpenedMessage>(*answer);
    EXPECT_EQ(as_text(message.code.expose()), code);
    EXPECT_TRUE(std::ranges::equal(message.message.expose(), kMessage));
  }
}

TEST(HsmPacketCode, RefusesAMessageThatNobodySealed) {
  const auto refuses = [](std::string_view code, BytesView message) {
    return !read_one(answer_of(OperationKind::open_message, Answer{opened(code, message)}));
  };
  EXPECT_TRUE(refuses("12345", kMessage));
  EXPECT_TRUE(refuses("12345678901", kMessage));
  EXPECT_TRUE(refuses("12345x", kMessage));
  EXPECT_TRUE(refuses("123456", Bytes(kMessageBytesMax + 1)));
}

TEST(HsmPacketCode, RefusesEveryTruncationOfAnAnswer) {
  const Bytes code = answer_of(OperationKind::issue_code, Answer{IssuedCode{kMac, kSealed}});
  const Bytes message = answer_of(OperationKind::open_message, Answer{opened("123456", kMessage)});
  for (const Bytes& packet : {code, message}) {
    for (std::size_t size = 0; size < packet.size(); ++size) {
      EXPECT_FALSE(read_one(BytesView{packet}.first(size))) << size << " bytes";
    }
  }
}

// Both sides have room for the longest answers to the longest batch.
TEST(HsmPacketCode, APacketHoldsABatchOfTheLongestAnswers) {
  Bytes packet;
  begin_answers(packet);
  for (std::size_t i = 0; i < kOperationsMax; ++i) {
    append(packet, OperationKind::issue_code, Answer{IssuedCode{kMac, kSealed}});
  }
  finish(packet, 1, kOperationsMax);
  EXPECT_LE(packet.size(), kAnswersBytesMax);
  EXPECT_TRUE(AnswersReader::open(packet));
}

}  // namespace
}  // namespace countersign::hsm
