// SPDX-License-Identifier: Apache-2.0
// What a form sends, or a URL's query holds: application/x-www-form-urlencoded.
//
// Strict where a lenient reader would have to guess: a name that comes twice, a broken percent
// escape or a control character spoils the whole. So there is one reading of a request.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::http {

class Form {
 public:
  struct Limits {
    std::size_t bytes = 2048;  // as it is sent
    std::size_t fields = 32;
  };
  struct Field {
    std::string name;
    std::string value;
  };

  // "+" is a space, "%2b" a plus. Fails with `malformed`, `limit_exceeded`.
  static Result<Form> parse(std::string_view encoded, Limits limits);

  // Null if it is absent.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  // Empty if it is absent, too.
  [[nodiscard]] std::string_view value_of(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }  // by name

 private:
  std::vector<Field> fields_;
};

}  // namespace countersign::http
