// SPDX-License-Identifier: Apache-2.0
#include "hsm/key_set.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace countersign::hsm {
namespace {

constexpr std::string_view kPrefix = "countersign.";
constexpr std::string_view kCopySuffix = ".copy";
constexpr CK_ULONG kKeyBytes = 32;

constexpr std::array<KeySpec, 7> kKeys{{
    {KeyRole::seal, "seal", CKO_SECRET_KEY, CKK_AES, kKeyBytes, KeyUse::wrap, CKM_AES_KEY_WRAP,
     "keys.seal.missing", "keys.seal.duplicate", "keys.seal.wrong_attribute"},
    {KeyRole::seal_aes, "seal-aes", CKO_SECRET_KEY, CKK_AES, kKeyBytes, KeyUse::wrap,
     CKM_AES_KEY_WRAP, "keys.seal-aes.missing", "keys.seal-aes.duplicate",
     "keys.seal-aes.wrong_attribute"},
    {KeyRole::envelope, "envelope", CKO_SECRET_KEY, CKK_AES, kKeyBytes, KeyUse::encrypt,
     CKM_AES_GCM, "keys.envelope.missing", "keys.envelope.duplicate",
     "keys.envelope.wrong_attribute"},
    {KeyRole::record, "record", CKO_SECRET_KEY, CKK_GENERIC_SECRET, kKeyBytes, KeyUse::mac,
     CKM_SHA256_HMAC, "keys.record.missing", "keys.record.duplicate",
     "keys.record.wrong_attribute"},
    {KeyRole::pepper, "pepper", CKO_SECRET_KEY, CKK_GENERIC_SECRET, kKeyBytes, KeyUse::mac,
     CKM_SHA256_HMAC, "keys.pepper.missing", "keys.pepper.duplicate",
     "keys.pepper.wrong_attribute"},
    {KeyRole::journal, "journal", CKO_PRIVATE_KEY, CKK_EC, 0, KeyUse::sign, CKM_ECDSA,
     "keys.journal.missing", "keys.journal.duplicate", "keys.journal.wrong_attribute"},
    {KeyRole::escrow, "escrow", CKO_SECRET_KEY, CKK_AES, kKeyBytes, KeyUse::wrap, CKM_AES_KEY_WRAP,
     "keys.escrow.missing", "keys.escrow.duplicate", "keys.escrow.wrong_attribute"},
}};

// The escrow key is the last of the table and the only one that is not the service's.
static_assert(kKeys.back().role == KeyRole::escrow);

void allow(Attributes& key, const KeySpec& spec) {
  const bool wraps = spec.use == KeyUse::wrap;
  const bool encrypts = spec.use == KeyUse::encrypt;
  const bool macs = spec.use == KeyUse::mac;
  if (spec.object_class == CKO_PRIVATE_KEY) {
    key.flag(CKA_SIGN, true).flag(CKA_DECRYPT, false).flag(CKA_UNWRAP, false);
  } else {
    key.flag(CKA_WRAP, wraps).flag(CKA_UNWRAP, wraps);
    key.flag(CKA_ENCRYPT, encrypts).flag(CKA_DECRYPT, encrypts);
    key.flag(CKA_SIGN, macs).flag(CKA_VERIFY, macs);
  }
  key.flag(CKA_DERIVE, false).mechanisms({&spec.mechanism, 1});
}

Status find_of_class(Session& session, CK_OBJECT_CLASS object_class, std::vector<FoundKey>& found) {
  Attributes like;
  like.number(CKA_CLASS, object_class).flag(CKA_TOKEN, true);
  CS_TRY(const auto handles, session.find(like));
  for (const CK_OBJECT_HANDLE handle : handles) {
    CS_TRY(const Bytes label, session.attribute(handle, CKA_LABEL));
    if (const auto name = parse_label(as_text(label))) found.push_back({*name, handle});
  }
  return {};
}

}  // namespace

std::span<const KeySpec> service_keys() { return std::span{kKeys}.first(kKeys.size() - 1); }

const KeySpec& spec_of(KeyRole role) {
  const auto* spec = std::ranges::find(kKeys, role, &KeySpec::role);
  if (spec == kKeys.end()) std::abort();
  return *spec;
}

std::string label_of(const KeySpec& spec, std::uint16_t version) {
  return std::string{kPrefix}.append(spec.name).append(".").append(std::to_string(version));
}

std::string copy_label_of(const KeySpec& spec, std::uint16_t version) {
  return label_of(spec, version).append(kCopySuffix);
}

std::optional<KeyName> parse_label(std::string_view label) {
  if (!label.starts_with(kPrefix)) return std::nullopt;
  label.remove_prefix(kPrefix.size());
  const std::size_t dot = label.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto* spec = std::ranges::find(kKeys, label.substr(0, dot), &KeySpec::name);
  if (spec == kKeys.end()) return std::nullopt;

  const std::string_view digits = label.substr(dot + 1);
  std::uint16_t version = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), version);
  if (error != std::errc{} || end != digits.end() || version == 0) return std::nullopt;
  return KeyName{spec->role, version};
}

