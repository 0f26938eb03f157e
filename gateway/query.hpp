// SPDX-License-Identifier: Apache-2.0
// The parameters of a request, out of a URL's query or a form.
//
// Strict where a lenient reader would have to guess: a key that comes twice, a broken percent
// escape or a control character spoils the whole. So there is one reading of a request, and what
// its sender signed is what is looked at.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::gateway {

inline constexpr std::size_t kQueryBytesMax = 2048;  // as it is sent; query and form each
inline constexpr std::size_t kParametersMax = 32;
inline constexpr std::size_t kSignedBytesMax = 2048;  // what the daemon takes

class Parameters {
 public:
  // Both are read as application/x-www-form-urlencoded: "+" is a space, "%2b" a plus.
  //
  // Fails with `malformed`, `limit_exceeded`.
  static Result<Parameters> parse(std::string_view query, std::string_view form);

  // Null if it is absent.
  [[nodiscard]] const std::string* find(std::string_view key) const;
  // Empty if it is absent, too: the protocol makes no difference.
  [[nodiscard]] std::string_view value_of(std::string_view key) const;

  // What the sender signs: every parameter but `h`, in the order of the keys' bytes, as
  // "key=value" joined by "&", decoded.
  [[nodiscard]] std::string signed_text() const;

 private:
  struct Parameter {
    std::string key;
    std::string value;
  };
  Status add(std::string_view encoded);

  std::vector<Parameter> parameters_;  // by key
};

}  // namespace countersign::gateway
