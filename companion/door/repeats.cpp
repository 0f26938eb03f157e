// SPDX-License-Identifier: Apache-2.0
#include "companion/door/repeats.hpp"

#include <sodium.h>

#include <cstdint>
#include <utility>

namespace countersign::companion {

Repeats::Key Repeats::key(std::initializer_list<std::string_view> parts) {
  Key key{};
  crypto_generichash_state state;
  ::crypto_generichash_init(&state, nullptr, 0, key.size());
  for (const std::string_view part : parts) {
    // Its length first: "ab","c" is not "a","bc".
    const std::uint64_t length = part.size();
    ::crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&length),
                                sizeof length);
    ::crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                part.size());
  }
  ::crypto_generichash_final(&state, key.data(), key.size());
  return key;
}

// What is under way stays, however long it takes.
void Repeats::forget_old(Time now) {
  while (!ages_.empty()) {
    const auto& [since, key] = ages_.front();
    if (now - since < kAge && ages_.size() <= kMax) return;
    const auto found = entries_.find(key);
    if (found != entries_.end() && !found->second.response) return;
    if (found != entries_.end()) entries_.erase(found);
    ages_.pop_front();
  }
}

Repeats::Turn Repeats::begin(const Key& key, Time now) {
  forget_old(now);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    entries_.try_emplace(key);
    ages_.emplace_back(now, key);
    return Turn::first;
  }
  const Entry& entry = found->second;
  return entry.response || entry.waiting.size() < kWaitingMax ? Turn::repeated : Turn::refused;
}

void Repeats::done(const Key& key, const Response& response) {
  Entry& entry = entries_[key];
  entry.response = response;
  for (Completion<Response>* waiting : std::exchange(entry.waiting, {})) {
    waiting->complete(Response{response});
  }
}

awaitable<Response> Repeats::answer_to(Key key) {
  Entry& entry = entries_[key];
  if (entry.response) co_return *entry.response;
  Completion<Response> answer;
  entry.waiting.push_back(&answer);
  Response response = co_await answer.wait();
  co_return response;
}

}  // namespace countersign::companion
