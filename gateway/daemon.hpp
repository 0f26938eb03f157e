// SPDX-License-Identifier: Apache-2.0
// The daemon, as the gateway asks it: three questions over a few connections.
#pragma once

#include "gateway/answer.hpp"
#include "gateway/link.hpp"
#include "gateway/question.hpp"
#include "gateway/signature.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  static constexpr std::size_t kLinks = 4;
  // Questions without an answer. More are refused: the daemon would make them wait unread.
  static constexpr std::size_t kInFlightMax = 2048;

  Daemon(Executor executor, const std::string& path);

  // Connects now and whenever it must. REQUIRES: called once; the loop runs until stop().
  void start();
  void stop();
  // Gives up what is overdue. To be called now and then.
  void check(SteadyTime now);

  awaitable<Result<std::optional<Outcome>>> check(const Question& question,
                                                  const std::string& source) override;
  awaitable<Result<Verified>> verify(const Question& question) override;
  awaitable<Result<Signature>> sign(std::uint32_t client_id, const std::string& text) override;

 private:
  awaitable<Result<v1::Reply>> ask(const v1::Request& request);
  std::string fresh_id();
  void refused(const v1::Reply& reply);

  Executor executor_;
  std::vector<std::shared_ptr<Link>> links_;
  std::string id_prefix_;
  std::uint64_t asked_ = 0;
  SteadyTime complained_at_{};
};

}  // namespace countersign::gateway
