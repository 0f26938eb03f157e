// SPDX-License-Identifier: Apache-2.0
// What a destination and a place are called where nobody is to read them: in rows and in memory.
//
// Keyed hashes, so that whoever copies the database cannot try all phone numbers to see which.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/hmac/hmac_key.hpp"
#include "daemon/model/destination.hpp"
#include "daemon/model/message.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::outbox {

class Prints {
 public:
  static constexpr std::size_t kKeyBytes = HmacKey::kBytes;

  // REQUIRES: key.size() == kKeyBytes.
  explicit Prints(const SecretBytes& key);

  // The same for all spellings of an address that reach one mailbox, as far as anybody knows: a
  // budget is that of whoever reads it. REQUIRES: canonical.
  [[nodiscard]] DestinationPrint print(const Destination& destination) const;
  // Where a peer says that somebody asks from: an IPv4 address, or the network of 64 bits around an
  // IPv6 one. Without an address it is the peer itself. Never all zero.
  // REQUIRES: `client_address` is empty or the text of an IP address.
  [[nodiscard]] SourcePrint print(std::string_view client_address, std::int64_t peer_uid) const;
  // The number of the message that carries a challenge's code. Providers are told it, and none of
  // them can tell from it which challenge the code is the answer to.
  [[nodiscard]] MessageId message_of(ChallengeId challenge) const;

 private:
  HmacKey key_;
};

}  // namespace countersign::outbox
