// SPDX-License-Identifier: Apache-2.0
// What a program makes of the requests that its server takes.
#pragma once

#include "async/awaitable.hpp"
#include "base/error.hpp"
#include "base/network.hpp"
#include "http/request_reader.hpp"

#include <string>

namespace countersign::http {

struct Answer {
  std::string text;   // as it goes over the wire
  bool last = false;  // the connection ends with it
};

class Handler {
 public:
  virtual ~Handler() = default;

  // `source`: who sent it, as far as proxies that are trusted say so. `keeps_alive`: whether the
  // connection goes on; unless it does, the answer says "Connection: close".
  //
  // REQUIRES: a whole request, which stays until the answer.
  virtual awaitable<Answer> answer(const RequestReader& request, const IpAddress& source,
                                   bool keeps_alive) = 0;

  // To a request that cannot be read ("http.header", "http.length_required",
  // "http.header_length", "http.body_length", "forwarded.length", "forwarded.address"), or for
  // which there is no room
  // ("server.connections"). The connection ends with it.
  [[nodiscard]] virtual std::string refusal(const Error& error) const = 0;
};

}  // namespace countersign::http
