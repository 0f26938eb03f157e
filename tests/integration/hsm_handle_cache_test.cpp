// SPDX-License-Identifier: Apache-2.0
// A bounded memory that forgets what was used longest ago.
#include "hsm/handle_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
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

TEST(HandleCache, GivesUpWhatWasUsedLongestAgo) {
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

// The same as a list that is searched from the front, for a long and random life.
TEST(HandleCache, BehavesLikeAPlainList) {
  constexpr std::size_t kHandlesMax = 16;
  HandleCache cache{kHandlesMax};
  std::list<std::pair<std::string, Handle>> model;
  std::mt19937 random{4226};
  for (Handle step = 1; step < 20'000; ++step) {
    const std::string name = "sealed secret " + std::to_string(random() % 40);
    const auto held = std::ranges::find(model, name, [](const auto& entry) { return entry.first; });
    const std::optional<Handle> expected =
        held == model.end() ? std::nullopt : std::optional{held->second};
    if (random() % 8 == 0) {
      ASSERT_EQ(cache.forget(as_bytes(name)), expected);
      if (expected) model.erase(held);
      continue;
    }
    ASSERT_EQ(find(cache, name), expected);
    if (expected) {
      model.splice(model.begin(), model, held);
      continue;
    }
    std::optional<Handle> displaced;
    if (model.size() == kHandlesMax) {
      displaced = model.back().second;
      model.pop_back();
    }
    model.emplace_front(name, step);
    ASSERT_EQ(cache.insert(as_bytes(name), {step}), displaced);
  }
}

}  // namespace
}  // namespace countersign::hsm
