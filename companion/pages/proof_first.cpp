// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/proof_first.hpp"

#include <utility>

namespace countersign::companion {

// Addresses in full are shown after the same proof as changes need.
awaitable<Status> proof_first(Visit& visit) {
  if (visit.session().scope() != v1::SCOPE_ACCOUNT) co_return Status{};
  v1::Request request;
  request.mutable_get_profile()->set_unmasked(true);
  CS_CO_TRY(const v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return Status{};
}

}  // namespace countersign::companion
