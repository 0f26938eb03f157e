// SPDX-License-Identifier: Apache-2.0
// A JSON document with names in its texts: "{{destination}}".
//
// It is parsed once; values are put into the parsed texts. What they hold can therefore never
// become a part of the document itself.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::courier {

// What stands for a name. `number`: a text that is nothing but the name becomes a number.
struct BodyValue {
  std::string_view name;
  std::string_view text;
  bool is_number = false;
};

class BodyTemplate {
 public:
  // Fails with `malformed`: no JSON, an open brace, a name that is not one of these.
  static Result<BodyTemplate> parse(std::string_view json,
                                    const std::vector<std::string_view>& names);
  BodyTemplate(BodyTemplate&& other) noexcept;
  BodyTemplate& operator=(BodyTemplate&&) = delete;
  ~BodyTemplate();

  // REQUIRES: a value for each of the names, numbers in decimal digits.
  [[nodiscard]] std::string fill(const std::vector<BodyValue>& values) const;
  // Whether it stands anywhere in the document.
  [[nodiscard]] bool names(std::string_view name) const;

 private:
  struct Document;
  explicit BodyTemplate(std::unique_ptr<Document> document);

  std::unique_ptr<Document> document_;
};

// Replaces the names in one text. Fails with `malformed` on an open brace, or a name without value.
[[nodiscard]] Result<std::string> fill_names(std::string_view text,
                                             const std::vector<BodyValue>& values);

}  // namespace countersign::courier
