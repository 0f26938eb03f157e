// SPDX-License-Identifier: Apache-2.0
// Which rules a question would meet, and what each would say. The rules themselves are those that
// decide: this asks the very functions, and puts words to what they say.
#pragma once

#include "daemon/model/replies.hpp"
#include "daemon/service/message/code_service.hpp"
#include "policies/operation.hpp"
#include "policies/policy.hpp"

#include <optional>
#include <string>

namespace countersign {

// Somebody who might ask something.
struct Hypothesis {
  Peer peer;
  Operation operation{};
  std::string realm;
  std::optional<FactorKind> kind;  // of the factor that it is about
};

// Fails with `malformed` where there is no such operation or socket.
[[nodiscard]] Result<Hypothesis> hypothesis_of(const ExplainPolicy& ask);

// Whether a code would be sent, so that budgets hold.
[[nodiscard]] bool is_sent(const Hypothesis& hypothesis);

// Up to the first rule that refuses. `sent` tells of the code, where one would be sent.
[[nodiscard]] Explanation explain(const policies::Policy& policy, const Hypothesis& hypothesis,
                                  const SubjectRecord& subject, const SourcePrint& from, Time now,
                                  const std::optional<CodeService::Prospect>& sent = {});

}  // namespace countersign
