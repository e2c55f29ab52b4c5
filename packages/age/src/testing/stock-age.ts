import { execFileSync } from 'node:child_process';

// age asks on /dev/tty, so it is given one. The password comes from the environment of expect.
const SCRIPT = `
set timeout 60
log_user 0
spawn -noecho age {*}$argv
expect {
  -re {passphrase[^:]*: } { send -- "$env(TEST_PASSWORD)\\r"; exp_continue }
  timeout { exit 99 }
  eof
}
lassign [wait] pid id failed status
exit $status
`;

/** Runs stock age on a terminal of its own, with the answer to every question for a passphrase. */
export function ageWithPassword(args: readonly string[], password: string): void {
  execFileSync('expect', ['-f', '-', '--', ...args], {
    input: SCRIPT,
    env: { ...process.env, TEST_PASSWORD: password },
  });
}
