// SPDX-License-Identifier: Apache-2.0
// From the model to what is said of subjects, of their factors, and of what was decided about them.
// Private to wire.
#pragma once

#include "daemon/model/replies.hpp"

namespace countersign::v1 {
class Enrolment;
class Factor;
class FactorList;
class Subject;
class SubjectName;
class Verdict;
}  // namespace countersign::v1

namespace countersign::wire {

// Decoys have negative numbers; nobody outside ever sees one.
[[nodiscard]] std::uint64_t public_id(FactorId id);
[[nodiscard]] std::uint64_t public_id(SubjectId id);

void write(const SubjectName& name, v1::SubjectName& message);
void write(const Verdict& verdict, v1::Verdict& message);
void write(const SessionVerdict& verdict, v1::Verdict& message);
void write(const SubjectReport& report, v1::Subject& message);
void write(const FactorReport& report, v1::Factor& message);
void write(const FactorList& list, v1::FactorList& message);
void write(const Enrolment& enrolment, v1::Enrolment& message);

// Overwrites the secrets.
void wipe_secrets(v1::Verdict& message);
void wipe_secrets(v1::Enrolment& message);

}  // namespace countersign::wire
