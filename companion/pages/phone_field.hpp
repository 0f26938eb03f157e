// SPDX-License-Identifier: Apache-2.0
// A phone number as it is dialled at home, and the country where that is.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// {{>PHONE_FIELD}} by part_country.html, with what was typed; before anything was, with `known`, a
// number in E.164, or empty. Its errors are those of "phone".
void add_phone_field(Visit& visit, Page& page, std::string_view known);

// What was typed there, as E.164. Fails with `malformed`, as address::parse_phone() does.
[[nodiscard]] Result<std::string> typed_phone(const Visit& visit);

// A number as it is read: "+358 401 234 567". What is masked, or no number, stays as it is.
[[nodiscard]] std::string phone_text(std::string_view e164);

// What is wrong with it, and how to mend it.
[[nodiscard]] std::string phone_fault_text(const Catalogue& words, const Error& fault);

}  // namespace countersign::companion
