// SPDX-License-Identifier: Apache-2.0
/* Countersign for programs in C: does this passcode belong to this person, now, for the first time?
 *
 * Link with -lcountersign. Fails closed: treat everything as a refusal but a call that returned
 * COUNTERSIGN_OK and set `accepted` to 1. One handle belongs to one thread. All texts are UTF-8. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* The library hides everything else. */
#pragma GCC visibility push(default)

typedef struct countersign_client countersign_client;

/* What became of the question. Only COUNTERSIGN_OK fills in a verdict. */
typedef enum countersign_result {
  COUNTERSIGN_OK = 0,
  COUNTERSIGN_MALFORMED = 1, /* the question does not make sense: see countersign_message() */
  COUNTERSIGN_DENIED = 2,    /* the policy, or the socket's mode, does not let this process ask */
  COUNTERSIGN_NOT_FOUND = 3,
  COUNTERSIGN_ALREADY_EXISTS = 4,
  COUNTERSIGN_CONFLICT = 5,
  COUNTERSIGN_LIMIT_EXCEEDED = 6,
  COUNTERSIGN_UNAVAILABLE = 7, /* nobody answered in time */
  COUNTERSIGN_TAMPERED = 8     /* a stored record was edited; tell the security team */
} countersign_result;

/* Why a passcode was rejected. For the calling program, not for the person in front of it. */
typedef enum countersign_reason {
  COUNTERSIGN_REASON_NONE = 0,
  COUNTERSIGN_REASON_WRONG_CODE = 1,
  COUNTERSIGN_REASON_REPLAYED = 2,
  COUNTERSIGN_REASON_THROTTLED = 3,
  COUNTERSIGN_REASON_EXPIRED = 4,
  COUNTERSIGN_REASON_NO_SUCH_FACTOR = 5,
  COUNTERSIGN_REASON_SUSPENDED = 6
} countersign_reason;

typedef struct countersign_verdict {
  int accepted;                 /* 1 or 0 */
  countersign_reason reason;    /* when rejected */
  uint64_t factor_id;           /* the factor that accepted */
  int repeated;                 /* the answer to an earlier, lost request, given again */
  uint32_t retry_after_seconds; /* when throttled; 0: an administrator must unlock */
} countersign_verdict;

/* Connects to a socket of the daemon, usually /run/countersign/verify.sock. On success *handle is
 * to be given to countersign_close(); otherwise it is NULL. */
countersign_result countersign_connect(const char* path, countersign_client** handle);

/* The same, with a limit of its own: countersign_connect() waits up to 10000 milliseconds for a
 * daemon that is too busy to take the connection. */
countersign_result countersign_connect_within(const char* path, uint32_t milliseconds,
                                              countersign_client** handle);

/* Takes NULL, too. */
void countersign_close(countersign_client* handle);

/* How long one call may take; 10000 milliseconds if never set. */
void countersign_set_limit(countersign_client* handle, uint32_t milliseconds);

/* Verifies, and uses up, a passcode. `realm` and `client_address` may be NULL: the default realm,
 * an unknown address. A connection that was lost is made anew, a lost answer asked for again.
 * *verdict is always written, and says "not accepted" whenever the result is not COUNTERSIGN_OK. */
countersign_result countersign_verify(countersign_client* handle, const char* realm,
                                      const char* username, const char* passcode,
                                      const char* client_address, countersign_verdict* verdict);

/* What was wrong with the last call and how to mend it, for a log; never NULL, valid until the next
 * call. Never quotes what was passed in. */
const char* countersign_message(const countersign_client* handle);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
