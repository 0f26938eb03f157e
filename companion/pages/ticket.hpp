// SPDX-License-Identifier: Apache-2.0
// The ticket of the link that somebody has opened, as the browser keeps it and the daemon sees it.
#pragma once

#include "companion/door/visit.hpp"

#include <string>
#include <string_view>

namespace countersign::companion {

// Whether it can be one at all: it goes into a cookie.
[[nodiscard]] bool looks_like_ticket(std::string_view text);

// Tells the browser's ticket from another one, which a form may name without giving it away.
[[nodiscard]] std::string mark_of_ticket(const Visit& visit);

// What the browser's ticket is good for. SPENT when it has none, or another site's.
awaitable<Result<v1::TicketReport>> inspect_ticket(Visit& visit);

// The page for a ticket that is good no longer: why, and what to do instead.
awaitable<Result<Page>> link_over_page(Visit& visit, const v1::TicketReport& report);

}  // namespace countersign::companion
