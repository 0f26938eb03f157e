// SPDX-License-Identifier: Apache-2.0
// Somebody who delivers messages of one channel: a mail server, an SMS gateway.
#pragma once

#include "courier/engine/transfer.hpp"
#include "courier/model/message.hpp"

#include <memory>
#include <string>

namespace countersign::courier {

// Used by the engine's thread alone, once it was made.
class Provider {
 public:
  virtual ~Provider() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual Channel channel() const = 0;

  // The transfer that hands this message over, not yet begun. It owns copies of all that it needs.
  // Fails with `malformed` when the message can be sent by nobody (a destination that would be
  // read as something else), with `unavailable` when this provider cannot try.
  virtual Result<std::unique_ptr<Transfer>> begin(const Outgoing& message) = 0;
};

}  // namespace countersign::courier
