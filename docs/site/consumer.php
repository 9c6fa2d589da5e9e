<?php
// A complete consumer of nopassd's site API: acts on every event and answers questions, each in a process of its own.
//
//     NOPASSD_SOCKET=/run/nopassd/site.sock php consumer.php events
//     NOPASSD_SOCKET=/run/nopassd/site.sock php consumer.php questions
//
// PHP 8.1 or later; of the extensions only pcntl is used, for exit code 0 at SIGTERM. Your own code goes into act() and
// may(). Anything that goes wrong ends in the same place: a pause, then from the beginning; what was not acknowledged
// comes again.
declare(strict_types=1);

const CONSUMER = '/v1/consumers/website';

/** What the daemon answers; throws when that is a problem, or nothing. */
function call(string $method, string $path, ?array $body = null): array
{
    $json = $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR);
    $socket = stream_socket_client('unix://' . (getenv('NOPASSD_SOCKET') ?: '/run/nopassd/site.sock'));
    fwrite($socket, "$method $path HTTP/1.1\r\nHost: nopassd\r\nConnection: close\r\n"
        . "Content-Type: application/json\r\nContent-Length: " . strlen($json) . "\r\n\r\n" . $json);
    [$readable, $none] = [[$socket], null];
    stream_select($readable, $none, $none, 60); // unlike fgets, it lets go at a signal
    stream_set_timeout($socket, 5);
    [, $status] = explode(' ', fgets($socket) ?: 'HTTP/1.1 0');
    $length = 0;
    while (($line = trim(fgets($socket) ?: '')) !== '') {
        [$name, $value] = explode(':', $line, 2);
        $length = strcasecmp($name, 'Content-Length') === 0 ? (int) $value : $length;
    }
    $text = stream_get_contents($socket, $length);
    if ($status[0] !== '2' || strlen($text) < $length) {
        throw new RuntimeException("$method $path: $status $text");
    }
    return json_decode($text, true, 32, JSON_THROW_ON_ERROR);
}

/** Events come at least once: what is done here must bear being done twice. */
function act(array $event): void
{
    echo $event['type'], ' ', $event['subject'], "\n";
    if (in_array($event['type'], ['nopass.session.closed', 'nopass.session.expired'], true)) {
        // End your own session: DELETE FROM sessions WHERE nopass_session_id = $event['data']['sessionId']
    } elseif ($event['type'] === 'nopass.user.deleted') {
        // Delete the account: DELETE FROM accounts WHERE nopass_user_id = $event['data']['userId']
    }
}

/** Your rule for callbacks whose policy is "ask". A long list of logins is cut short, its count is not. */
function may(array $question): bool
{
    $logins = $question['logins'] ?? [$question['login'] ?? ''];
    $ours = array_filter($logins, fn (string $login) => str_ends_with($login, '@example.org'));
    return count($ours) === ($question['count'] ?? 1);
}

function read_events(): void
{
    static $acted_on = []; // ids of events not yet acknowledged; kept with your data, they outlive this process too
    call('PUT', CONSUMER, ['from' => 'oldest']); // made at the first start, or anew when it was retired (410)
    while (true) {
        $page = call('GET', CONSUMER . '/events?wait=30'); // 409 while another process reads
        foreach ($page['data'] as $event) {
            if (!isset($acted_on[$event['id']])) {
                act($event);
                $acted_on[$event['id']] = true;
            }
        }
        if ($page['data'] !== []) {
            call('POST', CONSUMER . '/ack', ['through' => $page['cursor']]);
            $acted_on = [];
        }
    }
}

function answer_questions(): void
{
    while (true) {
        foreach (call('GET', '/v1/questions?wait=30')['data'] as $question) {
            $allow = may($question);
            call('PUT', "/v1/questions/{$question['id']}/answer", ['allow' => $allow]); // 409 when it comes too late
            echo $question['callback'], $allow ? " allowed\n" : " denied\n";
        }
    }
}

$work = match ($argv[1] ?? '') {
    'events' => read_events(...),
    'questions' => answer_questions(...),
};
set_error_handler(fn (int $level, string $message) => throw new ErrorException($message));
if (function_exists('pcntl_async_signals')) {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, fn () => exit(0));
}
while (true) {
    try {
        $work();
    } catch (Exception $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        sleep(1);
    }
}
