import type { Guest } from '../guest/guest.ts';
import { expectThat } from '../guest/lab-error.ts';

/** Where the guest has a USB device: a folder in its sysfs, as a pattern for the shell. */
export async function usbDevice({ qmp }: Guest, id: string): Promise<string> {
  const ports = await qmp.do<string>('human-monitor-command', { 'command-line': 'info usb' });
  const port = new RegExp(`Port ([\\d.]+),.* ID: ${id}\\s*$`, 'm').exec(ports)?.[1];
  expectThat(port !== undefined, `${id} is in no port:\n${ports}`);
  // The first number is the bus: a port is on one for USB 2 and on another for USB 3.
  return `/sys/bus/usb/devices/[0-9]-${port}`;
}
