// SPDX-License-Identifier: Apache-2.0
// Questions about YubiKeys and about the clients of the validation protocol, and their answers,
// survive the way; their nearest broken neighbours do not.
#include "hsm/protocol/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::hsm {
namespace {

const Bytes kSealed(68, std::byte{0x5a});
const Bytes kAesKey(kYubicoKeyBytes, std::byte{0x11});
const Bytes kPrivateId(kYubicoPrivateIdBytes, std::byte{0x22});
const Bytes kApiKey(kFreshApiKeyBytes, std::byte{0x33});
const Bytes kText(kSignedTextBytesMax, std::byte{0x44});
constexpr YubicoFields kFields{0x7fff, 17, 0xff'ffff};

MatchYubico match() {
  MatchYubico question{kSealed, {}};
  question.block.fill(std::byte{0x66});
  return question;
}

template <class... AnyQuestion>
Bytes packet_of(const AnyQuestion&... questions) {
  Bytes packet;
  begin_questions(packet);
  EXPECT_TRUE((append(packet, questions) && ...));
  finish(packet, 77, sizeof...(questions));
  return packet;
}

Bytes every_question() {
  return packet_of(match(), SealYubicoQuestion{kAesKey, kPrivateId}, GenerateYubicoQuestion{},
                   SealClientQuestion{kApiKey}, GenerateClientQuestion{},
                   SignForClientQuestion{kSealed, kText});
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

// The only answer of a packet, of the type that its kind has; none if it is refused.
template <class T>
std::optional<T> read(OperationKind kind, T given) {
  auto answer = read_one(answer_of(kind, Answer{std::move(given)}));
  if (!answer) return std::nullopt;
  return std::get<T>(*std::move(answer));
}

TEST(HsmPacketYubico, CarriesEveryKindOfQuestion) {
  const Bytes packet = every_question();
  auto reader = QuestionsReader::open(packet);
  ASSERT_TRUE(reader);
  const auto next = [&reader] { return *reader->next(); };
  const auto matched = std::get<MatchYubico>(next());
  EXPECT_TRUE(std::ranges::equal(matched.sealed, kSealed));
  EXPECT_EQ(matched.block, match().block);
  const auto seal = std::get<SealYubicoQuestion>(next());
  EXPECT_TRUE(std::ranges::equal(seal.aes_key, kAesKey));
  EXPECT_TRUE(std::ranges::equal(seal.private_id, kPrivateId));
  EXPECT_TRUE(std::holds_alternative<GenerateYubicoQuestion>(next()));
  EXPECT_TRUE(std::ranges::equal(std::get<SealClientQuestion>(next()).api_key, kApiKey));
  EXPECT_TRUE(std::holds_alternative<GenerateClientQuestion>(next()));
  const auto sign = std::get<SignForClientQuestion>(next());
  EXPECT_TRUE(std::ranges::equal(sign.sealed, kSealed));
  EXPECT_TRUE(std::ranges::equal(sign.text, kText));
  EXPECT_FALSE(reader->more());
}

TEST(HsmPacketYubico, RefusesEveryTruncation) {
  const Bytes packet = every_question();
  ASSERT_TRUE(read_all(packet));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_all(BytesView{packet}.first(size))) << size << " bytes";
  }
}

TEST(HsmPacketYubico, RefusesTrailingBytesBehindAQuestionWithoutFields) {
  Bytes packet = packet_of(GenerateYubicoQuestion{});
  packet.push_back(std::byte{0});
  EXPECT_FALSE(read_all(packet));
}

TEST(HsmPacketYubico, DoesNotWriteWhatCannotBeRead) {
  Bytes packet;
  begin_questions(packet);
  const std::size_t before = packet.size();
  const auto refuses = [&](auto question) { return !append(packet, question); };
  const Bytes too_long(kSignedTextBytesMax + 1);
  const BytesView view{too_long};
  EXPECT_TRUE(refuses(MatchYubico{}));
  EXPECT_TRUE(refuses(MatchYubico{view.first(kSealedBytesMax + 1), {}}));
  EXPECT_TRUE(refuses(SealYubicoQuestion{view.first(kYubicoKeyBytes - 1), kPrivateId}));
  EXPECT_TRUE(refuses(SealYubicoQuestion{view.first(kYubicoKeyBytes + 1), kPrivateId}));
  EXPECT_TRUE(refuses(SealYubicoQuestion{kAesKey, view.first(kYubicoPrivateIdBytes - 1)}));
  EXPECT_TRUE(refuses(SealYubicoQuestion{kAesKey, view.first(kYubicoPrivateIdBytes + 1)}));
  EXPECT_TRUE(refuses(SealClientQuestion{view.first(kApiKeyBytesMin - 1)}));
  EXPECT_TRUE(refuses(SealClientQuestion{view.first(kApiKeyBytesMax + 1)}));
  EXPECT_TRUE(refuses(SignForClientQuestion{{}, kText}));
  EXPECT_TRUE(refuses(SignForClientQuestion{kSealed, view}));
  EXPECT_EQ(packet.size(), before);
}

TEST(HsmPacketYubico, CarriesEveryKindOfAnswer) {
  using Fields = std::optional<YubicoFields>;
  EXPECT_EQ(read(OperationKind::match_yubico, Fields{kFields}), Fields{kFields});
  EXPECT_EQ(read(OperationKind::match_yubico, Fields{}), std::optional<Fields>{Fields{}});
  EXPECT_EQ(read(OperationKind::seal_yubico, kSealed), kSealed);
  EXPECT_EQ(read(OperationKind::seal_client, kSealed), kSealed);
  const Signature signature{std::byte{7}};
  EXPECT_EQ(read(OperationKind::sign_for_client, signature), signature);
  const auto made = read(OperationKind::generate_yubico,
                         GeneratedYubico{kSealed, SecretBytes{kAesKey}, SecretBytes{kPrivateId}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->sealed, kSealed);
  EXPECT_TRUE(std::ranges::equal(std::as_const(made->aes_key).expose(), kAesKey));
  EXPECT_TRUE(std::ranges::equal(std::as_const(made->private_id).expose(), kPrivateId));
  const auto client =
      read(OperationKind::generate_client, Generated{kSealed, SecretBytes{kApiKey}});
  ASSERT_TRUE(client);
  EXPECT_TRUE(std::ranges::equal(std::as_const(client->secret).expose(), kApiKey));
}

TEST(HsmPacketYubico, RefusesFieldsThatNoYubiKeyHas) {
  const auto refuses = [](const std::optional<YubicoFields>& fields) {
    return !read(OperationKind::match_yubico, fields);
  };
  EXPECT_TRUE(refuses(YubicoFields{0x8000, 17, 1}));
  EXPECT_TRUE(refuses(YubicoFields{1, 17, 0x100'0000}));
  Bytes packet = answer_of(OperationKind::match_yubico, Answer{std::optional<YubicoFields>{}});
  packet.back() = std::byte{1};
  EXPECT_FALSE(read_one(packet));
}

TEST(HsmPacketYubico, RefusesEveryTruncationOfAnAnswer) {
  const Bytes packet =
      answer_of(OperationKind::generate_yubico,
                Answer{GeneratedYubico{kSealed, SecretBytes{kAesKey}, SecretBytes{kPrivateId}}});
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_one(BytesView{packet}.first(size))) << size << " bytes";
  }
}

}  // namespace
}  // namespace countersign::hsm
