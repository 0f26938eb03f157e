// SPDX-License-Identifier: Apache-2.0
// One connection to the daemon with one question at a time, made anew with growing pauses whenever
// it is lost. Blocks for no longer than a connect takes; who waits for answers polls.
#pragma once

#include "api/countersign.pb.h"
#include "base/error.hpp"
#include "clients/cpp/countersign_client.hpp"
#include "courier/model/instant.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace countersign::courier {

class Line {
 public:
  static constexpr std::chrono::milliseconds kPauseMin{100};
  static constexpr std::chrono::milliseconds kPauseMax{5'000};

  // A question that is not answered after `limit` is given up, and the connection with it.
  Line(std::string path, std::chrono::milliseconds limit) : path_{std::move(path)}, limit_{limit} {}

  [[nodiscard]] bool is_free(Instant now) const { return !is_waiting_ && now >= not_before_; }
  [[nodiscard]] bool is_waiting() const { return is_waiting_; }
  // To be polled for while it waits; -1 when there is none.
  [[nodiscard]] int native_handle() const { return client_ ? client_->native_handle() : -1; }

  // Connects if it must. REQUIRES: is_free(now). A failure is seen to here, and starts a pause.
  void ask(v1::Request request, Instant now);
  // The answer, once it is there. Fails with `unavailable` when it never will be, with `denied`
  // when the daemon refused; after both there is a pause.
  [[nodiscard]] Result<std::optional<v1::Reply>> take_answer(Instant now);
  void close() { lose(); }

 private:
  Status connect_and_send(v1::Request& request);
  void lose();
  Error pause(Instant now, Error error);

  std::string path_;
  std::chrono::milliseconds limit_;
  std::optional<client::Client> client_;
  std::string asked_;  // the question's id
  bool is_waiting_ = false;
  Instant asked_at_{};
  Instant not_before_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace countersign::courier
