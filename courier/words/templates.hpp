// SPDX-License-Identifier: Apache-2.0
// What people read: the words around a code, by kind of message, realm and language.
#pragma once

#include "base/error.hpp"
#include "courier/model/message.hpp"
#include "courier/settings/settings.hpp"

#include <memory>

namespace countersign::courier {

// Any thread may render.
class Templates {
 public:
  virtual ~Templates() = default;

  // Fails with `not_found` when no template is there for this kind and channel, with `malformed`
  // when it needs a value that the message does not have.
  [[nodiscard]] virtual Result<Rendered> render(const Message& message) const = 0;
};

// Reads and checks every template. Fails with `not_found`, `malformed`.
Result<std::unique_ptr<Templates>> load_templates(const TemplateSettings& settings);

}  // namespace countersign::courier
