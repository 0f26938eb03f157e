// SPDX-License-Identifier: Apache-2.0
// From a request to its page: the host, the guard against other sites, the session, the page.
#pragma once

#include "companion/door/repeats.hpp"
#include "companion/door/route.hpp"

#include <memory>
#include <vector>

namespace countersign::companion {

class Router {
 public:
  // `prove`: the page that asks for a proof when one is needed. REQUIRES: all outlive the router.
  Router(const std::vector<Brand>& brands, const House& house, std::vector<Routes> routes,
         Handler prove);

  // Fails never: what goes wrong has a page. A form that is sent again within moments is answered
  // as the first time.
  awaitable<Response> answer(const Request& request);

 private:
  struct Found {
    const Route* route = nullptr;
    std::string_view id;
    bool other_method = false;  // the address is there, for another method
    bool has_page = false;      // it can be shown
  };
  [[nodiscard]] const Brand* brand_of(const Request& request) const;
  [[nodiscard]] Found find(const Request& request) const;
  awaitable<Response> visit_page(const Request& request, const Brand& brand, const Found& found);
  awaitable<Result<Response>> enter(Visit& visit, const Route& route);
  awaitable<Result<Response>> run(Visit& visit, const Route& route);

  const std::vector<Brand>& brands_;
  const House& house_;
  std::vector<Routes> routes_;
  Handler prove_;
  Repeats repeats_;
};

}  // namespace countersign::companion
