// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/activation_steps.hpp"

namespace countersign::companion {

void show_step(Page& page, ActivationStep step) {
  const std::string text = page.words()(
      "activation.step", {{"number", static_cast<std::int64_t>(step)},
                          {"total", static_cast<std::int64_t>(ActivationStep::factors)}});
  page.head().add("STEP").set("STEP_TEXT", text);
}

bool sets_up(const Visit& visit) { return visit.session().scope() == v1::SCOPE_ACTIVATION; }

}  // namespace countersign::companion
