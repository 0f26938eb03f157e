// SPDX-License-Identifier: Apache-2.0
// Hardware tokens that belong to nobody yet, as the security team looks after them.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/service/account/subject_service.hpp"
#include "hsm/client/hsm.hpp"

#include <span>

namespace countersign {

class TokenService {
 public:
  // What a list may come to, so that it fits into a frame.
  static constexpr std::size_t kListBytesMax = 48 * 1024;

  explicit TokenService(const Parts& parts)
      : store_{parts.store},
        hsm_{parts.hsm},
        turns_{parts.turns},
        clock_{parts.clock},
        find_{parts} {}

  // ENSURES: what the answer calls imported is durable; whatever fails has taken in nothing.
  // Fails with `unavailable`, `conflict`.
  awaitable<Result<Answer>> import(Peer peer, ImportTokens ask);
  awaitable<Result<Answer>> list(const ListTokens& ask);
  // Fails with `not_found`, and with `conflict` if two tokens bear that name, `already_exists` if
  // the subject has its secret already, `limit_exceeded`, `denied`.
  awaitable<Result<Answer>> assign(Peer peer, const AssignToken& ask);
  // Fails with `not_found`, `conflict`.
  awaitable<Result<Answer>> discard(Peer peer, const DiscardToken& ask);

 private:
  struct Batch;
  awaitable<Status> leave_out_known(Batch& batch);
  awaitable<Status> seal(Batch& batch);
  awaitable<Result<TokenRecord>> named(const AssignToken& ask);
  [[nodiscard]] JournalEntry entry(Peer peer, Event event) const;

  Store& store_;
  hsm::Hsm& hsm_;
  Turns& turns_;
  const Clock& clock_;
  SubjectFinder find_;
};

// What a token becomes when it is somebody's.
[[nodiscard]] Factor factor_of(const Token& token, SubjectId owner, const Label& label, Time now);

}  // namespace countersign
