import type { Guest } from '../guest/guest.ts';

/** Starts the service by which desktops mount sticks and power them off, with the bus that it speaks on. */
export async function startUdisks(guest: Guest): Promise<void> {
  await guest.check(
    'dbus-daemon --system --fork && ' +
      '{ setsid /usr/libexec/udisks2/udisksd >/run/udisksd.log 2>&1 </dev/null & }',
  );
  await guest.until('udisksctl status');
}
