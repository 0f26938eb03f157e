// SPDX-License-Identifier: Apache-2.0
// The way on to the portal, which learns by a ticket who comes.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

// {{>PORTAL}}: the button, where this realm has a portal. Forms on the page may then lead there.
void offer_portal(Visit& visit, Page& page, const v1::RealmDescription& realm);

// "https://portal.example.com" of any address below it; empty if it is no address of the web.
[[nodiscard]] std::string origin_of(std::string_view url);

[[nodiscard]] Routes portal_routes();

}  // namespace countersign::companion
