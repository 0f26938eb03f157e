// SPDX-License-Identifier: Apache-2.0
#include "policies/peer_rules.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace countersign::policies {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kRealmBytesMax = 32;
// The highest number is chown's "leave it": nobody has it.
constexpr std::int64_t kNumberMax = std::int64_t{std::numeric_limits<std::uint32_t>::max()} - 1;
constexpr std::size_t kEntryBytesMax = 64 * 1024;
constexpr std::array<bool, kRoleCount> kVerifyAlone{true};

// Longer names are nobody's; and no name of ours holds a NUL, which the lookup would stop at.
bool could_be_an_account(const std::string& name) {
  return name.size() <= kNameBytesMax && name.find('\0') == std::string::npos;
}

std::optional<uid_t> uid_of(const std::string& name) {
  if (name == kSelf) return ::getuid();
  if (!could_be_an_account(name)) return std::nullopt;
  std::vector<char> buffer(kEntryBytesMax);
  struct passwd entry {};
  struct passwd* found = nullptr;
  ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::nullopt : std::optional{found->pw_uid};
}

std::optional<gid_t> gid_of(const std::string& name) {
  if (!could_be_an_account(name)) return std::nullopt;
  std::vector<char> buffer(kEntryBytesMax);
  struct group entry {};
  struct group* found = nullptr;
  ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::nullopt : std::optional{found->gr_gid};
}

// One identity, by name or by number.
template <class Id, class Lookup>
std::optional<Id> read_identity(Table& table, std::string_view by_name, std::string_view by_number,
                                Lookup lookup) {
  std::string name;
  table.read(by_name, name);
  std::optional<Id> id;
  if (table.find(by_number) != nullptr) {
    std::int64_t number = 0;
    table.read(by_number, number, {0, kNumberMax});
    id = static_cast<Id>(number);
  }
  if (name.empty()) return id;
  if (id) table.report(by_name, "and " + std::string{by_number} + " say the same thing: give one");
  id = lookup(name);
  if (!id) table.report(by_name, "\"" + name + "\" does not exist on this machine");
  return id;
}

void read_sockets(Table& table, PeerRule& rule) {
  std::vector<std::string> sockets;
  table.read("sockets", sockets);
  if (sockets.empty()) table.report("sockets", "must name at least one socket");
  for (const std::string& socket : sockets) {
    const auto* const found = std::ranges::find(kRoleNames, socket);
    if (found == kRoleNames.end()) {
      table.report("sockets",
                   R"(may hold "verify", "provision", "admin", "courier" and "enroll", not ")" +
                       socket + "\"");
      return;
    }
    rule.roles[static_cast<std::size_t>(found - kRoleNames.begin())] = true;
  }
}

PeerRule read_peer(const toml::table& source, Findings& findings) {
  PeerRule rule;
  Table table{source, "[[peer]]", findings};
  table.read("name", rule.name);
  if (rule.name.empty() || rule.name.size() > kNameBytesMax) {
    table.report("name", "must be a text of 1 to " + std::to_string(kNameBytesMax) + " bytes");
  }
  rule.uid = read_identity<uid_t>(table, "user", "uid", uid_of);
  rule.gid = read_identity<gid_t>(table, "group", "gid", gid_of);
  if (!rule.uid && !rule.gid) table.report("user", "or uid, group or gid must say who this is");
  read_sockets(table, rule);
  table.read("realms", rule.realms);
  if (!std::ranges::all_of(rule.realms, [](const std::string& name) { return is_realm(name); })) {
    table.report("realms", "must hold names of 1 to " + std::to_string(kRealmBytesMax) +
                               " lower-case letters, digits and hyphens");
  }
  if (rule.roles[static_cast<std::size_t>(Role::courier)] && !rule.realms.empty()) {
    table.report("realms", "must be left out where sockets holds \"courier\": it delivers for all");
  }
  table.read("public_id_only", rule.public_id_only);
  if (rule.public_id_only && rule.roles != kVerifyAlone) {
    table.report("sockets", "must be [\"verify\"] where public_id_only is true");
  }
  table.finish();
  return rule;
}

}  // namespace

bool is_realm(std::string_view name) {
  return !name.empty() && name.size() <= kRealmBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::vector<PeerRule> read_peers(const toml::node& node, Findings& findings) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty() || list->size() > kPeersMax ||
      !list->is_homogeneous(toml::node_type::table)) {
    findings.report(node.source(), "peer must be written as 1 to " + std::to_string(kPeersMax) +
                                       " tables [[peer]]");
    return {};
  }
  std::vector<PeerRule> rules;
  for (const toml::node& item : *list) {
    PeerRule rule = read_peer(*item.as_table(), findings);
    if (std::ranges::find(rules, rule.name, &PeerRule::name) != rules.end()) {
      findings.report(item.source(), "[[peer]] name \"" + rule.name + "\" is taken twice");
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace countersign::policies
