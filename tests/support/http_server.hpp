// SPDX-License-Identifier: Apache-2.0
// A small HTTP server on a free loopback port, in a thread of the test: it keeps what it was asked
// and answers what it was told to.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace countersign::test {

class HttpServer {
 public:
  struct Request {
    std::string head;  // the request's line and headers
    std::string body;

    // A header's value; empty if there is none of that name.
    [[nodiscard]] std::string header(const std::string& name) const;
  };

  HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  // From the next request on.
  void answer(int status, const std::string& body);
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<Request> requests() const;

 private:
  void serve();
  void serve_one(int connection);

  std::uint16_t port_ = 0;
  int listener_;  // sets the port
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::string answer_;
  std::thread thread_;
};

}  // namespace countersign::test
