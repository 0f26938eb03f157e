// SPDX-License-Identifier: Apache-2.0
// Sealed messages on SoftHSM2: each opens for what it was sealed for, as a message, undamaged, or
// it does not open.
#include "hsm/engine.hpp"
#include "hsm/seal.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hsm_token.hpp"
#include "tests/support/yubico_block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;

constexpr std::string_view kMessage = "+358401234567 somebody has a new telephone";
constexpr std::string_view kRow = "message 17";
constexpr std::size_t kHeaderAndIv = 16;

class HsmMessage : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(opened_) << opened_.error().operation.view(); }
  Engine& engine() { return *opened_; }
  Bytes seal(BytesView message = as_bytes(kMessage), std::string_view row = kRow) {
    auto sealed = engine().seal_message(message, as_bytes(row));
    EXPECT_TRUE(sealed);
    return sealed ? *std::move(sealed) : Bytes{};
  }
  Result<OpenedMessage> open(BytesView sealed, std::string_view row = kRow) {
    return engine().open_message(sealed, as_bytes(row));
  }
  // Refused, and not as if the token were in trouble.
  void is_corrupt(BytesView sealed, std::string_view row, const std::string& what) {
    const auto opened = open(sealed, row);
    ASSERT_EQ(failure(opened), ErrorCode::corrupt) << what;
    EXPECT_FALSE(is_lost(opened.error())) << what;
  }

 private:
  Result<Engine> opened_ = Engine::open(HsmToken::shared().engine_settings());
};

TEST_F(HsmMessage, ComesBackAsItWas) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{160}, kMessageBytesMax}) {
    const Bytes message(size, std::byte{0x5c});
    const Bytes sealed = seal(message);
    EXPECT_LE(sealed.size(), kSealedMessageBytesMax);
    const auto opened = open(sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::ranges::equal(opened->message.expose(), message)) << size;
    EXPECT_EQ(opened->code.size(), 0U);
  }
}

TEST_F(HsmMessage, FitsWithTheLongestCodeIntoWhatIsAllowed) {
  const Bytes longest(kMessageBytesMax, std::byte{0x5c});
  const auto issued =
      engine().issue_code({kCodeDigitsMax, as_bytes("context"), longest, as_bytes(kRow)});
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->sealed.size(), kSealedMessageBytesMax);
  const auto opened = open(issued->sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->code.size(), kCodeDigitsMax);
  EXPECT_TRUE(std::ranges::equal(opened->message.expose(), longest));
}

TEST_F(HsmMessage, IsCorruptWhenItWasDamaged) {
  const Bytes whole = seal();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    is_corrupt(damaged, kRow, "bit " + std::to_string(bit));
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    is_corrupt(BytesView{whole}.first(size), kRow, std::to_string(size) + " bytes");
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  is_corrupt(longer, kRow, "longer");
  is_corrupt(Bytes(kSealedMessageBytesMax + 1), kRow, "too long");
  EXPECT_TRUE(open(whole));
}

TEST_F(HsmMessage, OpensForWhatItWasSealedForAlone) {
  const std::string longest(kAssociatedDataBytesMax, 'x');
  for (const std::string_view row : {kRow, std::string_view{longest}}) {
    const Bytes sealed = seal(as_bytes(kMessage), row);
    for (std::size_t at = 0; at < row.size(); ++at) {
      std::string other{row};
      other[at] = static_cast<char>(other[at] ^ 1);
      is_corrupt(sealed, other, "byte " + std::to_string(at));
    }
    is_corrupt(sealed, row.substr(1), "a byte less");
    is_corrupt(sealed, row.substr(0, row.size() - 1), "a byte less");
    EXPECT_TRUE(open(sealed, row));
  }
}

// Two messages that say the same tell nobody so, and neither shows what it says.
TEST_F(HsmMessage, IsSealedAnewEachTime) {
  constexpr std::size_t kSealings = 200;
  std::set<std::string> vectors;
  std::set<std::string> hidden;
  for (std::size_t i = 0; i < kSealings; ++i) {
    const Bytes sealed = seal();
    EXPECT_TRUE(std::ranges::search(sealed, as_bytes(kMessage.substr(0, 6))).empty());
    vectors.insert(test::to_hex(BytesView{sealed}.subspan(4, 12)));
    hidden.insert(test::to_hex(BytesView{sealed}.subspan(kHeaderAndIv, 16)));
  }
  EXPECT_EQ(vectors.size(), kSealings);
  EXPECT_EQ(hidden.size(), kSealings);
}

