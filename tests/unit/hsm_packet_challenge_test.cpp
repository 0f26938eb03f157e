// SPDX-License-Identifier: Apache-2.0
// Questions about challenges and their answers survive the way; their nearest broken neighbours do
// not.
#include "hsm/protocol/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::hsm {
namespace {

const Bytes kSealed(71, std::byte{0x5a});
const Bytes kChallenge(kChallengeBytesMax, std::byte{0x11});
const Bytes kResponse(20, std::byte{0x22});
const Bytes kKey(kResponseKeyBytes, std::byte{0x33});

template <class... AnyQuestion>
Bytes packet_of(const AnyQuestion&... questions) {
  Bytes packet;
  begin_questions(packet);
  EXPECT_TRUE((append(packet, questions) && ...));
  finish(packet, 77, sizeof...(questions));
  return packet;
}

Bytes every_question() {
  return packet_of(MatchResponse{kSealed, kChallenge, kResponse}, SealResponseKeyQuestion{kKey},
                   GenerateResponseKeyQuestion{}, RandomQuestion{kRandomBytesMax});
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

TEST(HsmPacketChallenge, CarriesEveryKindOfQuestion) {
  const Bytes packet = every_question();
  auto reader = QuestionsReader::open(packet);
  ASSERT_TRUE(reader);
  const auto next = [&reader] { return *reader->next(); };
  const auto match = std::get<MatchResponse>(next());
  EXPECT_TRUE(std::ranges::equal(match.sealed, kSealed));
  EXPECT_TRUE(std::ranges::equal(match.challenge, kChallenge));
  EXPECT_TRUE(std::ranges::equal(match.response, kResponse));
  EXPECT_TRUE(std::ranges::equal(std::get<SealResponseKeyQuestion>(next()).key, kKey));
  EXPECT_TRUE(std::holds_alternative<GenerateResponseKeyQuestion>(next()));
  EXPECT_EQ(std::get<RandomQuestion>(next()).bytes, kRandomBytesMax);
  EXPECT_FALSE(reader->more());
}

TEST(HsmPacketChallenge, RefusesEveryTruncation) {
  const Bytes packet = every_question();
  ASSERT_TRUE(read_all(packet));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_all(BytesView{packet}.first(size))) << size << " bytes";
  }
}

TEST(HsmPacketChallenge, DoesNotWriteWhatCannotBeRead) {
  Bytes packet;
  begin_questions(packet);
  const std::size_t before = packet.size();
  const auto refuses = [&](auto question) { return !append(packet, question); };
  const Bytes too_long(kSealedBytesMax + 1);
  const BytesView view{too_long};
  EXPECT_TRUE(refuses(MatchResponse{{}, kChallenge, kResponse}));
  EXPECT_TRUE(refuses(MatchResponse{view, kChallenge, kResponse}));
  EXPECT_TRUE(refuses(MatchResponse{kSealed, {}, kResponse}));
  EXPECT_TRUE(refuses(MatchResponse{kSealed, view.first(kChallengeBytesMax + 1), kResponse}));
  EXPECT_TRUE(refuses(MatchResponse{kSealed, kChallenge, view.first(kResponseBytesMax + 1)}));
  EXPECT_TRUE(refuses(SealResponseKeyQuestion{view.first(kResponseKeyBytes - 1)}));
  EXPECT_TRUE(refuses(SealResponseKeyQuestion{view.first(kResponseKeyBytes + 1)}));
  EXPECT_TRUE(refuses(RandomQuestion{0}));
  EXPECT_TRUE(refuses(RandomQuestion{kRandomBytesMax + 1}));
  EXPECT_EQ(packet.size(), before);
}

TEST(HsmPacketChallenge, CarriesYesAndNoAndNothingElse) {
  for (const bool yes : {true, false}) {
    const auto answer = read_one(answer_of(OperationKind::match_response, Answer{yes}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<bool>(*answer), yes);
  }
  Bytes perhaps = answer_of(OperationKind::match_response, Answer{true});
  perhaps.back() = std::byte{2};
  EXPECT_FALSE(read_one(perhaps));
}

TEST(HsmPacketChallenge, CarriesKeysAndRandomBytes) {
  const auto sealed = read_one(answer_of(OperationKind::seal_response_key, Answer{kSealed}));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(std::get<Bytes>(*sealed), kSealed);
  const auto made = read_one(answer_of(OperationKind::generate_response_key,
                                       Answer{Generated{kSealed, SecretBytes{kKey}}}));
  ASSERT_TRUE(made);
  EXPECT_TRUE(std::ranges::equal(std::get<Generated>(*made).secret.expose(), kKey));
  const auto random = read_one(answer_of(OperationKind::random, Answer{SecretBytes{kChallenge}}));
  ASSERT_TRUE(random);
  EXPECT_TRUE(std::ranges::equal(std::get<SecretBytes>(*random).expose(), kChallenge));
  EXPECT_FALSE(read_one(answer_of(OperationKind::random, Answer{SecretBytes{}})));
}

TEST(HsmPacketChallenge, RefusesEveryTruncationOfAnAnswer) {
  const Bytes packet = answer_of(OperationKind::random, Answer{SecretBytes{kChallenge}});
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_one(BytesView{packet}.first(size))) << size << " bytes";
  }
}

}  // namespace
}  // namespace countersign::hsm
