// SPDX-License-Identifier: Apache-2.0
// A remembered device that stands for the second factor: in the commit of its acceptance the
// session is promoted, and the device's next text is made.
#pragma once

#include "daemon/service/session/promotion.hpp"

namespace countersign {

class DeviceShown final : public Afterwards {
 public:
  // REQUIRES: all of it outlives this.
  DeviceShown(const Parts& parts, const Session& from)
      : parts_{parts}, from_{from}, notices_{parts}, promotion_{parts, from} {}

  // An old text that is shown again is a theft, of which its owner is told. Whoever was signed in
  // before, maybe by it, is so no longer.
  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

  // Whether the session is signed in by it; then the two are what goes to the device.
  [[nodiscard]] bool is_accepted() const { return promotion_.is_promoted(); }
  [[nodiscard]] SecretBytes take_session() { return promotion_.take_session(); }
  [[nodiscard]] SecretBytes& device_text() { return text_; }

 private:
  const Parts& parts_;
  const Session& from_;
  Notices notices_;
  Promotion promotion_;
  SecretBytes text_;
};

}  // namespace countersign
