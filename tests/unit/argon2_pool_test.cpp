// SPDX-License-Identifier: Apache-2.0
// The threads that hash: right, bounded, and back on the loop.
#include "daemon/hashing/argon2_pool.hpp"

#include "tests/support/hex.hpp"
#include "tests/support/world_run.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace countersign {
namespace {

using Hashes = std::vector<Result<SecretBytes>>;

constexpr Argon2Parameters kCheap{.memory_kib = 8, .passes = 1};
// As OWASP recommends, and as the policy has it.
constexpr Argon2Parameters kUsual{.memory_kib = 19'456, .passes = 2};
constexpr std::string_view kSalt = "countersign-salt";

std::array<std::byte, kArgon2SaltBytes> salt() {
  std::array<std::byte, kArgon2SaltBytes> bytes{};
  std::ranges::copy(as_bytes(kSalt), bytes.begin());
  return bytes;
}

// Hashes one text so many times at once.
Hashes hash(Argon2Pool::Limits limits, std::string_view typed, Argon2Parameters parameters,
            std::size_t times) {
  const SecretBytes text{as_bytes(typed)};
  const auto its_salt = salt();
  boost::asio::io_context loop;
  Argon2Pool pool{loop.get_executor(), limits};
  Hashes hashes;
  const auto keep = [&hashes](const std::exception_ptr& thrown, Result<SecretBytes> hash) {
    if (thrown) std::rethrow_exception(thrown);
    hashes.push_back(std::move(hash));
  };
  for (std::size_t i = 0; i < times; ++i) {
    boost::asio::co_spawn(loop, pool.hash(text, its_salt, parameters, Rank::known), keep);
  }
  loop.run();
  return hashes;
}

// ErrorCode has no word for success; none of these tests asks for one.
ErrorCode error_of(const Result<SecretBytes>& hash) {
  return hash ? ErrorCode::already_exists : hash.error().code;
}

std::string hash_once(std::string_view typed, Argon2Parameters parameters) {
  const Hashes hashes = hash({1, 1}, typed, parameters, 1);
  return hashes.front() ? test::to_hex(hashes.front()->expose()) : "failed";
}

// What the reference implementation prints (package argon2, `argon2 countersign-salt -id -v 13 -t 2
// -k 19456 -p 1 -l 32 -r`).
TEST(Argon2Pool, GivesWhatTheReferenceImplementationGives) {
  EXPECT_EQ(hash_once("correct horse battery staple", kUsual),
            "96fd7238b9a9ac306bc1d2c38df2c309a4e3aebfb82d2c979c980fc98af93818");
  EXPECT_EQ(hash_once("password", kCheap),
            "ef1030aea2b34417c209a6069416475e06ac6e1c7ec15acda5498dd1bb4a3c9f");
}

TEST(Argon2Pool, HashesNothingAsWell) { EXPECT_EQ(hash_once("", kCheap).size(), 64U); }

TEST(Argon2Pool, RefusesParametersBelowTheMinimum) {
  EXPECT_EQ(error_of(hash({1, 1}, "x", {7, 1}, 1).front()), ErrorCode::unavailable);
  EXPECT_EQ(error_of(hash({1, 1}, "x", {8, 0}, 1).front()), ErrorCode::unavailable);
}

TEST(Argon2Pool, AnswersAllThatItTookAndIsBusyForTheRest) {
  const Hashes hashes = hash({2, 8}, "x", kUsual, 100);
  ASSERT_EQ(hashes.size(), 100U);
  std::size_t hashed = 0;
  for (const auto& one : hashes) {
    hashed += one ? 1 : 0;
    EXPECT_TRUE(one || one.error().code == ErrorCode::busy);
  }
  // Those that wait, and those that the two threads had taken by then.
  EXPECT_GE(hashed, 8U);
  EXPECT_LE(hashed, 10U);
}

// One thread, kept busy until all of them have come: so many strangers, then so many who are known.
// 's' and 'k' in the order in which they were hashed, behind a 'k' that came before them all.
std::string order_of(std::size_t strangers, std::size_t known, std::size_t queue_max) {
  constexpr Argon2Parameters kLong{.memory_kib = 65'536, .passes = 4};
  const SecretBytes text{as_bytes("x")};
  const auto its_salt = salt();
  boost::asio::io_context loop;
  Argon2Pool pool{loop.get_executor(), {1, queue_max}};
  std::string order;
  const auto come = [&](Argon2Parameters parameters, Rank rank) {
    const char name = rank == Rank::known ? 'k' : 's';
    const auto note = [&order, name](const std::exception_ptr&, const Result<SecretBytes>& hash) {
      if (hash) order += name;
    };
    boost::asio::co_spawn(loop, pool.hash(text, its_salt, parameters, rank), note);
  };
  come(kLong, Rank::known);
  for (std::size_t i = 0; i < strangers; ++i) come(kCheap, Rank::stranger);
  for (std::size_t i = 0; i < known; ++i) come(kCheap, Rank::known);
  loop.run();
  return order;
}

TEST(Argon2Pool, AFloodOfStrangersKeepsNobodyOutWhoIsKnown) {
  const std::string order = order_of(100, 3, 8);
  EXPECT_EQ(order.substr(0, 4), "kkkk");
  EXPECT_LE(std::ranges::count(order, 's'), 9);  // and one that the thread might have taken
}

TEST(Argon2Pool, ThoseWhoAreKnownLeaveStrangersATurnInFive) {
  const std::string order = order_of(3, 20, 30).substr(1);
  ASSERT_EQ(order.size(), 23U);
  const std::string while_both_wait = order.substr(0, order.rfind('s'));
  EXPECT_EQ(while_both_wait.find("kkkkk"), std::string::npos) << order;
  EXPECT_EQ(while_both_wait.find("ss"), std::string::npos) << order;
}

// Of this process, now.
std::uint64_t address_space_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t pages = 0;
  file >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Argon2Pool, IsUnavailableWhereThereIsNoMemory) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  boost::asio::io_context loop;
  Argon2Pool pool{loop.get_executor(), {1, 1}};
  const rlimit little{address_space_bytes() + (std::uint64_t{1} << 30), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &little), 0);
  const SecretBytes text{as_bytes("x")};
  const auto its_salt = salt();
  std::optional<Result<SecretBytes>> hash;
  const auto keep = [&hash](const std::exception_ptr&, Result<SecretBytes> given) {
    hash.emplace(std::move(given));
  };
  const Argon2Parameters huge{.memory_kib = 2U << 20, .passes = 1};
  boost::asio::co_spawn(loop, pool.hash(text, its_salt, huge, Rank::known), keep);
  loop.run();
  ::setrlimit(RLIMIT_AS, &before);
  ASSERT_TRUE(hash);
  EXPECT_EQ(error_of(*hash), ErrorCode::unavailable);
}

