// SPDX-License-Identifier: Apache-2.0
// Any bytes for an answer: what the C face takes for a verdict or an error is one for Protobuf,
// too.
#include "clients/cpp/verify_messages.hpp"

#include "api/countersign.pb.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using countersign::client::Answer;
  const auto answer = countersign::client::read_reply(std::as_bytes(std::span{data, size}));
  if (!answer) return 0;
  countersign::v1::Reply reply;
  // It refuses more: texts that are no UTF-8, fields of other messages that are none.
  if (!reply.ParseFromArray(data, static_cast<int>(size))) return 0;
  const bool is_verdict = answer->outcome == Answer::Outcome::verdict;
  if (is_verdict != reply.has_verdict()) std::abort();
  if ((answer->outcome == Answer::Outcome::error) != reply.has_error()) std::abort();
  constexpr std::uint64_t kAccepted = 1;
  // Protobuf cuts numbers that are too large.
  if (is_verdict && answer->answer == kAccepted &&
      reply.verdict().answer() != countersign::v1::ACCEPTED) {
    std::abort();
  }
  return 0;
}
