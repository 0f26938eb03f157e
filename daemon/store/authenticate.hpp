// SPDX-License-Identifier: Apache-2.0
// From rows that anybody may have written to a record that is ours.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/row_macs.hpp"
#include "daemon/store/store.hpp"

namespace countersign::store {

// Whether a challenge was answered as often as the journal tells, and accepted when it tells so.
// One that was taken back to an older true state was not.
[[nodiscard]] bool is_as_told(const LoadedChallenge& loaded);

// Whether a ticket is as open as the journal knows. Of a decoy's the journal knows nothing, and
// nobody spends them.
[[nodiscard]] bool is_as_told(const LoadedTicket& loaded);

class Authenticator {
 public:
  // Both outlive this.
  Authenticator(RecordMacs& fixed_rows, const HmacKey& moving_rows)
      : fixed_rows_{fixed_rows}, moving_rows_{moving_rows} {}

  // Checks every row's MAC; of an erased subject, who has no name, as of any. Fails with `corrupt`,
  // and `culprit` is then the factor whose row it is, or 0 for the subject's own; and with
  // `unavailable`. The places that are familiar stand for themselves, and are left out here.
  // REQUIRES: both references outlive the wait.
  awaitable<Result<std::shared_ptr<SubjectRecord>>> subject(const LoadedSubject& loaded,
                                                            FactorId& culprit) const;

  // Fails with `corrupt`, `unavailable`. REQUIRES: the reference outlives the wait.
  awaitable<Result<ClientPtr>> client(const LoadedClient& loaded) const;

  // Fails with `corrupt`, `unavailable`. REQUIRES: the reference outlives the wait.
  awaitable<Status> token(const TokenRecord& loaded) const;

  // The MAC of a fixed row that is about to be written.
  // REQUIRES: the reference outlives the wait.
  awaitable<Result<RowMac>> seal(const Bytes& encoded) const;

  // Decoys have no fixed rows; what moves of them is sealed beside a MAC of zeros.
  [[nodiscard]] bool is_true(SubjectId owner, const LoadedBudget& loaded,
                             const RowMac& fixed) const;
  [[nodiscard]] bool is_true(FactorId owner, const LoadedMotion& loaded, const RowMac& fixed) const;

  // These stand for themselves.
  [[nodiscard]] bool is_true(const LoadedChallenge& loaded) const;
  [[nodiscard]] bool is_true(const LoadedMessage& loaded) const;
  [[nodiscard]] bool is_true(const LoadedSource& loaded) const;
  [[nodiscard]] bool is_true(const LoadedTicket& loaded) const;
  [[nodiscard]] bool is_true(const LoadedSession& loaded) const;
  [[nodiscard]] bool is_true(const LoadedProfile& loaded) const;
  [[nodiscard]] bool is_true(const LoadedPending& loaded) const;

 private:
  awaitable<Result<FactorRecord>> factor(const Realm& realm, SubjectId owner,
                                         const LoadedFactor& loaded) const;

  RecordMacs& fixed_rows_;
  const HmacKey& moving_rows_;
};

}  // namespace countersign::store
