// SPDX-License-Identifier: Apache-2.0
// What came of one step at the desk, where a key, the daemon or a file may say no: all of them in
// the words of the daemon's errors.
#pragma once

#include "firmware-interface/yubikey/slot.hpp"

#include "api/countersign.pb.h"

#include <string>

namespace countersign::cli {

enum class Source : std::uint8_t { desk, key, daemon };  // desk: a file, or nobody typed anything

struct Trouble {
  v1::ErrorCode code = v1::UNAVAILABLE;
  std::string message;
  Source source = Source::desk;
};

template <class T>
struct [[nodiscard]] Outcome : boost::system::result<T, Trouble> {
  using boost::system::result<T, Trouble>::result;
};

// A key's no.
[[nodiscard]] Trouble trouble_of(const Error& error);
// The daemon's. REQUIRES: reply.has_error(), or an answer to another question.
[[nodiscard]] Trouble trouble_of(const v1::Reply& reply);

// What a key gave, or its no in our words.
template <class T>
[[nodiscard]] Outcome<T> in_words(Result<T> result) {
  if (!result) return trouble_of(result.error());
  return *std::move(result);
}

}  // namespace countersign::cli
