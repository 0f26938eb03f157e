#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# verify.py SOCKET USERNAME < PASSCODE; exit status 0 means accepted, and nothing else does.
import http.client, json, socket, sys


def verify(path: str, username: str, passcode: str) -> bool:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(10)
    connection.sock.connect(path)
    question = {"subject": {"username": username}, "passcode": passcode}
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/verify", json.dumps(question), headers)
    reply = connection.getresponse()
    return reply.status == 200 and json.load(reply).get("answer") == "ACCEPTED"


try:
    accepted = verify(sys.argv[1], sys.argv[2], sys.stdin.readline().strip())
except Exception:  # whatever goes wrong means no
    accepted = False
print("accepted" if accepted else "not accepted")
sys.exit(0 if accepted else 1)
