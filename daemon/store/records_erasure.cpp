// SPDX-License-Identifier: Apache-2.0
// How a person is forgotten.
#include "daemon/store/records.hpp"

#include <cassert>
#include <limits>

namespace countersign::store {
namespace {

// The journal's numbers are SQLite's, which have a sign.
constexpr auto kCountMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// What is left of a factor: that there was one of its kind.
Factor emptied(const Factor& factor) {
  Factor left;
  left.id = factor.id;
  left.subject = factor.subject;
  left.kind = factor.kind;
  left.state = FactorState::revoked;
  left.oath = factor.oath;  // a row keeps what no change of it writes
  left.created_at = factor.created_at;
  return left;
}

// Its place stays, which the journal knows; who asked last, and when, does not.
Motion emptied(const Motion& motion) {
  Motion left;
  left.position = motion.position;
  return left;
}

}  // namespace

awaitable<Status> Records::erase(SubjectPtr from, std::string grave, JournalEntry entry) {
  const SubjectId id = from->fixed.id;
  if (is_decoy(id)) co_return kNobody;
  assert(!grave.empty() && grave.size() <= Username::kBytesMax);
  const auto print = static_cast<std::uint64_t>(decoys_.stand_in(from->fixed.name).print);
  entry.count = print & kCountMax;
  Draft draft{*from, *key_, std::move(entry)};
  CS_CO_CHECK(co_await bury(draft, *from, std::move(grave)));
  account_rows(draft.change(), id).erases = true;
  const Status written = co_await write(draft.finish());
  people_.evict(id);
  co_return written;
}

awaitable<Status> Records::bury(Draft& draft, const SubjectRecord& from, std::string grave) {
  Subject row = from.fixed;
  row.state = SubjectState::erased;
  const Bytes encoded = encode(row, grave);
  CS_CO_TRY(const RowMac mac, co_await authenticator_.seal(encoded));
  draft.set(row.state, mac);
  draft.change().subject_row->grave = std::move(grave);
  Budget budget;
  budget.throttled = from.budget.throttled;
  draft.set(budget);
  for (const FactorRecord& factor : from.factors) {
    CS_CO_CHECK(draft.move(factor.fixed.id, emptied(factor.motion)));
    CS_CO_CHECK(co_await set_fixed(draft, emptied(factor.fixed)));
  }
  co_return Status{};
}

}  // namespace countersign::store
