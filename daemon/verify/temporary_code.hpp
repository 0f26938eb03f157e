// SPDX-License-Identifier: Apache-2.0
// A code that the security team gives to somebody who has lost everything else: good for so many
// uses within a time.
//
//   format 1, 1 byte | nonce, 16 | MAC, 32 | from, 8 | until, 8 (milliseconds) | uses, 2
//
// 60 bits from the HSM. The factor's position counts the uses.
#pragma once

#include "async/awaitable.hpp"
#include "base/clock.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/subject.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign::verify {

inline constexpr std::size_t kTemporaryCharacters = 12;

struct TemporaryCodeRow {
  std::array<std::byte, 16> nonce{};
  hsm::Mac mac{};
  Time from{};
  Time until{};  // at this instant it is expired
  std::uint16_t uses = 1;
};

[[nodiscard]] Bytes encode(const TemporaryCodeRow& row);
// Fails with `corrupt`.
[[nodiscard]] Result<TemporaryCodeRow> temporary_code_from(BytesView sealed);

struct FreshTemporaryCode {
  SealedSecret sealed;
  SecretBytes code;  // as it is shown
};
// REQUIRES: a draft with its times and uses. Fails with `unavailable`.
awaitable<Result<FreshTemporaryCode>> fresh_temporary_code(hsm::Hsm& hsm, SubjectId subject,
                                                           TemporaryCodeRow draft);

// What the row keeps of a code. REQUIRES: `code` is canonical; all references outlive the wait.
awaitable<Result<hsm::Mac>> mac_of_temporary_code(hsm::Hsm& hsm, SubjectId subject,
                                                  const TemporaryCodeRow& row,
                                                  const SecretBytes& code);

}  // namespace countersign::verify
