// SPDX-License-Identifier: Apache-2.0
// One canonical form of a typed passcode, and nothing left of it afterwards.
#include "base/passcode.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>

namespace countersign {
namespace {

using test::failure;

static_assert(!std::is_copy_constructible_v<Passcode>);
static_assert(!std::is_copy_assignable_v<Passcode>);
static_assert(!std::is_move_assignable_v<Passcode>);

TEST(Passcode, DropsSpacesAndHyphens) {
  for (const std::string_view typed :
       {"123456", "123 456", "123-456", " 1 2 3 4 5 6 ", "--123456"}) {
    const auto passcode = Passcode::from(typed);
    ASSERT_TRUE(passcode) << typed;
    EXPECT_EQ(passcode->expose(), "123456");
    EXPECT_TRUE(passcode->is_digits());
  }
  EXPECT_FALSE(Passcode::from("12345a")->is_digits());
}

TEST(Passcode, RefusesEverythingThatIsNotPrintableAscii) {
  for (const std::string_view typed :
       {std::string_view{""}, std::string_view{" - "}, std::string_view{"123\t456"},
        std::string_view{"123456\n"}, std::string_view{"123\000456", 7},
        std::string_view{"\xef\xbc\x91\xef\xbc\x92"}, std::string_view{"12345\x7f"},
        std::string_view{"123\xc2\xa0\x34"}}) {
    EXPECT_EQ(failure(Passcode::from(typed)), ErrorCode::malformed) << typed;
  }
}

TEST(Passcode, IsBounded) {
  EXPECT_TRUE(Passcode::from(std::string(Passcode::kBytesMax, '1')));
  EXPECT_EQ(failure(Passcode::from(std::string(Passcode::kBytesMax + 1, '1'))),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(Passcode::from(std::string(Passcode::kBytesMax + 1, ' '))),
            ErrorCode::limit_exceeded);
}

TEST(Passcode, LeavesNothingBehindWhenItMoves) {
  auto first = Passcode::from("123456");
  const Passcode second{*std::move(first)};
  EXPECT_EQ(second.expose(), "123456");
  EXPECT_EQ(first->expose(), "");
}

// Looks at memory that no object lives in any more, behind the optimiser's back.
bool still_holds(const unsigned char* memory, std::size_t size, std::string_view text) {
  asm volatile("" : "+r"(memory) : : "memory");
  return ::memmem(memory, size, text.data(), text.size()) != nullptr;
}

TEST(Passcode, LeavesNothingBehindWhenItEnds) {
  const auto memory = std::make_unique<unsigned char[]>(sizeof(Passcode));
  auto typed = Passcode::from("87654321");
  auto* passcode = new (memory.get()) Passcode{*std::move(typed)};
  ASSERT_TRUE(still_holds(memory.get(), sizeof(Passcode), "87654321"));
  std::destroy_at(passcode);
  EXPECT_FALSE(still_holds(memory.get(), sizeof(Passcode), "87654321"));
}

TEST(EqualInConstantTime, ComparesAsOrdinaryEqualityDoes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("123456", "123456"));
  EXPECT_FALSE(equal_in_constant_time("123456", "123457"));
  EXPECT_FALSE(equal_in_constant_time("123456", "023456"));
  EXPECT_FALSE(equal_in_constant_time("123456", "12345"));
  EXPECT_FALSE(equal_in_constant_time("\xff", "\x7f"));
}

}  // namespace
}  // namespace countersign
