// SPDX-License-Identifier: Apache-2.0
// A bounded memory that forgets what was not used lately.
#include "hsm/handle_cache.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace countersign::hsm {
namespace {

std::optional<Handle> find(HandleCache& cache, std::string_view sealed) {
  const KeptKey* key = cache.find(as_bytes(sealed));
  return key == nullptr ? std::nullopt : std::optional{key->handle};
}

TEST(HandleCache, FindsWhatItHoldsAndNothingElse) {
  HandleCache cache{2};
  EXPECT_EQ(cache.insert(as_bytes("a"), {1}), std::nullopt);
  EXPECT_EQ(find(cache, "a"), 1U);
  EXPECT_EQ(find(cache, "b"), std::nullopt);
}

TEST(HandleCache, GivesUpWhatWasNotUsedLately) {
  HandleCache cache{2};
  cache.insert(as_bytes("a"), {1});
  cache.insert(as_bytes("b"), {2});
  ASSERT_EQ(find(cache, "a"), 1U);
  EXPECT_EQ(cache.insert(as_bytes("c"), {3}), 2U);
  EXPECT_EQ(find(cache, "b"), std::nullopt);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(HandleCache, ForgetsWhatItIsToldTo) {
  HandleCache cache{1};
  cache.insert(as_bytes("a"), {1});
  EXPECT_EQ(cache.forget(as_bytes("a")), 1U);
  EXPECT_EQ(cache.forget(as_bytes("a")), std::nullopt);
  EXPECT_EQ(cache.insert(as_bytes("a"), {2}), std::nullopt);
  EXPECT_EQ(find(cache, "a"), 2U);
}

// A private id belongs to its key, and leaves with it.
TEST(HandleCache, KeepsThePrivateIdBesideTheHandle) {
  HandleCache cache{1};
  KeptKey key{7};
  key.private_id.fill(std::byte{0x5a});
  cache.insert(as_bytes("a"), key);
  const KeptKey* kept = cache.find(as_bytes("a"));
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->private_id, key.private_id);
  cache.forget(as_bytes("a"));
  EXPECT_EQ(kept->private_id, KeptKey{}.private_id);
}

// What is asked for between any two newcomers stays, however many come.
TEST(HandleCache, SparesWhatIsAskedForAgain) {
  HandleCache cache{4};
  cache.insert(as_bytes("regular"), {1});
  for (Handle handle = 2; handle < 1000; ++handle) {
    ASSERT_EQ(find(cache, "regular"), 1U);
    cache.insert(as_bytes("guest " + std::to_string(handle)), {handle});
  }
}

// For a long and random life: it holds what was put in, less what it gave back, and gives back
// only what it must.
TEST(HandleCache, AccountsForEveryHandle) {
  constexpr std::size_t kHandlesMax = 16;
  HandleCache cache{kHandlesMax};
  std::map<std::string, Handle> held;
  std::mt19937 random{4226};
  for (Handle step = 1; step < 20'000; ++step) {
    const std::string name = "sealed secret " + std::to_string(random() % 40);
    const auto known = held.find(name);
    const auto expected = known == held.end() ? std::nullopt : std::optional{known->second};
    if (random() % 8 == 0) {
      ASSERT_EQ(cache.forget(as_bytes(name)), expected);
      held.erase(name);
      continue;
    }
    ASSERT_EQ(find(cache, name), expected);
    if (expected) continue;
    const auto displaced = cache.insert(as_bytes(name), {step});
    ASSERT_EQ(displaced.has_value(), held.size() == kHandlesMax);
    if (displaced) {
      ASSERT_EQ(std::erase_if(held, [&](const auto& one) { return one.second == *displaced; }), 1U);
    }
    held.emplace(name, step);
    ASSERT_EQ(cache.size(), held.size());
  }
}

}  // namespace
}  // namespace countersign::hsm
