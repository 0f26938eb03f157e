// SPDX-License-Identifier: Apache-2.0
// A blocking client for one of Countersign's sockets.
//
// Fails closed: whatever goes wrong is an Error, and only a Reply that carries the verdict ACCEPTED
// means yes. One Client belongs to one thread. There are two ways to use it, not to be mixed while
// answers are outstanding: `call`, one question at a time; or `send` and `receive`, which pipeline.
#pragma once

#include "base/error.hpp"

#include "api/countersign.pb.h"
#include "clients/cpp/deadline.hpp"
#include "clients/cpp/request_id.hpp"

#include <memory>
#include <string>

namespace countersign::client {

class Connection;

class Client {
 public:
  // Fails with `unavailable` when nobody listens at `path`, with `limit_exceeded` when it is longer
  // than a socket address can be.
  static Result<Client> connect(std::string path, Deadline deadline = within(kCallLimit));

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Asks and waits for the answer. A request without an id gets a fresh random one. A connection
  // that turns out to be dead is made anew. When the answer to a verify, or to a question that
  // changes nothing, is lost with the connection, it is asked once more under the same id: the
  // daemon then answers a verify that it had accepted again, and nothing is counted twice. Other
  // operations are not repeated; whether they happened is unknown.
  //
  // REQUIRES: no pipelined answers are outstanding.
  // Fails with `unavailable`, `malformed` (the answer is not one to this question),
  // `limit_exceeded` (the request is larger than a frame).
  Result<v1::Reply> call(v1::Request request, Deadline deadline = within(kCallLimit));

  // Puts a request into the send buffer; it leaves with `flush`, or when the buffer is full.
  // REQUIRES: the request has an id of its own (`new_request_id`). Fails like `call`.
  Status send(const v1::Request& request);
  // Hands everything buffered to the kernel.
  Status flush(Deadline deadline = within(kCallLimit));
  // The next answer, in whatever order the daemon finished; `reply` is overwritten, so that a loop
  // can reuse one. Flushes first when it has to wait. After a failure the connection is closed and
  // all outstanding answers are lost.
  Status receive(v1::Reply& reply, Deadline deadline = within(kCallLimit));
  // Sends what is buffered and takes what has arrived, as much as goes without waiting.
  Status poll();
  // True if `receive` can answer without waiting.
  [[nodiscard]] bool has_answer() const;
  // For those who wait for several connections at once; -1 after a failure.
  [[nodiscard]] int native_handle() const;

 private:
  Client(std::string path, std::unique_ptr<Connection> connection);
  Status reconnect(Deadline deadline);
  Result<v1::Reply> exchange(const v1::Request& request, Deadline deadline);

  std::string path_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace countersign::client
