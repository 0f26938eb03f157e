// SPDX-License-Identifier: Apache-2.0
// The name of what a request asks for, as the policy knows it. One overload a request.
#pragma once

#include "daemon/model/requests.hpp"
#include "policies/operation.hpp"

namespace countersign {

struct OperationOf {
  Operation operator()(const Verify&) const { return Operation::verify; }
  Operation operator()(const Health&) const { return Operation::health; }
  Operation operator()(const CheckClient&) const { return Operation::check_client; }
  Operation operator()(const SignForClient&) const { return Operation::sign_for_client; }
  Operation operator()(const StartChallenge&) const { return Operation::start_challenge; }
  Operation operator()(const AnswerChallenge&) const { return Operation::answer_challenge; }
  Operation operator()(const CreateSubject&) const { return Operation::create_subject; }
  Operation operator()(const GetSubject&) const { return Operation::get_subject; }
  Operation operator()(const SuspendSubject&) const { return Operation::suspend_subject; }
  Operation operator()(const ResumeSubject&) const { return Operation::resume_subject; }
  Operation operator()(const UnlockSubject&) const { return Operation::unlock_subject; }
  Operation operator()(const EnrolOath&) const { return Operation::enrol_oath; }
  Operation operator()(const ConfirmFactor&) const { return Operation::confirm_factor; }
  Operation operator()(const ListFactors&) const { return Operation::list_factors; }
  Operation operator()(const RenameFactor&) const { return Operation::rename_factor; }
  Operation operator()(const SuspendFactor&) const { return Operation::suspend_factor; }
  Operation operator()(const ResumeFactor&) const { return Operation::resume_factor; }
  Operation operator()(const RevokeFactor&) const { return Operation::revoke_factor; }
  Operation operator()(const ResynchroniseFactor&) const { return Operation::resynchronise_factor; }
  Operation operator()(const EnrolYubicoOtp&) const { return Operation::enrol_yubico_otp; }
  Operation operator()(const EnrolChallengeResponse&) const {
    return Operation::enrol_challenge_response;
  }
  Operation operator()(const ImportTokens&) const { return Operation::import_tokens; }
  Operation operator()(const ListTokens&) const { return Operation::list_tokens; }
  Operation operator()(const AssignToken&) const { return Operation::assign_token; }
  Operation operator()(const ClaimToken&) const { return Operation::claim_token; }
  Operation operator()(const DiscardToken&) const { return Operation::discard_token; }
  Operation operator()(const AddClient&) const { return Operation::add_client; }
  Operation operator()(const ListClients&) const { return Operation::list_clients; }
  Operation operator()(const RevokeClient&) const { return Operation::revoke_client; }
  Operation operator()(const EnrolOutOfBand&) const { return Operation::enrol_out_of_band; }
  Operation operator()(const CheckStore&) const { return Operation::check_store; }
  Operation operator()(const GetStatus&) const { return Operation::get_status; }
  Operation operator()(const TakeMessages&) const { return Operation::take_messages; }
  Operation operator()(const ReportMessages&) const { return Operation::report_messages; }
  Operation operator()(const GetCourierStatus&) const { return Operation::get_courier_status; }
  Operation operator()(const SendTestMessage&) const { return Operation::send_test_message; }
  Operation operator()(const DescribeRealm&) const { return Operation::describe_realm; }
  Operation operator()(const RequestLink&) const { return Operation::request_link; }
  Operation operator()(const InspectTicket&) const { return Operation::inspect_ticket; }
  Operation operator()(const OpenTicket&) const { return Operation::open_ticket; }
  Operation operator()(const SignIn&) const { return Operation::sign_in; }
  Operation operator()(const ProveFactor&) const { return Operation::prove_factor; }
  Operation operator()(const Reauthenticate&) const { return Operation::reauthenticate; }
  Operation operator()(const GetSession&) const { return Operation::get_session; }
  Operation operator()(const ListSessions&) const { return Operation::list_sessions; }
  Operation operator()(const EndSession&) const { return Operation::end_session; }
  Operation operator()(const IssueHandOver&) const { return Operation::issue_hand_over; }
  Operation operator()(const RedeemHandOver&) const { return Operation::redeem_hand_over; }
  Operation operator()(const SetPassword&) const { return Operation::set_password; }
  Operation operator()(const SetQuestion&) const { return Operation::set_question; }
  Operation operator()(const GetQuestion&) const { return Operation::get_question; }
  Operation operator()(const AnswerQuestion&) const { return Operation::answer_question; }
  Operation operator()(const MakeRecoveryCodes&) const { return Operation::make_recovery_codes; }
  Operation operator()(const IssueTemporaryCode&) const { return Operation::issue_temporary_code; }
  Operation operator()(const RememberDevice&) const { return Operation::remember_device; }
  Operation operator()(const ShowPendingSecret&) const { return Operation::show_pending_secret; }
  Operation operator()(const GetProfile&) const { return Operation::get_profile; }
  Operation operator()(const ChangeProfile&) const { return Operation::change_profile; }
  Operation operator()(const ListActivity&) const { return Operation::list_activity; }
  Operation operator()(const SendActivation&) const { return Operation::send_activation; }
  Operation operator()(const ExportSubject&) const { return Operation::export_subject; }
  Operation operator()(const EraseSubject&) const { return Operation::erase_subject; }
  Operation operator()(const ExplainPolicy&) const { return Operation::explain_policy; }
  Operation operator()(const ReadJournal&) const { return Operation::read_journal; }
};

}  // namespace countersign
