// SPDX-License-Identifier: Apache-2.0
// What Writer writes Reader reads, and a short packet is noticed and never overrun.
#include "base/bytes.hpp"

#include "base/secret_bytes.hpp"
#include "tests/support/hex.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>

namespace countersign {
namespace {

TEST(Writer, WritesBigEndianWithLengthsInFront) {
  Bytes bytes;
  Writer{bytes}.integer(std::uint16_t{0x0102}).text("ab").blob({}).raw(as_bytes("z"));
  EXPECT_EQ(test::to_hex(bytes),
            "0102"
            "00026162"
            "0000"
            "7a");
}

TEST(Writer, WritesNegativeNumbersInTheirOwnWidth) {
  Bytes bytes;
  Writer{bytes}.integer(std::int32_t{-2}).integer(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(test::to_hex(bytes),
            "fffffffe"
            "8000000000000000");
}

TEST(Writer, GivesDifferentSequencesDifferentBytes) {
  Bytes one;
  Bytes other;
  Writer{one}.text("ab").text("c");
  Writer{other}.text("a").text("bc");
  EXPECT_NE(one, other);
}

TEST(Reader, ReadsWhatWasWritten) {
  Bytes bytes;
  Writer{bytes}.integer(std::uint8_t{7}).integer(std::int64_t{-1}).text("name").raw(as_bytes("xy"));
  Reader reader{bytes};
  EXPECT_EQ(reader.integer<std::uint8_t>(), 7);
  EXPECT_EQ(reader.integer<std::int64_t>(), -1);
  EXPECT_EQ(as_text(reader.blob()), "name");
  EXPECT_FALSE(reader.whole());
  EXPECT_EQ(as_text(reader.raw(2)), "xy");
  EXPECT_TRUE(reader.whole());
}

TEST(Reader, RemembersEveryWayToRunOffTheEnd) {
  Bytes bytes;
  Writer{bytes}.integer(std::uint32_t{5}).text("name");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader reader{BytesView{bytes}.first(size)};
    (void)reader.integer<std::uint32_t>();
    (void)reader.blob();
    EXPECT_FALSE(reader.whole()) << size;
    EXPECT_FALSE(reader.good()) << size;
  }
}

TEST(Reader, GivesNothingAfterRunningOffTheEnd) {
  Reader reader{as_bytes("abc")};
  EXPECT_EQ(reader.integer<std::uint32_t>(), 0U);
  EXPECT_EQ(reader.integer<std::uint8_t>(), 0U);
  EXPECT_TRUE(reader.raw(1).empty());
  EXPECT_FALSE(reader.good());
}

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);

TEST(SecretBytes, BelongToOneOwnerAtATime) {
  SecretBytes first{as_bytes("seed")};
  SecretBytes second{std::move(first)};
  EXPECT_EQ(first.size(), 0U);
  EXPECT_EQ(as_text(second.expose()), "seed");
  first = std::move(second);
  EXPECT_EQ(second.size(), 0U);
  EXPECT_EQ(as_text(first.expose()), "seed");
}

}  // namespace
}  // namespace countersign
