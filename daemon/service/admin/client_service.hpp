// SPDX-License-Identifier: Apache-2.0
// Clients of the Yubico validation protocol: their keys, and what a gateway asks for them.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/store/store.hpp"
#include "hsm/client/hsm.hpp"
#include "policies/operation.hpp"

namespace countersign {

class ClientService {
 public:
  // What a list may come to, so that it fits into a frame.
  static constexpr std::size_t kListBytesMax = 48 * 1024;

  ClientService(Store& store, hsm::Hsm& hsm, const Clock& clock)
      : store_{store}, hsm_{hsm}, clock_{clock} {}

  // May this client ask, from there, with this signature? Answered from memory and by the HSM.
  // Fails with `unavailable`, `corrupt`.
  awaitable<Result<Answer>> check(const CheckClient& ask);
  // For whoever is known, revoked or not: a refusal is signed too. Fails with `not_found`.
  awaitable<Result<Answer>> sign(const SignForClient& ask);

  // The answer is the only one that shows the key, where it was made here.
  // Fails with `already_exists`, `limit_exceeded`.
  awaitable<Result<Answer>> add(Peer peer, AddClient ask);
  awaitable<Result<Answer>> list(const ListClients& ask);
  // Fails with `not_found`, and with `conflict` if it is revoked already.
  awaitable<Result<Answer>> revoke(Peer peer, const RevokeClient& ask);

 private:
  awaitable<Result<hsm::Generated>> key_of(AddClient& ask);

  Store& store_;
  hsm::Hsm& hsm_;
  const Clock& clock_;
};

}  // namespace countersign