TEST_F(HsmMessage, TakesNoSecretOfAnotherKind) {
  const auto oath = engine().generate_oath(HashAlgorithm::sha1);
  const auto yubico = engine().generate_yubico();
  const auto client = engine().generate_client();
  const auto slot = engine().generate_response_key();
  ASSERT_TRUE(oath && yubico && client && slot);
  for (Bytes other : {oath->sealed, yubico->sealed, client->sealed, slot->sealed}) {
    is_corrupt(other, kRow, "another kind");
    other[1] = static_cast<std::byte>(SecretKind::message);
    is_corrupt(other, kRow, "another kind, renamed");
  }
}

// Both are hidden by the same key. Whoever can write to the database and choose what a message is
// opened for may put the one where the other belongs.
TEST_F(HsmMessage, APrivateIdIsNoMessage) {
  const Bytes reads_as_no_code_and_five_bytes(kYubicoPrivateIdBytes, std::byte{0});
  const auto sealed = engine().seal_yubico(Bytes(kYubicoKeyBytes), reads_as_no_code_and_five_bytes);
  ASSERT_TRUE(sealed);
  const auto parts = parse_sealed_with_note(*sealed, SecretKind::yubico);
  ASSERT_TRUE(parts);
  Bytes forged;
  Writer{forged}
      .integer(std::uint8_t{1})
      .integer(SecretKind::message)
      .integer(parts->note.key_version)
      .raw(parts->note.iv)
      .raw(parts->note.hidden);
  const Bytes bound_to = note_associated_data(SecretKind::yubico, parts->key.wrap);
  ASSERT_LE(bound_to.size(), kAssociatedDataBytesMax);
  is_corrupt(forged, as_text(bound_to), "as the note says");
  is_corrupt(forged, as_text(BytesView{bound_to}.subspan(kHeaderAndIv)), "without its beginning");
  is_corrupt(forged, kRow, "as a message says");
}

TEST_F(HsmMessage, AMessageIsNoPrivateId) {
  const Bytes aes_key(kYubicoKeyBytes, std::byte{1});
  const Bytes private_id(kYubicoPrivateIdBytes, std::byte{2});
  const auto true_one = engine().seal_yubico(aes_key, private_id);
  ASSERT_TRUE(true_one);
  auto parts = parse_sealed_with_note(*true_one, SecretKind::yubico);
  ASSERT_TRUE(parts);
  const Bytes bound_to = note_associated_data(SecretKind::yubico, parts->key.wrap);
  // With the length of the code in front, it is as long as a private id.
  const Bytes message(kYubicoPrivateIdBytes - 1, std::byte{2});
  const Bytes sealed = seal(message, as_text(bound_to));
  parts->note.iv = BytesView{sealed}.subspan(4, kNoteIvBytes);
  parts->note.hidden = BytesView{sealed}.subspan(kHeaderAndIv);
  ASSERT_EQ(parts->note.hidden.size(), kYubicoPrivateIdBytes + kNoteTagBytes);
  const Bytes forged = seal_bytes(SecretKind::yubico, *parts);
  ASSERT_EQ(forged.size(), true_one->size());

  const auto block = test::yubico_block(aes_key, private_id, {3, 4, 5});
  EXPECT_EQ(failure(engine().match_yubico({forged, block})), ErrorCode::corrupt);
  EXPECT_TRUE(engine().match_yubico({*true_one, block}));
}

TEST_F(HsmMessage, BoundsWhatIsAsked) {
  const Bytes too_long(kMessageBytesMax + 1);
  const BytesView view{too_long};
  const BytesView row = as_bytes(kRow);
  const BytesView data = view.first(kAssociatedDataBytesMax + 1);
  EXPECT_EQ(failure(engine().seal_message({}, row)), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_message(view, row)), ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(engine().seal_message(as_bytes(kMessage), {})), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_message(as_bytes(kMessage), data)), ErrorCode::limit_exceeded);
  const Bytes sealed = seal();
  EXPECT_EQ(failure(engine().open_message(sealed, {})), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().open_message(sealed, data)), ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace countersign::hsm
