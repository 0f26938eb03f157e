// SPDX-License-Identifier: Apache-2.0
// Hardware tokens in stock and clients of the validation protocol, in words for a terminal.
#pragma once

#include "api/countersign.pb.h"

#include <ostream>

namespace countersign::cli {

void show(std::ostream& out, const v1::Token& token);
void show(std::ostream& out, const v1::TokenList& list);
void show(std::ostream& out, const v1::ImportReport& report);
void show(std::ostream& out, const v1::Client& client);
void show(std::ostream& out, const v1::ClientList& list);
void show(std::ostream& out, const v1::ClientCheck& check);

}  // namespace countersign::cli
