// SPDX-License-Identifier: Apache-2.0
// The keyed hash of rows that move, against OpenSSL's HMAC; what a MAC and a hash cover.
#include "daemon/hmac/hmac_key.hpp"
#include "daemon/store/journal_chain.hpp"
#include "daemon/store/row_macs.hpp"
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <functional>
#include <set>

namespace countersign::store {
namespace {

using test::hmac;
using test::SqliteBackend;
using test::StoreWorld;
using test::to_hex;

std::string sha256_hex(const Bytes& message) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(message.data(), message.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return to_hex(std::as_bytes(std::span{digest}));
}

TEST(HmacKey, ComputesHmacSha256OfEveryLength) {
  const SecretBytes secret = SqliteBackend::moving_key();
  const HmacKey key{secret};
  for (std::size_t size = 0; size < 300; ++size) {
    const Bytes message(size, static_cast<std::byte>(size));
    const Bytes expected = hmac(HashAlgorithm::sha256, secret.expose(), message);
    ASSERT_EQ(to_hex(key.mac(message)), to_hex(expected)) << size << " bytes";
  }
}

TEST(RowMac, OfAMotionCoversEveryColumnAndItsFactor) {
  const HmacKey key{SqliteBackend::moving_key()};
  const std::vector<std::function<void(Motion&)>> edits{
      [](Motion&) {},
      [](Motion& m) { m.version = Version{2}; },
      [](Motion& m) { m.position = Position{2}; },
      [](Motion& m) { m.drift = 2; },
      [](Motion& m) { m.failures = 2; },
      [](Motion& m) { m.last_request[15] = std::byte{2}; },
      [](Motion& m) { m.accepted_at = from_milliseconds(2); },
      [](Motion& m) { m.timestamp = 2; },
  };
  std::set<RowMac> macs;
  for (const auto& edit : edits) {
    Motion motion;
    edit(motion);
    macs.insert(mac_of(key, FactorId{1}, motion, RowMac{}));
  }
  macs.insert(mac_of(key, FactorId{2}, Motion{}, RowMac{}));
  macs.insert(mac_of(key, FactorId{1}, Motion{}, RowMac{std::byte{2}}));
  EXPECT_EQ(macs.size(), edits.size() + 2);
}

TEST(RowMac, OfABudgetCoversEveryColumnAndItsSubject) {
  const HmacKey key{SqliteBackend::moving_key()};
  const std::vector<std::function<void(Budget&)>> edits{
      [](Budget&) {},
      [](Budget& b) { b.version = Version{2}; },
      [](Budget& b) { b.failures = 2; },
      [](Budget& b) { b.not_before = from_milliseconds(2); },
      [](Budget& b) { b.throttled = 2; },
  };
  std::set<RowMac> macs;
  for (const auto& edit : edits) {
    Budget budget;
    edit(budget);
    macs.insert(mac_of(key, SubjectId{1}, budget, RowMac{}));
  }
  macs.insert(mac_of(key, SubjectId{2}, Budget{}, RowMac{}));
  macs.insert(mac_of(key, SubjectId{1}, Budget{}, RowMac{std::byte{2}}));
  EXPECT_EQ(macs.size(), edits.size() + 2);
}

TEST(RowMac, OfAFactorCoversEveryColumnAndItsRealm) {
  const std::vector<std::function<void(Factor&)>> edits{
      [](Factor&) {},
      [](Factor& f) { f.id = FactorId{2}; },
      [](Factor& f) { f.subject = SubjectId{2}; },
      [](Factor& f) { f.kind = FactorKind::hotp; },
      [](Factor& f) { f.state = FactorState::revoked; },
      [](Factor& f) { f.label = "x"; },
      [](Factor& f) { f.public_id = "x"; },
      [](Factor& f) { f.serial = "x"; },
      [](Factor& f) { f.oath.algorithm = HashAlgorithm::sha512; },
      [](Factor& f) { f.oath.digits = 8; },
      [](Factor& f) { f.oath.period_seconds = 60; },
      [](Factor& f) { f.oath.secret_bytes = 10; },
      [](Factor& f) { f.sealed = Bytes{std::byte{1}}; },
      [](Factor& f) { f.created_at = from_milliseconds(2); },
  };
  std::set<Bytes> encodings;
  for (const auto& edit : edits) {
    Factor factor;
    edit(factor);
    encodings.insert(encode(*Realm::from("default"), factor));
  }
  encodings.insert(encode(*Realm::from("other"), Factor{}));
  EXPECT_EQ(encodings.size(), edits.size() + 1);
}

TEST(RowMac, OfAChallengeCoversEveryColumn) {
  const HmacKey key{SqliteBackend::moving_key()};
  const std::vector<std::function<void(Challenge&)>> edits{
      [](Challenge&) {},
      [](Challenge& c) { c.id = ChallengeId{2}; },
      [](Challenge& c) { c.subject = SubjectId{2}; },
      [](Challenge& c) { c.factor = FactorId{2}; },
      [](Challenge& c) { c.kind = FactorKind::sms; },
      [](Challenge& c) { c.purpose = Purpose::address; },
      [](Challenge& c) { c.value = Bytes{std::byte{1}}; },
      [](Challenge& c) { c.tries = 2; },
      [](Challenge& c) { c.position = Position{2}; },
      [](Challenge& c) { c.created_at = from_milliseconds(2); },
      [](Challenge& c) { c.expires_at = from_milliseconds(2); },
  };
  std::set<RowMac> macs;
  for (const auto& edit : edits) {
    Challenge challenge;
    edit(challenge);
    macs.insert(mac_of(key, challenge));
  }
  EXPECT_EQ(macs.size(), edits.size());
}

TEST(RowMac, OfAMessageCoversEveryColumn) {
  const HmacKey key{SqliteBackend::moving_key()};
  const std::vector<std::function<void(Message&)>> edits{
      [](Message&) {},
      [](Message& m) { m.id = MessageId{2}; },
      [](Message& m) { m.channel = FactorKind::sms; },
      [](Message& m) { m.kind = MessageKind::test; },
      [](Message& m) { m.state = MessageState::sent; },
      [](Message& m) { m.subject = SubjectId{2}; },
      [](Message& m) { m.factor = FactorId{2}; },
      [](Message& m) { m.challenge = ChallengeId{2}; },
      [](Message& m) { m.peer_uid = 2; },
      [](Message& m) { m.destination[15] = std::byte{2}; },
      [](Message& m) { m.source[0] = std::byte{2}; },
      [](Message& m) { m.prefix = "+358"; },
      [](Message& m) { m.answered = true; },
      [](Message& m) { m.created_at = from_milliseconds(2); },
      [](Message& m) { m.expires_at = from_milliseconds(2); },
      [](Message& m) { m.sealed = Bytes{std::byte{1}}; },
  };
  std::set<RowMac> macs;
  for (const auto& edit : edits) {
    Message message;
    edit(message);
    macs.insert(mac_of(key, message));
  }
  EXPECT_EQ(macs.size(), edits.size());
}

// The bytes of docs/storage-format.md, written out by hand.
TEST(RowMac, OfAMessageIsOverTheDocumentedBytes) {
  const SecretBytes secret = SqliteBackend::moving_key();
  const HmacKey key{secret};
  Message message{.id = MessageId{1},
                  .channel = FactorKind::sms,
                  .kind = MessageKind::factor_added,
                  .state = MessageState::queued,
                  .subject = SubjectId{2},
                  .factor = FactorId{3},
                  .challenge = ChallengeId{4},
                  .peer_uid = -1,
                  .prefix = "+358",
                  .answered = true,
                  .created_at = from_milliseconds(5),
                  .expires_at = from_milliseconds(6),
                  .sealed = {std::byte{0xab}}};
  message.destination.fill(std::byte{0xd0});
  message.source.fill(std::byte{0x50});
  Bytes documented;
  Writer{documented}
      .text("countersign message v1")
      .raw(test::from_hex("0000000000000001"
                          "051401"
                          "0000000000000002"
                          "0000000000000003"
                          "0000000000000004"
                          "ffffffffffffffff"
                          "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"
                          "50505050505050505050505050505050"
                          "00042b333538"
                          "01"
                          "0000000000000005"
                          "0000000000000006"
                          "0001ab"));
  EXPECT_EQ(to_hex(mac_of(key, message)),
            to_hex(hmac(HashAlgorithm::sha256, secret.expose(), documented)));
}

// The bytes of docs/storage-format.md, written out by hand.
TEST(RowMac, OfWhatMovesIsOverTheDocumentedBytes) {
  const SecretBytes secret = SqliteBackend::moving_key();
  const auto documented = [&secret](const char* what, const std::string& bytes) {
    Bytes message;
    Writer{message}.text(what).raw(test::from_hex(bytes));
    return to_hex(hmac(HashAlgorithm::sha256, secret.expose(), message));
  };
  RowMac fixed;
  fixed.fill(std::byte{0xf1});
  std::string beside;
  for (int i = 0; i < 32; ++i) beside += "f1";
  const Budget budget{.version = Version{2},
                      .failures = 3,
                      .failures_unfamiliar = 4,
                      .not_before = from_milliseconds(5),
                      .not_before_unfamiliar = from_milliseconds(6),
                      .throttled = 7};
  EXPECT_EQ(to_hex(mac_of(HmacKey{secret}, SubjectId{1}, budget, fixed)),
            documented("countersign budget v1",
                       "0000000000000001"
                       "0000000000000002"
                       "00000003"
                       "00000004"
                       "0000000000000005"
                       "0000000000000006"
                       "0000000000000007" +
                           beside));
  Motion motion{.version = Version{2},
                .position = Position::none,
                .drift = -3,
                .failures = 4,
                .failures_unfamiliar = 5,
                .accepted_at = from_milliseconds(6),
                .timestamp = 7};
  motion.last_request.fill(std::byte{0x1d});
  EXPECT_EQ(to_hex(mac_of(HmacKey{secret}, FactorId{1}, motion, fixed)),
            documented("countersign motion v1",
                       "0000000000000001"
                       "0000000000000002"
                       "ffffffffffffffff"
                       "fffffffd"
                       "00000004"
                       "00000005"
                       "1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d"
                       "0000000000000006"
                       "00000007" +
                           beside));
}

TEST(RowMac, OfAFamiliarPlaceIsOverTheDocumentedBytes) {
  const SecretBytes secret = SqliteBackend::moving_key();
  SourcePrint print;
  print.fill(std::byte{0x50});
  Bytes documented;
  Writer{documented}
      .text("countersign source v1")
      .raw(test::from_hex("0000000000000002"
                          "50505050505050505050505050505050"
                          "0000000000000005"));
  EXPECT_EQ(to_hex(mac_of(HmacKey{secret}, SubjectId{2}, print, from_milliseconds(5))),
            to_hex(hmac(HashAlgorithm::sha256, secret.expose(), documented)));
}

// The bytes of docs/storage-format.md, written out by hand.
TEST(JournalChain, HashesTheDocumentedBytes) {
  JournalRecord record;
  record.seq = 3;
  record.entry.at = from_milliseconds(0x0102);
  record.entry.event = Event::verify;
  record.entry.peer_uid = -1;
  record.entry.subject = SubjectId{5};
  record.entry.factor = FactorId{6};
  record.entry.outcome = Reason::wrong_code;
  record.entry.version = Version{7};
  record.entry.position = Position::none;
  record.entry.failures = 8;
  record.entry.count = 9;
  record.entry.challenge = ChallengeId{0x0b};
  record.entry.kind = FactorKind::hotp;
  record.entry.familiar = true;
  record.entry.offset = -3;
  record.entry.failures_unfamiliar = 4;
  record.entry.client_address = "::1";
  record.budget_version = Version{10};
  record.also_moved = {std::byte{0xab}};
  Bytes message(32, std::byte{0x11});
  const Bytes encoded = test::from_hex(
      "0000000000000003"
      "0000000000000102"
      "01"
      "ffffffffffffffff"
      "0000000000000005"
      "0000000000000006"
      "01"
      "0000000000000007"
      "ffffffffffffffff"
      "00000008"
      "0000000000000009"
      "000000000000000b"
      "02"
      "01"
      "fffffffd"
      "00000004"
      "0003"
      "3a3a31"
      "000000000000000a"
      "0001"
      "ab");
  message.insert(message.end(), encoded.begin(), encoded.end());
  JournalHash before;
  before.fill(std::byte{0x11});
  EXPECT_EQ(to_hex(next_hash(before, record)), sha256_hex(message));
}

TEST(JournalChain, BeginsWithTheStoresOwnId) {
  StoreId one{};
  StoreId other{};
  other[0] = std::byte{1};
  Bytes message;
  Writer{message}.raw(as_bytes("countersign journal v1")).raw(one);
  EXPECT_EQ(to_hex(first_hash(one)), sha256_hex(message));
  EXPECT_NE(first_hash(one), first_hash(other));
}

}  // namespace
}  // namespace countersign::store
