// SPDX-License-Identifier: Apache-2.0
// The sockets that libcurl uses for us: so that one can be hung up on, which libcurl cannot do by
// itself without a polite word and a wait for the answer, with everybody waiting.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <set>

namespace countersign::courier {

// Which of them: the ports at both ends.
struct Ends {
  int local = 0;
  int remote = 0;
  bool operator==(const Ends&) const = default;
};

// Outlives the multi handle that the transfers belong to. One thread.
class Sockets {
 public:
  // This transfer's connections are made here.
  void serve(CURL* handle);
  // Nothing more will be read from it: whoever waits for that is told at once.
  void hang_up(Ends ends) const;
  void hang_up_all() const;

 private:
  static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close(void* self, curl_socket_t socket);

  std::set<int> open_;
};

}  // namespace countersign::courier
