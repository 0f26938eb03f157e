// SPDX-License-Identifier: Apache-2.0
// One-shot SHA256() fetches the algorithm each time, which costs more than the hash itself; the
// low-level calls do not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "daemon/store/journal_chain.hpp"

#include <openssl/sha.h>
#include <boost/container/small_vector.hpp>

namespace countersign::store {
namespace {

constexpr std::size_t kUsualBytes = 256;

JournalHash sha256(BytesView first, BytesView second) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, first.data(), first.size());
  SHA256_Update(&context, second.data(), second.size());
  JournalHash hash;
  SHA256_Final(reinterpret_cast<unsigned char*>(hash.data()), &context);
  return hash;
}

}  // namespace

JournalHash first_hash(const StoreId& store) {
  return sha256(as_bytes("countersign journal v1"), store);
}

JournalHash next_hash(const JournalHash& before, const JournalRecord& record) {
  boost::container::small_vector<std::byte, kUsualBytes> out;
  Writer{out}
      .integer(record.seq)
      .integer(to_milliseconds(record.entry.at))
      .integer(record.entry.event)
      .integer(record.entry.peer_uid)
      .integer(number(record.entry.subject))
      .integer(number(record.entry.factor))
      .integer(record.entry.outcome)
      .integer(number(record.entry.version))
      .integer(number(record.entry.position))
      .integer(record.entry.failures)
      .integer(record.entry.count)
      .integer(number(record.entry.challenge))
      .integer(record.entry.kind)
      .integer(static_cast<std::uint8_t>(record.entry.familiar))
      .integer(record.entry.offset)
      .integer(record.entry.failures_unfamiliar)
      .text(record.entry.client_address)
      .integer(number(record.budget_version))
      .blob(record.also_moved);
  return sha256(before, {out.data(), out.size()});
}

RowMac mac_of(const HmacKey& key, const JournalHead& head) {
  Bytes message;
  Writer{message}.text("countersign head v1").integer(head.seq).raw(head.hash);
  return key.mac(message);
}

}  // namespace countersign::store
