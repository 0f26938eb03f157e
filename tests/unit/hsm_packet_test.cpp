// SPDX-License-Identifier: Apache-2.0
// What the daemon and an HSM worker say to each other survives the way, and its nearest broken
// neighbours are refused.
#include "hsm/protocol/packet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::hsm {
namespace {

const Bytes kSealed(60, std::byte{0x5a});
const Bytes kMessage(40, std::byte{0x11});
constexpr std::array<std::uint64_t, 3> kCounters{7, 6, 0xffff'ffff'ffff'ffff};

MatchOath match() { return {kSealed, HashAlgorithm::sha256, 8, kCounters, "12345678"}; }

template <class... AnyQuestion>
Bytes packet_of(const AnyQuestion&... questions) {
  Bytes packet;
  begin_questions(packet);
  EXPECT_TRUE((append(packet, questions) && ...));
  finish(packet, 77, sizeof...(questions));
  return packet;
}

// How many questions come out of a packet before it ends, or the error it fails with.
Result<std::size_t> read_all(BytesView packet) {
  CS_TRY(QuestionsReader reader, QuestionsReader::open(packet));
  std::size_t count = 0;
  while (reader.more()) {
    CS_CHECK(reader.next());
    ++count;
  }
  return count;
}

Result<std::size_t> read_all_answers(BytesView packet) {
  CS_TRY(AnswersReader reader, AnswersReader::open(packet));
  std::size_t count = 0;
  while (reader.left() > 0) {
    CS_CHECK(reader.next());
    ++count;
  }
  return count;
}

Bytes answers() {
  Bytes packet;
  begin_answers(packet);
  append(packet, OperationKind::match_oath, Answer{std::optional<std::uint64_t>{7}});
  append(packet, OperationKind::match_oath, Answer{std::optional<std::uint64_t>{}});
  append(packet, OperationKind::mac, Answer{Mac{std::byte{1}}});
  append(packet, OperationKind::seal_oath, Answer{kSealed});
  append(packet, OperationKind::generate_oath, Answer{Generated{kSealed, SecretBytes{kMessage}}});
  append(packet, OperationKind::mac, Error{ErrorCode::corrupt, "C_Sign", 0x30});
  finish(packet, 99, 6);
  return packet;
}

TEST(HsmPacket, CarriesAHello) {
  Bytes packet;
  write_hello(packet, {.worker = 3, .workers = 4});
  const auto hello = read_hello(packet);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->worker, 3);
  EXPECT_EQ(hello->workers, 4);
}

TEST(HsmPacket, RefusesAHelloOfAWorkerThatCannotBe) {
  Bytes packet;
  write_hello(packet, {.worker = 4, .workers = 4});
  EXPECT_FALSE(read_hello(packet));
  write_hello(packet, {.worker = 0, .workers = 0});
  EXPECT_FALSE(read_hello(packet));
  write_hello(packet, {.worker = 0, .workers = kWorkersMax + 1});
  EXPECT_FALSE(read_hello(packet));
}

TEST(HsmPacket, CarriesAMatch) {
  const Bytes packet = packet_of(match());
  auto reader = QuestionsReader::open(packet);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->number(), 77U);
  const auto question = reader->next();
  ASSERT_TRUE(question);
  const auto& read = std::get<MatchOath>(*question);
  EXPECT_TRUE(std::ranges::equal(read.sealed, kSealed));
  EXPECT_EQ(read.algorithm, HashAlgorithm::sha256);
  EXPECT_EQ(read.digits, 8);
  EXPECT_TRUE(std::ranges::equal(read.counters, kCounters));
  EXPECT_EQ(read.passcode, "12345678");
}

