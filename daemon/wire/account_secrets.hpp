// SPDX-License-Identifier: Apache-2.0
// Forgetting what an answer about an account carried, once it has been encoded. Private to wire.
#pragma once

namespace countersign::v1 {
class Reply;
}

namespace countersign::wire {

// Overwrites sessions, tickets, devices and codes, and what tells who somebody is.
void wipe_account_secrets(v1::Reply& message);

}  // namespace countersign::wire