TEST(Argon2Pool, RefusesWhatWaitsWhenItIsClosed) {
  boost::asio::io_context loop;
  Argon2Pool pool{loop.get_executor(), {1, 8}};
  const SecretBytes text{as_bytes("x")};
  const auto its_salt = salt();
  Hashes hashes;
  const auto keep = [&hashes](const std::exception_ptr&, Result<SecretBytes> hash) {
    hashes.push_back(std::move(hash));
  };
  for (int i = 0; i < 8; ++i) {
    boost::asio::co_spawn(loop, pool.hash(text, its_salt, kUsual, Rank::known), keep);
  }
  while (loop.poll_one() != 0 && hashes.empty()) {
  }
  pool.close();
  loop.restart();
  loop.run();
  ASSERT_EQ(hashes.size(), 8U);
  EXPECT_EQ(error_of(hashes.back()), ErrorCode::unavailable);
}

// Of the thread called argon2: field 19 of its stat.
TEST(Argon2Pool, StepsBackForEverythingElse) {
  boost::asio::io_context loop;
  Argon2Pool pool{loop.get_executor(), {1, 1}};
  const SecretBytes text{as_bytes("x")};
  const auto its_salt = salt();
  const auto ignore = [](const std::exception_ptr&, const Result<SecretBytes>&) {};
  boost::asio::co_spawn(loop, pool.hash(text, its_salt, kCheap, Rank::known), ignore);
  loop.run();

  int niceness = 0;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::ifstream file{task.path() / "stat"};
    const std::string stat{std::istreambuf_iterator<char>{file}, {}};
    if (stat.find("(argon2)") == std::string::npos) continue;
    std::istringstream fields{stat.substr(stat.find(") ") + 2)};
    std::string field;
    for (int i = 3; i <= 19; ++i) fields >> field;
    niceness = std::stoi(field);
  }
  EXPECT_EQ(niceness, Argon2Pool::kNiceness);
}

}  // namespace
}  // namespace countersign
