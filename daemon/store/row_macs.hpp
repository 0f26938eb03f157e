// SPDX-License-Identifier: Apache-2.0
// What makes a row unforgeable: the bytes that its MAC covers.
//
// Fixed rows (subject, factor, client, token) are sealed by the HSM's `record` key; rows that move
// (budget, motion) by the daemon's HmacKey, over the fixed row's MAC as well: a fixed row taken
// back to an older true state no longer fits the moving row beside it, nor the other way round.
// docs/storage-format.md draws every encoding.
#pragma once

#include "async/awaitable.hpp"
#include "daemon/hmac/hmac_key.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/client.hpp"
#include "daemon/model/message.hpp"
#include "daemon/model/token.hpp"

namespace countersign::store {

// What the HSM takes. Rows of ours stay well below; a longer one was forged, and is not asked for.
inline constexpr std::size_t kEncodedBytesMax = 2048;

// Where the MACs of fixed rows come from: the HSM.
class RecordMacs {
 public:
  virtual ~RecordMacs() = default;
  // HMAC-SHA-256 by the `record` key. Fails with `unavailable`.
  // REQUIRES: encoded.size() <= kEncodedBytesMax; valid until the awaitable is complete.
  virtual awaitable<Result<RowMac>> mac(BytesView encoded) = 0;
};

[[nodiscard]] Bytes encode(const Subject& subject);
// Under another username than its own, as one that is erased.
[[nodiscard]] Bytes encode(const Subject& subject, std::string_view username);
[[nodiscard]] Bytes encode(const Realm& realm, const Factor& factor);
[[nodiscard]] Bytes encode(const Client& client);
[[nodiscard]] Bytes encode(const Token& token);

// A client's networks in one column.
inline constexpr char kNetworksSeparator = ' ';
[[nodiscard]] std::string text_of(const std::vector<Network>& networks);

[[nodiscard]] RowMac mac_of(const HmacKey& key, SubjectId owner, const Budget& budget,
                            const RowMac& subject_mac);
[[nodiscard]] RowMac mac_of(const HmacKey& key, FactorId owner, const Motion& motion,
                            const RowMac& factor_mac);

// Challenges last minutes, messages a day, and places a month: nothing of theirs is worth a
// question to the HSM.
[[nodiscard]] RowMac mac_of(const HmacKey& key, const Challenge& challenge);
[[nodiscard]] RowMac mac_of(const HmacKey& key, const Message& message);
[[nodiscard]] RowMac mac_of(const HmacKey& key, SubjectId subject, const SourcePrint& source,
                            Time accepted_at);

[[nodiscard]] bool equal(const RowMac& a, const RowMac& b);

}  // namespace countersign::store
