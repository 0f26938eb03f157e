// SPDX-License-Identifier: Apache-2.0
// Which e-mail addresses are taken, in which form, and why the others are not.
#include "address/email.hpp"

#include <gtest/gtest.h>

namespace countersign::address {
namespace {

std::string canonical(std::string_view typed) {
  const auto address = parse_email(typed);
  return address ? *address : std::string{address.error().operation.view()};
}

std::string text(std::size_t length) { return std::string(length, 'a'); }

TEST(Email, HasALowerCaseDomainAndKeepsTheRest) {
  EXPECT_EQ(canonical("alice@example.com"), "alice@example.com");
  EXPECT_EQ(canonical(" \tAlice.Smith@Mail.EXAMPLE.Com \t"), "Alice.Smith@mail.example.com");
  EXPECT_EQ(canonical("a@b.co"), "a@b.co");
  EXPECT_EQ(canonical("o'hara+codes=1@xn--bcher-kva.example"),
            "o'hara+codes=1@xn--bcher-kva.example");
  EXPECT_EQ(canonical("!#$%&'*+-/=?^_`{|}~@1st-host.example"),
            "!#$%&'*+-/=?^_`{|}~@1st-host.example");
}

TEST(Email, IsRefusedIfNothingIsThere) {
  EXPECT_EQ(canonical(""), "email.empty");
  EXPECT_EQ(canonical(" \t "), "email.empty");
}

TEST(Email, IsRefusedIfItIsNotAscii) {
  EXPECT_EQ(canonical("älice@example.com"), "email.not_ascii");
  EXPECT_EQ(canonical("alice@bücher.example"), "email.not_ascii");
  EXPECT_EQ(canonical("alice@example.com\u00A0"), "email.not_ascii");
  EXPECT_EQ(canonical("alice\xFF@example.com"), "email.not_ascii");
}

TEST(Email, NeverEndsALine) {
  for (const char* typed :
       {"alice@example.com\n", "alice@example.com\r\nBcc: bob@example.com", "\ralice@example.com",
        "alice @example.com", "alice@ example.com", "alice@example.com bob@example.com",
        "alice\t@example.com", "alice\x7F@example.com", "Alice <alice@example.com>"}) {
    EXPECT_EQ(canonical(typed), "email.characters") << typed;
  }
  EXPECT_EQ(canonical(std::string_view{"alice@example.com\0", 18}), "email.characters");
}

TEST(Email, IsRefusedIfWhatStandsBeforeTheAtIsNoDotAtom) {
  EXPECT_EQ(canonical("alice.example.com"), "email.no_at");
  for (const char* typed :
       {"@example.com", ".alice@example.com", "alice.@example.com", "al..ice@example.com",
        "\"alice\"@example.com", "alice(work)@example.com", "<alice@example.com", "a@b@example.com",
        "al,ice@example.com", "al;ice@example.com", "al:ice@example.com", "al\\ice@example.com",
        "mailto:alice@example.com", "[alice]@example.com"}) {
    EXPECT_EQ(canonical(typed), "email.local") << typed;
  }
}

TEST(Email, IsRefusedIfItsDomainIsNone) {
  for (const char* typed :
       {"alice@", "alice@localhost", "alice@example.", "alice@.example", "alice@example..com",
        "alice@-example.com", "alice@example-.com", "alice@exa_mple.com", "alice@[192.0.2.1]",
        "alice@192.0.2.1", "alice@example.1", "alice@example.com.", "alice@example.com>",
        "alice@example.com,", "alice@example.com(work)", "alice@example.com:25"}) {
    EXPECT_EQ(canonical(typed), "email.domain") << typed;
  }
}

TEST(Email, HasLimits) {
  EXPECT_EQ(canonical(text(64) + "@b.co"), text(64) + "@b.co");
  EXPECT_EQ(canonical(text(65) + "@b.co"), "email.local_too_long");
  EXPECT_EQ(canonical("a@" + text(63) + ".co"), "a@" + text(63) + ".co");
  EXPECT_EQ(canonical("a@" + text(64) + ".co"), "email.domain");
  const std::string domain = text(63) + '.' + text(63) + '.';
  const std::string longest = text(64) + '@' + domain + text(61);
  ASSERT_EQ(longest.size(), kEmailBytesMax);
  EXPECT_EQ(canonical(longest), longest);
  EXPECT_EQ(canonical(longest + 'a'), "email.too_long");
}

}  // namespace
}  // namespace countersign::address
