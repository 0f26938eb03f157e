// SPDX-License-Identifier: Apache-2.0
// What destinations and places are called, and what is shown of them.
#include "daemon/outbox/mask.hpp"
#include "daemon/outbox/prints.hpp"
#include "tests/support/hex.hpp"

#include <gmock/gmock.h>

namespace countersign::outbox {
namespace {

SecretBytes key(char fill) { return SecretBytes{as_bytes(std::string(Prints::kKeyBytes, fill))}; }

Destination phone(const char* number) { return {FactorKind::sms, number}; }
Destination address(const char* address) { return {FactorKind::email, address}; }

TEST(Prints, AreHmacSha256CutToSixteenBytes) {
  // Computed by Python's hmac, over what prints.cpp writes.
  const Prints prints{key('k')};
  EXPECT_EQ(test::to_hex(prints.print(phone("+358401234567"))), "4b3af34eca19df060a606ab0667e1ef5");
  EXPECT_EQ(test::to_hex(prints.print("192.0.2.1", 1)), "959770030dbcbb15f883fd888391074b");
  EXPECT_EQ(prints.print(phone("+358401234567")), prints.print(phone("+358401234567")));
  EXPECT_NE(prints.print(phone("+358401234567")), prints.print(phone("+358401234568")));
  EXPECT_NE(prints.print(phone("+358401234567")), Prints{key('l')}.print(phone("+358401234567")));
  EXPECT_NE(prints.print(phone("a")), prints.print(address("a")));
}

// One mailbox has one budget, however its address is written.
TEST(Prints, OfAMailboxAreThoseOfEachOfItsSpellings) {
  const Prints prints{key('k')};
  const DestinationPrint one = prints.print(address("alice@example.com"));
  EXPECT_EQ(prints.print(address("Alice@example.com")), one);
  EXPECT_EQ(prints.print(address("aLICE+news@example.com")), one);
  EXPECT_EQ(prints.print(address("al.i.ce@example.com")), one);
  EXPECT_NE(prints.print(address("alice2@example.com")), one);
  EXPECT_NE(prints.print(address("alice@example.org")), one);
  EXPECT_NE(prints.print(address("+alice@example.com")), prints.print(address("+@example.com")));
}

TEST(Prints, GiveAMessageANumberThatDoesNotTellItsChallenge) {
  const Prints prints{key('k')};
  // Computed by Python's hmac, over what prints.cpp writes.
  EXPECT_EQ(number(prints.message_of(ChallengeId{42})), 8976933893535537506);
  EXPECT_NE(prints.message_of(ChallengeId{42}), prints.message_of(ChallengeId{43}));
  EXPECT_NE(prints.message_of(ChallengeId{42}), Prints{key('l')}.message_of(ChallengeId{42}));
}

TEST(Prints, OfAPlaceAreThoseOfItsSubscriber) {
  const Prints prints{key('k')};
  EXPECT_EQ(prints.print("2001:db8:1:2::1", 1), prints.print("2001:db8:1:2:ffff::9", 2));
  EXPECT_NE(prints.print("2001:db8:1:2::1", 1), prints.print("2001:db8:1:3::1", 1));
  EXPECT_NE(prints.print("192.0.2.1", 1), prints.print("192.0.2.2", 1));
  EXPECT_EQ(prints.print("192.0.2.1", 1), prints.print("::ffff:192.0.2.1", 2));
}

TEST(Prints, OfNoPlaceAreThePeers) {
  const Prints prints{key('k')};
  EXPECT_EQ(prints.print("", 1000), prints.print("", 1000));
  EXPECT_NE(prints.print("", 1000), prints.print("", 1001));
  EXPECT_NE(prints.print("", 1000), SourcePrint{});
  EXPECT_NE(prints.print("", 0), prints.print("0.0.0.0", 0));
}

TEST(Mask, ShowsTheCountryAndTwoDigits) {
  EXPECT_EQ(mask(phone("+358401234512")), "+358 ••••••12");
  EXPECT_EQ(mask(phone("+12015550123")), "+1 ••••••23");
  EXPECT_EQ(mask(phone("+79161234567")), "+7 ••••••67");
  EXPECT_EQ(mask(phone("+442071838750")), "+44 ••••••50");
  EXPECT_EQ(mask(phone("+35312345678")), "+353 ••••••78");
}

TEST(Mask, SaysNotHowLongANumberIs) {
  EXPECT_EQ(mask(phone("+4915123456712")), mask(phone("+49151234512")));
}

TEST(Mask, ShowsNothingOfAShortNumber) {
  EXPECT_EQ(mask(phone("+29012345")), "+290 ••••••");
  EXPECT_EQ(mask(phone("+1")), "+1 ••••••");
  EXPECT_EQ(mask(phone("+")), "+ ••••••");
  EXPECT_EQ(mask(phone("")), "••••••");
}

TEST(Mask, ShowsALetterAndTheDomain) {
  EXPECT_EQ(mask(address("alice@example.com")), "a•••@example.com");
  EXPECT_EQ(mask(address("al@example.com")), "a•••@example.com");
  EXPECT_EQ(mask(address("a@example.com")), "•••@example.com") << "it would be all of it";
  EXPECT_EQ(mask(address("äiti@example.com")), "•••@example.com") << "half a letter is none";
  EXPECT_EQ(mask(address("\"a@b\"@example.com")), "•••@example.com");
  EXPECT_EQ(mask(address("no address")), "•••");
}

}  // namespace
}  // namespace countersign::outbox