TEST(HsmPacket, CarriesEveryKindOfQuestion) {
  const Bytes packet =
      packet_of(MacQuestion{MacKey::pepper, kMessage}, SealQuestion{HashAlgorithm::sha1, kMessage},
                GenerateQuestion{HashAlgorithm::sha512}, MacQuestion{MacKey::record, {}});
  auto reader = QuestionsReader::open(packet);
  ASSERT_TRUE(reader);
  const auto mac = reader->next();
  ASSERT_TRUE(mac);
  EXPECT_EQ(std::get<MacQuestion>(*mac).key, MacKey::pepper);
  EXPECT_TRUE(std::ranges::equal(std::get<MacQuestion>(*mac).message, kMessage));
  const auto seal = reader->next();
  ASSERT_TRUE(seal);
  EXPECT_TRUE(std::ranges::equal(std::get<SealQuestion>(*seal).secret, kMessage));
  const auto generate = reader->next();
  ASSERT_TRUE(generate);
  EXPECT_EQ(std::get<GenerateQuestion>(*generate).algorithm, HashAlgorithm::sha512);
  EXPECT_TRUE(reader->next());
  EXPECT_FALSE(reader->more());
}

TEST(HsmPacket, CarriesEveryKindOfAnswer) {
  const Bytes packet = answers();
  auto reader = AnswersReader::open(packet);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->number(), 99U);
  EXPECT_FALSE(reader->draining());
  const auto read = [&reader] { return *reader->next(); };
  EXPECT_EQ(std::get<0>(*read().outcome), 7U);
  EXPECT_EQ(std::get<0>(*read().outcome), std::nullopt);
  EXPECT_EQ(std::get<Mac>(*read().outcome), Mac{std::byte{1}});
  EXPECT_EQ(std::get<Bytes>(*read().outcome), kSealed);
  const Answered generated = read();
  EXPECT_EQ(std::get<Generated>(*generated.outcome).sealed, kSealed);
  EXPECT_TRUE(
      std::ranges::equal(std::get<Generated>(*generated.outcome).secret.expose(), kMessage));
  const Answered failed = read();
  EXPECT_EQ(failed.kind, OperationKind::mac);
  EXPECT_EQ(failed.outcome.error().code, ErrorCode::corrupt);
  EXPECT_EQ(failed.outcome.error().native, 0x30U);
  EXPECT_EQ(reader->left(), 0U);
}

TEST(HsmPacket, CarriesTheDrainingMark) {
  Bytes packet = answers();
  mark_draining(packet);
  const auto reader = AnswersReader::open(packet);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->draining());
}

TEST(HsmPacket, RefusesEveryTruncation) {
  const Bytes packet =
      packet_of(match(), MacQuestion{MacKey::record, kMessage},
                SealQuestion{HashAlgorithm::sha1, kMessage}, GenerateQuestion{HashAlgorithm::sha1});
  ASSERT_TRUE(read_all(packet));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_all(BytesView{packet}.first(size))) << size << " bytes";
  }
}

TEST(HsmPacket, RefusesEveryTruncationOfAnswers) {
  const Bytes packet = answers();
  ASSERT_TRUE(read_all_answers(packet));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(read_all_answers(BytesView{packet}.first(size))) << size << " bytes";
  }
}

TEST(HsmPacket, RefusesTrailingBytes) {
  Bytes packet = packet_of(match());
  packet.push_back(std::byte{0});
  EXPECT_FALSE(read_all(packet));
  Bytes answered = answers();
  answered.push_back(std::byte{0});
  EXPECT_FALSE(read_all_answers(answered));
  Bytes hello;
  write_hello(hello, {});
  hello.push_back(std::byte{0});
  EXPECT_FALSE(read_hello(hello));
}

TEST(HsmPacket, RefusesACountOfNoneOrTooMany) {
  Bytes packet = packet_of(match());
  finish(packet, 1, 0);
  EXPECT_FALSE(read_all(packet));
  finish(packet, 1, 2);
  EXPECT_FALSE(read_all(packet));
  const auto packet_with = [](std::size_t count) {
    Bytes full;
    begin_questions(full);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(append(full, GenerateQuestion{HashAlgorithm::sha1}));
    }
    finish(full, 1, count);
    return full;
  };
  EXPECT_TRUE(read_all(packet_with(kOperationsMax)));
  EXPECT_FALSE(read_all(packet_with(kOperationsMax + 1)));
}

