// SPDX-License-Identifier: Apache-2.0
#include "gateway/desk.hpp"

#include "gateway/conversation.hpp"
#include "gateway/http.hpp"

#include <chrono>
#include <utility>

namespace countersign::gateway {

awaitable<http::Answer> Desk::answer(const http::RequestReader& request, const IpAddress& source,
                                     bool keeps_alive) {
  const auto read = read_http(request);
  if (!read) co_return http::Answer{.text = refusal(read.error()), .last = true};
  // Both words that a client may understand: the status for those that look at it, the body for the
  // others.
  const Answer refused{.outcome = Outcome::backend_error, .version = read->version};
  if (!rate_limit_.admits(source, std::chrono::steady_clock::now())) {
    const std::string body = body_without_key(refused, clock_.now());
    co_return http::Answer{.text = write_http(kStatusTooManyRequests, body, keeps_alive)};
  }
  const auto parameters = Parameters::parse(read->query, read->form);
  if (!parameters) {
    const Answer unreadable{.outcome = Outcome::missing_parameter, .version = read->version};
    const std::string body = body_without_key(unreadable, clock_.now());
    co_return http::Answer{.text = write_http(kStatusOk, body, keeps_alive)};
  }
  const std::string from = source.text();
  const std::string body = co_await converse(*parameters, read->version, from, backend_, clock_);
  co_return http::Answer{.text = write_http(kStatusOk, body, keeps_alive)};
}

std::string Desk::refusal(const Error& error) const {
  return write_http(status_of(error), {}, false);
}

}  // namespace countersign::gateway
