// SPDX-License-Identifier: Apache-2.0
// Forgetting what a parser left behind. Private to wire.
#pragma once

#include <string.h>

#include <string>

namespace countersign::wire {

inline void wipe(std::string& text) noexcept {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

// A buffer for a secret on its way: wiped when it goes, and never reallocated on the way, so that
// no block of it is freed unwiped.
// REQUIRES: no more than `capacity` bytes are ever put into it.
class WipedString {
 public:
  explicit WipedString(std::size_t capacity) { text_.reserve(capacity); }
  WipedString(const WipedString&) = delete;
  WipedString& operator=(const WipedString&) = delete;
  ~WipedString() { wipe(text_); }
  std::string& operator*() { return text_; }
  std::string* operator->() { return &text_; }

 private:
  std::string text_;
};

// Overwrites the part of the stack below the caller, where functions that have returned kept
// copies of what they parsed.
void wipe_stack_below() noexcept;

}  // namespace countersign::wire
