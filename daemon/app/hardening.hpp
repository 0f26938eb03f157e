// SPDX-License-Identifier: Apache-2.0
// What the process gives up before it sees its first passcode.
#pragma once

namespace countersign::app {

// No core dumps, no ptrace by others of our uid, nothing in swap where the limits allow it, files
// for ourselves alone. What the kernel refuses is logged and survived: the units set it too.
void harden_process();

}  // namespace countersign::app
