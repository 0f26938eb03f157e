// SPDX-License-Identifier: Apache-2.0
// The store's row MACs, by the HSM's record key.
#pragma once

#include "daemon/store/row_macs.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign::app {

static_assert(store::kEncodedBytesMax == hsm::kMacInputBytesMax);

class HsmRecordMacs final : public store::RecordMacs {
 public:
  explicit HsmRecordMacs(hsm::Hsm& hsm) : hsm_{hsm} {}
  awaitable<Result<RowMac>> mac(BytesView row) override {
    return hsm_.mac(hsm::MacKey::record, row);
  }

 private:
  hsm::Hsm& hsm_;
};

}  // namespace countersign::app
