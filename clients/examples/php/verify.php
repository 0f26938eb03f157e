#!/usr/bin/env php
<?php // SPDX-License-Identifier: Apache-2.0
// verify.php SOCKET USERNAME < PASSCODE; exit status 0 means accepted, and nothing else does.
declare(strict_types=1);

function verify(string $path, string $username, string $passcode): bool
{
    $connection = @stream_socket_client("unix://$path", $code, $why, 10.0);
    if ($connection === false) return false;
    stream_set_timeout($connection, 10);
    $question = json_encode(['subject' => ['username' => $username], 'passcode' => $passcode]);
    if ($question === false) return false;
    fwrite($connection, "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        . "Content-Type: application/json\r\n"
        . 'Content-Length: ' . strlen($question) . "\r\n\r\n" . $question);
    $reply = explode("\r\n\r\n", (string) stream_get_contents($connection, 65536), 2);
    if (!str_starts_with($reply[0], 'HTTP/1.1 200 ')) return false;
    $answer = json_decode($reply[1] ?? '', true);
    return is_array($answer) && ($answer['answer'] ?? null) === 'ACCEPTED';
}

$accepted = verify($argv[1] ?? '', $argv[2] ?? '', trim((string) fgets(STDIN)));
echo $accepted ? "accepted\n" : "not accepted\n";
exit($accepted ? 0 : 1);
