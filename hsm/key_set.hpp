// SPDX-License-Identifier: Apache-2.0
// The keys on the tokens: what each is, what it may do, and whether it is what it must be.
//
// One table says it all; the ceremony makes keys from it and the worker checks keys against it. A
// key is labelled "countersign.<name>.<version>", and the highest version is the one that is used
// for new things.
#pragma once

#include "hsm/session.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::hsm {

// The numbers stand in escrow files: they never change.
enum class KeyRole : std::uint8_t {
  seal = 1,
  seal_aes = 2,
  envelope = 3,
  record = 4,
  pepper = 5,
  journal = 6,
  escrow = 7,
};

// What a key may do.
enum class KeyUse : std::uint8_t { wrap, encrypt, mac, sign };

struct KeySpec {
  KeyRole role{};
  std::string_view name;
  CK_OBJECT_CLASS object_class{};
  CK_KEY_TYPE type{};
  CK_ULONG bytes{};  // 0 where the type says it
  KeyUse use{};
  CK_MECHANISM_TYPE mechanism{};  // the only one that it may be used with
  Literal missing;
  Literal duplicate;
  Literal wrong;
};

// The keys of the service token, in the order in which they are made.
[[nodiscard]] std::span<const KeySpec> service_keys();
[[nodiscard]] const KeySpec& spec_of(KeyRole role);

[[nodiscard]] std::string label_of(const KeySpec& spec, std::uint16_t version);
// The reverse of label_of; none for the labels of others.
struct KeyName {
  KeyRole role;
  std::uint16_t version;
};
[[nodiscard]] std::optional<KeyName> parse_label(std::string_view label);
// Of the data object that holds a copy of the key: see mac_keys.hpp.
[[nodiscard]] std::string copy_label_of(const KeySpec& spec, std::uint16_t version);

// What a key that `seal` or `seal_aes` unwraps has to be: without class, type and usage in it, an
// OATH seed could be unwrapped as an AES key that decrypts. Appended to `child`.
[[nodiscard]] Attributes child_attributes(KeyRole role, Attributes child = {});

// Everything a key on a token must be.
//
// A struct of its own, because attribute lists point to their label and to their inner list.
class LockedKey {
 public:
  LockedKey(const KeySpec& spec, std::uint16_t version);
  LockedKey(const LockedKey&) = delete;
  LockedKey& operator=(const LockedKey&) = delete;
  [[nodiscard]] const Attributes& attributes() const { return attributes_; }

 private:
  std::string label_;
  Attributes child_;
  Attributes attributes_;
};

// Fails with `corrupt`, the spec's `wrong` as operation and the attribute's type as native number.
Status check_key(Session& session, CK_OBJECT_HANDLE key, const KeySpec& spec,
                 std::uint16_t version);

struct FoundKey {
  KeyName name;
  CK_OBJECT_HANDLE handle;
};
// All secret and private keys of ours on the token, newest first. REQUIRES: logged in.
Result<std::vector<FoundKey>> find_keys(Session& session);
// The data objects with copies of keys, under the keys' names, in any order.
Result<std::vector<FoundKey>> find_copies(Session& session);
// Keys, public keys and copies, in any order: whatever bears one of our labels.
Result<std::vector<FoundKey>> find_all_of_ours(Session& session);

class KeySet {
 public:
  // Finds and checks every key of the service token. Fails with `not_found` if a key is missing,
  // `conflict` if one is there twice, `corrupt` if one is not what it must be.
  static Result<KeySet> open(Session& session);

  // The newest key of a role.
  [[nodiscard]] const FoundKey& newest(KeyRole role) const;
  [[nodiscard]] std::optional<CK_OBJECT_HANDLE> of_version(KeyRole role,
                                                           std::uint16_t version) const;

 private:
  explicit KeySet(std::vector<FoundKey> keys) : keys_{std::move(keys)} {}
  std::vector<FoundKey> keys_;  // newest first: a handful
};

}  // namespace countersign::hsm
