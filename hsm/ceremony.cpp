// SPDX-License-Identifier: Apache-2.0
#include "hsm/ceremony.hpp"

#include "hsm/files.hpp"
#include "hsm/key_maker.hpp"
#include "hsm/mac_keys.hpp"
#include "hsm/self_test.hpp"
#include "hsm/token.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace countersign::hsm {
namespace {

Status check_escrow_folder(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    return folder.empty() ? Status{Error{ErrorCode::malformed, "escrow.folder"}} : Status{};
  }
  if (!std::filesystem::is_empty(folder, error)) {
    return Error{ErrorCode::already_exists, "escrow.folder_not_empty"};
  }
  if (error) {
    return Error{ErrorCode::unavailable, "escrow.folder",
                 static_cast<std::uint64_t>(error.value())};
  }
  return {};
}

Status make_escrow_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_parent(folder);
  if (errno == EEXIST) return {};
  return Error{ErrorCode::unavailable, "escrow.mkdir", static_cast<std::uint64_t>(errno)};
}

// A token that was initialised already has its PINs: inventing new ones would help nobody.
Status make_pin_files(const Module& module, const TokenSettings& token, CeremonyReport& report) {
  CS_TRY(const auto slot, slot_if_any(module, token.label));
  if (slot) return {};
  for (const std::string& path : {token.pin_file, token.so_pin_file}) {
    CS_TRY(const bool was_made, make_pin_file(path));
    if (was_made) report.made_pin_files.push_back(path);
  }
  return {};
}

Status check_empty(Session& session) {
  CS_TRY(const auto keys, find_all_of_ours(session));
  if (!keys.empty()) return Error{ErrorCode::already_exists, "token.has_keys"};
  return {};
}

Status make_keys(KeyMaker& maker, Session& service, CeremonyReport& report) {
  CS_CHECK(maker.make_escrow_key());
  for (const KeySpec& spec : service_keys()) {
    CS_TRY(std::string label, maker.make(spec));
    report.key_labels.push_back(std::move(label));
  }
  CS_TRY(report.journal_public_key_file, maker.write_journal_public_key());
  // As the workers will see them.
  CS_TRY(const KeySet keys, KeySet::open(service));
  CS_CHECK(self_test(service, keys, true));
  CS_CHECK(MacKeys::open(service, keys, true));
  return maker.prove_journal_key();
}

}  // namespace

Result<CeremonyReport> hold_ceremony(const CeremonySettings& settings) {
  CeremonyReport report;
  if (settings.service.label == settings.custody.label) {
    return Error{ErrorCode::malformed, "ceremony.labels_are_equal"};
  }
  CS_CHECK(check_escrow_folder(settings.escrow_folder));
  CS_TRY(const Module module, Module::load(settings.module_path));
  if (settings.make_pin_files) {
    CS_CHECK(make_pin_files(module, settings.service, report));
    CS_CHECK(make_pin_files(module, settings.custody, report));
  }
  CS_TRY(Session custody, prepare_token(module, settings.custody));
  CS_TRY(Session service, prepare_token(module, settings.service));
  CS_CHECK(check_empty(custody));
  CS_CHECK(check_empty(service));
  CS_CHECK(make_escrow_folder(settings.escrow_folder));

  CS_TRY(KeyMaker maker, KeyMaker::open(custody, service, settings.escrow_folder));
  const Status made = make_keys(maker, service, report);
  if (made) return report;
  if (!maker.undo()) return Error{ErrorCode::conflict, "ceremony.half_made", made.error().native};
  return made.error();
}

}  // namespace countersign::hsm
