import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../../..');

/** Where a running guest keeps its sockets and its console. */
export interface RunFolder {
  readonly qmp: string;
  readonly agent: string;
  readonly console: string;
}

export function runFolder(folder: string): RunFolder {
  return {
    qmp: join(folder, 'qmp'),
    agent: join(folder, 'agent'),
    console: join(folder, 'console.log'),
  };
}

export interface MachineParts {
  readonly kernel: string;
  readonly initrd: string;
  /** As QEMU's -drive has it. */
  readonly disk: string;
}

/**
 * The virtual machine, as arguments of QEMU. A RAM snapshot fits only the machine that it was made of.
 *
 * - No acceleration is asked for: the lab runs where nothing but processes can. Multithreaded TCG it is then.
 * - An uncompressed kernel is booted directly (PVH): unpacking it would take seconds.
 * - The xHCI controller is where readers and sticks are plugged in, the SCSI controller where other disks are.
 * - The repository is shared read-only; the guest mounts it when it has been restored, for a mounted share
 *   cannot be part of a snapshot.
 */
export function machine(parts: MachineParts, run: RunFolder): string[] {
  const kernelOptions =
    'console=ttyS0 quiet loglevel=4 panic=-1 nokaslr mitigations=off tsc=reliable no_timer_check ' +
    'random.trust_cpu=on cryptomgr.notests';
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35'],
    ...['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'Nehalem', '-smp', '2', '-m', '1024'],
    ...['-kernel', parts.kernel, '-initrd', parts.initrd, '-append', kernelOptions],
    ...['-drive', `${parts.disk},if=virtio,cache=unsafe`],
    ...['-device', 'virtio-rng-pci'],
    ...['-device', 'qemu-xhci,id=xhci,p2=8,p3=8'],
    ...['-device', 'virtio-scsi-pci,id=scsi'],
    ...['-device', 'virtio-serial-pci'],
    ...['-chardev', `socket,id=agent,path=${run.agent},server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=lab'],
    ...[
      '-fsdev',
      `local,id=repository,path=${REPOSITORY},security_model=none,readonly=on,multidevs=remap`,
    ],
    ...['-device', 'virtio-9p-pci,fsdev=repository,mount_tag=repository'],
    ...['-serial', `file:${run.console}`],
    ...['-qmp', `unix:${run.qmp},server=on,wait=off`],
  ];
}
