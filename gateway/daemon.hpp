// SPDX-License-Identifier: Apache-2.0
// The daemon, as the gateway asks it: three questions over a few connections.
#pragma once

#include "clients/link/links.hpp"
#include "gateway/answer.hpp"
#include "gateway/question.hpp"
#include "gateway/signature.hpp"

#include <optional>
#include <string>

namespace countersign::gateway {

// What a conversation needs of the daemon. All fail with `unavailable` when it cannot be asked, and
// with `denied` when it answers with an error.
class Backend {
 public:
  virtual ~Backend() = default;

  // May this client ask, from there, with this signature? None if it may.
  virtual awaitable<Result<std::optional<Outcome>>> check(const Question& question,
                                                          const std::string& source) = 0;
  struct Verified {
    Outcome outcome = Outcome::backend_error;
    Counters counters;
  };
  virtual awaitable<Result<Verified>> verify(const Question& question) = 0;
  virtual awaitable<Result<Signature>> sign(std::uint32_t client_id, const std::string& text) = 0;
};

class Daemon final : public Backend {
 public:
  Daemon(Executor executor, const std::string& path) : links_{executor, path} {}

  // As Links'.
  void start() { links_.start(); }
  void stop() { links_.stop(); }
  void check(SteadyTime now) { links_.check(now); }

  awaitable<Result<std::optional<Outcome>>> check(const Question& question,
                                                  const std::string& source) override;
  awaitable<Result<Verified>> verify(const Question& question) override;
  awaitable<Result<Signature>> sign(std::uint32_t client_id, const std::string& text) override;

 private:
  void refused(const v1::Reply& reply);

  client::Links links_;
  SteadyTime complained_at_{};
};

}  // namespace countersign::gateway