Attributes child_attributes(KeyRole role, Attributes child) {
  const bool is_oath = role == KeyRole::seal;
  child.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, is_oath ? CKK_GENERIC_SECRET : CKK_AES)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_SIGN, is_oath)
      .flag(CKA_DECRYPT, !is_oath)
      .flag(CKA_VERIFY, false)
      .flag(CKA_ENCRYPT, false)
      .flag(CKA_WRAP, false)
      .flag(CKA_UNWRAP, false)
      .flag(CKA_DERIVE, false)
      .flag(CKA_TOKEN, false)
      .flag(CKA_COPYABLE, false)
      .flag(CKA_MODIFIABLE, false);
  return child;
}

LockedKey::LockedKey(const KeySpec& spec, std::uint16_t version)
    : label_{label_of(spec, version)}, child_{child_attributes(spec.role)} {
  attributes_.number(CKA_CLASS, spec.object_class)
      .number(CKA_KEY_TYPE, spec.type)
      .text(CKA_LABEL, label_)
      .flag(CKA_TOKEN, true)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_COPYABLE, false);
  // The others are unwrapped: they bring their length along, and SoftHSM says 0 when asked for it.
  if (spec.role == KeyRole::escrow) attributes_.number(CKA_VALUE_LEN, spec.bytes);
  allow(attributes_, spec);
  if (spec.role == KeyRole::seal || spec.role == KeyRole::seal_aes) {
    attributes_.inner(CKA_UNWRAP_TEMPLATE, child_);
  }
  // Last: modules take a template in its order, and nothing more for a key that is unmodifiable.
  attributes_.flag(CKA_MODIFIABLE, false);
}

Status check_key(Session& session, CK_OBJECT_HANDLE key, const KeySpec& spec,
                 std::uint16_t version) {
  const LockedKey locked{spec, version};
  for (const CK_ATTRIBUTE& attribute : locked.attributes().view()) {
    const auto as_it_must_be = session.has(key, attribute);
    if (!as_it_must_be || !*as_it_must_be) {
      return Error{ErrorCode::corrupt, spec.wrong, attribute.type};
    }
  }
  return {};
}

Result<std::vector<FoundKey>> find_keys(Session& session) {
  std::vector<FoundKey> found;
  CS_CHECK(find_of_class(session, CKO_SECRET_KEY, found));
  CS_CHECK(find_of_class(session, CKO_PRIVATE_KEY, found));
  std::ranges::sort(found, [](const FoundKey& a, const FoundKey& b) {
    return a.name.role != b.name.role ? a.name.role < b.name.role : a.name.version > b.name.version;
  });
  return found;
}

Result<std::vector<FoundKey>> find_copies(Session& session) {
  Attributes like;
  like.number(CKA_CLASS, CKO_DATA).flag(CKA_TOKEN, true);
  CS_TRY(const auto handles, session.find(like));
  std::vector<FoundKey> found;
  for (const CK_OBJECT_HANDLE handle : handles) {
    CS_TRY(const Bytes bytes, session.attribute(handle, CKA_LABEL));
    std::string_view label = as_text(bytes);
    if (!label.ends_with(kCopySuffix)) continue;
    label.remove_suffix(kCopySuffix.size());
    if (const auto name = parse_label(label)) found.push_back({*name, handle});
  }
  return found;
}

Result<std::vector<FoundKey>> find_all_of_ours(Session& session) {
  CS_TRY(auto found, find_keys(session));
  CS_TRY(const auto copies, find_copies(session));
  found.insert(found.end(), copies.begin(), copies.end());
  CS_CHECK(find_of_class(session, CKO_PUBLIC_KEY, found));
  return found;
}

Result<KeySet> KeySet::open(Session& session) {
  CS_TRY(auto keys, find_keys(session));
  for (const KeySpec& spec : service_keys()) {
    std::optional<std::uint16_t> previous;
    for (const FoundKey& key : keys) {
      if (key.name.role != spec.role) continue;
      if (previous == key.name.version) {
        return Error{ErrorCode::conflict, spec.duplicate, key.name.version};
      }
      CS_CHECK(check_key(session, key.handle, spec, key.name.version));
      previous = key.name.version;
    }
    if (!previous) return Error{ErrorCode::not_found, spec.missing};
  }
  return KeySet{std::move(keys)};
}

const FoundKey& KeySet::newest(KeyRole role) const {
  const auto key = std::ranges::find(keys_, role, [](const FoundKey& k) { return k.name.role; });
  if (key == keys_.end()) std::abort();
  return *key;
}

std::optional<CK_OBJECT_HANDLE> KeySet::of_version(KeyRole role, std::uint16_t version) const {
  for (const FoundKey& key : keys_) {
    if (key.name.role == role && key.name.version == version) return key.handle;
  }
  return std::nullopt;
}

}  // namespace countersign::hsm
