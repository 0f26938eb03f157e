// SPDX-License-Identifier: Apache-2.0
// One attempt of one provider at one message: a libcurl transfer with everything that it points
// to, and what its result means.
//
// Whoever derives from this sets the transfer up (URL, credentials, body) and judges it. Time
// limits, the multi handle and the connections that are used again are the engine's.
#pragma once

#include "base/error.hpp"
#include "courier/engine/sockets.hpp"

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::courier {

enum class Fate : std::uint8_t {
  sent,             // the provider has taken it
  undeliverable,    // whoever is asked will refuse it: the destination's fault
  not_now,          // it was refused for now, by a provider that works: the destination's, again
  provider_failed,  // somebody else may have more luck
};

struct Outcome {
  Fate fate = Fate::provider_failed;
  // What went wrong: "smtp.recipient"; never a message's content. Of a message that was sent: why
  // it may be late, and the next one had better go elsewhere.
  Literal problem;
  std::uint64_t native{};  // the status that the provider gave, or libcurl's; 0 when there is none
  std::string reference;   // sent: the provider's own id of it, where delivery reports need one
};

class Transfer {
 public:
  static constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024;

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  virtual ~Transfer();

  // What it meant, once libcurl is done with it. `response` is the last status of the protocol, 0
  // if there was none.
  [[nodiscard]] virtual Outcome judge(CURLcode code, long response) const = 0;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  // Connects by these, which outlive it.
  void use(Sockets& sockets);

 protected:
  // Makes the handle, and sets what all transfers have in common: no signals, no redirects, no
  // environment's proxy, a bounded answer, certificates checked.
  Transfer();

  // A failure to set an option is remembered; status() has the first. Strings are copied.
  template <class Value>
  void set(CURLoption option, Value value) {
    remember(curl_easy_setopt(easy_.get(), option, value));
  }
  void remember(CURLcode code);
  // Appends a line to the request's headers. REQUIRES: no line break in it.
  void add_header(const std::string& line);
  // Fails with `unavailable`.
  [[nodiscard]] Status status() const;
  // What the provider answered, as far as kBodyBytesMax; more than that ends the transfer with
  // CURLE_WRITE_ERROR.
  [[nodiscard]] std::string_view body() const { return body_; }
  // Reads nothing more, whatever libcurl waits for.
  void hang_up() const {
    if (sockets_ != nullptr) sockets_->hang_up(ends_);
  }

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  static int note_ends(void* self, char*, char*, int remote, int local);
  static std::size_t take(char* bytes, std::size_t one, std::size_t count, void* self);

  Sockets* sockets_ = nullptr;
  Ends ends_;  // of the connection that it uses
  std::string body_;
  std::unique_ptr<curl_slist, Cleanup> headers_;
  std::unique_ptr<CURL, Cleanup> easy_;  // last: it points to the others
  CURLcode failed_ = CURLE_OK;
};

}  // namespace countersign::courier
