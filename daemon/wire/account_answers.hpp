// SPDX-License-Identifier: Apache-2.0
// From the model to what the companion, and whoever provides accounts, is answered. Private to
// wire.
#pragma once

#include "daemon/model/replies.hpp"

namespace countersign::v1 {
class Explanation;
class HandOver;
class HandOverReport;
class LinkRequested;
class PasswordReport;
class Profile;
class Question;
class RealmDescription;
class RecoveryCodes;
class RememberedDevice;
class SessionList;
class SessionReport;
class SignInReport;
class SubjectExport;
class TemporaryCode;
class TicketOpened;
class TicketReport;
}  // namespace countersign::v1

namespace countersign::wire {

void write(const RealmDescription& realm, v1::RealmDescription& message);
void write(const LinkRequested& requested, v1::LinkRequested& message);
void write(const TicketReport& report, v1::TicketReport& message);
void write(const TicketOpened& opened, v1::TicketOpened& message);
void write(const SignInReport& report, v1::SignInReport& message);
void write(const SessionReport& report, v1::SessionReport& message);
void write(const SessionList& list, v1::SessionList& message);
void write(const HandOver& hand_over, v1::HandOver& message);
void write(const HandOverReport& report, v1::HandOverReport& message);
void write(const PasswordReport& report, v1::PasswordReport& message);
void write(const QuestionReport& report, v1::Question& message);
void write(const RecoveryCodes& codes, v1::RecoveryCodes& message);
void write(const TemporaryCode& code, v1::TemporaryCode& message);
void write(const RememberedDevice& device, v1::RememberedDevice& message);
void write(const ProfileReport& report, v1::Profile& message);
void write(const SubjectExport& subject, v1::SubjectExport& message);
void write(const Explanation& explanation, v1::Explanation& message);

}  // namespace countersign::wire
