// SPDX-License-Identifier: Apache-2.0
// From the model to the messages that peers see. Private to wire.
#pragma once

#include "daemon/model/replies.hpp"

namespace countersign::v1 {
class Reply;
}

namespace countersign::wire {

// REQUIRES: `message` is empty, or held an answer of the same kind before.
void write_reply(const Reply& reply, v1::Reply& message);
// An error without an id, or with it.
void write_error(const Error& error, v1::Reply& message);

// Overwrites every secret that an answer carries.
void wipe_secrets(v1::Reply& message);

}  // namespace countersign::wire
