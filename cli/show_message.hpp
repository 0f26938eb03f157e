// SPDX-License-Identifier: Apache-2.0
// Messages on their way and those who carry them, in words for a terminal.
#pragma once

#include "api/countersign.pb.h"

#include <ostream>

namespace countersign::cli {

void show(std::ostream& out, const v1::Delivery& delivery);
void show(std::ostream& out, const v1::CourierStatus& status);
// A challenge that is a code on its way.
void show_code(std::ostream& out, const v1::Challenge& challenge);

}  // namespace countersign::cli
