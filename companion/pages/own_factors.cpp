// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/own_factors.hpp"

#include <algorithm>
#include <utility>

namespace countersign::companion {

awaitable<Result<v1::FactorList>> own_factors(Visit& visit) {
  v1::Request request;
  request.mutable_list_factors();
  CS_CO_TRY(v1::Reply reply, co_await visit.ask(std::move(request)));
  co_return std::move(*reply.mutable_factor_list());
}

const v1::Factor* find_factor(const v1::FactorList& list, std::uint64_t id) {
  const auto found = std::ranges::find(list.factors(), id, &v1::Factor::id);
  return found == list.factors().end() ? nullptr : &*found;
}

awaitable<Result<bool>> is_active(Visit& visit, std::uint64_t factor_id) {
  CS_CO_TRY(const v1::FactorList list, co_await own_factors(visit));
  const v1::Factor* const factor = find_factor(list, factor_id);
  if (factor == nullptr) co_return Error{ErrorCode::not_found, "factor"};
  co_return factor->state() == v1::ACTIVE;
}

}  // namespace countersign::companion