// Every byte of the header but the number means one thing only.
TEST(HsmPacket, RefusesAnyOtherHeader) {
  const Bytes packet = packet_of(match());
  for (const std::size_t at : {0, 1, 2, 3, 8, 9}) {
    Bytes changed = packet;
    changed[at] ^= std::byte{0x40};
    EXPECT_FALSE(read_all(changed)) << "byte " << at;
  }
}

TEST(HsmPacket, RefusesUnknownNumbers) {
  constexpr std::size_t kKindAt = kHeaderBytes;
  Bytes unknown = packet_of(match());
  unknown[kKindAt] = std::byte{11};
  EXPECT_FALSE(read_all(unknown));
  Bytes key = packet_of(MacQuestion{MacKey::record, kMessage});
  key[kKindAt + 1] = std::byte{3};
  EXPECT_FALSE(read_all(key));
  Bytes algorithm = packet_of(GenerateQuestion{HashAlgorithm::sha1});
  algorithm[kKindAt + 1] = std::byte{4};
  EXPECT_FALSE(read_all(algorithm));
  Bytes digits = packet_of(match());
  digits[kKindAt + 1 + 2 + kSealed.size() + 1] = std::byte{9};
  EXPECT_FALSE(read_all(digits));
  Bytes counters = packet_of(match());
  counters[kKindAt + 1 + 2 + kSealed.size() + 2] = std::byte{kCountersMax + 1};
  EXPECT_FALSE(read_all(counters));
}

TEST(HsmPacket, RefusesAnswersWithUnknownNumbers) {
  Bytes status = answers();
  status[kHeaderBytes + 1] = std::byte{static_cast<unsigned char>(ErrorCode::corrupt) + 2};
  EXPECT_FALSE(read_all_answers(status));
  Bytes kind = answers();
  kind[kHeaderBytes] = std::byte{0};
  EXPECT_FALSE(read_all_answers(kind));
  Bytes matched = answers();
  matched[kHeaderBytes + 2] = std::byte{2};
  EXPECT_FALSE(read_all_answers(matched));
}

// What would be refused at the other end, together with its neighbours, is never written.
TEST(HsmPacket, DoesNotWriteWhatCannotBeRead) {
  Bytes packet;
  begin_questions(packet);
  const std::size_t before = packet.size();
  const auto refuses = [&](auto question) { return !append(packet, question); };

  MatchOath question = match();
  question.digits = 9;
  EXPECT_TRUE(refuses(question));
  question = match();
  question.counters = {};
  EXPECT_TRUE(refuses(question));
  const std::vector<std::uint64_t> many(kCountersMax + 1);
  question.counters = many;
  EXPECT_TRUE(refuses(question));
  question = match();
  const Bytes long_blob(kMacInputBytesMax + 1);
  question.sealed = BytesView{long_blob}.first(kSealedBytesMax + 1);
  EXPECT_TRUE(refuses(question));
  EXPECT_TRUE(refuses(MacQuestion{MacKey::record, long_blob}));
  EXPECT_TRUE(refuses(MacQuestion{MacKey{}, kMessage}));
  EXPECT_TRUE(refuses(SealQuestion{HashAlgorithm::sha1, {}}));
  EXPECT_TRUE(refuses(GenerateQuestion{}));
  EXPECT_EQ(packet.size(), before);
}

TEST(HsmPacket, CutsAPasscodeThatIsTooLongForAnyToken) {
  const std::string passcode(100'000, '1');
  MatchOath question = match();
  question.passcode = passcode;
  const Bytes packet = packet_of(question);
  EXPECT_TRUE(read_all(packet));
}

}  // namespace
}  // namespace countersign::hsm
