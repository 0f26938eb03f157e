// SPDX-License-Identifier: Apache-2.0
// The text of sessions and tickets: it comes back, and has one spelling.
#include "daemon/service/session/bearer_secret.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace countersign {
namespace {

SecretBytes secret_of(unsigned first) {
  SecretBytes secret{BearerSecret::kSecretBytes};
  for (std::byte& byte : secret.expose()) byte = static_cast<std::byte>(first++ & 0xffU);
  return secret;
}

std::string written(std::int64_t id, unsigned first) {
  const BearerSecret bearer{id, secret_of(first)};
  return std::string{as_text(text_of(bearer).expose())};
}

std::optional<BearerSecret> read(std::string_view text) {
  return bearer_secret_from(SecretBytes{as_bytes(text)});
}

TEST(BearerSecret, IsWrittenInBase64UrlWithoutPadding) {
  EXPECT_EQ(written(1, 0), "AAAAAAAAAAEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhc");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::max(), 0xf0).substr(0, 14),
            "f__________w8f");
}

TEST(BearerSecret, ComesBackAsItWas) {
  for (unsigned first = 0; first < 256; ++first) {
    const std::int64_t id = 1 + static_cast<std::int64_t>(first) * 0x0001020304050607;
    const auto bearer = read(written(id, first));
    ASSERT_TRUE(bearer);
    EXPECT_EQ(bearer->id, id);
    const SecretBytes expected = secret_of(first);
    EXPECT_EQ(as_text(std::as_const(bearer->secret).expose()), as_text(expected.expose()));
  }
}

// Every other last digit, and every other letter anywhere, is refused or is another secret.
TEST(BearerSecret, HasOneSpelling) {
  const std::string text = written(4711, 3);
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char digit : alphabet) {
      std::string other = text;
      other[at] = digit;
      if (other == text) continue;
      const auto bearer = read(other);
      if (!bearer) continue;
      EXPECT_EQ(as_text(text_of(*bearer).expose()), other);
    }
  }
}

TEST(BearerSecret, IsNothingElse) {
  const std::string text = written(4711, 3);
  EXPECT_TRUE(read(text));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read(text.substr(1)));
  EXPECT_FALSE(read(text + "A"));
  EXPECT_FALSE(read(text + "="));
  for (const char bad : {'+', '/', '=', ' ', '\n', '\0', '\x80'}) {
    std::string other = text;
    other[20] = bad;
    EXPECT_FALSE(read(other)) << static_cast<int>(bad);
  }
  EXPECT_FALSE(read("AAAAAAAAAAA" + text.substr(11))) << "no row has the number 0";
  EXPECT_FALSE(read("gAAAAAAAAAE" + text.substr(11))) << "nor a negative one";
}

}  // namespace
}  // namespace countersign
