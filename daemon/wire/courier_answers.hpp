// SPDX-License-Identifier: Apache-2.0
// From the model to what the courier, and whoever asks about its messages, are answered. Private to
// wire.
#pragma once

#include "daemon/model/replies.hpp"

#include <string_view>

namespace countersign::v1 {
class CourierStatus;
class Delivery;
class MessageBatch;
class MessagesReported;
}  // namespace countersign::v1

namespace countersign::wire {

// As templates are named: "factor_added".
[[nodiscard]] std::string_view name_of(MessageKind kind);

void write(const Delivery& delivery, v1::Delivery& message);
void write(const MessageBatch& batch, v1::MessageBatch& message);
void write(const MessagesReported& reported, v1::MessagesReported& message);
void write(const CourierStatus& status, v1::CourierStatus& message);

// Overwrites the codes, and who they are for.
void wipe_secrets(v1::MessageBatch& message);

}  // namespace countersign::wire
