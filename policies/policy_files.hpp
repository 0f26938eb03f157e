// SPDX-License-Identifier: Apache-2.0
// A policy as it lies on the disk: its file, and what realms have of their own, beside it.
//
//   /etc/countersign/policy.toml
//   /etc/countersign/realms/shop.toml      read over it, for the realm "shop"
//
// Files in realms/ that do not end in ".toml", or begin with a dot, are nobody's: an editor may be
// at work there.
#pragma once

#include "policies/policy.hpp"

#include <string>
#include <variant>

namespace countersign::policies {

inline constexpr std::size_t kRealmFilesMax = 1000;

struct Unreadable {
  std::string file;
  int error = 0;  // errno
};
using Loaded = std::variant<Policy, Mistake, Unreadable>;

// All files or none: what is wrong with the first that is not good.
[[nodiscard]] Loaded load(const std::string& file);

// One realm's file, over the policy in another file, whose own realms are not looked at.
[[nodiscard]] Loaded load_realm(const std::string& file, const std::string& root_file);

}  // namespace countersign::policies
