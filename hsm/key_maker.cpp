// SPDX-License-Identifier: Apache-2.0
#include "hsm/key_maker.hpp"

#include "base/secret_bytes.hpp"
#include "hsm/escrow_file.hpp"
#include "hsm/files.hpp"
#include "hsm/mac_keys.hpp"
#include "hsm/public_key.hpp"

#include <filesystem>

namespace countersign::hsm {
namespace {

constexpr std::uint16_t kFirstVersion = 1;
constexpr std::size_t kTransportKeyBytes = 32;

// A key that lives as long as the ceremony and may be wrapped, to be kept and to be carried.
Attributes fresh_attributes() {
  Attributes fresh;
  fresh.flag(CKA_TOKEN, false)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, true);
  return fresh;
}

Attributes transport_attributes(BytesView value, bool wraps) {
  Attributes transport;
  transport.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_AES)
      .flag(CKA_TOKEN, false)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_WRAP, wraps)
      .flag(CKA_UNWRAP, !wraps)
      .flag(CKA_ENCRYPT, false)
      .flag(CKA_DECRYPT, false)
      .bytes(CKA_VALUE, value);
  return transport;
}

Status destroy_all_of_ours(Session& session) {
  CS_TRY(const auto keys, find_all_of_ours(session));
  for (const FoundKey& key : keys) CS_CHECK(session.destroy(key.handle));
  return {};
}

}  // namespace

Result<KeyMaker> KeyMaker::open(Session& custody, Session& service, std::string escrow_folder) {
  KeyMaker maker{custody, service, std::move(escrow_folder)};
  CS_CHECK(maker.share_transport_key());
  return maker;
}

Status KeyMaker::share_transport_key() {
  SecretBytes value{kTransportKeyBytes};
  CS_CHECK(custody_->random(value.expose()));
  CS_TRY(const auto wrapping, custody_->create(transport_attributes(value.expose(), true)));
  transport_on_custody_ = {*custody_, wrapping};
  CS_TRY(const auto unwrapping, service_->create(transport_attributes(value.expose(), false)));
  transport_on_service_ = {*service_, unwrapping};
  return {};
}

Status KeyMaker::make_escrow_key() {
  const KeySpec& spec = spec_of(KeyRole::escrow);
  const LockedKey locked{spec, kFirstVersion};
  CS_TRY(escrow_, custody_->generate(CKM_AES_KEY_GEN, locked.attributes()));
  return check_key(*custody_, escrow_, spec, kFirstVersion);
}

Result<KeyMaker::Fresh> KeyMaker::generate(const KeySpec& spec) {
  Attributes fresh = fresh_attributes();
  if (spec.bytes != 0) fresh.number(CKA_VALUE_LEN, spec.bytes);
  if (spec.object_class == CKO_SECRET_KEY) {
    const bool is_aes = spec.type == CKK_AES;
    CS_TRY(const CK_OBJECT_HANDLE key,
           custody_->generate(is_aes ? CKM_AES_KEY_GEN : CKM_GENERIC_SECRET_KEY_GEN, fresh));
    return Fresh{{*custody_, key}, {}};
  }
  fresh.flag(CKA_SIGN, true);
  Attributes shown;
  shown.flag(CKA_TOKEN, false).flag(CKA_VERIFY, true).bytes(CKA_EC_PARAMS, p256_parameters());
  CS_TRY(const KeyPair pair, custody_->generate_pair(CKM_EC_KEY_PAIR_GEN, shown, fresh));
  return Fresh{{*custody_, pair.private_key}, {*custody_, pair.public_key}};
}

Result<std::string> KeyMaker::make(const KeySpec& spec) {
  const KeyName name{spec.role, kFirstVersion};
  CS_TRY(const Fresh fresh, generate(spec));
  CS_TRY(const Bytes escrowed, custody_->wrap(escrow_, fresh.key.handle()));
  written_.push_back(escrow_path(escrow_folder_, name));
  CS_CHECK(write_escrow_file(escrow_folder_, name, escrowed));

  CS_TRY(const Bytes carried, custody_->wrap(transport_on_custody_.handle(), fresh.key.handle()));
  CS_CHECK(install(spec, carried));
  if (spec.object_class == CKO_PRIVATE_KEY) {
    CS_TRY(journal_point_, custody_->attribute(fresh.public_key.handle(), CKA_EC_POINT));
    CS_CHECK(install_public_key(spec));
  }
  if (spec.use == KeyUse::mac) CS_CHECK(install_copy(spec, carried));
  return label_of(spec, kFirstVersion);
}

Status KeyMaker::install(const KeySpec& spec, BytesView wrap) {
  const LockedKey locked{spec, kFirstVersion};
  CS_TRY(const CK_OBJECT_HANDLE key,
         service_->unwrap(transport_on_service_.handle(), wrap, locked.attributes()));
  if (spec.role == KeyRole::journal) journal_ = key;
  if (spec.role == KeyRole::seal) seal_ = key;
  return check_key(*service_, key, spec, kFirstVersion);
}

Status KeyMaker::install_copy(const KeySpec& spec, BytesView wrap) {
  Attributes fresh = fresh_attributes();
  fresh.number(CKA_CLASS, spec.object_class).number(CKA_KEY_TYPE, spec.type);
  CS_TRY(const auto handle, service_->unwrap(transport_on_service_.handle(), wrap, fresh));
  const SessionObject copy{*service_, handle};
  return keep_copy(*service_, {{KeyRole::seal, kFirstVersion}, seal_}, {spec.role, kFirstVersion},
                   copy.handle());
}

Status KeyMaker::install_public_key(const KeySpec& spec) {
  const std::string label = label_of(spec, kFirstVersion);
  Attributes shown;
  shown.number(CKA_CLASS, CKO_PUBLIC_KEY)
      .number(CKA_KEY_TYPE, spec.type)
      .text(CKA_LABEL, label)
      .flag(CKA_TOKEN, true)
      .flag(CKA_PRIVATE, false)
      .flag(CKA_VERIFY, true)
      .flag(CKA_ENCRYPT, false)
      .flag(CKA_WRAP, false)
      .bytes(CKA_EC_PARAMS, p256_parameters())
      .bytes(CKA_EC_POINT, journal_point_)
      .flag(CKA_MODIFIABLE, false);
  CS_CHECK(service_->create(shown));
  return {};
}

Result<std::string> KeyMaker::write_journal_public_key() {
  CS_TRY(const std::string pem, public_key_pem(journal_point_));
  const std::string label = label_of(spec_of(KeyRole::journal), kFirstVersion);
  const std::string path = std::filesystem::path{escrow_folder_} / (label + ".pem");
  written_.push_back(path);
  CS_CHECK(write_private_file(path, as_bytes(pem)));
  return path;
}

Status KeyMaker::prove_journal_key() {
  std::array<std::byte, 32> digest{};
  CS_CHECK(service_->random(digest));
  std::array<std::byte, 64> signature{};
  CS_TRY(const BytesView signed_part, service_->sign(journal_, CKM_ECDSA, digest, signature));
  CS_TRY(const std::string pem, public_key_pem(journal_point_));
  return check_signature(pem, digest, signed_part);
}

Status KeyMaker::undo() {
  CS_CHECK(destroy_all_of_ours(*service_));
  CS_CHECK(destroy_all_of_ours(*custody_));
  for (; !written_.empty(); written_.pop_back()) {
    std::error_code error;
    std::filesystem::remove(written_.back(), error);
    if (error) {
      return Error{ErrorCode::unavailable, "escrow.remove",
                   static_cast<std::uint64_t>(error.value())};
    }
  }
  return {};
}

}  // namespace countersign::hsm
