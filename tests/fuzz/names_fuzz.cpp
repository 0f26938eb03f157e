// SPDX-License-Identifier: Apache-2.0
// Any bytes: a name that is taken is within its bounds, and is its own canonical form.
#include "daemon/model/names.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using countersign::Label;
  using countersign::Realm;
  using countersign::Username;
  const std::string_view typed{reinterpret_cast<const char*>(data), size};

  if (const auto name = Username::from(typed)) {
    if (name->text().empty() || name->text().size() > Username::kBytesMax) std::abort();
    const auto again = Username::from(name->text());
    if (!again || again->text() != name->text()) std::abort();
  }
  if (const auto label = Label::from(typed)) {
    const auto again = Label::from(label->text());
    if (!again || again->text() != label->text()) std::abort();
  }
  if (const auto realm = Realm::from(typed)) {
    if (realm->text().empty() || realm->text().size() > Realm::kBytesMax) std::abort();
  }
  return 0;
}
