// SPDX-License-Identifier: Apache-2.0
#include "companion/front_desk.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace countersign::companion {
namespace {

Response plain(unsigned status) {
  Response response;
  response.status = status;
  response.media_type = kPlainText;
  response.body = "This request was refused. Go back, and try it again in a moment.\n";
  return response;
}

}  // namespace

awaitable<http::Answer> FrontDesk::answer(const http::RequestReader& reader,
                                          const IpAddress& source, bool keeps_alive) {
  const auto request = read_request(reader, source);
  if (!request) co_return http::Answer{.text = refusal(request.error()), .last = true};
  const auto brand = std::ranges::find(brands_, std::string_view{request->host}, &Brand::host);
  const bool secure = brand != brands_.end() ? brand->secure() : is_all_secure();
  Response response;
  if (!rate_limit_.admits(source, std::chrono::steady_clock::now())) {
    response = plain(kStatusTooManyRequests);
  } else {
    std::optional<Response> file;
    if (brand != brands_.end()) file = files_.find(*request, *brand);
    if (file) {
      response = std::move(*file);
    } else {
      response = co_await router_.answer(*request);
    }
  }
  co_return http::Answer{.text = write(response, secure, request->head, keeps_alive)};
}

std::string FrontDesk::refusal(const Error& error) const {
  const bool no_room = error.code == ErrorCode::unavailable;
  return write(plain(no_room ? kStatusUnavailable : status_of(error)), is_all_secure(), false,
               false);
}

// Of a request that names none of our sites, or was not read so far.
bool FrontDesk::is_all_secure() const { return std::ranges::all_of(brands_, &Brand::secure); }

}  // namespace countersign::companion
